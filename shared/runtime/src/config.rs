//! The settings of a function: read once from its environment, validated whole, never printed.

use aws_lc_rs::digest::{SHA256, digest};
use cws_aws::Access;
use cws_cloud::{
    signer::KeyName,
    token::{IssuerKind, KeySource, TokenAlgorithm, TrustedIssuer},
};
use cws_model::InstitutionId;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use tracing_subscriber::{EnvFilter, fmt::format::FmtSpan};

/// Shortest text that is taken for random.
const CURSOR_SECRET_MIN_CHARS: usize = 32;

/// Names of the variables; the templates set them.
pub mod variable {
    /// Table of the store.
    pub const TABLE: &str = "CWS_TABLE";
    /// Institution that the operator works in.
    pub const HOME: &str = "CWS_HOME_INSTITUTION";
    /// Address of the API, if it has a domain of its own.
    pub const BASE_URL: &str = "CWS_BASE_URL";
    /// Origins whose pages may call, separated by commas.
    pub const ORIGINS: &str = "CWS_ALLOWED_ORIGINS";
    /// Random text of 32 characters or more, of which the key that seals cursors is made.
    pub const CURSOR_KEY: &str = "CWS_CURSOR_KEY";
    /// Event bus.
    pub const BUS: &str = "CWS_EVENT_BUS";
    /// Bucket of signed checkpoints.
    pub const CHECKPOINT_BUCKET: &str = "CWS_CHECKPOINT_BUCKET";
    /// Bucket of the search index.
    pub const INDEX_BUCKET: &str = "CWS_INDEX_BUCKET";
    /// How much is logged, such as `info` or `info,cws_route=debug`.
    pub const LOG: &str = "CWS_LOG";
    /// Issuer of access tokens, exactly as its `iss`.
    pub const ISSUER: &str = "CWS_ISSUER";
    /// Where its keys are, when that is not the address that its name leads to.
    pub const ISSUER_KEYS_URL: &str = "CWS_ISSUER_KEYS_URL";
    /// Clients whose tokens are for us, separated by commas.
    pub const CLIENT_IDS: &str = "CWS_CLIENT_IDS";
    /// KMS key that signs published versions.
    pub const KEY_REGISTRY: &str = "CWS_KEY_REGISTRY";
    /// KMS key that signs the template log.
    pub const KEY_TEMPLATE_LOG: &str = "CWS_KEY_TEMPLATE_LOG";
    /// KMS key that signs the audit log.
    pub const KEY_AUDIT_LOG: &str = "CWS_KEY_AUDIT_LOG";
}

/// Settings that do not let a function start.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// A variable is missing.
    #[error(transparent)]
    Missing(#[from] cws_aws::connect::Missing),
    /// A variable cannot be read. Its value is not told: it may be a secret.
    #[error("the environment variable `{0}` {1}")]
    Malformed(&'static str, &'static str),
    /// The template names a handler that this binary does not have.
    #[error("there is no handler `{handler}` here; there are: {known}")]
    Handler {
        /// Asked for.
        handler: String,
        /// There are.
        known: String,
    },
}

/// What a function knows of its deployment.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Route or consumer.
    pub handler: String,
    /// How AWS is reached.
    pub access: Access,
    variables: BTreeMap<String, String>,
}

impl Settings {
    /// Reads what every function needs; the rest is read by what needs it, at the start as well.
    ///
    /// # Errors
    /// The first variable that is missing.
    pub fn from_variables(variables: BTreeMap<String, String>) -> Result<Self, SettingsError> {
        let handler = variables.get("_HANDLER").cloned().ok_or(cws_aws::connect::Missing("_HANDLER"))?;
        Ok(Self { handler, access: Access::from_variables(&variables)?, variables })
    }

    /// A variable that may be empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A variable that must be there.
    ///
    /// # Errors
    /// `Missing`.
    pub fn need(&self, name: &'static str) -> Result<&str, SettingsError> {
        self.get(name).ok_or_else(|| cws_aws::connect::Missing(name).into())
    }

    /// The institution that the operator works in.
    ///
    /// # Errors
    /// When it is missing or no slug.
    pub fn home(&self) -> Result<InstitutionId, SettingsError> {
        self.need(variable::HOME)?
            .parse()
            .map_err(|_| SettingsError::Malformed(variable::HOME, "is no institution id"))
    }

