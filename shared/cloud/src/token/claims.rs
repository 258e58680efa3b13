//! The claims of a token and what they must be.

use super::{
    IssuerKind, TokenError, TrustedIssuer, VerifiedToken,
    header::{Header, json, parts},
};
use cws_model::Timestamp;
use serde::Deserialize;

/// How far an issuer's clock may be ahead of ours, seconds. Expiry has no such grace.
const ISSUED_AHEAD_MAX_S: i64 = 60;
/// Longest subject, bytes: OpenID Connect Core 1.0, section 2.
const SUBJECT_MAX_BYTES: usize = 255;

/// One name or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Many(Vec<String>),
}

impl Names {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Many(names) => names,
        }
    }
}

/// The claims that are looked at. Times are whole seconds; a fraction is refused.
#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: Option<String>,
    exp: Option<i64>,
    iat: Option<i64>,
    nbf: Option<i64>,
    auth_time: Option<i64>,
    aud: Option<Names>,
    azp: Option<String>,
    client_id: Option<String>,
    token_use: Option<String>,
    origin_jti: Option<String>,
    sid: Option<String>,
    scope: Option<String>,
    amr: Option<Vec<String>>,
    #[serde(rename = "cws:institution")]
    institution: Option<String>,
    #[serde(rename = "cws:user")]
    user: Option<String>,
    #[serde(rename = "cws:mfa")]
    mfa: Option<bool>,
    #[serde(rename = "cws:iat_ms")]
    issued_at_ms: Option<i64>,
}

#[derive(Deserialize)]
struct OnlyIssuer {
    iss: Option<String>,
}

/// Who the token says it is from: chooses the key, and is trusted only after the signature fits.
pub(super) fn unverified_issuer(token: &str) -> Result<String, TokenError> {
    let (_, payload, _) = parts(token)?;
    json::<OnlyIssuer>(payload)?.iss.ok_or(TokenError::Claim("iss"))
}

/// When a token is good, seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    expires_at: i64,
    issued_at: i64,
    not_before: Option<i64>,
}

impl Times {
    /// INVARIANT (no eternal token): `exp` and `iat` are there, and hold without grace.
    pub(super) fn check(self, now: Timestamp) -> Result<(), TokenError> {
        let now_s = now.seconds();
        let early = self.not_before.is_some_and(|nbf| now_s < nbf)
            || self.issued_at > now_s.saturating_add(ISSUED_AHEAD_MAX_S);
        if now_s >= self.expires_at {
            Err(TokenError::Expired)
        } else if early || self.issued_at >= self.expires_at {
            Err(TokenError::NotYetValid)
        } else {
            Ok(())
        }
    }
}

impl Claims {
    /// When the token is good.
    pub(super) fn times(&self) -> Result<Times, TokenError> {
        Ok(Times {
            expires_at: self.exp.ok_or(TokenError::Claim("exp"))?,
            issued_at: self.iat.ok_or(TokenError::Claim("iat"))?,
            not_before: self.nbf,
        })
    }

    /// An access token for one of our clients.
    pub(super) fn check_bearer(&self, issuer: &TrustedIssuer, header: &Header) -> Result<(), TokenError> {
        let media_type = header.media_type.as_deref();
        match issuer.kind {
            IssuerKind::Embedded | IssuerKind::Cognito => {
                if self.token_use.as_deref() != Some("access") || !matches!(media_type, None | Some("jwt")) {
                    return Err(TokenError::WrongUse);
                }
                one_of(issuer, self.client_id.as_deref())
            }
            IssuerKind::Oidc if media_type == Some("at+jwt") => self.check_audience(issuer),
            IssuerKind::Oidc => Err(TokenError::WrongUse),
        }
    }

    /// An ID token for our client at the institution's login service.
    pub(super) fn check_id_token(&self, issuer: &TrustedIssuer, header: &Header) -> Result<(), TokenError> {
        let plain = matches!(header.media_type.as_deref(), None | Some("jwt"));
        let id = matches!(self.token_use.as_deref(), None | Some("id"));
        if issuer.kind != IssuerKind::Oidc || !plain || !id {
            return Err(TokenError::WrongUse);
        }
        self.check_audience(issuer)?;
        let several = self.aud.as_ref().is_some_and(|aud| aud.as_slice().len() > 1);
        if several || self.azp.is_some() { one_of(issuer, self.azp.as_deref()) } else { Ok(()) }
    }

    fn check_audience(&self, issuer: &TrustedIssuer) -> Result<(), TokenError> {
        let named = self.aud.as_ref().map(Names::as_slice).unwrap_or_default();
        let ours = named.iter().any(|name| issuer.client_ids.contains(name));
        if ours { Ok(()) } else { Err(TokenError::WrongClient) }
    }

    /// INVARIANT (hints): institution and person are taken only from issuers that this deployment
    /// runs; another provider does not name our tenants.
    pub(super) fn into_verified(self, kind: IssuerKind) -> Result<VerifiedToken, TokenError> {
        let subject = self.sub.filter(|sub| (1..=SUBJECT_MAX_BYTES).contains(&sub.len()));
        let issued_at = self.iat.ok_or(TokenError::Claim("iat"))?;
        let own = kind != IssuerKind::Oidc;
        let amr = self.amr.unwrap_or_default();
        Ok(VerifiedToken {
            issuer: self.iss,
            subject: subject.ok_or(TokenError::Claim("sub"))?,
            session_id: self.origin_jti.or(self.sid),
            issued_at: precise(issued_at, self.issued_at_ms.filter(|_| own)),
            expires_at: at(self.exp.ok_or(TokenError::Claim("exp"))?),
            auth_time: at(self.auth_time.unwrap_or_default()),
            mfa: if own { self.mfa == Some(true) } else { amr.iter().any(|how| how == "mfa") },
            institution_hint: self.institution.filter(|_| own).and_then(|slug| slug.parse().ok()),
            user_hint: self.user.filter(|_| own).and_then(|id| id.parse().ok()),
            scopes: self.scope.unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect(),
        })
    }
}

/// The instant of issue: to the millisecond where our own issuer says it and it fits the second.
fn precise(second: i64, millis: Option<i64>) -> Timestamp {
    millis
        .map(Timestamp::from_millis)
        .filter(|instant| instant.seconds() == second)
        .unwrap_or_else(|| at(second))
}

fn one_of(issuer: &TrustedIssuer, client: Option<&str>) -> Result<(), TokenError> {
    let known = client.is_some_and(|client| issuer.client_ids.iter().any(|id| id == client));
    if known { Ok(()) } else { Err(TokenError::WrongClient) }
}

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(0).plus_seconds(seconds)
}
