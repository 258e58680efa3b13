//! Hashing passwords: argon2id on blocking threads, few at once, and no endless queue.
//!
//! Cost after the OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use cws_cloud::{Entropy, clock::random, identity::Secret};
use std::{
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// Most hashes at one time: each takes a core and its memory.
const PARALLEL_MAX: usize = 2;
/// Most callers that wait for one; the next is told to come back.
pub(super) const QUEUE_MAX: usize = 128;

/// Cost of one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory, KiB; at least 8.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl HashCost {
    /// What OWASP asks for.
    pub const OWASP: Self = Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 };
}

/// Why a password was not hashed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HashError {
    /// The queue is full.
    Busy,
    /// The library, or the thread, failed.
    Failed,
}

/// Hashes and verifies passwords.
pub(super) struct Passwords {
    argon2: Argon2<'static>,
    entropy: Arc<dyn Entropy>,
    hands: Hands,
    running: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    /// A hash that no password has, of the same cost as the others.
    nobody: String,
}

/// The right to hash now. Held over a whole sign-in, so that few of them touch one row at a time.
#[derive(Clone)]
pub(super) struct Turn {
    _permits: Arc<(OwnedSemaphorePermit, OwnedSemaphorePermit)>,
}

impl Passwords {
    /// `None` when the cost is outside what argon2 allows.
    pub(super) fn new(cost: HashCost, entropy: Arc<dyn Entropy>) -> Option<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None).ok()?;
        let nobody = format!(
            "$argon2id$v=19$m={},t={},p={}${}${}",
            cost.memory_kib,
            cost.passes,
            cost.lanes,
            STANDARD_NO_PAD.encode(random::<16>(&*entropy)),
            STANDARD_NO_PAD.encode(random::<32>(&*entropy)),
        );
        PasswordHash::new(&nobody).ok()?;
        Some(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            entropy,
            hands: Hands::start()?,
            running: Arc::new(Semaphore::new(PARALLEL_MAX)),
            queue: Arc::new(Semaphore::new(PARALLEL_MAX + QUEUE_MAX)),
            nobody,
        })
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self) -> Result<Turn, HashError> {
        let place = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| HashError::Busy)?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| HashError::Failed)?;
        Ok(Turn { _permits: Arc::new((place, running)) })
    }

    /// A new hash in PHC form.
    pub(super) async fn hash(&self, turn: &Turn, password: &Secret) -> Result<String, HashError> {
        let (argon2, password, turn) = (self.argon2.clone(), password.clone(), turn.clone());
        let salt = random::<16>(&*self.entropy);
        self.run(turn, move || {
            let hash: PasswordHash =
                argon2.hash_password_with_salt(password.expose().as_bytes(), &salt).ok()?;
            Some(hash.to_string())
        })
        .await?
        .ok_or(HashError::Failed)
    }

    /// Whether a password has this hash. Without a hash it takes as long and answers no.
    pub(super) async fn verify(
        &self,
        turn: &Turn,
        password: &Secret,
        phc: Option<&str>,
    ) -> Result<bool, HashError> {
        let (argon2, password, turn) = (self.argon2.clone(), password.clone(), turn.clone());
        let real = phc.is_some();
        let phc = phc.unwrap_or(&self.nobody).to_owned();
        let checked = self.run(turn, move || {
            let hash = PasswordHash::new(&phc).ok()?;
            Some(argon2.verify_password(password.expose().as_bytes(), &hash).is_ok())
        });
        Ok(checked.await?.ok_or(HashError::Failed)? && real)
    }

    /// Runs on a thread of its own, which keeps the turn even when the caller has gone away.
    async fn run<T: Send + 'static>(
        &self,
        turn: Turn,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let (answer, answered) = oneshot::channel();
        self.hands.give(Box::new(move || {
            let done = work();
            drop(turn);
            // A caller that went away in the meantime is no error.
            let _gone = answer.send(done);
        }))?;
        answered.await.map_err(|_| HashError::Failed)
    }
}

type Work = Box<dyn FnOnce() + Send>;

/// As many threads as there may be hashes at one time. A thread keeps the memory of its last hash for the next
/// one; on threads that come and go each would keep its own.
struct Hands(mpsc::Sender<Work>);

impl Hands {
    /// `None` when no thread can be had.
    fn start() -> Option<Self> {
        let (give, take) = mpsc::channel::<Work>();
        let take = Arc::new(Mutex::new(take));
        for number in 0..PARALLEL_MAX {
            let take = Arc::clone(&take);
            let next = move || take.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let hand = move || {
                while let Ok(work) = next() {
                    work();
                }
            };
            thread::Builder::new().name(format!("password-{number}")).spawn(hand).ok()?;
        }
        Some(Self(give))
    }

    fn give(&self, work: Work) -> Result<(), HashError> {
        self.0.send(work).map_err(|_| HashError::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemEntropy;

    const CHEAP: HashCost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };

    fn passwords() -> Passwords {
        Passwords::new(CHEAP, Arc::new(SystemEntropy::default())).expect("cost")
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_of_the_asked_cost_and_fits_its_password_only() {
        let passwords = passwords();
        let turn = passwords.turn().await.expect("turn");
        let phc = passwords.hash(&turn, &Secret::new("correct horse")).await.expect("hash");
        assert!(phc.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{phc}");
        assert_eq!(passwords.verify(&turn, &Secret::new("correct horse"), Some(&phc)).await, Ok(true));
        assert_eq!(passwords.verify(&turn, &Secret::new("correct horsf"), Some(&phc)).await, Ok(false));
        assert_eq!(passwords.verify(&turn, &Secret::new("correct horse"), None).await, Ok(false));
    }

    #[tokio::test]
    async fn the_default_cost_is_what_owasp_asks_for() {
        let passwords = Passwords::new(HashCost::OWASP, Arc::new(SystemEntropy::default())).expect("cost");
        let turn = passwords.turn().await.expect("turn");
        let phc = passwords.hash(&turn, &Secret::new("correct horse")).await.expect("hash");
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    }

    #[tokio::test]
    async fn the_queue_has_an_end() {
        let passwords = passwords();
        let mut turns = vec![passwords.turn().await.expect("turn"), passwords.turn().await.expect("turn")];
        let mut waiting = Vec::new();
        for _ in 0..QUEUE_MAX {
            let mut turn = Box::pin(passwords.turn());
            assert!(futures::poll!(&mut turn).is_pending());
            waiting.push(turn);
        }
        assert!(matches!(passwords.turn().await, Err(HashError::Busy)));
        turns.clear();
        for turn in waiting.iter_mut().take(PARALLEL_MAX) {
            assert!(futures::poll!(turn).is_ready());
        }
    }
}
