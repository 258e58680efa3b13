//! Secrets anywhere in a template: known forms in every text and comment, and random-looking values of names that
//! say they are secret.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::texts::Text;
use super::tokens;
use crate::finding::Finding;
use crate::parameters::is_secret_name;

/// Shortest value and least Shannon entropy (bits a character) that count as random.
const RANDOM_LENGTH: usize = 16;
const RANDOM_BITS: f64 = 3.3;

#[expect(clippy::expect_used, reason = "the pattern is a constant, and tests run it")]
static ASSIGNMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"([A-Za-z][A-Za-z0-9_.-]*)["']?\s*(?:=|:|\s=>)\s*["']?([^\s"'`;,)]+)"#)
        .expect("constant pattern")
});

pub(super) fn check(texts: &[Text], source: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for text in texts {
        findings.extend(tokens::find(&text.text, &text.pointer));
        if !text.prose {
            findings.extend(random_values(text));
        }
    }
    // Comments and keys are no texts of the document, but they are published with it.
    for hidden in tokens::find(source, "") {
        if !findings.iter().any(|known| known.code == hidden.code && known.level == hidden.level) {
            findings.push(hidden);
        }
    }
    findings
}

fn random_values(text: &Text) -> Option<Finding> {
    let direct = is_secret_name(&text.key) && looks_random(&text.text);
    let inside = || assignments(&text.text).any(|(name, value)| is_secret_name(name) && looks_random(value));
    (direct || inside()).then(|| {
        Finding::error(
            "secret.assigned",
            &text.pointer,
            "a random-looking value is given to a name that says secret",
        )
        .fix("revoke it, and read secrets at run time from a secret store")
    })
}

/// Names and the values that are written after them.
pub(super) fn assignments(text: &str) -> impl Iterator<Item = (&str, &str)> {
    ASSIGNMENT.captures_iter(text).filter_map(|found| {
        let name = found.get(1)?.as_str();
        let value = found.get(2)?.as_str();
        Some((name, value))
    })
}

/// Whether a value is written out, rather than taken from a variable, a command, a file or a parameter.
pub(super) fn is_literal(value: &str) -> bool {
    !value.is_empty()
        && !value.starts_with(['$', '/', '{', '<', '(', '~', '%', '@'])
        && !value.contains("{{")
        && !value.contains("${")
        && !value.contains("$(")
}

fn looks_random(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let dashes = value.bytes().filter(|b| *b == b'-' || *b == b'_' || *b == b'.' || *b == b'/').count();
    is_literal(value)
        && value.len() >= RANDOM_LENGTH
        && digits >= 2
        && letters >= 2
        && dashes * 6 <= value.len()
        && entropy_bits(value) >= RANDOM_BITS
}

/// Shannon entropy in bits a character.
fn entropy_bits(text: &str) -> f64 {
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    for c in text.chars() {
        *counts.entry(c).or_default() += 1;
    }
    let total: u32 = counts.values().sum();
    counts
        .values()
        .map(|count| f64::from(*count) / f64::from(total.max(1)))
        .map(|share| -share * share.log2())
        .sum()
}
