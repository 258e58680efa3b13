//! What goes through the identity port.

use super::Secret;
use cws_model::{
    InstitutionId, Timestamp,
    id::UserId,
    text::{Email, Username},
};

/// The names a person signs in with. Each is unique in its institution, compared in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logins {
    /// User name.
    pub username: Username,
    /// E-mail address.
    pub email: Email,
}

/// A person that may sign in from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLogin {
    /// Institution whose registry holds the person.
    pub institution: InstitutionId,
    /// The person. Registering the same id again makes no second account.
    pub user_id: UserId,
    /// What the person signs in with.
    pub logins: Logins,
    /// Who the person is at the institution's own login service, if sign-in goes through that.
    pub external: Option<ExternalIdentity>,
}

/// Who a person is at another issuer: the pair is the key, nothing else of the token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalIdentity {
    /// Issuer, as in its `iss` claim.
    pub issuer: String,
    /// Subject there, as in its `sub` claim.
    pub subject: String,
}

/// What registering answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Issuer of this person's tokens.
    pub issuer: String,
    /// Subject of this person's tokens.
    pub subject: String,
    /// With it the person sets a first password. `None` when a password is set already, when the
    /// provider sends the invitation itself, or when sign-in is external only.
    pub setup: Option<OneTimeToken>,
}

/// A token that works once. Only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeToken {
    /// The token.
    pub token: Secret,
    /// From when on it does not work.
    pub expires_at: Timestamp,
}

/// Whose account a call was about: for the audit record of a route that has no caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Institution.
    pub institution: InstitutionId,
    /// The person.
    pub user_id: UserId,
    /// Subject at the issuer.
    pub subject: String,
}

/// What a person types to say who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Institution.
    pub institution: InstitutionId,
    /// User name or e-mail address, in any case.
    pub name: String,
}

/// How a reset token reaches the person. A route answers the same to all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The caller must send it; never put it into an answer.
    Handed {
        /// Whose it is.
        account: Account,
        /// Where to send it.
        email: Email,
        /// The token.
        reset: OneTimeToken,
    },
    /// The provider has sent it.
    SentByProvider,
    /// Nothing is sent: nobody has this login, it is disabled, or one was sent less than a minute ago.
    Nothing,
}

/// An open session and the tokens to use it with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Bearer token for requests.
    pub access_token: Secret,
    /// Buys the next pair. A refresh answers a new one; the old one stops working.
    pub refresh_token: Secret,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Life of the access token, seconds.
    pub expires_in_s: u32,
    /// The session: `origin_jti` of the access token.
    pub session_id: String,
    /// Whose it is.
    pub account: Account,
    /// Issuer of the access token.
    pub issuer: String,
    /// Whether a second factor was shown at sign-in.
    pub mfa: bool,
}

/// An open session, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Id.
    pub id: String,
    /// When it was opened.
    pub signed_in_at: Timestamp,
    /// Last refresh.
    pub last_used_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Whether a second factor was shown.
    pub mfa: bool,
}

/// A second factor that was asked for and is not active yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MfaEnrollment {
    /// Key in base 32, to be typed.
    pub secret: Secret,
    /// The same as an `otpauth://` address, to be scanned. Holds the key.
    pub otpauth_uri: Secret,
}

/// What a verified code did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MfaVerified {
    /// The second factor is active from now on.
    Activated {
        /// Codes that work once each, in place of a code; shown now and never again. Empty when the
        /// provider has none.
        recovery_codes: Vec<Secret>,
    },
    /// It was active already, and the code is right.
    Confirmed,
}
