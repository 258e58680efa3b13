//! What event sources and schedules do on AWS: hands events over as soon as they are committed, gives log
//! records their place and signs them, sweeps what has expired. Each is a task of its own, so that none
//! waits for another; one that panics starts again; all end before the process does.

use crate::{
    beats::{Beats, Part},
    serve::stopped,
    world::World,
};
use cws_marketplace::reactions::search_index_build;
use cws_platform::{log::Signing, reactions::log_sequence::sequence_all};
use cws_route::relay::{Passed, Relay};
use futures::{FutureExt, future::join_all};
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, Interval, MissedTickBehavior, interval_at, sleep, timeout},
};

/// How often the outbox is looked at even when nothing was heard of, seconds: what was left over by a
/// crash, or waits for its next try.
const LOOK_S: u64 = 5;
/// How often the logs are looked at, seconds.
const LOGS_S: u64 = 2;
/// How often expired rows are removed, seconds.
const SWEEP_S: u64 = 60;
/// How long after the start, and how often then, it is asked whether a new day began, seconds: then the
/// downloads that count as recent are counted again.
const DAY_LOOK_S: [u64; 2] = [60, 3600];
/// Events that one pass looks at.
const PASS_EVENTS: u32 = 200;
/// How long a task that panicked waits before it starts again.
const RESTART_WAIT: Duration = Duration::from_secs(1);
/// How long a stop waits for what has begun.
const FINISH_MAX: Duration = Duration::from_secs(10);

type Stop = watch::Receiver<bool>;

/// The running tasks.
pub struct Background {
    tasks: Vec<JoinHandle<()>>,
}

impl Background {
    /// Starts them.
    pub fn start(world: Arc<World>, stop: Stop) -> Self {
        Self {
            tasks: vec![
                task("hand_over", &world, &stop, hand_over),
                task("logs", &world, &stop, logs),
                task("sweep", &world, &stop, sweep),
                task("day", &world, &stop, day),
            ],
        }
    }

    /// Waits until they have ended, but not for ever: what is cut off here is picked up at the next start.
    pub async fn finish(self) {
        if !self.finished_within(FINISH_MAX).await {
            tracing::warn!("the work in the background did not end in time; the next start goes on with it");
        }
    }

    async fn finished_within(mut self, longest: Duration) -> bool {
        let ended = timeout(longest, join_all(&mut self.tasks)).await.is_ok();
        self.tasks.iter().for_each(JoinHandle::abort);
        ended
    }
}

fn task<F: Future<Output = ()> + Send + 'static>(
    name: &'static str,
    world: &Arc<World>,
    stop: &Stop,
    work: fn(Arc<World>, Stop) -> F,
) -> JoinHandle<()> {
    let (world, stopping) = (world.clone(), stop.clone());
    started_again(name, stop.clone(), move || work(world.clone(), stopping.clone()))
}

/// Runs some work to its end; after a panic it starts again, until it is told to stop.
#[expect(clippy::disallowed_methods, reason = "this is the process's own work, not a handler's")]
fn started_again<F: Future<Output = ()> + Send + 'static>(
    name: &'static str,
    stop: Stop,
    work: impl Fn() -> F + Send + 'static,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        while AssertUnwindSafe(work()).catch_unwind().await.is_err() {
            tracing::error!(task = name, "a task in the background panicked; it starts again");
            tokio::select! {
                () = sleep(RESTART_WAIT) => {}
                () = stopped(stop.clone()) => return,
            }
        }
    })
}

