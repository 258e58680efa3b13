//! The tests of the authorization crate, one module per subject.
//!
//! `cfg(test)` on the modules tells clippy that helpers in them are test code too.

#[cfg(test)]
mod cast;
#[cfg(test)]
mod decisions;
#[cfg(test)]
mod explaining;
#[cfg(test)]
mod grid;
#[cfg(test)]
mod grid_rows;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod policy_text;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod worlds;
