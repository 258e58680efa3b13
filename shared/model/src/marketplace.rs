//! Templates as the marketplace knows them: namespaces, templates, versions.
//!
//! What is kept beside a version (lock and signatures) is kept as the very text that was digested or
//! signed, so that checking it never depends on how this program would write it today.

pub mod namespace;
pub mod review;
pub mod template;
pub mod version;

pub use namespace::{
    KeyRevocation, Namespace, NamespaceMember, NamespaceRole, PublisherKey, SignaturePolicy,
};
pub use review::{Review, ReviewClaim, ReviewPlace, ReviewVote, Stars};
pub use template::{
    DependencyFace, Deprecation, LatestVersion, TemplateFace, TemplateMeta, TemplateNameClaim, TemplateStats,
    TemplateUse, Visibility,
};
pub use version::{LogEntry, PublisherEvidence, TemplateVersion, VersionEvidence, VersionState};
