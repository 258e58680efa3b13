//! The functions that take events from the outbox to the bus.

fn main() -> std::process::ExitCode {
    cws_runtime::relay()
}
