//! Tests that need what no deployment offers: a clock to move, a process to kill, a store to limit. `beside`
//! lists them, and those that stand beside the route they are about.

pub mod beside;
mod command_line;
mod crash;
mod doors;
mod limits;
mod readme;
mod restart;
mod start_and_stop;
mod storage_full;
mod token_expiry;
