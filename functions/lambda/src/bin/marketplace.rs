//! The functions of the domain marketplace.

fn main() -> std::process::ExitCode {
    cws_runtime::domain(cws_marketplace::routes(), cws_marketplace::consumers())
}
