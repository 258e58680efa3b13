//! Judges a template: findings in three levels, and a score from 0 to 100.
//!
//! Each area starts at 100 and loses 25 for an error, 10 for a warning and 1 for an info, down to 0. The score is
//! 40 % security + 30 % quality + 20 % documentation + 10 % metadata, rounded. One error blocks publishing,
//! whatever the score.

mod bounds;
mod documentation;
mod iam;
mod images;
mod names;
mod parameters;
mod rule;
mod script_rules;
mod scripts;
mod secrets;
mod shellcheck;
mod structure;
mod texts;
mod tokens;
mod weak;

use serde::{Deserialize, Serialize};

use crate::finding::{Area, Finding, Level};
use crate::format::{Parsed, Template};

pub use bounds::references as too_many_references;
pub use bounds::{
    MAX_ITEMS, MAX_PACKAGE_BYTES, MAX_PARAMETERS, MAX_REFERENCES, MAX_SCRIPT_BYTES, MAX_SCRIPT_LINES,
};
pub use shellcheck::{bash_finding, scripts as scripts_to_read, shellcheck_findings};

/// Most findings that a report keeps; the worst come first.
pub const MAX_FINDINGS: usize = 200;

/// Scores of the four areas, each 0–100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AreaScores {
    /// Weighs 40 %.
    pub security: u8,
    /// Weighs 30 %.
    pub quality: u8,
    /// Weighs 20 %.
    pub documentation: u8,
    /// Weighs 10 %.
    pub metadata: u8,
}

/// What was found, and the score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Report {
    /// Worst first, then by place.
    pub findings: Vec<Finding>,
    /// 0–100.
    pub score: u8,
    /// Of which it is made.
    pub areas: AreaScores,
}

impl Report {
    /// The report of these findings.
    #[must_use]
    pub fn of(mut findings: Vec<Finding>) -> Self {
        findings.sort_by(|a, b| {
            (a.level, &a.pointer, &a.code, &a.message).cmp(&(b.level, &b.pointer, &b.code, &b.message))
        });
        findings.dedup();
        let area = |area| area_score(&findings, area);
        let areas = AreaScores {
            security: area(Area::Security),
            quality: area(Area::Quality),
            documentation: area(Area::Documentation),
            metadata: area(Area::Metadata),
        };
        let weighted = 40 * u32::from(areas.security)
            + 30 * u32::from(areas.quality)
            + 20 * u32::from(areas.documentation)
            + 10 * u32::from(areas.metadata);
        let score = u8::try_from((weighted + 50) / 100).unwrap_or(100);
        findings.truncate(MAX_FINDINGS);
        Self { findings, score, areas }
    }

    /// The report with more findings: of [`crate::merge::conflicts`], of [`shellcheck_findings`].
    #[must_use]
    pub fn with(mut self, more: Vec<Finding>) -> Self {
        self.findings.extend(more);
        Self::of(self.findings)
    }

    /// Whether it may not be published.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.count(Level::Error) > 0
    }

    /// How many findings have a level.
    #[must_use]
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|f| f.level == level).count()
    }
}

fn area_score(findings: &[Finding], area: Area) -> u8 {
    let penalty = |finding: &Finding| match finding.level {
        Level::Error => 25_u32,
        Level::Warning => 10,
        Level::Info => 1,
    };
    let lost: u32 = findings.iter().filter(|f| f.area() == area).map(penalty).sum();
    u8::try_from(100_u32.saturating_sub(lost)).unwrap_or(0)
}

/// The errors of a template with its parents merged in: what fits alone may not fit together. Places are those of the
/// merged template.
#[must_use]
pub fn merged_errors(merged: &Template) -> Vec<Finding> {
    let mut findings = bounds::lists(merged);
    findings.extend(bounds::parameters(merged));
    if findings.is_empty() {
        findings.extend(structure::check(merged));
        findings.extend(names::check(merged));
        findings.extend(parameters::check(merged));
    }
    findings.retain(|finding| finding.level == Level::Error);
    for finding in &mut findings {
        finding.message = format!("with its parents: {}", finding.message);
    }
    findings
}

/// Runs every check that needs no other template.
///
/// INVARIANT (bounded work): what is over a bound is an error, and the checks whose work grows with it are left out.
#[must_use]
pub fn validate(parsed: &Parsed) -> Report {
    let template = &parsed.template;
    let texts = texts::texts(&parsed.document);
    let mut over: Vec<Finding> = bounds::scripts(&texts).into_iter().collect();
    over.extend(bounds::parameters(template));
    over.extend(bounds::lists(template));
    let mut findings = parsed.findings();
    if !over.is_empty() {
        findings.extend(over);
        return Report::of(findings);
    }
    findings.extend(structure::check(template));
    findings.extend(names::check(template));
    findings.extend(parameters::check(template));
    findings.extend(images::check(template, &texts));
    findings.extend(scripts::check(&texts));
    findings.extend(weak::check(template, &texts));
    findings.extend(secrets::check(&texts, &parsed.source));
    findings.extend(iam::check(&parsed.document, &texts));
    findings.extend(documentation::check(template));
    Report::of(findings)
}