fn every(first: Duration, each: Duration) -> Interval {
    let mut interval = interval_at(Instant::now() + first, each);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

async fn hand_over(world: Arc<World>, stop: Stop) {
    let mut changes = world.store.subscribe();
    let relay = Relay::new(world.shell.parts().clone(), world.consumers.clone());
    retry_parked(&relay, &world.beats).await;
    let mut look = every(Duration::ZERO, Duration::from_secs(LOOK_S));
    let stopping = stopped(stop.clone());
    tokio::pin!(stopping);
    loop {
        tokio::select! {
            () = &mut stopping => return,
            _ = look.tick() => {}
            heard = changes.changed() => if heard.is_err() { return },
        }
        while hand_over_some(&relay, &world, &stop).await {}
    }
}

/// A new start may be one of a better program: what was given up gets another chance.
async fn retry_parked(relay: &Relay, beats: &Beats) {
    match relay.retry_parked().await {
        Ok(retried) => {
            beats.parked(retried.parked as usize);
            if retried.done + retried.parked > 0 {
                tracing::warn!(retried.done, retried.parked, "parked events were tried again");
            }
        }
        Err(error) => tracing::warn!(%error, "parked events could not be tried again"),
    }
}

/// Answers whether more can be done at once.
async fn hand_over_some(relay: &Relay, world: &World, stop: &Stop) -> bool {
    match relay.pass(PASS_EVENTS, &|| !*stop.borrow()).await {
        Ok(passed) => {
            world.beats.done(Part::HandOver, world.shell.parts().clock.now());
            world.beats.more_parked(passed.parked);
            if passed != Passed::default() {
                tracing::debug!(?passed, "events handed over");
            }
            passed.more && !*stop.borrow()
        }
        Err(error) => {
            tracing::warn!(%error, "the outbox could not be worked through");
            false
        }
    }
}

async fn logs(world: Arc<World>, stop: Stop) {
    let mut look = every(Duration::ZERO, Duration::from_secs(LOGS_S));
    let stopping = stopped(stop);
    tokio::pin!(stopping);
    loop {
        tokio::select! {
            // What is not signed yet could be taken back unseen while nobody looks.
            () = &mut stopping => return sequence(&world, Signing::Now).await,
            _ = look.tick() => sequence(&world, Signing::Paced).await,
        }
    }
}

async fn sequence(world: &World, signing: Signing) {
    match sequence_all(world.shell.parts(), signing).await {
        Ok(_) => world.beats.done(Part::Logs, world.shell.parts().clock.now()),
        Err(error) => tracing::warn!(%error, "a log could not be sequenced"),
    }
}

async fn sweep(world: Arc<World>, stop: Stop) {
    let mut look = every(Duration::ZERO, Duration::from_secs(SWEEP_S));
    let stopping = stopped(stop);
    tokio::pin!(stopping);
    loop {
        tokio::select! {
            () = &mut stopping => return,
            _ = look.tick() => sweep_expired(&world).await,
        }
    }
}

async fn sweep_expired(world: &World) {
    let now = world.shell.parts().clock.now();
    match world.store.sweep(now).await {
        Ok(swept) => {
            world.beats.done(Part::Sweep, now);
            tracing::debug!(swept, "expired rows removed");
        }
        Err(error) => tracing::warn!(%error, "expired rows could not be removed"),
    }
}

async fn day(world: Arc<World>, stop: Stop) {
    let [first, each] = DAY_LOOK_S.map(Duration::from_secs);
    let mut look = every(first, each);
    let stopping = stopped(stop);
    tokio::pin!(stopping);
    loop {
        tokio::select! {
            () = &mut stopping => return,
            _ = look.tick() => count_daily(&world).await,
        }
    }
}

async fn count_daily(world: &World) {
    if let Err(error) = search_index_build::count_daily(world.shell.parts()).await {
        tracing::warn!(%error, "downloads could not be counted again");
    }
}

/// Works through everything that waits, and signs it; answers whether something still waits, because
/// another pass was at it or a try failed. Failures are logged and met again by the tasks.
pub async fn pass(world: &World) -> bool {
    let relay = Relay::new(world.shell.parts().clone(), world.consumers.clone());
    let handed = match relay.pass(u32::MAX, &|| true).await {
        Ok(passed) => passed.failed + passed.waiting == 0,
        Err(error) => {
            tracing::warn!(%error, "the outbox could not be worked through");
            false
        }
    };
    let sequenced = match sequence_all(world.shell.parts(), Signing::Now).await {
        Ok(pass) => !pass.busy,
        Err(error) => {
            tracing::warn!(%error, "a log could not be sequenced");
            false
        }
    };
    !(handed && sequenced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn a_task_that_panics_starts_again_and_one_that_ends_does_not() {
        let (_switch, stop) = watch::channel(false);
        let runs = Arc::new(AtomicU32::new(0));
        let counted = runs.clone();
        let work = move || {
            let run = counted.fetch_add(1, Ordering::SeqCst);
            async move { assert!(run > 0, "the first run panics") }
        };
        started_again("test", stop, work).await.unwrap();
        assert_eq!(runs.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_task_that_always_panics_ends_when_it_is_told_to() {
        let (switch, stop) = watch::channel(false);
        let task = started_again("test", stop, || async { panic!("always") });
        switch.send_replace(true);
        task.await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_task_that_does_not_end_does_not_hold_up_the_end_for_ever() {
        let (_switch, stop) = watch::channel(false);
        let task = started_again("test", stop, std::future::pending);
        let background = Background { tasks: vec![task] };
        assert!(!background.finished_within(Duration::from_millis(20)).await);
    }
}
