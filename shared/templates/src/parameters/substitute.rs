//! Puts values where a template writes `{{.name}}` or `{{name}}`.
//!
//! INVARIANT (no injection): a value becomes script text only if every character is plain in every shell context;
//! any other value is assigned once, single-quoted, and the text gets a reference to it. A shell never reads the
//! expansion of a variable as commands, whatever quotes the author put around the place.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{ParameterError, Problem, Values};

#[expect(clippy::expect_used, reason = "the pattern is a constant, and tests run it")]
static PLACEHOLDER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{\s*\.?([A-Za-z_][A-Za-z0-9_-]*)\s*\}\}").expect("constant pattern"));

/// The names that a text asks for.
#[must_use]
pub fn placeholders(text: &str) -> BTreeSet<String> {
    PLACEHOLDER.captures_iter(text).filter_map(|c| c.get(1)).map(|m| m.as_str().to_owned()).collect()
}

/// Whether a text means itself in every shell context, quoted or not.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._/:@+,=-".contains(&b);
    !text.starts_with('-') && text.bytes().all(plain)
}

/// A text as one word of a shell command.
#[must_use]
pub fn quote(text: &str) -> String {
    if !text.is_empty() && is_plain(text) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// The shell variable that holds a value which is not plain.
#[must_use]
pub fn variable_name(parameter: &str) -> String {
    format!("CWS_PARAM_{}", parameter.replace('-', "_"))
}

/// Puts values into a script. Answers the script and the assignments that must stand before it, sorted.
///
/// Placeholders of undeclared names are left as they are: other tools use the same braces.
#[must_use]
pub fn substitute_script(script: &str, values: &Values) -> (String, Vec<String>) {
    let mut assignments = BTreeSet::new();
    let text = PLACEHOLDER.replace_all(script, |found: &Captures<'_>| {
        let whole = found.get(0).map_or("", |m| m.as_str());
        let name = found.get(1).map_or("", |m| m.as_str());
        let Some(value) = values.get(name) else { return whole.to_owned() };
        if value.texts().iter().all(|text| is_plain(text)) {
            return value.texts().join(" ");
        }
        let variable = variable_name(name);
        let quoted = format!("'{}'", value.texts().join("\n").replace('\'', r"'\''"));
        assignments.insert(format!("{variable}={quoted}"));
        format!("${{{variable}}}")
    });
    (text.into_owned(), assignments.into_iter().collect())
}

/// Puts values into a text that is no script: a package, a path, a line of configuration.
///
/// # Errors
/// [`Problem::NotPlain`] for a value that could mean something there.
pub fn substitute_plain(text: &str, values: &Values) -> Result<String, ParameterError> {
    for name in placeholders(text) {
        if values.get(&name).is_some_and(|value| !value.texts().iter().all(|t| is_plain(t))) {
            return Err(ParameterError { name, problem: Problem::NotPlain });
        }
    }
    let replaced = PLACEHOLDER.replace_all(text, |found: &Captures<'_>| {
        let whole = found.get(0).map_or("", |m| m.as_str());
        let name = found.get(1).map_or("", |m| m.as_str());
        values.get(name).map_or_else(|| whole.to_owned(), |value| value.texts().join(" "))
    });
    Ok(replaced.into_owned())
}
