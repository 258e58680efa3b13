//! The second factor: enrolling, verifying, recovery codes.

use super::{
    EmbeddedIssuer,
    attempts::forget,
    hash::{same, sha256_hex},
    rows::{Credential, Factor, RowError, TRIES},
    totp::{base32, from_base32, matching_step},
};
use cws_cloud::{
    clock::random,
    identity::{IdentityError, MfaEnrollment, MfaVerified, Secret},
};
use cws_model::Timestamp;
use cws_store::Writes;

/// Length of a key, bytes: that of the hash, as RFC 4226 section 4 recommends.
const KEY_BYTES: usize = 20;
/// How many recovery codes a person has.
const RECOVERY_CODES: usize = 10;
/// Characters of a recovery code that carry something: 80 bits.
const RECOVERY_CHARS: usize = 16;

/// What somebody showed beside the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// There is no second factor.
    None,
    /// There is one, and nothing was shown.
    Missing,
    Wrong,
    /// The row has changed and must be written: the code does not work again.
    Right,
}

impl Credential {
    /// Looks at a code, and marks it as used in this row.
    pub(super) fn show_factor(&mut self, code: Option<&Secret>, now: Timestamp) -> Shown {
        let Some(factor) = &mut self.factor else { return Shown::None };
        let Some(code) = code else { return Shown::Missing };
        if factor.take(code, now) { Shown::Right } else { Shown::Wrong }
    }
}

impl Factor {
    /// INVARIANT (no replay): a code that was taken, and every older one, is refused from then on.
    fn take(&mut self, code: &Secret, now: Timestamp) -> bool {
        let key = from_base32(&self.key).unwrap_or_default();
        if let Some(step) = matching_step(&key, code.expose().trim(), now.seconds(), self.last_step) {
            self.last_step = step;
            return true;
        }
        let hash = sha256_hex(plain_recovery(code.expose()).as_bytes());
        let before = self.recovery.len();
        self.recovery.retain(|left| !same(left, &hash));
        self.recovery.len() < before
    }
}

/// A recovery code without the hyphens that it is shown with, in either case.
fn plain_recovery(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn with_hyphens(plain: &str) -> String {
    let mut text = String::new();
    for (place, character) in plain.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            text.push('-');
        }
        text.push(character);
    }
    text
}

impl EmbeddedIssuer {
    pub(super) async fn enroll_factor(
        &self,
        subject: &str,
        signed_in_with_mfa: bool,
    ) -> Result<MfaEnrollment, IdentityError> {
        let key = base32(&random::<KEY_BYTES>(&*self.rows.entropy));
        for _ in 0..TRIES {
            let slot = self.credential(subject).await?;
            let mut row = slot.value().cloned().ok_or(IdentityError::UnknownSubject)?;
            if row.factor.is_some() && !signed_in_with_mfa {
                return Err(IdentityError::MfaRequired);
            }
            row.factor_pending = Some(key.clone());
            let mut writes = Writes::new();
            writes.put(&slot, &row).map_err(RowError::from)?;
            if self.rows.commit(writes).await? {
                let otpauth_uri = Secret::new(self.otpauth_uri(&row, &key));
                return Ok(MfaEnrollment { secret: Secret::new(key), otpauth_uri });
            }
        }
        Err(IdentityError::Throttled)
    }

    /// The "Key Uri Format" that authenticators scan.
    fn otpauth_uri(&self, row: &Credential, key: &str) -> String {
        let issuer = percent(&self.config.display_name);
        let account = percent(&format!("{}@{}", row.username, row.institution));
        format!(
            "otpauth://totp/{issuer}:{account}?secret={key}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
        )
    }

    pub(super) async fn verify_factor(
        &self,
        subject: &str,
        code: &Secret,
        session_id: Option<&str>,
    ) -> Result<MfaVerified, IdentityError> {
        self.credential(subject).await?;
        self.rows.begin_attempt(subject).await?;
        for _ in 0..TRIES {
            let slot = self.credential(subject).await?;
            let mut row = slot.value().cloned().ok_or(IdentityError::UnknownSubject)?;
            let answer = match self.verify_code(&mut row, code) {
                Err(IdentityError::MfaNotEnrolled) => {
                    self.rows.take_back_attempt(subject).await?;
                    return Err(IdentityError::MfaNotEnrolled);
                }
                other => other?,
            };
            let mut writes = Writes::new();
            writes.op(forget(subject));
            if matches!(answer, MfaVerified::Activated { .. }) {
                self.end_other_sessions(&mut row, session_id, &mut writes).await?;
            }
            writes.put(&slot, &row).map_err(RowError::from)?;
            if self.rows.commit(writes).await? {
                return Ok(answer);
            }
        }
        Err(IdentityError::Throttled)
    }

    fn verify_code(&self, row: &mut Credential, code: &Secret) -> Result<MfaVerified, IdentityError> {
        let now = self.rows.now();
        if let Some(key) = row.factor_pending.clone() {
            let mut pending = Factor { key, last_step: 0, recovery: Vec::new() };
            if pending.take(code, now) {
                let (codes, hashes) = self.recovery_codes();
                row.factor = Some(Factor { recovery: hashes, ..pending });
                row.factor_pending = None;
                return Ok(MfaVerified::Activated { recovery_codes: codes });
            }
        } else if row.factor.is_none() {
            return Err(IdentityError::MfaNotEnrolled);
        }
        match row.show_factor(Some(code), now) {
            Shown::Right => Ok(MfaVerified::Confirmed),
            _ => Err(IdentityError::CodeRejected),
        }
    }

    fn recovery_codes(&self) -> (Vec<Secret>, Vec<String>) {
        let code = || -> String {
            base32(&random::<10>(&*self.rows.entropy)).chars().take(RECOVERY_CHARS).collect()
        };
        (0..RECOVERY_CODES)
            .map(|_| {
                let plain = code();
                (Secret::new(with_hyphens(&plain)), sha256_hex(plain.as_bytes()))
            })
            .unzip()
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
