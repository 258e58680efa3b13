//! How far filling is: a bar on a terminal, a line every tenth elsewhere. To standard error, so that the
//! table alone is on standard output.

use std::io::{self, IsTerminal, Write};

const BAR_CHARS: u64 = 40;
/// Every how many percent a line is written when nobody watches.
const LINE_EVERY_PERCENT: u64 = 10;

/// Says what is being done.
pub(super) fn say(text: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{text}")
}

/// Counts up to a total.
pub(super) struct Progress {
    name: String,
    done: u64,
    total: u64,
    shown_percent: u64,
    terminal: bool,
}

impl Progress {
    pub(super) fn new(name: &str, total: u64) -> Self {
        Self {
            name: name.to_owned(),
            done: 0,
            total: total.max(1),
            shown_percent: 0,
            terminal: io::stderr().is_terminal(),
        }
    }

    /// So many more are done.
    pub(super) fn add(&mut self, count: u64) -> io::Result<()> {
        self.done += count;
        let percent = self.done * 100 / self.total;
        let step = if self.terminal { 1 } else { LINE_EVERY_PERCENT };
        if percent < self.shown_percent + step {
            return Ok(());
        }
        self.shown_percent = percent;
        self.show(percent)
    }

    fn show(&self, percent: u64) -> io::Result<()> {
        if !self.terminal {
            return say(&format!("{}: {percent} % filled", self.name));
        }
        let full = percent * BAR_CHARS / 100;
        let bar: String = (0..BAR_CHARS).map(|place| if place < full { '#' } else { '.' }).collect();
        let mut out = io::stderr();
        write!(out, "\r{} [{bar}] {percent:>3} %", self.name)?;
        out.flush()
    }

    /// Ends the line of the bar.
    pub(super) fn finish(self) -> io::Result<()> {
        if self.terminal { say("") } else { Ok(()) }
    }
}
