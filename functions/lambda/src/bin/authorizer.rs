//! The function that verifies access tokens for the API.

fn main() -> std::process::ExitCode {
    cws_runtime::authorizer()
}
