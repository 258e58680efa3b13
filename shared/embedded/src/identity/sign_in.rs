//! Signing in: password, second factor, a new session.

use super::{
    EmbeddedIssuer,
    attempts::{NotNow, forget, typed},
    factor::Shown,
    passwords::{HashError, Turn},
    rows::{Credential, RowError, TRIES, credential_key},
    sessions::Opening,
};
use cws_cloud::identity::{Login, Secret, SignInError, Tokens, error::MfaChallenge};
use cws_store::{Slot, Writes};

impl From<HashError> for SignInError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Throttled,
            HashError::Failed => Self::Unavailable("passwords cannot be hashed".to_owned()),
        }
    }
}

impl From<NotNow> for SignInError {
    fn from(error: NotNow) -> Self {
        match error {
            NotNow::Locked(until) => Self::Locked { until },
            NotNow::Row(error) => error.into(),
        }
    }
}

/// Longest password that is hashed, bytes: 128 characters of UTF-8.
const PASSWORD_MAX_BYTES: usize = 512;

impl EmbeddedIssuer {
    pub(super) async fn open_session(
        &self,
        login: &Login,
        password: &Secret,
        code: Option<&Secret>,
    ) -> Result<Tokens, SignInError> {
        let turn = self.passwords.turn().await?;
        let subject = self.subject_of(login).await?;
        // INVARIANT (no oracle): an unknown name is counted, read and hashed like a known one. What counts is the
        // name as it was typed: two names of one person that locked together would tell that they are one's.
        let scope = typed(&login.institution, &login.name);
        self.rows.begin_attempt(&scope).await?;
        let slot =
            self.rows.get::<Credential>(credential_key(subject.as_deref().unwrap_or("nobody"))).await?;
        if !self.password_fits(&turn, slot.value(), password).await? {
            return Err(SignInError::Rejected);
        }
        self.after_password(&scope, slot, code).await
    }

    async fn password_fits(
        &self,
        turn: &Turn,
        row: Option<&Credential>,
        password: &Secret,
    ) -> Result<bool, HashError> {
        let phc = row.and_then(|row| row.password.as_deref());
        let sized = password.expose().len() <= PASSWORD_MAX_BYTES;
        let tried = if sized { password.clone() } else { Secret::new("") };
        Ok(self.passwords.verify(turn, &tried, phc).await? && sized)
    }

    /// The password is right: what is left is the second factor and the commit.
    async fn after_password(
        &self,
        scope: &str,
        first: Slot<Credential>,
        code: Option<&Secret>,
    ) -> Result<Tokens, SignInError> {
        let proven = first.value().and_then(|row| row.password.clone());
        let mut slot = first;
        for _ in 0..TRIES {
            let mut row = slot.value().cloned().ok_or(SignInError::Rejected)?;
            if row.disabled || row.password != proven {
                return Err(SignInError::Rejected);
            }
            let now = self.rows.now();
            let shown = row.show_factor(code, now);
            match shown {
                Shown::Missing => {
                    self.rows.take_back_attempt(scope).await?;
                    return Err(SignInError::MfaRequired { challenge: MfaChallenge::Totp });
                }
                Shown::Wrong => return Err(SignInError::Rejected),
                Shown::None | Shown::Right => {}
            }
            let opening = Opening { auth_time: now, mfa: shown == Shown::Right };
            let mut writes = Writes::new();
            writes.op(forget(scope));
            if shown == Shown::Right {
                writes.put(&slot, &row).map_err(RowError::from)?;
            } else {
                writes.check(&slot);
            }
            let tokens = self.new_session(&row, &opening, &mut writes)?;
            if self.rows.commit(writes).await? {
                return Ok(tokens);
            }
            slot = self.rows.get::<Credential>(slot.key().clone()).await?;
        }
        Err(SignInError::Throttled)
    }
}
