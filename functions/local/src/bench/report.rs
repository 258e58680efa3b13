//! The table.

use super::{
    authorization::Cost,
    compare::Measured,
    load::Run,
    memory::Seen,
    seed::Census,
    target::{self, number},
};
use std::{
    io::{self, Write},
    time::Duration,
};

/// Everything that was found.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) small: Census,
    pub(super) large: Census,
    pub(super) lines: Vec<Measured>,
    pub(super) authorization: Cost,
    pub(super) scan: Run,
    /// Number of the deep page, in the small store and in the large.
    pub(super) deep_pages: [u64; 2],
    pub(super) memory: Seen,
    /// Shortest first.
    pub(super) starts: Vec<Duration>,
    /// Of all files, in the small store and in the large.
    pub(super) bytes: [u64; 2],
    pub(super) clients: usize,
}

impl Report {
    /// Writes it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(mut self, out: &mut impl Write) -> io::Result<()> {
        self.head(out)?;
        self.table(out)?;
        self.beside(out)?;
        self.targets(out)
    }

    fn head(&self, out: &mut impl Write) -> io::Result<()> {
        for (name, it) in [("small", self.small), ("large", self.large)] {
            writeln!(
                out,
                "{name}: {} people, {} projects, {} templates with {} versions, {} namespaces",
                it.users,
                it.projects,
                it.templates,
                it.versions(),
                it.projects
            )?;
        }
        let [small, large] = self.deep_pages;
        writeln!(
            out,
            "Requests go over HTTP on loopback from {} clients in this process, each on a connection that stays open, with\n\
             the bearer tokens of two people; the person is read anew for each. The request log is off. Commits are on\n\
             the disk before the answer, and events are handed over meanwhile, as in `cws serve`. Filled people have no\n\
             passwords, and what was filled is in neither log. Both stores were read through once, so that neither the\n\
             disk is measured nor how much of a store fits into memory. A page has 50 templates; the deep page is {large} in the\n\
             large store and the last whole one, {small}, in the small.\n",
            self.clients
        )
    }

    fn table(&mut self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{:26} {:>8} | {:^30} | {:^30} | large / small", "", "requests", "small", "large")?;
        let columns = ["p50 ms", "p99 ms", "requests/s"];
        let [p50, p99, rate] = columns;
        let half = format!("{p50:>9} {p99:>9} {rate:>10}");
        writeln!(out, "{:26} {:>8} | {half} | {half} | {:>6} {:>6}", "", "each", "p50", "p99")?;
        for Measured { line, small, large } in &mut self.lines {
            let ratio = |share: usize, small: &mut Run, large: &mut Run| {
                number(large.percentile(share)) / number(small.percentile(share))
            };
            let (p50, p99) = (ratio(50, small, large), ratio(99, small, large));
            let (name, count) = (line.name(), large.took_ns.len());
            writeln!(
                out,
                "{name:26} {count:>8} | {} | {} | {p50:>6.2} {p99:>6.2}",
                cells(small),
                cells(large)
            )?;
        }
        writeln!(out)
    }

    fn beside(&mut self, out: &mut impl Write) -> io::Result<()> {
        let Cost { decisions, first_reads, reads } = &mut self.authorization;
        let us = |ns: u64| number(ns) / 1000.0;
        writeln!(
            out,
            "authorization       p50 {:.1} µs, p99 {:.1} µs a decision; a member's project_view reads the store {reads} \
             times\n                    with authentication and target, {first_reads} times as the first of a session",
            us(decisions.percentile(50)),
            us(decisions.percentile(99)),
        )?;
        let scan_ms = number(self.scan.percentile(50)) / 1e6;
        writeln!(
            out,
            "scan for two words  p50 {scan_ms:.0} ms: every template read from the store and looked through"
        )?;
        let mb = |kib: Option<u64>| {
            kib.map_or("unknown".to_owned(), |kib| format!("{:.0} MB", number(kib) * 1024.0 / 1e6))
        };
        let Seen { idle_kib, peak_kib, mapped_kib } = self.memory;
        let (idle, peak, mapped) = (mb(idle_kib), mb(peak_kib), mb(mapped_kib));
        writeln!(
            out,
            "memory              {idle} with the large store open, {peak} at most while every kind was asked\n\
             \x20                   ({mapped} of it, at the end, pages of mapped files)"
        )?;
        let [small, large] = self.bytes.map(|bytes| number(bytes) / 1e6);
        writeln!(out, "files               {small:.1} MB small, {large:.1} MB large")?;
        let starts: Vec<String> =
            self.starts.iter().map(|took| format!("{:.3}", took.as_secs_f64())).collect();
        writeln!(out, "start, large store  {} s, in the operating system's cache\n", starts.join(", "))
    }

    fn targets(&mut self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{:52} {:>10} {:>10}", "target", "found", "limit")?;
        for target in target::all(self) {
            let sign = if target.at_least { '≥' } else { '≤' };
            let mark = if target.reached() { "reached" } else { "MISSED" };
            let (found, limit) = (target.found, target.limit);
            writeln!(out, "{:52} {found:>10.2} {:>10} {mark}", target.what, format!("{sign} {limit}"))?;
        }
        Ok(())
    }
}

fn cells(run: &mut Run) -> String {
    let ms = |ns: u64| number(ns) / 1e6;
    let (p50, p99) = (ms(run.percentile(50)), ms(run.percentile(99)));
    format!("{p50:>9.3} {p99:>9.3} {:>10.0}", run.throughput())
}
