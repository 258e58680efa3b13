//! The log seen from outside: known vectors, a tree built by the book, and every kind of tampering.

#[cfg(test)]
mod append;
#[cfg(test)]
mod checkpoint;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod large;
#[cfg(test)]
mod paths;
#[cfg(test)]
mod proof_file;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod tiles;
#[cfg(test)]
mod vectors;
