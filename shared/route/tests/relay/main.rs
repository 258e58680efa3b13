//! The relay over a store that fails in every way a store can, to consumers that do too.

#[cfg(test)]
mod crash;
#[cfg(test)]
mod parking;
#[cfg(test)]
mod passes;
#[cfg(test)]
mod poison;
#[cfg(test)]
mod rig;
