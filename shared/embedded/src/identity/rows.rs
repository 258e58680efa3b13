//! What the issuer keeps, where, and how it is read and written.
//!
//! INVARIANT (no secret at rest): passwords are kept as argon2id, tokens and recovery codes as
//! SHA-256. Only the key of a second factor is kept as it is, because codes are computed from it.

use super::hash::sha256_hex;
use cws_cloud::{
    Clock, Entropy,
    clock::new_id,
    identity::{Account, ExternalIdentity, IdentityError, Logins, RefreshError, SignInError},
    stage::Stage,
};
use cws_model::{
    InstitutionId, Timestamp,
    id::UserId,
    text::{Email, Username},
};
use cws_store::{Consistency, Item, Key, Kind, Record, Slot, Store, StoreError, Writes, kind};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// How often a change is decided again when another commit was in the way.
pub(super) const TRIES: u32 = 16;

/// One person who may sign in. Subject and user id are the same text at this issuer.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Credential {
    pub(super) institution: InstitutionId,
    pub(super) user_id: UserId,
    pub(super) username: Username,
    pub(super) email: Email,
    /// Argon2id in PHC form.
    pub(super) password: Option<String>,
    /// SHA-256 of the one setup or reset token that works.
    pub(super) one_time: Option<String>,
    pub(super) reset_requested_at: Option<Timestamp>,
    pub(super) disabled: bool,
    /// Sessions of an earlier generation have ended.
    pub(super) generation: u64,
    pub(super) factor: Option<Factor>,
    /// Key in base 32 of a second factor that was not verified yet.
    pub(super) factor_pending: Option<String>,
    pub(super) external: Option<External>,
    /// First password or first external sign-in. Before that, names are not bound to this account.
    pub(super) activated_at: Option<Timestamp>,
}

/// An active second factor.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Factor {
    /// Key in base 32.
    pub(super) key: String,
    /// The step of the last code that was taken; no code at or before it works again.
    pub(super) last_step: u64,
    /// SHA-256 of the recovery codes that are left.
    pub(super) recovery: Vec<String>,
}

/// Who the person is at the institution's login service.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct External {
    pub(super) issuer: String,
    pub(super) subject: String,
}

/// A name, or an external identity, that leads to a subject.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Pointer {
    pub(super) subject: String,
}

/// Failures in a row.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Attempts {
    pub(super) failures: u32,
    pub(super) locked_until: Option<Timestamp>,
}

/// A setup or reset token, under its hash.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct OneTime {
    pub(super) subject: String,
}

/// A signed-in session: one refresh family.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SessionRow {
    pub(super) generation: u64,
    /// When the person signed in, as the login service says it; 1970 where it does not.
    pub(super) auth_time: Timestamp,
    pub(super) opened_at: Timestamp,
    pub(super) mfa: bool,
    pub(super) last_used_at: Timestamp,
    pub(super) expires_at: Timestamp,
    /// SHA-256 of the part that all refresh tokens of the session share.
    pub(super) family: String,
    /// SHA-256 of the refresh token that works.
    pub(super) current: String,
    /// The one before, and when it was rotated.
    pub(super) previous: Option<(String, Timestamp)>,
    /// From it and a token the next token is made.
    pub(super) chain: String,
}

impl Record for Credential {
    const KIND: Kind = kind::CREDENTIAL;
}

impl Record for Pointer {
    const KIND: Kind = kind::CREDENTIAL;
}

impl Record for Attempts {
    const KIND: Kind = kind::CREDENTIAL;
}

impl Record for OneTime {
    const KIND: Kind = kind::ONE_TIME;
}

impl Record for SessionRow {
    const KIND: Kind = kind::SESSION;
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for SessionRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRow").field("auth_time", &self.auth_time).finish_non_exhaustive()
    }
}

impl Credential {
    pub(super) fn account(&self) -> Account {
        Account {
            institution: self.institution.clone(),
            user_id: self.user_id.clone(),
            subject: self.user_id.to_string(),
        }
    }

