//! The functions of the domain identity.

fn main() -> std::process::ExitCode {
    cws_runtime::domain(cws_identity::routes(), cws_runtime::Consumers::new("identity"))
}
