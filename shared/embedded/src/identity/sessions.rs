//! Sessions and their refresh tokens.
//!
//! A refresh token is `cwsrt_<subject>.<session>.<family>.<secret>`, opaque to clients. `family` is the
//! same for all tokens of a session and known to nobody else, so a token that carries it and is
//! neither the current one nor the one just rotated was stolen or copied: the session ends. The
//! next secret is made from the presented one and a key of the session, so that everybody who
//! presents one token at one moment is answered the same successor.
//!
//! INVARIANT (rotation): a session has one refresh token that works; the one before it answers its
//! successor for the grace and ends the session after that.

use super::{
    EmbeddedIssuer,
    hash::{random_text, same, sha256_hex},
    rows::{Credential, RowError, SessionRow, TRIES, credential_key, session_key},
    tokens::Grant,
};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cws_cloud::{
    clock::new_id,
    identity::{IdentityError, RefreshError, Secret, Session, Tokens},
};
use cws_model::{
    Timestamp,
    id::{SessionId, UserId},
};
use cws_store::{Consistency, Range, Slot, Store, Writes, key::read_all, kind};

const PREFIX: &str = "cwsrt_";
/// Longest grace after a rotation, seconds.
const GRACE_MAX_S: u32 = 10;

/// How somebody signed in.
pub(super) struct Opening {
    pub(super) auth_time: Timestamp,
    pub(super) mfa: bool,
}

/// A refresh token, taken apart.
struct Presented<'a> {
    subject: &'a str,
    session_id: &'a str,
    family: &'a str,
    secret: &'a str,
}

impl<'a> Presented<'a> {
    fn of(token: &'a str) -> Option<Self> {
        let mut parts = token.strip_prefix(PREFIX)?.split('.');
        let (subject, session_id) = (parts.next()?, parts.next()?);
        let (family, secret) = (parts.next()?, parts.next()?);
        subject.parse::<UserId>().ok()?;
        session_id.parse::<SessionId>().ok()?;
        parts.next().is_none().then_some(Self { subject, session_id, family, secret })
    }

    fn with_secret(&self, secret: &str) -> String {
        format!("{PREFIX}{}.{}.{}.{secret}", self.subject, self.session_id, self.family)
    }

    /// The token that follows this one.
    fn successor(&self, chain: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, chain.as_bytes());
        self.with_secret(&URL_SAFE_NO_PAD.encode(hmac::sign(&key, self.secret.as_bytes())))
    }
}

/// What a refresh token turned out to be.
enum Verdict {
    Rotate,
    Again,
    Stolen,
}

impl EmbeddedIssuer {
    /// A session and its first tokens; takes effect with the commit.
    pub(super) fn new_session(
        &self,
        row: &Credential,
        opening: &Opening,
        writes: &mut Writes,
    ) -> Result<Tokens, RowError> {
        let now = self.rows.now();
        let entropy = &*self.rows.entropy;
        let session_id: SessionId = new_id(now, entropy);
        let (family, secret) = (random_text::<16>(entropy), random_text::<32>(entropy));
        let presented = Presented {
            subject: row.user_id.as_str(),
            session_id: session_id.as_str(),
            family: &family,
            secret: &secret,
        };
        let refresh = presented.with_secret(&secret);
        let session = SessionRow {
            generation: row.generation,
            auth_time: opening.auth_time,
            opened_at: now,
            mfa: opening.mfa,
            last_used_at: now,
            expires_at: now.plus_seconds(self.config.refresh_ttl_s.into()),
            family: sha256_hex(family.as_bytes()),
            current: sha256_hex(refresh.as_bytes()),
            previous: None,
            chain: random_text::<32>(entropy),
        };
        let key = session_key(row.user_id.as_str(), session_id.as_str());
        writes.overwrite(key, &session, Some(session.expires_at))?;
        self.tokens(row, session_id.as_str(), &session, refresh)
    }

    fn tokens(
        &self,
        row: &Credential,
        session_id: &str,
        session: &SessionRow,
        refresh: String,
    ) -> Result<Tokens, RowError> {
        let account = row.account();
        let grant = Grant {
            account: &account,
            username: row.username.as_str(),
            session_id,
            auth_time: session.auth_time,
            mfa: session.mfa,
        };
        let access_token = self
            .mint
            .access_token(&grant, self.rows.now(), &*self.rows.entropy)
            .ok_or_else(|| RowError::Store("the access token cannot be signed".to_owned()))?;
        Ok(Tokens {
            access_token,
            refresh_token: Secret::new(refresh),
            token_type: "Bearer",
            expires_in_s: self.config.access_ttl_s,
            session_id: session_id.to_owned(),
            account,
            issuer: self.config.issuer_url.clone(),
            mfa: session.mfa,
        })
    }

