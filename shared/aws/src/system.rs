//! The system's clock and random generator, for programs that run on AWS.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use cws_cloud::{Clock, Entropy};
use cws_model::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the injected clock comes from")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The system's random generator.
#[derive(Debug, Default)]
pub struct SystemEntropy {
    random: SystemRandom,
}

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        if self.random.fill(buffer).is_err() {
            // Without random bytes no key and no id is safe.
            std::process::abort();
        }
    }
}
