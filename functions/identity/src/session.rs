//! How an open session looks from outside, and what every way of opening one has in common.

use crate::fault;
use cws_cloud::identity::{Account, Identity, Secret, Tokens};
use cws_model::{
    InstitutionId, Timestamp,
    id::{SessionId, UserId},
    identity::{User, UserStatus},
};
use cws_route::{Ctx, Problem};
use cws_store::{Key, Writes, kind, rows::UserActive};
use schemars::JsonSchema;
use serde::Serialize;

/// Tokens of an open session.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SessionOut {
    /// Send as `Authorization: Bearer …`.
    pub access_token: String,
    /// Buys the next pair at `/auth/sessions/refresh`; works once.
    pub refresh_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Life of the access token, seconds.
    pub expires_in: u32,
    /// The session.
    pub session_id: String,
    /// Who is signed in.
    pub user_id: UserId,
    /// Where.
    pub institution: InstitutionId,
    /// Whether a second factor was shown.
    pub mfa: bool,
}

impl From<Tokens> for SessionOut {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token.expose().to_owned(),
            refresh_token: tokens.refresh_token.expose().to_owned(),
            token_type: tokens.token_type.to_owned(),
            expires_in: tokens.expires_in_s,
            session_id: tokens.session_id,
            user_id: tokens.account.user_id,
            institution: tokens.account.institution,
            mfa: tokens.mfa,
        }
    }
}

/// Holds the caller's session against those that are open: an access token outlives its session by some minutes,
/// and in the hands of somebody else it must not be enough to take an account over.
///
/// # Errors
/// 401 when the session was ended.
pub async fn still_open(ctx: &Ctx) -> Result<(), Problem> {
    let caller = ctx.caller();
    let (Some(id), Some(subject)) = (&caller.session_id, &caller.subject) else { return Ok(()) };
    if id.parse::<SessionId>().is_err() {
        // Of another issuer, which keeps its own sessions.
        return Ok(());
    }
    let open = ctx.port::<dyn Identity>()?.sessions(subject).await;
    let open = open.map_err(|error| fault::identity(error, "", ctx.now()))?;
    if open.iter().any(|session| session.id == *id) {
        return Ok(());
    }
    Err(Problem::new("unauthenticated", "the session has ended; sign in again"))
}

/// Holds an account, and the name that was signed in with, against the registry; notes that the person was
/// active.
///
/// # Errors
/// `sign_in_rejected` when the registry does not let the person in.
pub async fn admit(ctx: &Ctx, account: &Account, login: Option<&str>) -> Result<Writes, Problem> {
    let store = ctx.store_of(&account.institution)?;
    let user = store.get::<User>(None, account.user_id.as_str()).await?.into_value();
    let active = user.is_some_and(|user| {
        let known = login.is_none_or(|name| is_name_of(&user, name));
        known && user.status == UserStatus::Active && open_until(&user, ctx.now())
    });
    if !active {
        return Err(Problem::new(
            "sign_in_rejected",
            "login and password do not belong together, or may not sign in",
        ));
    }
    let mut writes = Writes::new();
    let minute = Timestamp::from_millis(ctx.now().millis() - ctx.now().millis().rem_euclid(60_000));
    let key = Key::new(kind::USER_ACTIVE.of(&account.institution), account.user_id.as_str());
    writes.overwrite(key, &UserActive { at: minute }, None)?;
    Ok(writes)
}

/// The record of a person whose tokens stop working, all of them. The clock is read here, after the port did
/// its part: what was issued while a password was hashed or waited for its turn is refused as well.
#[must_use]
pub fn without_tokens(ctx: &Ctx, user: &User) -> User {
    User { valid_after: Some(ctx.instant()), ..user.clone() }
}

/// Whether a person signs in by this name according to the registry, whatever the provider knows.
fn is_name_of(user: &User, login: &str) -> bool {
    let folded = login.trim().to_lowercase();
    folded == user.username.as_str() || folded == user.email.folded()
}

fn open_until(user: &User, now: Timestamp) -> bool {
    user.access_expires_at.is_none_or(|at| now < at)
}

/// A secret that a body holds: no length is told, no value shown.
pub fn secret_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({"type": "string", "minLength": 1, "maxLength": 4096, "format": "password"})
}

/// Refuses a secret that is too long to be one, before any hashing.
///
/// # Errors
/// `invalid_field`.
pub fn check_length(secret: &Secret, pointer: &str) -> Result<(), Problem> {
    match secret.expose().len() {
        1..=4096 => Ok(()),
        _ => Err(Problem::field(pointer, "must have 1 to 4096 characters")),
    }
}
