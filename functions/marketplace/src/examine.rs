//! Reads and judges a template before it is published, or when only that is asked for.

use cws_model::marketplace::DependencyFace;
use cws_route::Problem;
use cws_templates::{
    Finding, Level, Parsed, Template,
    merge::conflicts,
    parse,
    resolve::{Lock, LockEntry, Resolution},
    validate::{Report, validate},
};

/// Reads a template and runs every check that needs no other template.
///
/// # Errors
/// `template_invalid` when it cannot be read.
pub fn read(yaml: &str) -> Result<(Parsed, Report), Problem> {
    let parsed = parse(yaml.as_bytes()).map_err(|error| {
        Problem::new("template_invalid", "the template cannot be read")
            .and_field("/template", error.to_string())
    })?;
    let report = validate(&parsed);
    Ok((parsed, report))
}

/// The report with what its parents make of it.
pub fn with_parents(report: Report, template: &Template, resolution: &Resolution) -> Report {
    let parents: Vec<&Template> =
        resolution.parents.iter().filter_map(|d| resolution.templates.get(d)).collect();
    report.with(conflicts(&parents, template))
}

/// Refuses a template whose report has errors.
///
/// # Errors
/// `template_invalid` with one entry for each error.
pub fn check(report: &Report) -> Result<(), Problem> {
    if !report.blocks() {
        return Ok(());
    }
    let errors = report.findings.iter().filter(|finding| finding.level == Level::Error);
    let problem = Problem::new(
        "template_invalid",
        format!("{} errors; the score is {}", report.count(Level::Error), report.score),
    );
    Err(errors.fold(problem, |problem, finding| {
        problem.and_field(format!("/template{}", finding.pointer), said(finding))
    }))
}

fn said(finding: &Finding) -> String {
    match &finding.remediation {
        Some(way_out) => format!("{}: {}; {way_out}", finding.code, finding.message),
        None => format!("{}: {}", finding.code, finding.message),
    }
}

/// What a lock pins, as answers show it.
pub fn dependencies(lock: &Lock) -> Vec<DependencyFace> {
    lock.entries.iter().map(dependency).collect()
}

fn dependency(entry: &LockEntry) -> DependencyFace {
    let kind = serde_json::to_value(entry.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
    DependencyFace {
        template: entry.template.to_string(),
        kind: kind.unwrap_or_default(),
        version: entry.version.clone(),
        digest: entry.digest.to_string(),
        requested_by: entry.requested_by.clone(),
    }
}
