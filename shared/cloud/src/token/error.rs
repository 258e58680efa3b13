//! Why a token was refused. For the log and for tests; a caller learns only that it was.

use jsonwebtoken::errors::ErrorKind;
use thiserror::Error;

/// Why a token was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenError {
    /// Not three parts of base64url, or not the JSON that a token is made of.
    #[error("the token is malformed")]
    Malformed,
    /// Over `TOKEN_MAX_BYTES`.
    #[error("the token is too long")]
    TooLong,
    /// An algorithm that is not accepted, or not from this issuer, or not with this key.
    #[error("the algorithm of the token is not accepted")]
    Algorithm,
    /// A header that would let the token choose its own key or meaning.
    #[error("the header `{0}` is not accepted")]
    HeaderForbidden(&'static str),
    /// No `kid`, or an empty or over-long one.
    #[error("the token names no key")]
    KeyIdMissing,
    /// Not an issuer that was configured.
    #[error("the issuer is not trusted")]
    IssuerUnknown,
    /// The issuer has no such key.
    #[error("the issuer has no such key")]
    KeyUnknown,
    /// The issuer's keys cannot be had now. Not the caller's fault; try again later.
    #[error("the keys of the issuer are not available")]
    KeysUnavailable,
    /// The signature does not fit.
    #[error("the signature is wrong")]
    Signature,
    /// A claim is missing or not what it must be.
    #[error("the claim `{0}` is missing or malformed")]
    Claim(&'static str),
    /// Expired.
    #[error("the token has expired")]
    Expired,
    /// Not valid yet, or issued in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// An ID token in place of an access token, or the other way round.
    #[error("the token is for another use")]
    WrongUse,
    /// For another client.
    #[error("the token is for another client")]
    WrongClient,
}

impl TokenError {
    /// Whether the token may be good after all: the answer is 503, not 401.
    pub const fn is_ours(&self) -> bool {
        matches!(self, Self::KeysUnavailable)
    }

    pub(super) fn of_library(error: &jsonwebtoken::errors::Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidSignature => Self::Signature,
            ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => Self::Algorithm,
            _ => Self::Malformed,
        }
    }
}
