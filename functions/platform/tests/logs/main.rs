//! The logs over a real store: growing, crashing, racing, and every kind of tampering.

#[cfg(test)]
mod crash;
#[cfg(test)]
mod race;
#[cfg(test)]
mod rig;
#[cfg(test)]
mod sequence;
#[cfg(test)]
mod served;
#[cfg(test)]
mod tamper;
#[cfg(test)]
mod tamper_log;
