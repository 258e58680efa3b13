//! What the walkthroughs of README and ARCHITECTURE.md tell, from end to end.

mod background;
mod first_walk;