    /// The key that seals cursors.
    ///
    /// # Errors
    /// When it is missing or too short.
    pub fn cursor_key(&self) -> Result<[u8; 32], SettingsError> {
        let text = self.need(variable::CURSOR_KEY)?;
        if text.len() < CURSOR_SECRET_MIN_CHARS {
            return Err(SettingsError::Malformed(variable::CURSOR_KEY, "has fewer than 32 characters"));
        }
        let mut key = [0; 32];
        for (to, from) in key.iter_mut().zip(digest(&SHA256, text.as_bytes()).as_ref()) {
            *to = *from;
        }
        Ok(key)
    }

    /// Origins whose pages may call.
    pub fn origins(&self) -> BTreeSet<String> {
        listed(self.get(variable::ORIGINS))
    }

    /// The keys in KMS.
    ///
    /// # Errors
    /// The first that is missing.
    pub fn key_ids(&self) -> Result<BTreeMap<KeyName, String>, SettingsError> {
        let name = |key| match key {
            KeyName::Registry => variable::KEY_REGISTRY,
            KeyName::TemplateLog => variable::KEY_TEMPLATE_LOG,
            KeyName::AuditLog => variable::KEY_AUDIT_LOG,
        };
        KeyName::ALL.into_iter().map(|key| Ok((key, self.need(name(key))?.to_owned()))).collect()
    }

    /// The user pool whose tokens are accepted.
    ///
    /// # Errors
    /// When the issuer or its clients are missing.
    pub fn issuer(&self) -> Result<TrustedIssuer, SettingsError> {
        let issuer = self.need(variable::ISSUER)?.to_owned();
        let derived = || format!("{issuer}/.well-known/jwks.json");
        let url = self.get(variable::ISSUER_KEYS_URL).map_or_else(derived, str::to_owned);
        self.need(variable::CLIENT_IDS)?;
        Ok(TrustedIssuer {
            issuer,
            kind: IssuerKind::Cognito,
            client_ids: listed(self.get(variable::CLIENT_IDS)).into_iter().collect(),
            algorithms: vec![TokenAlgorithm::Rs256],
            keys: KeySource::Url(url),
        })
    }
}

fn listed(text: Option<&str>) -> BTreeSet<String> {
    text.unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// JSON lines on standard output, which Lambda takes as they are; no colours, no time of our own.
pub(crate) fn log_as_json() {
    let filter = EnvFilter::try_from_env(variable::LOG).unwrap_or_else(|_| EnvFilter::new("info"));
    let set = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_span_events(FmtSpan::NONE)
        .with_env_filter(filter)
        .try_init();
    if let Err(error) = set {
        tracing::debug!(%error, "logging was set before");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(more: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let base = [
            ("_HANDLER", "user_view"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "hidden"),
        ];
        let all = base.iter().chain(more);
        Settings::from_variables(all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = settings(&[]).unwrap().need(variable::TABLE).unwrap_err();
        assert_eq!(error.to_string(), "the environment variable `CWS_TABLE` is not set");
        assert!(settings(&[(variable::TABLE, "")]).unwrap().need(variable::TABLE).is_err());
        assert!(Settings::from_variables(BTreeMap::new()).is_err());
    }

    #[test]
    fn a_cursor_key_is_made_of_a_long_text_that_is_never_told() {
        let of = |text: &str| settings(&[(variable::CURSOR_KEY, text)]).unwrap().cursor_key();
        let (one, other) = ("a".repeat(64), "b".repeat(64));
        assert_eq!(of(&one).unwrap(), of(&one).unwrap());
        assert_ne!(of(&one).unwrap(), of(&other).unwrap());
        assert!(!of("hunter2").unwrap_err().to_string().contains("hunter2"));
        assert!(of(&"a".repeat(31)).is_err());
    }

    #[test]
    fn the_keys_of_an_issuer_are_where_its_name_leads_unless_said_otherwise() {
        let issuer = (variable::ISSUER, "https://issuer.example/pool");
        let clients = (variable::CLIENT_IDS, "one, two");
        let url = |settings: Settings| match settings.issuer().unwrap().keys {
            KeySource::Url(url) => url,
            KeySource::Fixed(_) => String::new(),
        };
        let derived = url(settings(&[issuer, clients]).unwrap());
        assert_eq!(derived, "https://issuer.example/pool/.well-known/jwks.json");
        let elsewhere = (variable::ISSUER_KEYS_URL, "http://127.0.0.1:4596/keys");
        assert_eq!(url(settings(&[issuer, clients, elsewhere]).unwrap()), "http://127.0.0.1:4596/keys");
        assert!(settings(&[issuer]).unwrap().issuer().is_err());
    }
}
