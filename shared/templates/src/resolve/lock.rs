//! The lock: which version of which template a template was resolved to, and why.

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::format::DependencyKind;
use crate::name::TemplateName;

/// What a locked template is needed for: the closest tie when there are several.
pub type LockKind = DependencyKind;

/// One pinned template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LockEntry {
    /// Which template.
    #[serde(rename = "ref")]
    pub template: TemplateName,
    /// Its pinned version.
    pub version: Version,
    /// The digest of its bytes.
    pub digest: Digest,
    /// What it is needed for.
    pub kind: LockKind,
    /// Who asked for it, sorted: `namespace/name@range`, the asker before a colon.
    pub requested_by: Vec<String>,
}

/// All pinned templates of one root, sorted by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Lock {
    /// Form of this record: 1.
    pub lock_version: u32,
    /// The template that was resolved.
    pub root: TemplateName,
    /// What it needs, sorted by name.
    pub entries: Vec<LockEntry>,
}

impl Lock {
    pub(super) fn new(root: TemplateName, mut entries: Vec<LockEntry>) -> Self {
        entries.sort_by(|a, b| a.template.cmp(&b.template));
        Self { lock_version: 1, root, entries }
    }

    /// The bytes that [`Lock::digest`] covers: JSON without spaces, members in the order of the types.
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        // Strings, integers and lists of them: this cannot fail, and an empty answer would be seen at once.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The digest that a signature statement names.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.canonical_bytes())
    }
}
