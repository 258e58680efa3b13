//! Why a template's parents and dependencies cannot be pinned.

use super::Need;
use crate::digest::Digest;
use crate::name::{NameError, TemplateName};

/// Why there is no lock.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// A parent or dependency is named badly.
    #[error("`{by}` names `{text}`: {source}")]
    Reference {
        /// Who names it.
        by: TemplateName,
        /// What it wrote.
        text: String,
        /// What is wrong with it.
        #[source]
        source: NameError,
    },
    /// There is no such template, or the caller may not see it.
    #[error("there is no template `{template}`, wanted by {by}")]
    Unknown {
        /// Which.
        template: TemplateName,
        /// Who wants it.
        by: String,
    },
    /// No version suits everyone.
    #[error("no version of `{template}` suits {wishes}; published: {published}")]
    Conflict {
        /// Which.
        template: TemplateName,
        /// Who wants which range.
        wishes: String,
        /// What there is, yanked ones marked.
        published: String,
    },
    /// A template needs itself, over others.
    #[error("circle of templates: {}", shown(.0))]
    Cycle(Vec<TemplateName>),
    /// A chain is longer than [`super::MAX_CHAIN`].
    #[error("chain of more than 8 templates: {}", shown(.0))]
    TooDeep(Vec<TemplateName>),
    /// More than [`super::MAX_ENTRIES`] templates.
    #[error("more than 64 templates are needed")]
    TooMany,
    /// Supplied bytes are not those of the digest.
    #[error("the bytes supplied do not have the digest {0}")]
    DigestMismatch(Digest),
    /// Stored bytes no longer read as a template.
    #[error("the stored template {digest} cannot be read: {reason}")]
    Stored {
        /// Which.
        digest: Digest,
        /// What is wrong.
        reason: String,
    },
    /// [`super::Resolver::finish`] was called too early.
    #[error("resolution still needs {0:?}")]
    Unfinished(Need),
    /// The caller's own source of versions failed.
    #[error("the versions could not be read: {0}")]
    Source(String),
}

fn shown(path: &[TemplateName]) -> String {
    path.iter().map(ToString::to_string).collect::<Vec<_>>().join(" -> ")
}
