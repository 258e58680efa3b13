//! `cws verify`: checks what a deployment keeps, without a server and without a network.

mod audit;
mod report;
mod template;

pub use audit::{LogsCheck, verify_audit, verify_logs};
pub use report::{FAULTS_MAX, Report};
pub use template::{OfflineError, TemplateBundle, TrustRoot, verify_template_offline};
