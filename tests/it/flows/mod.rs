//! What the walkthroughs of README and ARCHITECTURE.md tell, from end to end.

mod crash;
mod first_walk;
mod restart;
