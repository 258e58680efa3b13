//! The embedded issuer on a real SQLite store, with a clock that the tests move.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod external;
#[cfg(test)]
mod factor;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod lockout;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod signing_in;
mod staged;
#[cfg(test)]
mod world;
