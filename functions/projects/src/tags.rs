//! Free labels of a project. They are carried to AWS resources, so they keep the limits of AWS tags
//! here already; 10 of the 50 that AWS allows are left to the program.
//!
//! Source: AWS "Tag your Amazon EC2 resources" and "Tag naming limits and requirements".

use cws_route::Problem;
use schemars::{Schema, SchemaGenerator, json_schema};
use std::collections::BTreeMap;

/// Most labels of a project.
pub const TAGS_MAX: usize = 40;
/// Longest name, characters.
pub const KEY_MAX_CHARS: usize = 128;
/// Longest value, characters.
pub const VALUE_MAX_CHARS: usize = 256;
/// Beginnings of names that belong to AWS and to the program, in any case.
const RESERVED: [&str; 2] = ["aws:", "cws:"];

/// The schema of labels in the API document.
pub fn schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": ["object", "null"],
        "maxProperties": TAGS_MAX,
        "propertyNames": {"minLength": 1, "maxLength": KEY_MAX_CHARS},
        "additionalProperties": {"type": "string", "maxLength": VALUE_MAX_CHARS},
    })
}

/// Holds labels against the limits.
///
/// # Errors
/// `invalid_field` that names every label that is refused, as a pointer into `/tags`.
pub fn check(tags: &BTreeMap<String, String>) -> Result<(), Problem> {
    if tags.len() > TAGS_MAX {
        return Err(Problem::field("/tags", format!("has {} entries; the limit is {TAGS_MAX}", tags.len())));
    }
    let mut refused = tags.iter().filter_map(|(key, value)| Some((pointer(key), fault(key, value)?)));
    let Some((first, detail)) = refused.next() else { return Ok(()) };
    Err(refused.fold(Problem::field(first, detail), |problem, (at, detail)| problem.and_field(at, detail)))
}

fn pointer(key: &str) -> String {
    let shown: String = key.chars().take(KEY_MAX_CHARS).collect();
    format!("/tags/{}", shown.replace('~', "~0").replace('/', "~1"))
}

fn fault(key: &str, value: &str) -> Option<String> {
    let lower = key.to_lowercase();
    if !(1..=KEY_MAX_CHARS).contains(&key.chars().count()) {
        Some(format!("the name must have 1 to {KEY_MAX_CHARS} characters"))
    } else if let Some(prefix) = RESERVED.iter().find(|prefix| lower.starts_with(**prefix)) {
        Some(format!("names that start with `{prefix}` are reserved"))
    } else if value.chars().count() > VALUE_MAX_CHARS {
        Some(format!("the value must have at most {VALUE_MAX_CHARS} characters"))
    } else if !key.chars().chain(value.chars()).all(is_plain) {
        Some("may hold letters, digits, spaces and `+ - = . _ : / @`".to_owned())
    } else {
        None
    }
}

fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | '+' | '-' | '=' | '.' | '_' | ':' | '/' | '@')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn labels_at_the_limits_are_taken() {
        let full: BTreeMap<_, _> = (0..TAGS_MAX).map(|n| (format!("k{n}"), "v".to_owned())).collect();
        assert!(check(&full).is_ok());
        assert!(check(&of(&[(&"k".repeat(128), &"é".repeat(256)), ("grant", ""), ("awsome", "x")])).is_ok());
    }

    #[test]
    fn labels_beyond_the_limits_are_refused() {
        let over: BTreeMap<_, _> = (0..=TAGS_MAX).map(|n| (format!("k{n}"), "v".to_owned())).collect();
        assert_eq!(check(&over).unwrap_err().errors[0].pointer, "/tags");
        let bad = [
            (String::new(), String::new()),
            ("k".repeat(129), String::new()),
            ("k".to_owned(), "v".repeat(257)),
            ("aws:name".to_owned(), String::new()),
            ("CWS:cost".to_owned(), String::new()),
            ("k".to_owned(), "a\nb".to_owned()),
            ("<k>".to_owned(), String::new()),
        ];
        for (key, value) in bad {
            assert!(check(&of(&[(&key, &value)])).is_err(), "{key:?} {value:?}");
        }
    }

    #[test]
    fn every_refused_label_is_named() {
        let refused = check(&of(&[("aws:a/b", "x"), ("fine", "x"), ("k", "\u{7f}")])).unwrap_err();
        let pointers: Vec<_> = refused.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/tags/aws:a~1b", "/tags/k"]);
    }
}
