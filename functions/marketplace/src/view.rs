//! How templates and versions look from outside.

use cws_model::{
    InstitutionId, Timestamp,
    id::TemplateId,
    marketplace::{
        DependencyFace, Deprecation, TemplateFace, TemplateMeta, TemplateStats, TemplateVersion,
        VersionState, Visibility,
    },
};
use cws_templates::sign::Envelope;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// A template with what its latest version shows.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TemplateOut {
    /// Id.
    pub id: TemplateId,
    /// Namespace.
    pub namespace: String,
    /// Name in the namespace.
    pub name: String,
    /// Display name.
    pub title: String,
    /// The version shown: the highest release that is not yanked, or the highest pre-release while
    /// there is no release; null when every version is yanked.
    pub version: Option<Version>,
    /// Id of who published it first.
    pub author: String,
    /// Name of that person as it stood then.
    pub author_name: String,
    /// Institution of the namespace.
    pub institution: InstitutionId,
    /// Who may see it.
    pub visibility: Visibility,
    /// Category.
    pub category: String,
    /// Research domain.
    pub domain: String,
    /// Words to find it by.
    pub tags: BTreeSet<String>,
    /// Further names in the namespace.
    pub aliases: BTreeSet<String>,
    /// Bayesian mean of the ratings, 0 to 5; 0 while there is none.
    pub rating: f64,
    /// How many ratings.
    pub rating_count: u32,
    /// Downloads, ever; counted with a short delay.
    pub downloads: u64,
    /// One or two sentences.
    pub description: String,
    /// Manual, Markdown.
    pub documentation: String,
    /// What the shown version needs, over all levels, pinned.
    pub dependencies: Vec<DependencyFace>,
    /// The registry's DSSE envelope over the shown version.
    #[schemars(with = "Option<Envelope>")]
    pub signature: Option<Box<RawValue>>,
    /// The shown version as JSON, without its parents; null when it is over 200 KiB: then download it.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub template: Option<Box<RawValue>>,
    /// SHA-256 of the stored bytes of the shown version, hex.
    pub digest: Option<String>,
    /// Size of the stored bytes of the shown version.
    pub size_bytes: u64,
    /// Score of the shown version's validation, 0 to 100.
    pub score: u8,
    /// What was changed in the shown version.
    pub changelog: String,
    /// Channel to version.
    pub channels: BTreeMap<String, Version>,
    /// How many versions were ever published.
    pub version_count: u32,
    /// Set once it should no longer be used.
    pub deprecated: Option<Deprecation>,
    /// Whether it is shown to more than its namespace, administrators and auditors.
    pub listed: bool,
    /// When it was first published.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl TemplateOut {
    /// From the three rows of a template.
    pub fn new(meta: TemplateMeta, face: Option<TemplateFace>, stats: TemplateStats) -> Self {
        let face = face.filter(|face| meta.latest.as_ref() == Some(&face.latest));
        let (size_bytes, score) = face.as_ref().map_or((0, 0), |face| (face.size_bytes, face.score));
        let (changelog, dependencies, signature, template) = face.map_or_else(Default::default, |face| {
            (face.changelog.as_str().to_owned(), face.dependencies, Some(face.signature), face.template)
        });
        Self {
            id: meta.id,
            namespace: meta.namespace,
            name: meta.name,
            title: meta.title.as_str().to_owned(),
            version: meta.latest.as_ref().map(|latest| latest.version.clone()),
            author: meta.author,
            author_name: meta.author_name,
            institution: meta.institution,
            visibility: meta.visibility,
            category: meta.category,
            domain: meta.domain,
            tags: meta.tags,
            aliases: meta.aliases,
            rating: stats.rating,
            rating_count: stats.rating_count,
            downloads: stats.downloads,
            description: meta.description.as_str().to_owned(),
            documentation: meta.documentation.as_str().to_owned(),
            digest: meta.latest.map(|latest| latest.digest),
            size_bytes,
            score,
            changelog,
            dependencies,
            signature,
            template,
            channels: meta.channels,
            version_count: meta.version_count,
            deprecated: meta.deprecated,
            listed: meta.listed,
            created_at: meta.created_at,
            updated_at: meta.updated_at,
        }
    }
}

/// A version as lists show it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VersionOut {
    /// Template.
    pub template_id: TemplateId,
    /// Version.
    pub version: Version,
    /// SHA-256 of the stored bytes, hex.
    pub digest: String,
    /// Size of the stored bytes.
    pub size_bytes: u64,
    /// Whether it is offered.
    #[serde(flatten)]
    pub state: VersionState,
    /// What was changed in it.
    pub changelog: String,
    /// Id of who published it.
    pub published_by: String,
    /// When.
    pub published_at: Timestamp,
    /// Score of the validation, 0 to 100.
    pub score: u8,
    /// Warnings of the validation.
    pub warnings: u32,
    /// How many templates it needs, over all levels.
    pub lock_size: u32,
    /// Whether its publisher signed it as well.
    pub publisher_signed: bool,
}

impl VersionOut {
    /// From its row.
    pub fn new(template_id: TemplateId, row: TemplateVersion) -> Self {
        Self {
            template_id,
            version: row.version,
            digest: row.digest,
            size_bytes: row.size_bytes,
            state: row.state,
            changelog: row.changelog.as_str().to_owned(),
            published_by: row.published_by,
            published_at: row.published_at,
            score: row.score,
            warnings: row.warnings,
            lock_size: row.lock_size,
            publisher_signed: row.publisher_signed,
        }
    }
}
