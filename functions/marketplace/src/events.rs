//! The events of this domain.

use cws_model::{
    id::{ProjectId, PublisherKeyId, ReviewId, TemplateId, UserId},
    marketplace::{NamespaceRole, Visibility},
};
use cws_route::events::{EventKind, Events};
use schemars::JsonSchema;
use semver::Version;
use serde::Deserialize;

/// A version was published.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct TemplatePublished {
    /// Template.
    pub template_id: TemplateId,
    /// Its namespace.
    pub namespace: String,
    /// Its name there.
    pub name: String,
    /// The version.
    pub version: Version,
    /// SHA-256 of the stored bytes, hex.
    pub digest: String,
    /// Who sees the template.
    pub visibility: Visibility,
    /// Whether it is the template's first version.
    pub first: bool,
}

/// A version is no longer offered, or is again.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct VersionYanked {
    /// Template.
    pub template_id: TemplateId,
    /// Its namespace.
    pub namespace: String,
    /// Its name there.
    pub name: String,
    /// The version.
    pub version: Version,
    /// SHA-256 of the stored bytes, hex.
    pub digest: String,
}

/// What is said of a template was changed.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct TemplateUpdated {
    /// Template.
    pub template_id: TemplateId,
    /// Names of the fields that were changed.
    pub fields: Vec<String>,
}

/// A template was deprecated, or that was taken back.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct TemplateDeprecated {
    /// Template.
    pub template_id: TemplateId,
    /// Whether it is deprecated now.
    pub deprecated: bool,
    /// What to use instead, `namespace/name`.
    pub replacement: Option<String>,
}

/// A channel points at another version.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ChannelSet {
    /// Template.
    pub template_id: TemplateId,
    /// Channel.
    pub channel: String,
    /// The version; null when the channel was taken away.
    pub version: Option<Version>,
}

/// A version was downloaded.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct TemplateDownloaded {
    /// Template.
    pub template_id: TemplateId,
    /// The version.
    pub version: Version,
    /// The project that it was downloaded for.
    pub project_id: Option<ProjectId>,
}

/// What somebody thinks of a version was written, changed or removed.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ReviewTold {
    /// Template.
    pub template_id: TemplateId,
    /// The review.
    pub review_id: ReviewId,
    /// The version that it is about.
    pub version: Version,
    /// 1 to 5.
    pub rating: u8,
}

/// A namespace was made.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct NamespaceCreated {
    /// Its name.
    pub namespace: String,
}

/// Somebody has a role in a namespace, another one, or none any more.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct NamespaceMemberSet {
    /// The namespace.
    pub namespace: String,
    /// Who, and from which role to which.
    pub member: NamespaceMemberChange,
}

/// A change of role.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct NamespaceMemberChange {
    /// The person.
    pub user_id: UserId,
    /// Role before.
    pub from: Option<NamespaceRole>,
    /// Role now.
    pub to: Option<NamespaceRole>,
}

/// A key to sign templates with was added or revoked.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct PublisherKeyTold {
    /// The namespace that it signs for.
    pub namespace: String,
    /// The key.
    pub key: PublisherKeyId,
    /// Its fingerprint.
    pub fingerprint: String,
}

/// All of them.
pub const EVENTS: Events = Events {
    domain: "marketplace",
    kinds: &[
        EventKind::of::<NamespaceCreated>("namespace.created.v1", "A namespace was made."),
        EventKind::of::<NamespaceMemberSet>(
            "namespace.member_set.v1",
            "Who may do what in a namespace changed.",
        ),
        EventKind::of::<PublisherKeyTold>(
            "publisher_key.added.v1",
            "A key signs for a namespace from now on.",
        ),
        EventKind::of::<PublisherKeyTold>(
            "publisher_key.revoked.v1",
            "A key does not sign for a namespace any more.",
        ),
        EventKind::of::<ReviewTold>("review.submitted.v1", "A version was reviewed."),
        EventKind::of::<ReviewTold>("review.updated.v1", "A review was changed."),
        EventKind::of::<ReviewTold>("review.deleted.v1", "A review was removed."),
        EventKind::of::<ChannelSet>("template.channel_set.v1", "A channel points at another version."),
        EventKind::of::<TemplateDeprecated>(
            "template.deprecated.v1",
            "A template was deprecated, or no longer is.",
        ),
        EventKind::of::<TemplateDownloaded>("template.downloaded.v1", "A version was downloaded."),
        EventKind::of::<TemplatePublished>("template.published.v1", "A version was published."),
        EventKind::of::<VersionYanked>(
            "template.yanked.v1",
            "A version is no longer offered to those who do not have it.",
        ),
        EventKind::of::<VersionYanked>("template.unyanked.v1", "A version is offered again."),
        EventKind::of::<TemplateUpdated>("template.updated.v1", "What is said of a template was changed."),
    ],
};
