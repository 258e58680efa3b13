//! The scripts that tools read, and what they say: ShellCheck with `--format=json1`, and `bash -n`. Running them is
//! the caller's work.

use serde::Deserialize;

use crate::finding::{Finding, Level};
use crate::format::Template;
use crate::parameters::{stand_ins, substitute_script};

/// A template's own scripts with their places, as a machine would get them: with the values of the merged template, and
/// with stand-ins for what only a launch knows.
#[must_use]
pub fn scripts(own: &Template, merged: &Template) -> Vec<(&'static str, String)> {
    let values = stand_ins(merged);
    let image = own.ami_config.as_ref().and_then(|config| config.user_data_script.as_deref());
    let all = [
        ("/post_install", own.post_install.as_deref()),
        ("/user_data", own.user_data.as_deref()),
        ("/ami_config/user_data_script", image),
    ];
    let written = |(pointer, text): (&'static str, Option<&str>)| {
        let text = text.filter(|text| !text.trim().is_empty())?;
        Some((pointer, substitute_script(text, &values).0))
    };
    all.into_iter().filter_map(written).collect()
}

/// The finding in what `bash -n` printed about the script at `pointer`: bash stops at the first error.
#[must_use]
pub fn bash_finding(printed: &str, pointer: &str) -> Option<Finding> {
    let line = printed.lines().find(|line| !line.trim().is_empty())?;
    let said = line.split_once(": line ").map_or_else(|| line.to_owned(), |(_, rest)| format!("line {rest}"));
    let level = if said.contains(": warning: ") { Level::Warning } else { Level::Error };
    Some(
        Finding::new(level, "shell.syntax", pointer, said)
            .fix("correct the script; `bash -n` reads it as is"),
    )
}

#[derive(Deserialize)]
struct Output {
    comments: Vec<Comment>,
}

#[derive(Deserialize)]
struct Comment {
    line: u64,
    level: String,
    code: u32,
    message: String,
}

/// Findings from ShellCheck's `json1` output about the script at `pointer`.
///
/// # Errors
/// The text is not such output.
pub fn shellcheck_findings(json: &str, pointer: &str) -> Result<Vec<Finding>, serde_json::Error> {
    let output: Output = serde_json::from_str(json)?;
    Ok(output.comments.into_iter().map(|comment| finding(&comment, pointer)).collect())
}

fn finding(comment: &Comment, pointer: &str) -> Finding {
    let level = match comment.level.as_str() {
        "error" => Level::Error,
        "warning" => Level::Warning,
        _ => Level::Info,
    };
    let message = format!("line {}: {}", comment.line, comment.message);
    Finding::new(level, format!("shellcheck.SC{}", comment.code), pointer, message)
        .fix(format!("see ShellCheck's page on SC{}", comment.code))
}
