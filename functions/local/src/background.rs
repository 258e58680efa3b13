//! What event sources and schedules do on AWS: hands events over as soon as they are committed, closes
//! log checkpoints, sweeps what has expired. One task, ended before the process is.

use crate::{serve::stopped, world::World};
use cws_marketplace::reactions::search_index_build;
use cws_route::relay::{Passed, Relay};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior},
};

/// How often everything is looked at even when nothing was heard of, seconds: what was left over by a
/// crash, a failed try, a checkpoint that is due.
const LOOK_S: u64 = 15;
/// How often expired rows are removed, seconds.
const SWEEP_S: u64 = 60;
/// How long after the start, and how often then, it is asked whether a new day began, seconds: then the
/// downloads that count as recent are counted again.
const DAY_LOOK_S: [u64; 2] = [60, 3600];

/// The running task.
pub struct Background {
    task: JoinHandle<()>,
}

impl Background {
    /// Starts it.
    #[expect(clippy::disallowed_methods, reason = "this is the process's own work, not a handler's")]
    pub fn start(world: Arc<World>, stop: watch::Receiver<bool>) -> Self {
        Self { task: tokio::spawn(work(world, stop)) }
    }

    /// Waits until it has ended.
    pub async fn finish(self) {
        if self.task.await.is_err() {
            tracing::error!("the background task ended badly; what it left is picked up at the next start");
        }
    }
}

async fn work(world: Arc<World>, stop: watch::Receiver<bool>) {
    let mut changes = world.store.subscribe();
    let mut look = tokio::time::interval(Duration::from_secs(LOOK_S));
    let mut sweep = tokio::time::interval(Duration::from_secs(SWEEP_S));
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let [first, each] = DAY_LOOK_S.map(Duration::from_secs);
    let mut day = tokio::time::interval_at(Instant::now() + first, each);
    day.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stop = stopped(stop);
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return,
            _ = look.tick() => drop(pass(&world).await),
            _ = sweep.tick() => sweep_expired(&world).await,
            _ = day.tick() => count_daily(&world).await,
            heard = changes.changed() => match heard {
                Ok(()) => drop(pass(&world).await),
                Err(_) => return,
            },
        }
    }
}

/// Works through everything that waits; answers whether something still does, because another pass was at
/// it or a try failed. Failures are logged and met again at the next look.
pub async fn pass(world: &World) -> bool {
    let relay = Relay::new(world.shell.parts().clone(), world.consumers.clone());
    let handed = match relay.pass().await {
        Ok(passed) => {
            if passed != Passed::default() {
                tracing::debug!(?passed, "events handed over");
            }
            passed.failed == 0
        }
        Err(error) => {
            tracing::warn!(%error, "the outbox could not be read");
            false
        }
    };
    let sequenced = match cws_platform::reactions::log_sequence::sequence_all(world.shell.parts()).await {
        Ok(pass) => !pass.busy,
        Err(error) => {
            tracing::warn!(%error, "a log could not be sequenced");
            false
        }
    };
    !(handed && sequenced)
}

async fn sweep_expired(world: &World) {
    let now = world.shell.parts().clock.now();
    match world.store.sweep(now).await {
        Ok(swept) => tracing::debug!(swept, "expired rows removed"),
        Err(error) => tracing::warn!(%error, "expired rows could not be removed"),
    }
}

async fn count_daily(world: &World) {
    if let Err(error) = search_index_build::count_daily(world.shell.parts()).await {
        tracing::warn!(%error, "downloads could not be counted again");
    }
}