    pub(super) async fn rotate(&self, token: &Secret) -> Result<Tokens, RefreshError> {
        let presented = Presented::of(token.expose()).ok_or(RefreshError::Rejected)?;
        let hash = sha256_hex(token.expose().as_bytes());
        for _ in 0..TRIES {
            let (credential, slot) = self.session_of(&presented).await?;
            let row = credential.value().ok_or(RefreshError::Rejected)?;
            let session =
                slot.value().filter(|session| is_open(session, row)).ok_or(RefreshError::Rejected)?;
            let mut writes = Writes::new();
            match self.judge(session, &presented, &hash)? {
                Verdict::Again => {
                    let next = presented.successor(&session.chain);
                    return Ok(self.tokens(row, presented.session_id, session, next)?);
                }
                Verdict::Stolen => {
                    writes.delete(&slot);
                    if self.rows.commit(writes).await? {
                        let session_id = presented.session_id.to_owned();
                        return Err(RefreshError::Reused { account: row.account(), session_id });
                    }
                }
                Verdict::Rotate => {
                    let next = presented.successor(&session.chain);
                    let rotated = self.rotated(session, &hash, &next);
                    writes.put(&slot, &rotated).map_err(RowError::from)?;
                    writes.check(&credential);
                    if self.rows.commit(writes).await? {
                        return Ok(self.tokens(row, presented.session_id, &rotated, next)?);
                    }
                }
            }
        }
        Err(RefreshError::Throttled)
    }

    async fn session_of(
        &self,
        presented: &Presented<'_>,
    ) -> Result<(Slot<Credential>, Slot<SessionRow>), RowError> {
        let keys = [credential_key(presented.subject), session_key(presented.subject, presented.session_id)];
        let mut items = self.rows.items(&keys).await?.into_iter();
        let (first, second) = (items.next().flatten(), items.next().flatten());
        let [credential, session] = keys;
        let now = self.rows.now();
        Ok((Slot::read(credential, first, now)?, Slot::read(session, second, now)?))
    }

    fn judge(
        &self,
        session: &SessionRow,
        presented: &Presented<'_>,
        hash: &str,
    ) -> Result<Verdict, RefreshError> {
        if !same(&session.family, &sha256_hex(presented.family.as_bytes())) {
            return Err(RefreshError::Rejected);
        }
        if same(&session.current, hash) {
            return Ok(Verdict::Rotate);
        }
        let grace_s = i64::from(self.config.refresh_grace_s.min(GRACE_MAX_S));
        let now = self.rows.now();
        let just_rotated = session
            .previous
            .as_ref()
            .is_some_and(|(previous, at)| same(previous, hash) && now <= at.plus_seconds(grace_s));
        Ok(if just_rotated { Verdict::Again } else { Verdict::Stolen })
    }

    fn rotated(&self, session: &SessionRow, hash: &str, next: &str) -> SessionRow {
        let now = self.rows.now();
        SessionRow {
            current: sha256_hex(next.as_bytes()),
            previous: Some((hash.to_owned(), now)),
            last_used_at: now,
            ..session.clone()
        }
    }

    pub(super) async fn open_sessions(&self, subject: &str) -> Result<Vec<Session>, IdentityError> {
        let row = match self.credential(subject).await {
            Err(IdentityError::UnknownSubject) => return Ok(Vec::new()),
            other => other?.into_value(),
        };
        let Some(row) = row else { return Ok(Vec::new()) };
        let store: &dyn Store = &*self.rows.store;
        let range = Range::all(kind::SESSION.part(subject)).reverse();
        let items = read_all(store, range, Consistency::Strong).await.map_err(RowError::from)?;
        let now = self.rows.now();
        let mut sessions = Vec::new();
        for item in items {
            let slot = Slot::<SessionRow>::read(item.key.clone(), Some(item), now).map_err(RowError::from)?;
            let open = slot.value().filter(|session| is_open(session, &row));
            sessions.extend(open.map(|session| seen(&slot.key().sort, session)));
        }
        Ok(sessions)
    }

    pub(super) async fn end_session(&self, subject: &str, session_id: &str) -> Result<(), IdentityError> {
        if subject.parse::<UserId>().is_err() || session_id.parse::<SessionId>().is_err() {
            return Ok(());
        }
        for _ in 0..TRIES {
            let slot = self.rows.get::<SessionRow>(session_key(subject, session_id)).await?;
            if slot.value().is_none() {
                return Ok(());
            }
            let mut writes = Writes::new();
            writes.delete(&slot);
            if self.rows.commit(writes).await? {
                return Ok(());
            }
        }
        Err(IdentityError::Throttled)
    }
}

impl EmbeddedIssuer {
    /// Ends every session but one, which has shown the second factor now.
    pub(super) async fn end_other_sessions(
        &self,
        row: &mut Credential,
        kept: Option<&str>,
        writes: &mut Writes,
    ) -> Result<(), RowError> {
        let ended = row.generation;
        row.generation += 1;
        let Some(id) = kept.filter(|id| id.parse::<SessionId>().is_ok()) else { return Ok(()) };
        let slot = self.rows.get::<SessionRow>(session_key(row.user_id.as_str(), id)).await?;
        if let Some(session) = slot.value().filter(|session| session.generation == ended) {
            let kept = SessionRow { generation: row.generation, mfa: true, ..session.clone() };
            writes.put(&slot, &kept)?;
        }
        Ok(())
    }
}

fn is_open(session: &SessionRow, row: &Credential) -> bool {
    session.generation == row.generation && !row.disabled
}

fn seen(id: &str, session: &SessionRow) -> Session {
    Session {
        id: id.to_owned(),
        signed_in_at: session.opened_at,
        last_used_at: session.last_used_at,
        expires_at: session.expires_at,
        mfa: session.mfa,
    }
}
