//! The search index, asked from outside: what it finds, in which order, for whom, and what it survives.

#[cfg(test)]
mod facets;
#[cfg(test)]
mod files;
#[cfg(test)]
mod finding;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod model;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod visibility;
