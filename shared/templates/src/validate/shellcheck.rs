//! Reads what ShellCheck prints with `--format=json1`. Running it is the caller's work.

use serde::Deserialize;

use crate::finding::{Finding, Level};

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
