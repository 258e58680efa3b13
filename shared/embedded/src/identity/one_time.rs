//! Setting passwords: with a setup token, with a reset token, with the old password.
//!
//! INVARIANT (once): using a token deletes its row and changes the credential in one commit, both
//! under the condition that they are as they were read; of a hundred uses one takes effect.

use super::{
    EmbeddedIssuer,
    attempts::{NotNow, forget, typed},
    hash::{random_text, same, sha256_hex},
    passwords::HashError,
    rows::{Credential, OneTime, RowError, TRIES, one_time_key},
};
use cws_cloud::identity::{Account, Delivery, IdentityError, Login, OneTimeToken, Secret, check_password};
use cws_model::Timestamp;
use cws_store::{Expect, Op, Slot, Writes};

/// Shortest time between two reset tokens of one person, seconds.
const RESET_PAUSE_S: i64 = 60;

/// What a one-time token is for. The prefix is hashed with the token, so one kind is never the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Setup,
    Reset,
}

impl Purpose {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Setup => "cwsst_",
            Self::Reset => "cwsrp_",
        }
    }
}

impl From<HashError> for IdentityError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Throttled,
            HashError::Failed => Self::Unavailable("passwords cannot be hashed".to_owned()),
        }
    }
}

impl From<NotNow> for IdentityError {
    fn from(error: NotNow) -> Self {
        match error {
            NotNow::Locked(until) => Self::Locked { until },
            NotNow::Row(error) => error.into(),
        }
    }
}

/// A token that was found to be good.
struct Good {
    token: Slot<OneTime>,
    credential: Slot<Credential>,
    row: Credential,
}

impl EmbeddedIssuer {
    /// A setup token in place of the one before.
    pub(super) fn setup_token(
        &self,
        row: &mut Credential,
        old: Option<String>,
        writes: &mut Writes,
    ) -> Result<OneTimeToken, IdentityError> {
        let expires_at = self.rows.now().plus_seconds(self.config.setup_ttl_s.into());
        self.one_time_token(row, old, Purpose::Setup, expires_at, writes)
    }

    /// A setup token for a person whose first one was lost or has expired.
    pub(super) async fn another_setup_token(&self, subject: &str) -> Result<OneTimeToken, IdentityError> {
        for _ in 0..TRIES {
            let slot = self.credential(subject).await?;
            let mut row = slot.value().cloned().ok_or(IdentityError::UnknownSubject)?;
            if row.password.is_some() || row.external.is_some() || row.disabled {
                return Err(IdentityError::SetUp);
            }
            let mut writes = Writes::new();
            let old = row.one_time.take();
            let setup = self.setup_token(&mut row, old, &mut writes)?;
            writes.put(&slot, &row).map_err(RowError::from)?;
            if self.rows.commit(writes).await? {
                return Ok(setup);
            }
        }
        Err(IdentityError::Throttled)
    }

    /// A person has one token that works, whatever it is for.
    fn one_time_token(
        &self,
        row: &mut Credential,
        old: Option<String>,
        purpose: Purpose,
        expires_at: Timestamp,
        writes: &mut Writes,
    ) -> Result<OneTimeToken, IdentityError> {
        let token = format!("{}{}", purpose.prefix(), random_text::<32>(&*self.rows.entropy));
        let hash = sha256_hex(token.as_bytes());
        let kept = OneTime { subject: row.user_id.to_string() };
        writes.overwrite(one_time_key(&hash), &kept, Some(expires_at)).map_err(RowError::from)?;
        if let Some(old) = old {
            writes.op(Op::Delete { key: one_time_key(&old), expect: Expect::Any });
        }
        row.one_time = Some(hash);
        Ok(OneTimeToken { token: Secret::new(token), expires_at })
    }

    async fn good_token(&self, token: &Secret, purpose: Purpose) -> Result<Good, IdentityError> {
        if !token.expose().starts_with(purpose.prefix()) {
            return Err(IdentityError::TokenInvalid);
        }
        let hash = sha256_hex(token.expose().as_bytes());
        let slot = self.rows.get::<OneTime>(one_time_key(&hash)).await?;
        let kept = slot.value().ok_or(IdentityError::TokenInvalid)?;
        let credential = match self.credential(&kept.subject).await {
            Err(IdentityError::UnknownSubject) => return Err(IdentityError::TokenInvalid),
            other => other?,
        };
        let row = credential.value().cloned().ok_or(IdentityError::TokenInvalid)?;
        let current = row.one_time.as_ref().is_some_and(|current| same(current, &hash));
        if !current || row.disabled {
            return Err(IdentityError::TokenInvalid);
        }
        Ok(Good { token: slot, credential, row })
    }

    pub(super) async fn first_password(
        &self,
        setup: &Secret,
        new: &Secret,
    ) -> Result<Account, IdentityError> {
        self.use_token(setup, Purpose::Setup, None, new).await
    }

    pub(super) async fn finish_reset(
        &self,
        login: Option<&Login>,
        reset: &Secret,
        new: &Secret,
    ) -> Result<Account, IdentityError> {
        let owner = match login {
            Some(login) => Some(self.subject_of(login).await?.ok_or(IdentityError::TokenInvalid)?),
            None => None,
        };
        self.use_token(reset, Purpose::Reset, owner.as_deref(), new).await
    }