    pub(super) fn logins(&self) -> Logins {
        Logins { username: self.username.clone(), email: self.email.clone() }
    }
}

/// Key of a person's credential.
pub(super) fn credential_key(subject: &str) -> Key {
    Key::new(kind::CREDENTIAL.part(&format!("subject/{subject}")), "credential")
}

/// Key of what a login name leads to; `folded` is in lower case.
pub(super) fn login_key(institution: &InstitutionId, folded: &str) -> Key {
    Key::new(kind::CREDENTIAL.part(&format!("login/{institution}/{folded}")), "subject")
}

/// Key of what an external identity leads to.
pub(super) fn external_key(institution: &InstitutionId, who: &ExternalIdentity) -> Key {
    let hash = sha256_hex(format!("{}\n{}", who.issuer, who.subject).as_bytes());
    Key::new(kind::CREDENTIAL.part(&format!("external/{institution}/{hash}")), "subject")
}

/// Key of the failures of a person, or of a name that nobody has.
pub(super) fn attempts_key(scope: &str) -> Key {
    Key::new(kind::CREDENTIAL.part(&format!("attempts/{}", sha256_hex(scope.as_bytes()))), "attempts")
}

/// Key of a one-time token by its hash.
pub(super) fn one_time_key(hash: &str) -> Key {
    let prefix: String = hash.chars().take(2).collect();
    Key::new(kind::ONE_TIME.part(&prefix), hash)
}

/// Key of a session.
pub(super) fn session_key(subject: &str, session_id: &str) -> Key {
    Key::new(kind::SESSION.part(subject), session_id)
}

/// Why a row was not read or written.
#[derive(Debug)]
pub(super) enum RowError {
    /// Others were in the way, again and again.
    Busy,
    /// The store does not work now.
    Store(String),
}

impl From<StoreError> for RowError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Throttled | StoreError::Conflict { .. } => Self::Busy,
            // The reason of an unreadable row may quote the row.
            StoreError::Corrupt { kind, .. } => Self::Store(format!("row of kind `{kind}` cannot be read")),
            other => Self::Store(other.to_string()),
        }
    }
}

impl From<RowError> for IdentityError {
    fn from(error: RowError) -> Self {
        match error {
            RowError::Busy => Self::Throttled,
            RowError::Store(why) => Self::Unavailable(why),
        }
    }
}

impl From<RowError> for SignInError {
    fn from(error: RowError) -> Self {
        match error {
            RowError::Busy => Self::Throttled,
            RowError::Store(why) => Self::Unavailable(why),
        }
    }
}

impl From<RowError> for RefreshError {
    fn from(error: RowError) -> Self {
        match error {
            RowError::Busy => Self::Throttled,
            RowError::Store(why) => Self::Unavailable(why),
        }
    }
}

/// The issuer's hand on the store.
#[derive(Clone)]
pub(super) struct Rows {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    /// Where writes are held back while a route runs.
    pub(super) stage: Option<Stage>,
}

impl Rows {
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) async fn items(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, RowError> {
        Ok(self.store.get(keys, Consistency::Strong).await?)
    }

    pub(super) async fn get<T: Record>(&self, key: Key) -> Result<Slot<T>, RowError> {
        let item = self.items(std::slice::from_ref(&key)).await?.into_iter().next().flatten();
        Ok(Slot::read(key, item, self.now())?)
    }

    /// Whether the writes took effect; `false` when a condition did not hold: read and decide again. While a
    /// route runs they are held back for its commit, which takes the same conditions.
    pub(super) async fn commit(&self, writes: Writes) -> Result<bool, RowError> {
        match &self.stage {
            Some(stage) => {
                stage.hold(writes);
                Ok(true)
            }
            None => self.commit_now(writes).await,
        }
    }

    /// As `commit`, but at once: for what counts whatever becomes of the request.
    pub(super) async fn commit_now(&self, writes: Writes) -> Result<bool, RowError> {
        let commit = writes.into_commit(new_id(self.now(), &*self.entropy));
        match self.store.commit(&commit).await {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
