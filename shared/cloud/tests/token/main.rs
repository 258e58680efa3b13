//! `authenticate` from outside: tokens made by hand, keys made here, a clock and a fetcher that are told
//! what to say.

#[cfg(test)]
mod accepted;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod world;
