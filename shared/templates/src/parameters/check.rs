//! One value against one declaration.

use regex::{Regex, RegexBuilder};

use super::{Checked, MAX_COMPILED_BYTES, MAX_PATTERN_BYTES, MAX_VALUE_BYTES, Problem, is_secret_name};
use crate::format::{Parameter, ParameterKind, ParameterValue};

pub(super) fn value(
    name: &str,
    parameter: &Parameter,
    given: Option<&ParameterValue>,
) -> Result<Checked, Problem> {
    let pattern = pattern(parameter)?;
    let Some(given) = given else { return absent(parameter) };
    let checked = typed(name, parameter.kind, given)?;
    for text in checked.texts() {
        plain_text(text)?;
    }
    if parameter.kind == ParameterKind::Choice || !parameter.choices.is_empty() {
        choices(name, parameter, &checked)?;
    }
    range(name, parameter, &checked)?;
    if let Some(pattern) = pattern {
        matches(name, &pattern, parameter, &checked)?;
    }
    Ok(checked)
}

/// The pattern, anchored at both ends. The engine runs in linear time, so a pattern cannot be made to hang; the
/// bounds keep the reading of two hundred patterns short.
pub(super) fn pattern(parameter: &Parameter) -> Result<Option<Regex>, Problem> {
    let Some(pattern) = &parameter.pattern else { return Ok(None) };
    if pattern.len() > MAX_PATTERN_BYTES {
        return Err(Problem::LongPattern);
    }
    let anchored = format!("^(?:{pattern})$");
    let built = RegexBuilder::new(&anchored)
        .size_limit(MAX_COMPILED_BYTES)
        .dfa_size_limit(MAX_COMPILED_BYTES)
        .build();
    built.map(Some).map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => Problem::LongPattern,
        _ => Problem::BadPattern,
    })
}

/// The value, if it is of the parameter's type; its other rules are not asked.
pub(super) fn typed_alone(name: &str, parameter: &Parameter, given: &ParameterValue) -> Option<Checked> {
    typed(name, parameter.kind, given).ok()
}

fn absent(parameter: &Parameter) -> Result<Checked, Problem> {
    if parameter.required {
        return Err(Problem::Missing);
    }
    Ok(match parameter.kind {
        ParameterKind::List => Checked::List(Vec::new()),
        ParameterKind::Bool => Checked::Text("false".to_owned()),
        _ => Checked::Text(String::new()),
    })
}

fn typed(name: &str, kind: ParameterKind, given: &ParameterValue) -> Result<Checked, Problem> {
    let wrong = |expected| Problem::Type { shown: shown(name, given), expected };
    match (kind, given) {
        (ParameterKind::List, ParameterValue::List(texts)) => Ok(Checked::List(texts.clone())),
        (ParameterKind::List, ParameterValue::Text(text)) => Ok(Checked::List(split(text))),
        (ParameterKind::List, _) => Err(wrong("a list of texts")),
        (_, ParameterValue::List(_)) => Err(wrong("a single value")),
        (ParameterKind::Int, ParameterValue::Int(number)) => Ok(Checked::Text(number.to_string())),
        (ParameterKind::Int, ParameterValue::Text(text)) => text
            .trim()
            .parse::<i64>()
            .map(|number| Checked::Text(number.to_string()))
            .map_err(|_| wrong("a whole number")),
        (ParameterKind::Int, _) => Err(wrong("a whole number")),
        (ParameterKind::Bool, ParameterValue::Bool(flag)) => Ok(Checked::Text(flag.to_string())),
        (ParameterKind::Bool, ParameterValue::Text(text)) => flag(text).ok_or_else(|| wrong("true or false")),
        (ParameterKind::Bool, _) => Err(wrong("true or false")),
        (_, ParameterValue::Text(text)) => Ok(Checked::Text(text.clone())),
        (_, ParameterValue::Int(number)) => Ok(Checked::Text(number.to_string())),
        (_, ParameterValue::Bool(flag)) => Ok(Checked::Text(flag.to_string())),
        (_, ParameterValue::Float(_)) => Err(wrong("text: write it in quotes, so that 3.10 stays 3.10")),
    }
}

fn split(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn flag(text: &str) -> Option<Checked> {
    let word = match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => "true",
        "false" | "no" | "off" | "0" => "false",
        _ => return None,
    };
    Some(Checked::Text(word.to_owned()))
}

fn plain_text(text: &str) -> Result<(), Problem> {
    let control = |c: char| c.is_control() && c != '\n' && c != '\t';
    if text.len() > MAX_VALUE_BYTES || text.chars().any(control) { Err(Problem::Characters) } else { Ok(()) }
}

fn choices(name: &str, parameter: &Parameter, checked: &Checked) -> Result<(), Problem> {
    match checked.texts().iter().find(|text| !parameter.choices.contains(text)) {
        Some(other) => {
            Err(Problem::Choice { shown: mask(name, other), choices: parameter.choices.join(", ") })
        }
        None => Ok(()),
    }
}

fn range(name: &str, parameter: &Parameter, checked: &Checked) -> Result<(), Problem> {
    let (least, greatest) = (parameter.min, parameter.max);
    let measure = match (parameter.kind, checked) {
        (ParameterKind::Int, Checked::Text(text)) => text.parse().unwrap_or(0),
        (ParameterKind::Bool, _) => return Ok(()),
        (_, Checked::Text(text)) => i64::try_from(text.chars().count()).unwrap_or(i64::MAX),
        (_, Checked::List(texts)) => i64::try_from(texts.len()).unwrap_or(i64::MAX),
    };
    if least.is_some_and(|least| measure < least) || greatest.is_some_and(|greatest| measure > greatest) {
        let end = |bound: Option<i64>| bound.map_or_else(|| "any".to_owned(), |b| b.to_string());
        return Err(Problem::Range {
            shown: mask(name, &checked.texts().join(", ")),
            min: end(least),
            max: end(greatest),
        });
    }
    Ok(())
}

fn matches(name: &str, pattern: &Regex, parameter: &Parameter, checked: &Checked) -> Result<(), Problem> {
    match checked.texts().iter().find(|text| !pattern.is_match(text)) {
        Some(other) => Err(Problem::Pattern {
            shown: mask(name, other),
            pattern: parameter.pattern.clone().unwrap_or_default(),
        }),
        None => Ok(()),
    }
}

fn shown(name: &str, value: &ParameterValue) -> String {
    let text = match value {
        ParameterValue::Bool(flag) => flag.to_string(),
        ParameterValue::Int(number) => number.to_string(),
        ParameterValue::Float(number) => number.to_string(),
        ParameterValue::Text(text) => text.clone(),
        ParameterValue::List(texts) => texts.join(", "),
    };
    mask(name, &text)
}

fn mask(name: &str, text: &str) -> String {
    if is_secret_name(name) {
        return "`***`".to_owned();
    }
    let short: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
    format!("`{short}`")
}
