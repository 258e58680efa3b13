//! The function with which the account's operator admits the first administrator.

fn main() -> std::process::ExitCode {
    cws_runtime::operator()
}
