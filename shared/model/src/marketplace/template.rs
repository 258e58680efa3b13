//! A template over all its versions: what describes it, what its latest version shows, and its numbers.

use crate::{
    InstitutionId, Timestamp,
    id::TemplateId,
    text::{Line, Prose},
};
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// Who may see a template.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Whoever is in its namespace.
    Private,
    /// Whoever belongs to its institution.
    #[default]
    Institution,
    /// Whoever is signed in, in any institution.
    Public,
}

impl Visibility {
    /// Every value, narrowest first.
    pub const ALL: &[Self] = &[Self::Private, Self::Institution, Self::Public];

    /// The name used in the API and in policies.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Institution => "institution",
            Self::Public => "public",
        }
    }
}

/// Why a template should no longer be used, and what to use instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deprecation {
    /// Why.
    pub reason: Line<500>,
    /// What replaces it, `namespace/name`.
    pub replacement: Option<String>,
    /// Since when.
    pub at: Timestamp,
}

/// The version that a template shows: the highest release that is not yanked, or the highest
/// pre-release while there is no release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LatestVersion {
    /// Version.
    pub version: Version,
    /// SHA-256 of its stored bytes, hex.
    pub digest: String,
    /// When it was published.
    pub published_at: Timestamp,
}

/// A template: everything about it that is not a version. Row `meta`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TemplateMeta {
    /// Id.
    pub id: TemplateId,
    /// Namespace it is published in; never changes.
    pub namespace: String,
    /// Name in the namespace; never changes.
    pub name: String,
    /// Institution of the namespace.
    pub institution: InstitutionId,
    /// Who may see it.
    pub visibility: Visibility,
    /// Display name.
    pub title: Line<100>,
    /// One or two sentences.
    pub description: Prose<2000>,
    /// Category, such as `machine-learning`; empty when there is none.
    pub category: String,
    /// Research domain; empty when there is none.
    pub domain: String,
    /// Words to find it by, at most 40.
    pub tags: BTreeSet<String>,
    /// Further names in the namespace that lead here, at most 8.
    pub aliases: BTreeSet<String>,
    /// Id of who published it first.
    pub author: String,
    /// Name of that person as it stood then.
    pub author_name: String,
    /// Manual, Markdown.
    pub documentation: Prose<65536>,
    /// What it shows; none once every version is yanked.
    pub latest: Option<LatestVersion>,
    /// Channel name, such as `stable`, to version; at most 16.
    pub channels: BTreeMap<String, Version>,
    /// How many versions were ever published.
    pub version_count: u32,
    /// Set once it should no longer be used.
    pub deprecated: Option<Deprecation>,
    /// Whether it is shown at all.
    pub listed: bool,
    /// When it was first published.
    pub created_at: Timestamp,
    /// When it last changed; ratings and downloads do not count.
    pub updated_at: Timestamp,
}

/// A template that a version names, and the version of it that was pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DependencyFace {
    /// `namespace/name`.
    pub template: String,
    /// `inherits`, `base_os`, `build` or `runtime`.
    pub kind: String,
    /// The pinned version.
    pub version: Version,
    /// SHA-256 of its stored bytes, hex.
    pub digest: String,
    /// Who asked for which range of versions.
    pub requested_by: Vec<String>,
}

/// What the latest version shows of itself. Row `latest`, rewritten whenever [`TemplateMeta::latest`] is.
/// Its JSON goes from the store into the answer as it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TemplateFace {
    /// Version, digest and time.
    pub latest: LatestVersion,
    /// Size of the stored bytes.
    pub size_bytes: u64,
    /// Score of the validation, 0 to 100.
    pub score: u8,
    /// What was changed in it.
    pub changelog: Prose<4000>,
    /// The template as JSON, without its parents; none when it is over 200 KiB: then download it.
    pub template: Option<Box<RawValue>>,
    /// What it needs, pinned.
    pub dependencies: Vec<DependencyFace>,
    /// The registry's DSSE envelope.
    pub signature: Box<RawValue>,
}

/// A template's numbers, brought up to date a little after the events they count. Row `stats`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TemplateStats {
    /// Sum of all ratings: of each person, that of the newest review.
    pub rating_sum: u64,
    /// How many people rated it.
    pub rating_count: u32,
    /// How many of 1, 2, 3, 4 and 5.
    pub rating_spread: [u32; 5],
    /// Bayesian mean of the ratings, 0 while there is none.
    pub rating: f64,
    /// Downloads, ever.
    pub downloads: u64,
    /// Downloads of the last 7 days, today included.
    pub downloads_recent: u64,
    /// When the downloads were last counted.
    pub counted_at: Timestamp,
}

/// The claim of a name or alias in a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateNameClaim {
    /// Which template holds it.
    pub template_id: TemplateId,
    /// Its name; the same as the claim's unless this is an alias.
    pub name: String,
}

/// That a project uses a template: it downloaded or locked it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateUse {
    /// Which template.
    pub template_id: TemplateId,
    /// The version taken last.
    pub version: Version,
    /// How often.
    pub times: u32,
    /// When last.
    pub last_at: Timestamp,
}
