//! Tests that need the inside.

mod command_line;
mod crash;
mod doors;
mod limits;
mod readme;
mod restart;
mod start_and_stop;
mod storage_full;
mod token_expiry;
