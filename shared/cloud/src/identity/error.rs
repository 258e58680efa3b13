//! Why signing in, or what belongs to it, was refused. No variant holds a secret or a login.

use super::PasswordFault;
use cws_model::Timestamp;
use thiserror::Error;

/// Why a call to the identity port failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// A setup or reset token is wrong, used, replaced or expired; which of these is not said.
    #[error("the token is not valid any more")]
    TokenInvalid,
    /// The new password does not do.
    #[error("the new password {0}")]
    Password(#[from] PasswordFault),
    /// The old password is wrong.
    #[error("the old password is wrong")]
    WrongPassword,
    /// Somebody else in the institution signs in with this name.
    #[error("the {field} belongs to another account")]
    LoginTaken {
        /// `username`, `email` or `external`.
        field: &'static str,
    },
    /// The person has a password, or signs in elsewhere: there is nothing to set up.
    #[error("there is nothing to set up")]
    SetUp,
    /// The issuer has no such subject.
    #[error("the issuer has no such subject")]
    UnknownSubject,
    /// The caller must sign in with the second factor first.
    #[error("sign in with the second factor first")]
    MfaRequired,
    /// There is no second factor to verify.
    #[error("no second factor is enrolled")]
    MfaNotEnrolled,
    /// The code is wrong or was used.
    #[error("the code is wrong or was used already")]
    CodeRejected,
    /// Too many failures; nothing is looked at before `until`.
    #[error("locked until {until}")]
    Locked {
        /// When to try again.
        until: Timestamp,
    },
    /// This deployment's identity provider does not offer it.
    #[error("{0} is not configured")]
    NotConfigured(&'static str),
    /// Too much at once; try again in a second.
    #[error("too many sign-ins at once")]
    Throttled,
    /// The provider or the store cannot be used now.
    #[error("the identity provider is not available: {0}")]
    Unavailable(String),
}

/// What a second factor is asked as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MfaChallenge {
    /// A six-digit code of an authenticator, or a recovery code.
    Totp,
}

impl MfaChallenge {
    /// Name as it is answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
        }
    }
}

/// Why no session was opened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignInError {
    /// Login, password or code is wrong, or the account is disabled; which of these is not said.
    #[error("sign-in was rejected")]
    Rejected,
    /// The password is right; the same call again with a code.
    #[error("a second factor is required")]
    MfaRequired {
        /// What to ask the person for.
        challenge: MfaChallenge,
    },
    /// Too many failures for this login, known or not; nothing is looked at before `until`.
    #[error("sign-in is locked until {until}")]
    Locked {
        /// When to try again.
        until: Timestamp,
    },
    /// The password is right, but must be set first: the provider gave a temporary one.
    #[error("a password must be set first")]
    NotConfirmed,
    /// Too much at once; try again in a second.
    #[error("too many sign-ins at once")]
    Throttled,
    /// The provider or the store cannot be used now.
    #[error("the identity provider is not available: {0}")]
    Unavailable(String),
}

/// Why a refresh token bought nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RefreshError {
    /// The token is wrong or expired, or its session has ended.
    #[error("the refresh token is not valid")]
    Rejected,
    /// The token was rotated before, so somebody has a copy: the session has been ended.
    #[error("the refresh token was used before; its session has been ended")]
    Reused {
        /// Whose session it was.
        account: super::Account,
        /// The session.
        session_id: String,
    },
    /// Too much at once; try again in a second.
    #[error("too many refreshes at once")]
    Throttled,
    /// The provider or the store cannot be used now.
    #[error("the identity provider is not available: {0}")]
    Unavailable(String),
}

/// Why an authorization code opened no session.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExchangeError {
    /// The institution has no login service of its own here.
    #[error("the institution has no external login configured")]
    NotConfigured,
    /// The redirect address is not one of those configured.
    #[error("the redirect address is not registered")]
    RedirectUnknown,
    /// The login service refused the code, or what it answered does not verify.
    #[error("the authorization code was rejected")]
    Rejected,
    /// The person is real, but nobody in this institution is registered as them. An equal e-mail
    /// changes nothing about that.
    #[error("no account is registered for this identity")]
    UnknownIdentity(super::ExternalIdentity),
    /// Too much at once; try again in a second.
    #[error("too many sign-ins at once")]
    Throttled,
    /// The login service or the store cannot be used now.
    #[error("the identity provider is not available: {0}")]
    Unavailable(String),
}