    async fn use_token(
        &self,
        token: &Secret,
        purpose: Purpose,
        owner: Option<&str>,
        new: &Secret,
    ) -> Result<Account, IdentityError> {
        let first = self.good_token(token, purpose).await?.row;
        if owner.is_some_and(|owner| owner != first.user_id.as_str()) {
            return Err(IdentityError::TokenInvalid);
        }
        check_password(new.expose(), &first.logins())?;
        let turn = self.passwords.turn().await?;
        let phc = self.passwords.hash(&turn, new).await?;
        drop(turn);
        for _ in 0..TRIES {
            let mut good = self.good_token(token, purpose).await?;
            let mut writes = Writes::new();
            writes.delete(&good.token);
            if purpose == Purpose::Setup {
                self.bind_names(&good.row, &good.row.logins(), &mut writes).await?;
            }
            let account = good.row.account();
            let names = [good.row.username.as_str(), good.row.email.as_str()];
            names.iter().for_each(|name| writes.op(forget(&typed(&account.institution, name))));
            writes.op(forget(&account.subject));
            self.set_hash(&mut good.row, phc.clone());
            writes.put(&good.credential, &good.row).map_err(RowError::from)?;
            if self.rows.commit(writes).await? {
                return Ok(account);
            }
        }
        Err(IdentityError::Throttled)
    }

    /// A new password ends every session and every token that was for the old one.
    fn set_hash(&self, row: &mut Credential, phc: String) {
        row.password = Some(phc);
        row.one_time = None;
        row.generation += 1;
        row.activated_at = row.activated_at.or_else(|| Some(self.rows.now()));
    }

    pub(super) async fn other_password(
        &self,
        subject: &str,
        old: &Secret,
        new: &Secret,
    ) -> Result<(), IdentityError> {
        let before = self.credential(subject).await?.into_value().ok_or(IdentityError::UnknownSubject)?;
        let turn = self.passwords.turn().await?;
        self.rows.begin_attempt(subject).await?;
        if !self.passwords.verify(&turn, old, before.password.as_deref()).await? {
            return Err(IdentityError::WrongPassword);
        }
        if let Err(fault) = check_password(new.expose(), &before.logins()) {
            self.rows.take_back_attempt(subject).await?;
            return Err(fault.into());
        }
        let phc = self.passwords.hash(&turn, new).await?;
        for _ in 0..TRIES {
            let slot = self.credential(subject).await?;
            let mut row = slot.value().cloned().ok_or(IdentityError::UnknownSubject)?;
            if row.password != before.password {
                return Err(IdentityError::WrongPassword);
            }
            let mut writes = Writes::new();
            if let Some(hash) = row.one_time.clone() {
                writes.op(Op::Delete { key: one_time_key(&hash), expect: Expect::Any });
            }
            self.set_hash(&mut row, phc.clone());
            writes.op(forget(subject));
            writes.put(&slot, &row).map_err(RowError::from)?;
            if self.rows.commit(writes).await? {
                return Ok(());
            }
        }
        Err(IdentityError::Throttled)
    }

    /// INVARIANT (no oracle): a reset for nobody writes a token as well, which leads nowhere and expires, so that
    /// it takes as long as one for somebody.
    async fn pretend_reset(&self) -> Result<Delivery, IdentityError> {
        let hash = sha256_hex(random_text::<32>(&*self.rows.entropy).as_bytes());
        let expires_at = self.rows.now().plus_seconds(RESET_PAUSE_S);
        let mut writes = Writes::new();
        let nobody = OneTime { subject: String::new() };
        writes.overwrite(one_time_key(&hash), &nobody, Some(expires_at)).map_err(RowError::from)?;
        self.rows.commit_now(writes).await?;
        Ok(Delivery::Nothing)
    }

    pub(super) async fn begin_reset(&self, login: &Login) -> Result<Delivery, IdentityError> {
        let subject = self.subject_of(login).await?;
        let slot = match self.credential(subject.as_deref().unwrap_or("nobody")).await {
            Err(IdentityError::UnknownSubject) => return self.pretend_reset().await,
            other => other?,
        };
        let Some(mut row) = slot.value().cloned() else { return Ok(Delivery::Nothing) };
        let now = self.rows.now();
        let too_soon = row.reset_requested_at.is_some_and(|at| now < at.plus_seconds(RESET_PAUSE_S));
        if row.disabled || too_soon {
            return Ok(Delivery::Nothing);
        }
        let mut writes = Writes::new();
        row.reset_requested_at = Some(now);
        let old = row.one_time.take();
        let expires_at = now.plus_seconds(self.config.reset_ttl_s.into());
        let reset = self.one_time_token(&mut row, old, Purpose::Reset, expires_at, &mut writes)?;
        writes.put(&slot, &row).map_err(RowError::from)?;
        // At once, since the letter goes out before the request ends. Somebody else changed the account at this
        // moment: as if this were a second request.
        if !self.rows.commit_now(writes).await? {
            return Ok(Delivery::Nothing);
        }
        Ok(Delivery::Handed { account: row.account(), email: row.email, reset })
    }
}
