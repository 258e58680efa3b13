//! The functions of the domain projects.

fn main() -> std::process::ExitCode {
    cws_runtime::domain(cws_projects::routes(), cws_runtime::Consumers::new("projects"))
}
