//! Writes the script that sets a machine up: user-data of a template with all its parents merged in.
//!
//! The script is bash with `set -euo pipefail`, runs again without harm, logs to `/var/log/cws-setup.log`, writes
//! `/var/lib/cws/status` (`running`, `ready` or `failed`), sets no password and binds services to 127.0.0.1.

mod accounts;
mod helpers;
mod os;
mod packages;
mod services;

use crate::digest::Digest;
use crate::format::Template;
use crate::parameters::{Given, ParameterError, Values, stand_ins, substitute_script, values};

pub(crate) use accounts::is_account;
pub use os::OsFamily;
pub(crate) use services::is_unit;

/// Largest user-data that EC2 takes, in bytes before base64. A larger script is stored and fetched by a small one.
pub const MAX_USER_DATA_BYTES: usize = 16_384;

/// Why a template cannot be turned into a script.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// Values that the template does not take.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Parameters(Vec<ParameterError>),
    /// An operating system for which there is no script.
    #[error("base `{0}` has no set-up script")]
    Base(String),
    /// A name, path, mode or command that could mean something else to a shell.
    #[error("{what} `{text}` is not allowed")]
    Text {
        /// What it is.
        what: &'static str,
        /// What was written, cut to 80 characters.
        text: String,
    },
    /// A condition other than `arch == '..'` or `arch != '..'`.
    #[error("condition `{0}` is not of the form arch == 'x86_64' or arch != 'arm64'")]
    Condition(String),
}

impl From<ParameterError> for RenderError {
    fn from(error: ParameterError) -> Self {
        Self::Parameters(vec![error])
    }
}

pub(crate) fn refuse(what: &'static str, text: &str) -> RenderError {
    RenderError::Text { what, text: text.chars().filter(|c| !c.is_control()).take(80).collect() }
}

/// A script, and how it reaches the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The script.
    pub script: String,
    /// Its length.
    pub size_bytes: usize,
    /// Whether it is larger than [`MAX_USER_DATA_BYTES`] and must be fetched by a small script.
    pub needs_claim_check: bool,
}

/// One part of the script: a function that runs once on a machine.
struct Step {
    name: String,
    body: String,
}

/// Renders a merged template with a launch's values.
///
/// # Errors
/// [`RenderError`].
pub fn render(template: &Template, given: &Given) -> Result<Rendered, RenderError> {
    with_values(template, &values(template, given).map_err(RenderError::Parameters)?)
}

/// Renders with defaults, and with a stand-in where there is none, to see whether it can be done. Defaults that break
/// their own declaration are stood in for too: they are reported with it.
pub(crate) fn trial(template: &Template) -> Result<Rendered, RenderError> {
    with_values(template, &stand_ins(template))
}

fn with_values(template: &Template, values: &Values) -> Result<Rendered, RenderError> {
    let os = OsFamily::of(&template.base).ok_or_else(|| RenderError::Base(template.base.clone()))?;
    let mut steps = packages::steps(template, os, values)?;
    steps.extend(accounts::users(template, values)?);
    steps.extend(accounts::files(template, os, values)?);
    let (scripts, assignments) = own_scripts(template, values);
    steps.extend(scripts);
    steps.extend(services::steps(template, os, values)?);
    let script = assemble(template, &assignments, &steps);
    let size_bytes = script.len();
    Ok(Rendered { needs_claim_check: size_bytes > MAX_USER_DATA_BYTES, script, size_bytes })
}

/// The template's own scripts, each in a shell of its own, so that an `exit` or a `cd` ends with it.
fn own_scripts(template: &Template, values: &Values) -> (Vec<Step>, Vec<String>) {
    let legacy = template.ami_config.as_ref().and_then(|a| a.user_data_script.as_ref());
    let parts = [
        ("post-install", template.post_install.as_ref()),
        ("user-data", template.user_data.as_ref()),
        ("image-script", legacy),
    ];
    let mut steps = Vec::new();
    let mut assignments = Vec::new();
    for (name, text) in parts {
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { continue };
        let (body, needed) = substitute_script(text.trim_end(), values);
        assignments.extend(needed);
        let body = body.strip_prefix("#!/bin/bash\n").unwrap_or(&body);
        steps.push(Step { name: name.to_owned(), body: format!("set -euo pipefail\n{body}\n") });
    }
    assignments.sort();
    assignments.dedup();
    (steps, assignments)
}

fn function(step: &Step) -> String {
    let name = format!("cws_step_{}", step.name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
    format!("{name}() (\n{}\n)\n", step.body.trim_end())
}

fn assemble(template: &Template, assignments: &[String], steps: &[Step]) -> String {
    let mut functions = String::new();
    let mut calls = String::new();
    for step in steps {
        let function = function(step);
        // A changed step has another stamp and runs again; an unchanged one does not.
        let stamp = Digest::of(function.as_bytes());
        let stamp = stamp.as_str().get(..12).unwrap_or_default().to_owned();
        let name = function.split_once('(').map_or("", |(name, _)| name).to_owned();
        calls.push_str(&format!("cws_once {}-{stamp} {name}\n", step.name));
        functions.push('\n');
        functions.push_str(&function);
    }
    let mut script = helpers::head(template);
    for assignment in assignments {
        script.push_str(&format!("readonly {assignment}\n"));
    }
    script.push_str(&helpers::used(&functions));
    script.push_str(&functions);
    script.push('\n');
    script.push_str(&calls);
    script
}
