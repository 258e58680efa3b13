//! A rule that looks for a pattern in a text.

use regex::{Regex, RegexBuilder};

use crate::finding::{Finding, Level};

/// What to look for, and what to say.
pub(super) struct Rule {
    pub(super) code: &'static str,
    pub(super) level: Level,
    /// Case-insensitive, `^` and `$` at lines.
    pub(super) pattern: &'static str,
    /// A match that also matches this is harmless.
    pub(super) unless: Option<&'static str>,
    pub(super) message: &'static str,
    pub(super) fix: &'static str,
}

/// A rule that is ready to look.
pub(super) struct Ready {
    rule: &'static Rule,
    pattern: Regex,
    unless: Option<Regex>,
}

#[expect(clippy::expect_used, reason = "the patterns are constants, and tests run every one")]
fn build(pattern: &str) -> Regex {
    RegexBuilder::new(pattern).case_insensitive(true).multi_line(true).build().expect("constant pattern")
}

pub(super) fn ready(rules: &'static [Rule]) -> Vec<Ready> {
    let one =
        |rule: &'static Rule| Ready { rule, pattern: build(rule.pattern), unless: rule.unless.map(build) };
    rules.iter().map(one).collect()
}

impl Ready {
    /// The finding, if any of the texts matches.
    pub(super) fn look(&self, texts: &[&str], pointer: &str) -> Option<Finding> {
        let harmful =
            |found: regex::Match<'_>| self.unless.as_ref().is_none_or(|u| !u.is_match(found.as_str()));
        let hit = texts.iter().any(|text| self.pattern.find_iter(text).any(harmful));
        hit.then(|| {
            Finding::new(self.rule.level, self.rule.code, pointer, self.rule.message).fix(self.rule.fix)
        })
    }
}
