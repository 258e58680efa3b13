//! The identity port: who can sign in, with what, and which sessions are open. No HTTP in it.
//!
//! The registry of people (`usr`, `usn`, `dir` rows) belongs to the identity routes; an adapter of
//! this port keeps only what signing in needs. A person is known by (issuer, subject), never by an
//! e-mail: two issuers that assert the same address are two people.

pub mod error;
pub mod oidc;
pub mod password;
pub mod secret;
pub mod value;

pub use error::{ExchangeError, IdentityError, RefreshError, SignInError};
pub use password::{PasswordFault, check_password};
pub use secret::Secret;
pub use value::{
    Account, Delivery, ExternalIdentity, Login, Logins, MfaEnrollment, MfaVerified, NewLogin, OneTimeToken,
    Registration, Session, Tokens,
};

use crate::{Port, stage::Stage};
use cws_model::InstitutionId;
use futures::future::BoxFuture;
use std::sync::Arc;

/// Signing in.
///
/// Every secret is compared in constant time or looked up by its hash.
pub trait Identity: Send + Sync + 'static {
    /// Issuer of the tokens, as in their `iss` claim.
    fn issuer(&self) -> &str;

    /// The same provider with its writes held back: for one whose rows are in the store of the routes.
    /// `None` for one that keeps its own.
    fn held_back(&self, _stage: &Stage) -> Option<Arc<dyn Identity>> {
        None
    }

    /// Lets a person sign in. The same `user_id` again makes no second account: it answers the same
    /// subject and, while no password is set, a fresh setup token in place of the old one.
    ///
    /// # Errors
    /// `LoginTaken`, `Unavailable`.
    fn register<'a>(&'a self, login: &'a NewLogin) -> BoxFuture<'a, Result<Registration, IdentityError>>;

    /// Changes the names that a person signs in with.
    ///
    /// # Errors
    /// `UnknownSubject`, `LoginTaken`, `Unavailable`.
    fn set_logins<'a>(
        &'a self,
        subject: &'a str,
        logins: &'a Logins,
    ) -> BoxFuture<'a, Result<(), IdentityError>>;

    /// Sets the first password with a setup token.
    ///
    /// # Errors
    /// `TokenInvalid`, `Password` (the token stays good), `LoginTaken`, `Throttled`, `Unavailable`.
    fn set_password<'a>(
        &'a self,
        setup: &'a Secret,
        new: &'a Secret,
    ) -> BoxFuture<'a, Result<Account, IdentityError>>;

    /// Changes a password and ends every session of the person.
    ///
    /// # Errors
    /// `UnknownSubject`, `WrongPassword`, `Password`, `Locked`, `Throttled`, `Unavailable`.
    fn change_password<'a>(
        &'a self,
        subject: &'a str,
        old: &'a Secret,
        new: &'a Secret,
    ) -> BoxFuture<'a, Result<(), IdentityError>>;

    /// Begins a reset for someone who forgot a password.
    ///
    /// # Errors
    /// `Throttled`, `Unavailable`; never whether the login exists.
    fn reset_request<'a>(&'a self, login: &'a Login) -> BoxFuture<'a, Result<Delivery, IdentityError>>;

    /// Sets a new password with a reset token and ends every session. `login` is needed where the
    /// provider mails a short code, and must fit the token where it is given.
    ///
    /// # Errors
    /// `TokenInvalid`, `Password` (the token stays good), `Throttled`, `Unavailable`.
    fn reset_confirm<'a>(
        &'a self,
        login: Option<&'a Login>,
        reset: &'a Secret,
        new: &'a Secret,
    ) -> BoxFuture<'a, Result<Account, IdentityError>>;

    /// Opens a session. `code` is a TOTP or recovery code where the person has a second factor;
    /// after `MfaRequired` the caller repeats the call with it.
    ///
    /// # Errors
    /// See `SignInError`. An unknown login takes as long as, and looks like, a wrong password.
    fn sign_in<'a>(
        &'a self,
        login: &'a Login,
        password: &'a Secret,
        code: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Tokens, SignInError>>;

    /// Opens a session with an authorization code of the institution's own login service.
    ///
    /// # Errors
    /// See `ExchangeError`.
    fn exchange_code<'a>(
        &'a self,
        institution: &'a InstitutionId,
        code: &'a Secret,
        redirect_uri: &'a str,
        verifier: &'a Secret,
    ) -> BoxFuture<'a, Result<Tokens, ExchangeError>>;

    /// Rotates a refresh token. A token that was rotated at most ten seconds ago answers the same
    /// successor, so a lost answer can be asked for again; later it revokes the session.
    ///
    /// # Errors
    /// See `RefreshError`.
    fn refresh<'a>(&'a self, refresh_token: &'a Secret) -> BoxFuture<'a, Result<Tokens, RefreshError>>;

    /// Open sessions, newest first.
    ///
    /// # Errors
    /// `Unavailable`.
    fn sessions<'a>(&'a self, subject: &'a str) -> BoxFuture<'a, Result<Vec<Session>, IdentityError>>;

    /// Ends one session. Ending what has ended succeeds. Access tokens live until they expire or
    /// until the person's `valid_after`, which the caller writes.
    ///
    /// # Errors
    /// `Unavailable`.
    fn sign_out<'a>(
        &'a self,
        subject: &'a str,
        session_id: &'a str,
    ) -> BoxFuture<'a, Result<(), IdentityError>>;

    /// Ends every session of a person.
    ///
    /// # Errors
    /// `UnknownSubject`, `Unavailable`.
    fn sign_out_everywhere<'a>(&'a self, subject: &'a str) -> BoxFuture<'a, Result<(), IdentityError>>;

    /// Refuses sign-in and ends every session.
    ///
    /// # Errors
    /// `UnknownSubject`, `Unavailable`.
    fn disable<'a>(&'a self, subject: &'a str) -> BoxFuture<'a, Result<(), IdentityError>>;

    /// Allows sign-in again. Sessions that ended stay ended.
    ///
    /// # Errors
    /// `UnknownSubject`, `Unavailable`.
    fn enable<'a>(&'a self, subject: &'a str) -> BoxFuture<'a, Result<(), IdentityError>>;

    /// Begins enrolling a second factor, or a new one in place of the old, which works until the
    /// new one is verified. `signed_in_with_mfa` is the `mfa` of the caller's token.
    ///
    /// # Errors
    /// `UnknownSubject`, `MfaRequired` when one is active and the caller did not show it, `Unavailable`.
    fn mfa_enroll<'a>(
        &'a self,
        subject: &'a str,
        signed_in_with_mfa: bool,
    ) -> BoxFuture<'a, Result<MfaEnrollment, IdentityError>>;

    /// Activates the enrolled second factor with a code of it, and ends every session but the one named, which
    /// has then shown it; or confirms the active one.
    ///
    /// # Errors
    /// `UnknownSubject`, `MfaNotEnrolled`, `CodeRejected`, `Locked`, `Unavailable`.
    fn mfa_verify<'a>(
        &'a self,
        subject: &'a str,
        code: &'a Secret,
        session_id: Option<&'a str>,
    ) -> BoxFuture<'a, Result<MfaVerified, IdentityError>>;

    /// Takes a second factor off, active or not, for a person who lost it, and ends every session.
    ///
    /// # Errors
    /// `UnknownSubject`, `Unavailable`.
    fn mfa_reset<'a>(&'a self, subject: &'a str) -> BoxFuture<'a, Result<(), IdentityError>>;

    /// Another setup token in place of the one before, for a person who has no password yet.
    ///
    /// # Errors
    /// `UnknownSubject`, `SetUp` when there is nothing to set up, `Unavailable`.
    fn setup_again<'a>(
        &'a self,
        subject: &'a str,
    ) -> BoxFuture<'a, Result<Option<OneTimeToken>, IdentityError>>;

    /// The issuer's public keys: a JWK set.
    ///
    /// # Errors
    /// `Unavailable`.
    fn jwks(&self) -> BoxFuture<'_, Result<serde_json::Value, IdentityError>>;
}

impl Port for dyn Identity {
    const NAME: &'static str = "identity";

    fn staged(port: Arc<Self>, stage: &Stage) -> Arc<Self> {
        port.held_back(stage).unwrap_or(port)
    }
}
