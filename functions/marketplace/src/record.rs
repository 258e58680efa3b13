//! Records of the template log: what happened to which version or key, without personal data.
//!
//! INVARIANT (nothing private in the log): anybody may read the log, so a record about a template that is
//! not public holds the digest of the signed statement and nothing else that names it, and a record about a key of a
//! namespace with nothing public in it a digest of the namespace's name. Whoever has the
//! statement recognises the record; nobody else learns more than that there is one.

use cws_model::{
    Timestamp,
    id::EventKind,
    marketplace::{LogEntry, TemplateMeta, Visibility},
};
use cws_route::{Ctx, Problem, answer::log_leaf, audit::TEMPLATE_LOG};
use cws_store::Writes;
use cws_templates::Digest;
use semver::Version;
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// A version was published.
    Published,
    /// It was yanked.
    Yanked,
    /// The yank was taken back.
    Unyanked,
    /// A publisher's key was registered.
    KeyAdded,
    /// It is no longer trusted.
    KeyRevoked,
}

/// A record. Its JSON text is the log's entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRecord {
    /// What happened.
    pub kind: Happening,
    /// In which namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// To which template; absent for keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// To which version; absent for keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// SHA-256, hex: of the stored bytes, or of the raw public key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// SHA-256 of the signed statement, hex; absent for keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement_digest: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A version as its record names it.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Namespace.
    pub namespace: &'a str,
    /// Name.
    pub name: &'a str,
    /// Who may see the template.
    pub visibility: Visibility,
    /// Version.
    pub version: &'a Version,
    /// SHA-256 of the stored bytes, hex.
    pub digest: &'a str,
    /// The signed statement.
    pub statement: &'a [u8],
}

impl<'a> About<'a> {
    /// A version of a template.
    pub fn new(meta: &'a TemplateMeta, version: &'a Version, digest: &'a str, statement: &'a [u8]) -> Self {
        let (namespace, name, visibility) = (&meta.namespace, &meta.name, meta.visibility);
        Self { namespace, name, visibility, version, digest, statement }
    }
}

impl LogRecord {
    /// A record about a version.
    pub fn of_version(kind: Happening, about: About<'_>, at: Timestamp) -> Self {
        let public = about.visibility == Visibility::Public;
        let named = |text: &str| public.then(|| text.to_owned());
        Self {
            kind,
            namespace: named(about.namespace),
            name: named(about.name),
            version: named(&about.version.to_string()),
            digest: named(about.digest),
            statement_digest: Some(Digest::of(about.statement).to_string()),
            at,
        }
    }

    /// A record about a publisher's key; `namespace` is as anybody may read it.
    pub fn of_key(kind: Happening, namespace: &str, fingerprint: &str, at: Timestamp) -> Self {
        Self {
            kind,
            namespace: Some(namespace.to_owned()),
            name: None,
            version: None,
            digest: Some(fingerprint.to_owned()),
            statement_digest: None,
            at,
        }
    }

    /// Adds it to the writes; it gets its index when the log's sequencer comes by.
    ///
    /// # Errors
    /// 500 when it is no JSON, which its type excludes.
    pub fn add(&self, ctx: &Ctx, writes: &mut Writes) -> Result<LogEntry, Problem> {
        let leaf = serde_json::to_string(self).map_err(Problem::internal)?;
        let order = ctx.id::<EventKind>().to_string();
        log_leaf(writes, TEMPLATE_LOG, &order, leaf.clone())?;
        Ok(LogEntry { order, leaf })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_about_what_is_not_public_names_nothing() {
        let version = Version::new(1, 0, 0);
        let about = |visibility| About {
            namespace: "bern-lab",
            name: "secret-study",
            visibility,
            version: &version,
            digest: "aa",
            statement: b"statement",
        };
        let text = |visibility| {
            let record = LogRecord::of_version(Happening::Published, about(visibility), Timestamp::default());
            serde_json::to_string(&record).unwrap()
        };
        for hidden in [Visibility::Private, Visibility::Institution] {
            assert!(!text(hidden).contains("bern-lab") && !text(hidden).contains("secret-study"));
            assert!(text(hidden).contains("statement_digest"));
        }
        assert!(text(Visibility::Public).contains("secret-study"));
    }
}
