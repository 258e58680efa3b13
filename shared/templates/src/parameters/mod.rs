//! Parameters: a launch's values checked against what a template declares, and put into its texts.

mod check;
mod substitute;

use std::collections::BTreeMap;

use crate::format::{ParameterValue, Template};

pub use substitute::{is_plain, placeholders, quote, substitute_plain, substitute_script, variable_name};

/// What a launch gives, by parameter name.
pub type Given = BTreeMap<String, ParameterValue>;

/// Longest value in bytes.
pub const MAX_VALUE_BYTES: usize = 4096;
/// Longest pattern in bytes.
pub const MAX_PATTERN_BYTES: usize = 500;
/// Largest pattern as the engine keeps it, bytes.
pub const MAX_COMPILED_BYTES: usize = 128 * 1024;

/// Why a value is refused. A value of a parameter with a secret-like name is never shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("parameter `{name}`: {problem}")]
pub struct ParameterError {
    /// Which parameter.
    pub name: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The template declares no such parameter.
    #[error("the template has no such parameter")]
    Unknown,
    /// Required, and neither given nor defaulted.
    #[error("a value is required")]
    Missing,
    /// Not of the declared type.
    #[error("{shown} is not {expected}")]
    Type {
        /// The value, or `***`.
        shown: String,
        /// The declared type.
        expected: &'static str,
    },
    /// Not among the choices.
    #[error("{shown} is not one of {choices}")]
    Choice {
        /// The value, or `***`.
        shown: String,
        /// What it may be.
        choices: String,
    },
    /// Outside `min` and `max`: of the number, or of the length.
    #[error("{shown} is outside {min} to {max}")]
    Range {
        /// The value, or `***`.
        shown: String,
        /// Least.
        min: String,
        /// Greatest.
        max: String,
    },
    /// Does not match `pattern` whole.
    #[error("{shown} does not match `{pattern}`")]
    Pattern {
        /// The value, or `***`.
        shown: String,
        /// The pattern.
        pattern: String,
    },
    /// The template's own pattern is not a regular expression that runs in linear time.
    #[error("its pattern is not a regular expression")]
    BadPattern,
    /// The template's own pattern is longer, or repeats more, than is read.
    #[error("its pattern is too long or repeats too much; `[A-Za-z]` costs less than `\\w`")]
    LongPattern,
    /// Holds a control character, or more than [`MAX_VALUE_BYTES`].
    #[error("it holds control characters or is longer than {MAX_VALUE_BYTES} bytes")]
    Characters,
    /// Used in a package, service or file name, where only plain values may go.
    #[error("it is used outside a script and may hold only letters, digits and ._/:@+,=- there")]
    NotPlain,
}

/// A checked value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// One text; numbers and flags as they are written.
    Text(String),
    /// Several texts.
    List(Vec<String>),
}

impl Checked {
    /// The texts, in order.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        match self {
            Self::Text(text) => std::slice::from_ref(text),
            Self::List(texts) => texts,
        }
    }
}

/// Checked values of all declared parameters and variables, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(BTreeMap<String, Checked>);

impl Values {
    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Checked> {
        self.0.get(name)
    }
}

/// Checks what a launch gives against what the template declares, and fills in defaults.
///
/// A parameter without a value that is not required is the empty text (or list), `false`, or nothing for a number.
///
/// # Errors
/// Every refused parameter, sorted by name.
pub fn values(template: &Template, given: &Given) -> Result<Values, Vec<ParameterError>> {
    let mut found: BTreeMap<String, Checked> =
        template.variables.iter().map(|(name, text)| (name.clone(), Checked::Text(text.clone()))).collect();
    let mut errors: Vec<ParameterError> = given
        .keys()
        .filter(|name| !template.parameters.contains_key(*name))
        .map(|name| ParameterError { name: name.chars().take(80).collect(), problem: Problem::Unknown })
        .collect();
    for (name, parameter) in &template.parameters {
        match check::value(name, parameter, given.get(name).or(parameter.default.as_ref())) {
            Ok(value) => {
                found.insert(name.clone(), value);
            }
            Err(problem) => errors.push(ParameterError { name: name.clone(), problem }),
        }
    }
    errors.sort_by(|a, b| a.name.cmp(&b.name));
    if errors.is_empty() { Ok(Values(found)) } else { Err(errors) }
}

/// The defaults, and a stand-in for each parameter that has none which holds.
pub(crate) fn stand_ins(template: &Template) -> Values {
    let variables = template.variables.iter();
    let mut found: BTreeMap<String, Checked> =
        variables.map(|(name, text)| (name.clone(), Checked::Text(text.clone()))).collect();
    for (name, parameter) in &template.parameters {
        let held = parameter.default.as_ref().and_then(|value| check::typed_alone(name, parameter, value));
        let first = || parameter.choices.first().cloned().unwrap_or_else(|| "1".to_owned());
        found.insert(name.clone(), held.unwrap_or_else(|| Checked::Text(first())));
    }
    Values(found)
}

/// Checks a declared default alone, as [`values`] would.
///
/// # Errors
/// What is wrong with it.
pub fn check_default(name: &str, parameter: &crate::format::Parameter) -> Result<(), Problem> {
    match &parameter.default {
        Some(default) => check::value(name, parameter, Some(default)).map(|_| ()),
        None => check::pattern(parameter).map(|_| ()),
    }
}

/// Whether a name says that its value is a secret.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    let name = name.to_lowercase().replace(['-', '.'], "_");
    let words = ["password", "passwd", "passphrase", "secret", "token", "api_key", "apikey", "credential"];
    let more = ["private_key", "access_key", "auth_key", "pwd"];
    let not_one = ["_file", "_path", "_name", "_url", "_length", "_ttl", "_type", "_dir"];
    words.iter().chain(&more).any(|word| name.contains(word))
        && !not_one.iter().any(|end| name.ends_with(end))
}
