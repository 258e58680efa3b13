//! Reads and judges a template before it is published, or when only that is asked for.

use cws_model::marketplace::DependencyFace;
use cws_route::Problem;
use cws_templates::{
    Finding, Level, Parsed, Template,
    merge::{conflicts, merge},
    parse,
    resolve::{Lock, LockEntry, Resolution},
    validate::{Report, merged_errors, validate},
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

/// As [`read`], on a thread where long work holds nobody up.
///
/// # Errors
/// `template_invalid` when it cannot be read.
pub async fn read_apart(yaml: &str) -> Result<(Parsed, Report), Problem> {
    let yaml = yaml.to_owned();
    apart(move || read(&yaml)).await?
}

/// A template with its parents, and the report with what they make of it.
#[derive(Debug)]
pub struct Judged {
    /// The template with its parents merged in.
    pub merged: Template,
    /// The report.
    pub report: Report,
}

/// Merges the parents in, and adds what does not fit together. What is launched is the whole.
///
/// # Errors
/// 500 when the work was broken off.
pub async fn with_parents(
    report: Report,
    template: &Template,
    resolution: &Resolution,
) -> Result<Judged, Problem> {
    let parents: Vec<Template> =
        resolution.parents.iter().filter_map(|digest| resolution.templates.get(digest).cloned()).collect();
    let own = template.clone();
    if parents.is_empty() {
        return Ok(Judged { merged: own, report });
    }
    apart(move || {
        let parents: Vec<&Template> = parents.iter().collect();
        let merged = merge(&parents, &own);
        let mut found = conflicts(&parents, &own);
        // What the template has to answer for alone is said already.
        if found.is_empty() && !report.blocks() {
            found = merged_errors(&merged);
        }
        Judged { report: report.with(found), merged }
    })
    .await
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
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
