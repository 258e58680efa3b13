//! The two files that name other issuers: those whose access tokens are taken, and the login services through
//! which an institution's people sign in. Both are read whole, and refused with the entry and the field.

use cws_cloud::{
    identity::{Secret, oidc::OidcLogin},
    token::{IssuerKind, KeySource, TokenAlgorithm, TrustedIssuer},
};
use cws_embedded::https::callable;
use cws_model::InstitutionId;
use serde::{Deserialize, de::DeserializeOwned};
use std::{collections::BTreeSet, path::Path};
use thiserror::Error;

/// What OpenID providers sign with here.
const ALGORITHMS: [TokenAlgorithm; 2] = [TokenAlgorithm::Rs256, TokenAlgorithm::EdDsa];

/// Why a file is not taken.
#[derive(Debug, Error)]
pub enum LoginFileError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// It is not the JSON that it must be.
    #[error("{0}")]
    Form(#[from] serde_json::Error),
    /// A field has a value that it must not have.
    #[error("entry {entry}: `{field}` {detail}")]
    Field {
        /// Which entry, counted from 1.
        entry: usize,
        /// Field.
        field: &'static str,
        /// What is wrong with it.
        detail: String,
    },
}

/// A login service of an institution, and the keys that its ID tokens are signed with.
#[derive(Debug, Clone)]
pub struct LoginService {
    /// The service.
    pub login: OidcLogin,
    /// Its keys.
    pub keys: KeySource,
}

impl LoginService {
    /// What a verifier of its ID tokens must know.
    pub fn trusted(&self) -> TrustedIssuer {
        TrustedIssuer {
            issuer: self.login.issuer.clone(),
            kind: IssuerKind::Oidc,
            client_ids: vec![self.login.client_id.clone()],
            algorithms: ALGORITHMS.into(),
            keys: self.keys.clone(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrustedEntry {
    issuer: String,
    kind: String,
    client_ids: Vec<String>,
    jwks: Option<serde_json::Value>,
    jwks_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LoginEntry {
    institution: InstitutionId,
    issuer: String,
    client_id: String,
    client_secret: Option<Secret>,
    token_url: String,
    redirect_uris: Vec<String>,
    jwks: Option<serde_json::Value>,
    jwks_url: Option<String>,
}

/// Reads the issuers whose access tokens are taken.
///
/// # Errors
/// See `LoginFileError`.
pub fn trusted_issuers(path: &Path) -> Result<Vec<TrustedIssuer>, LoginFileError> {
    entries::<TrustedEntry>(path)?.into_iter().enumerate().map(|(at, entry)| trusted(at + 1, entry)).collect()
}

fn trusted(at: usize, entry: TrustedEntry) -> Result<TrustedIssuer, LoginFileError> {
    let (kind, algorithms) = match entry.kind.as_str() {
        "cognito" => (IssuerKind::Cognito, vec![TokenAlgorithm::Rs256]),
        "oidc" => (IssuerKind::Oidc, ALGORITHMS.into()),
        other => {
            let detail = format!("is `{other}`, neither `cognito` nor `oidc`");
            return Err(LoginFileError::Field { entry: at, field: "kind", detail });
        }
    };
    let keys = keys(at, entry.jwks, entry.jwks_url)?;
    Ok(TrustedIssuer { issuer: entry.issuer, kind, client_ids: entry.client_ids, algorithms, keys })
}

/// Reads the login services of institutions, at most one each.
///
/// # Errors
/// See `LoginFileError`.
pub fn login_services(path: &Path) -> Result<Vec<LoginService>, LoginFileError> {
    let mut known = BTreeSet::new();
    let mut services = Vec::new();
    for (at, entry) in entries::<LoginEntry>(path)?.into_iter().enumerate() {
        let wrong = |field, detail: String| LoginFileError::Field { entry: at + 1, field, detail };
        if !known.insert(entry.institution.clone()) {
            return Err(wrong("institution", "has a login service already".to_owned()));
        }
        callable(&entry.token_url).map_err(|detail| wrong("token_url", detail))?;
        let keys = keys(at + 1, entry.jwks, entry.jwks_url)?;
        let login = OidcLogin {
            institution: entry.institution,
            issuer: entry.issuer,
            client_id: entry.client_id,
            client_secret: entry.client_secret,
            token_url: entry.token_url,
            redirect_uris: entry.redirect_uris,
        };
        services.push(LoginService { login, keys });
    }
    Ok(services)
}

fn keys(
    entry: usize,
    jwks: Option<serde_json::Value>,
    url: Option<String>,
) -> Result<KeySource, LoginFileError> {
    let wrong = |field, detail: String| LoginFileError::Field { entry, field, detail };
    match (jwks, url) {
        (Some(set), None) => Ok(KeySource::Fixed(set)),
        (None, Some(url)) => {
            callable(&url).map_err(|detail| wrong("jwks_url", detail))?;
            Ok(KeySource::Url(url))
        }
        _ => Err(wrong("jwks", "or `jwks_url` is needed, and one of them only".to_owned())),
    }
}

fn entries<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, LoginFileError> {
    Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn said(text: &Value, read: fn(&Path) -> Result<usize, LoginFileError>) -> String {
        let dir = std::env::temp_dir().join(format!("cws-login-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join(format!("{:p}.json", text));
        std::fs::write(&path, text.to_string()).unwrap();
        let outcome = read(&path);
        std::fs::remove_file(&path).unwrap();
        outcome.map_or_else(|error| error.to_string(), |count| format!("{count} taken"))
    }

    fn with(changes: &[(&str, Value)]) -> Value {
        let mut entry = json!({
            "institution": "local", "issuer": "https://login.example.org", "client_id": "cws",
            "token_url": "https://login.example.org/token", "jwks_url": "https://login.example.org/keys",
            "redirect_uris": ["http://localhost:3000/back"],
        });
        for (name, value) in changes {
            entry[*name] = value.clone();
        }
        entry
    }

    #[test]
    fn a_login_service_is_refused_with_its_entry_and_field() {
        let read = |path: &Path| login_services(path).map(|services| services.len());
        assert_eq!(said(&json!([with(&[])]), read), "1 taken");
        let plain = json!("http://login.example.org/x");
        for (entries, wanted) in [
            (json!([with(&[("token_url", plain.clone())])]), "entry 1: `token_url` must be `https`"),
            (json!([with(&[("jwks_url", plain)])]), "entry 1: `jwks_url` must be `https`"),
            (json!([with(&[("jwks", json!({"keys": []}))])]), "entry 1: `jwks` or `jwks_url` is needed"),
            (json!([with(&[]), with(&[])]), "entry 2: `institution` has a login service already"),
            (json!([with(&[("secret", json!("x"))])]), "unknown field `secret`"),
        ] {
            let text = said(&entries, read);
            assert!(text.contains(wanted), "{text}");
        }
    }

    #[test]
    fn a_trusted_issuer_is_of_a_known_kind() {
        let read = |path: &Path| trusted_issuers(path).map(|issuers| issuers.len());
        let entry = |kind: &str| json!([{"issuer": "https://x.example", "kind": kind, "client_ids": ["a"], "jwks": {"keys": []}}]);
        assert_eq!(said(&entry("cognito"), read), "1 taken");
        assert_eq!(said(&entry("oidc"), read), "1 taken");
        assert!(said(&entry("saml"), read).contains("entry 1: `kind` is `saml`"));
    }
}
