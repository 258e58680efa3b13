//! What is to be reached, held against what was measured.

use super::{line::Line, report::Report};

/// Most that the large store may take, as a multiple of the small one, at the 99th percentile.
pub(super) const RATIO_MAX: f64 = 1.3;
const OF_HEALTH_MIN: f64 = 0.5;
const SEARCH_FASTER_MIN: f64 = 100.0;
const DECISION_MAX_US: f64 = 200.0;
const READS_MAX: f64 = 3.0;
const MEMORY_MAX_MB: f64 = 200.0;
const START_MAX_S: f64 = 1.0;

/// One target.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) what: String,
    pub(super) found: f64,
    pub(super) limit: f64,
    /// Whether `limit` is the least instead of the most.
    pub(super) at_least: bool,
}

impl Target {
    fn at_most(what: impl Into<String>, found: f64, limit: f64) -> Self {
        Self { what: what.into(), found, limit, at_least: false }
    }

    fn at_least(what: impl Into<String>, found: f64, limit: f64) -> Self {
        Self { what: what.into(), found, limit, at_least: true }
    }

    /// Whether it is reached. What could not be measured is not.
    pub(super) fn reached(&self) -> bool {
        if self.at_least { self.found >= self.limit } else { self.found <= self.limit }
    }
}

/// All targets.
pub(super) fn all(report: &mut Report) -> Vec<Target> {
    let mut targets = Vec::new();
    for measured in report.lines.iter_mut().filter(|measured| measured.line.is_bounded()) {
        let ratio = number(measured.large.percentile(99)) / number(measured.small.percentile(99));
        let what = format!("{}: p99, large / small", measured.line.name());
        targets.push(Target::at_most(what, ratio, RATIO_MAX));
    }
    let (health, view) = (throughput(report, Line::Health), throughput(report, Line::TemplateView));
    targets.push(Target::at_least("template_view / health, requests a second", view / health, OF_HEALTH_MIN));
    let scan = number(report.scan.percentile(50));
    let search = report.lines.iter_mut().find(|measured| measured.line == Line::Search);
    let search = search.map_or(f64::NAN, |measured| number(measured.large.percentile(50)));
    targets.push(Target::at_least("scan / template_search, p50", scan / search, SEARCH_FASTER_MIN));
    let decision_us = number(report.authorization.decisions.percentile(99)) / 1000.0;
    targets.push(Target::at_most("authorization decision, p99, µs", decision_us, DECISION_MAX_US));
    let reads = report.authorization.first_reads.max(report.authorization.reads);
    targets.push(Target::at_most("store reads to authenticate and authorize", number(reads), READS_MAX));
    let memory_mb = report.memory.peak_kib.map_or(f64::NAN, |kib| number(kib) * 1024.0 / 1e6);
    targets.push(Target::at_most("peak memory while serving, MB", memory_mb, MEMORY_MAX_MB));
    let start_s = report.starts.last().map_or(f64::NAN, std::time::Duration::as_secs_f64);
    targets.push(Target::at_most("start on the large store, slowest, s", start_s, START_MAX_S));
    targets
}

fn throughput(report: &Report, line: Line) -> f64 {
    let found = report.lines.iter().find(|measured| measured.line == line);
    found.map_or(f64::NAN, |measured| measured.large.throughput())
}

#[expect(clippy::cast_precision_loss, reason = "nanoseconds and counts far below 2^53")]
pub(super) fn number(n: u64) -> f64 {
    n as f64
}
