//! The same requests on both stores, by turns: what else the machine does meanwhile meets both alike.

use super::{
    Fault,
    line::Line,
    load::{Run, drive},
    progress::say,
    site::Site,
};
use std::sync::Arc;

/// Turns.
const ROUNDS: u32 = 10;

/// A line of the table.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) line: Line,
    pub(super) small: Run,
    pub(super) large: Run,
}

/// Measures every line.
pub(super) async fn all(small: &Arc<Site>, large: &Arc<Site>, requests: u32) -> Result<Vec<Measured>, Fault> {
    let mut measured = Vec::new();
    for line in Line::ALL {
        say(&format!("measuring {}", line.name()))?;
        measured.push(one(small, large, *line, requests).await?);
    }
    Ok(measured)
}

async fn one(small: &Arc<Site>, large: &Arc<Site>, line: Line, requests: u32) -> Result<Measured, Fault> {
    let count = (line.share(requests) / ROUNDS).max(1);
    let mut measured = Measured { line, small: Run::default(), large: Run::default() };
    for round in 0..ROUNDS {
        let first = u64::from(round) * u64::from(count);
        // Each goes first in every other round.
        if round % 2 == 0 {
            measured.small.add(drive(small, line, first, count).await?);
            measured.large.add(drive(large, line, first, count).await?);
        } else {
            measured.large.add(drive(large, line, first, count).await?);
            measured.small.add(drive(small, line, first, count).await?);
        }
    }
    Ok(measured)
}
