//! When each part of the work in the background last came to a good end: what `/health` tells of it.

use cws_model::Timestamp;
use cws_platform::health::{BackgroundHealth, HealthProbe, WorkHealth};
use cws_store::{Health, Store, StoreError};
use futures::future::BoxFuture;
use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

/// A part of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Handing events to consumers.
    HandOver,
    /// Giving records their place in the logs, and signing.
    Logs,
    /// Removing expired rows.
    Sweep,
}

/// Each part, its name, and how long it may take to come to a good end again, seconds.
const PARTS: [(Part, &str, i64); 3] =
    [(Part::HandOver, "hand_over", 60), (Part::Logs, "logs", 60), (Part::Sweep, "sweep", 180)];
/// Stands for never.
const NEVER: i64 = i64::MIN;

/// The beats of a process.
#[derive(Debug)]
pub struct Beats {
    started: Timestamp,
    at_ms: [AtomicI64; 3],
    parked: AtomicU64,
}

impl Beats {
    /// Of a process that starts now.
    pub fn new(started: Timestamp) -> Self {
        Self { started, at_ms: [NEVER; 3].map(AtomicI64::new), parked: AtomicU64::new(0) }
    }

    /// A part came to a good end.
    pub fn done(&self, part: Part, now: Timestamp) {
        for ((listed, ..), at) in PARTS.iter().zip(&self.at_ms) {
            if *listed == part {
                at.store(now.millis(), Ordering::Relaxed);
            }
        }
    }

    /// So many events are parked.
    pub fn parked(&self, events: usize) {
        self.parked.store(u64::try_from(events).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// So many more events are parked.
    pub fn more_parked(&self, events: u32) {
        self.parked.fetch_add(u64::from(events), Ordering::Relaxed);
    }

    fn report(&self, now: Timestamp) -> BackgroundHealth {
        let part = |((_, name, limit_s), at): (&(Part, &'static str, i64), &AtomicI64)| {
            let at = at.load(Ordering::Relaxed);
            let last_done_at = (at != NEVER).then(|| Timestamp::from_millis(at));
            let stuck = last_done_at.unwrap_or(self.started).plus_seconds(*limit_s) < now;
            WorkHealth { name, last_done_at, stuck }
        };
        BackgroundHealth {
            parts: PARTS.iter().zip(&self.at_ms).map(part).collect(),
            parked_events: self.parked.load(Ordering::Relaxed),
        }
    }
}

/// The probe of a process that does its own work in the background.
pub struct ProcessProbe {
    /// State.
    pub store: Arc<dyn Store>,
    /// Work.
    pub beats: Arc<Beats>,
}

impl HealthProbe for ProcessProbe {
    fn store(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        self.store.health()
    }

    fn background(&self, now: Timestamp) -> Option<BackgroundHealth> {
        Some(self.beats.report(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_was_not_done_for_too_long_is_stuck() {
        let start = Timestamp::from_millis(1_000_000);
        let beats = Beats::new(start);
        assert!(!beats.report(start.plus_seconds(60)).is_stuck(), "it has only just begun");
        assert!(beats.report(start.plus_seconds(61)).is_stuck());
        let later = start.plus_seconds(1000);
        for part in [Part::HandOver, Part::Logs, Part::Sweep] {
            beats.done(part, later);
        }
        assert!(!beats.report(later.plus_seconds(30)).is_stuck());
        beats.done(Part::HandOver, later.plus_seconds(100));
        let report = beats.report(later.plus_seconds(100));
        let stuck: Vec<&str> = report.parts.iter().filter(|part| part.stuck).map(|part| part.name).collect();
        assert_eq!(stuck, ["logs"]);
    }
}
