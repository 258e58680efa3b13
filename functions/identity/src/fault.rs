//! How refusals of the identity port become problems. One place, so that every route says the same.

use cws_cloud::identity::{ExchangeError, IdentityError, RefreshError, SignInError};
use cws_model::Timestamp;
use cws_route::{ErrorCode, Problem};

/// A password that is not taken.
pub const PASSWORD_REFUSED: ErrorCode =
    ErrorCode::new(422, "password_refused", "The new password does not fit the policy; `errors` says why.");
/// A one-time token that does not work.
pub const TOKEN_INVALID: ErrorCode =
    ErrorCode::new(422, "token_invalid", "The setup or reset token was used, has expired, or never was.");
/// A user name or address that somebody has.
pub const LOGIN_TAKEN: ErrorCode =
    ErrorCode::new(409, "login_taken", "The user name or e-mail address belongs to another account.");
/// Too many failed tries.
pub const LOCKED: ErrorCode = ErrorCode::new(
    429,
    "sign_in_locked",
    "Too many failed tries; `Retry-After` says when the next one counts.",
);
/// Too many at once.
pub const BUSY: ErrorCode =
    ErrorCode::new(429, "sign_in_busy", "Too many sign-ins at once; try again shortly.");
/// Wrong login or password.
pub const REJECTED: ErrorCode =
    ErrorCode::new(401, "sign_in_rejected", "Login and password do not belong together, or may not sign in.");
/// The second factor is missing.
pub const MFA_REQUIRED: ErrorCode =
    ErrorCode::new(401, "mfa_required", "This account has a second factor; send its `code` too.");
/// A wrong code.
pub const CODE_REJECTED: ErrorCode =
    ErrorCode::new(422, "code_rejected", "The code is wrong, too old, or was used already.");
/// No second factor.
pub const MFA_NOT_ENROLLED: ErrorCode =
    ErrorCode::new(409, "mfa_not_enrolled", "Enroll a second factor first.");
/// A refresh token that does not work.
pub const REFRESH_REJECTED: ErrorCode =
    ErrorCode::new(401, "refresh_rejected", "The refresh token is not valid; sign in again.");
/// A refresh token that was used twice.
pub const REFRESH_REUSED: ErrorCode =
    ErrorCode::new(401, "refresh_reused", "The refresh token was used before, so its session was ended.");
/// The one who is left to administer an institution.
pub const LAST_ADMINISTRATOR: ErrorCode = ErrorCode::new(
    409,
    "last_administrator",
    "An institution keeps at least one active administrator: make somebody else one first.",
);
/// The one who is left to answer for a project.
pub const LAST_OWNER: ErrorCode = ErrorCode::new(
    409,
    "last_owner",
    "The person is the last active owner of projects; `projects` names them to whoever may see them.",
);
/// Somebody who runs projects and is to become an external collaborator.
pub const HOLDS_PROJECTS: ErrorCode = ErrorCode::new(
    409,
    "holds_project_roles",
    "The person owns or manages projects, which an external collaborator may not; `projects` names them.",
);
/// A person who needs no setup token.
pub const NOTHING_TO_SET_UP: ErrorCode = ErrorCode::new(
    409,
    "nothing_to_set_up",
    "The person has a password, which a reset replaces, or signs in elsewhere, or may not sign in.",
);
/// No external login.
pub const NOT_CONFIGURED: ErrorCode =
    ErrorCode::new(409, "not_configured", "The institution has no external login service configured.");

/// A problem of the identity port. `at` is the field that holds what was refused.
pub fn identity(error: IdentityError, at: &str, now: Timestamp) -> Problem {
    match error {
        IdentityError::Password(fault) => Problem::new("password_refused", "choose another password")
            .and_field(at, format!("the new password {fault}")),
        IdentityError::TokenInvalid => Problem::new("token_invalid", "ask for a new token"),
        IdentityError::WrongPassword => Problem::new("sign_in_rejected", "the current password is wrong"),
        IdentityError::LoginTaken { field } => {
            let detail = format!("the {field} belongs to another account");
            Problem::new("login_taken", detail.clone()).and_field(format!("/{field}"), detail)
        }
        IdentityError::SetUp => {
            Problem::new("nothing_to_set_up", "the person has a password, or signs in elsewhere")
        }
        IdentityError::UnknownSubject => Problem::not_found(),
        IdentityError::MfaRequired => Problem::new("mfa_required", "sign in with the second factor first"),
        IdentityError::MfaNotEnrolled => Problem::new("mfa_not_enrolled", "enroll a second factor first"),
        IdentityError::CodeRejected => Problem::new("code_rejected", "the code is wrong or was used already"),
        IdentityError::NotConfigured(what) => {
            Problem::new("not_configured", format!("{what} is not configured"))
        }
        IdentityError::Locked { until } => locked(until, now),
        IdentityError::Throttled => busy(),
        IdentityError::Unavailable(inside) => unavailable(inside),
    }
}

/// A problem of signing in.
pub fn sign_in(error: SignInError, now: Timestamp) -> Problem {
    match error {
        SignInError::Rejected | SignInError::NotConfirmed => {
            Problem::new("sign_in_rejected", "login and password do not belong together, or may not sign in")
        }
        SignInError::MfaRequired { challenge } => {
            Problem::new("mfa_required", "send the code of the second factor as `code`")
                .with("challenge", challenge.as_str())
        }
        SignInError::Locked { until } => locked(until, now),
        SignInError::Throttled => busy(),
        SignInError::Unavailable(inside) => unavailable(inside),
    }
}

/// A problem of refreshing.
pub fn refresh(error: RefreshError) -> Problem {
    match error {
        RefreshError::Rejected => Problem::new("refresh_rejected", "sign in again"),
        RefreshError::Reused { .. } => {
            Problem::new("refresh_reused", "the token was used before; its session was ended for safety")
        }
        RefreshError::Throttled => busy(),
        RefreshError::Unavailable(inside) => unavailable(inside),
    }
}

/// A problem of exchanging a code.
pub fn exchange(error: ExchangeError) -> Problem {
    match error {
        ExchangeError::NotConfigured => {
            let detail = "has no external login service configured";
            Problem::new("not_configured", format!("the institution {detail}"))
                .and_field("/institution", detail)
        }
        ExchangeError::RedirectUnknown => Problem::field("/redirect_uri", "is not registered"),
        ExchangeError::Rejected | ExchangeError::UnknownIdentity(_) => {
            Problem::new("sign_in_rejected", "the code was rejected, or nobody here has this identity")
        }
        ExchangeError::Throttled => busy(),
        ExchangeError::Unavailable(inside) => unavailable(inside),
    }
}

fn locked(until: Timestamp, now: Timestamp) -> Problem {
    let wait_s = (until.seconds() - now.seconds()).max(1);
    Problem::new("sign_in_locked", format!("too many failed tries; try again after {until}"))
        .header("retry-after", wait_s.to_string())
}

fn busy() -> Problem {
    Problem::new("sign_in_busy", "too many sign-ins at once; try again shortly").header("retry-after", "1")
}

fn unavailable(inside: String) -> Problem {
    Problem::new("unavailable", "the identity provider does not answer").because(inside)
}
