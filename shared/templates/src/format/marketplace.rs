//! Catalogue facts inside a template. What a registry measures (downloads, rating, scans) is read and kept, and
//! never believed: the registry's own records count.

use serde::{Deserialize, Serialize};

use super::{is_false, null_as_default, words};

/// What a dependency is needed for.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DependencyKind {
    /// A parent: merged in.
    Inherits,
    /// The base operating system.
    BaseOs,
    /// Needed while the image is built.
    Build,
    /// Needed beside it.
    #[default]
    Runtime,
}

/// Another template that this one needs.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(default)]
#[schemars(extend("required" = ["name"]))]
pub struct Dependency {
    /// `namespace/name`, or a legacy name. Required.
    pub name: String,
    /// Range of versions; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Registry it comes from, as its author wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What it is needed for.
    #[serde(rename = "type", deserialize_with = "words::known_or_default")]
    #[schemars(schema_with = "words::open::<DependencyKind>")]
    pub kind: DependencyKind,
}

/// One thing that a scanner said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct ScanFinding {
    /// How bad.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// Of what kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remediation: Option<String>,
    /// CVE number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cve_id: Option<String>,
}

/// What a scanner said at publication.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct SecurityScan {
    /// Result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan_date: Option<String>,
    /// By what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scanner: Option<String>,
    /// What it found.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<ScanFinding>,
    /// Its score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Where the report is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_url: Option<String>,
}

/// A test that the author ran.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct ValidationTest {
    /// Which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executed_at: Option<String>,
    /// How long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// What it said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What else it said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

/// A badge on the catalogue page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Badge {
    /// Kind.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Meaning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earned_at: Option<String>,
}

/// Catalogue facts and dependencies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Marketplace {
    /// Registry it was published in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// `official`, `community`, `institutional` or `private`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry_type: Option<String>,
    /// When it was published there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<String>,
    /// Who published it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// SPDX licence expression of the template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Where its source is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    /// Where its manual is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documentation_url: Option<String>,
    /// Downloads, as a registry wrote them in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub downloads: Option<u64>,
    /// Rating, as a registry wrote it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<f64>,
    /// Number of ratings, as a registry wrote it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating_count: Option<u64>,
    /// What a scanner said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_scan: Option<SecurityScan>,
    /// Tests that the author ran.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub validation_tests: Vec<ValidationTest>,
    /// Words to find it by.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Catalogue categories.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Badges.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub badges: Vec<Badge>,
    /// Whether a registry verified it, as written in.
    #[serde(skip_serializing_if = "is_false")]
    pub verified: bool,
    /// Templates it needs.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// Templates that need it, as a registry wrote them in.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub dependents: Vec<String>,
    /// What it works with.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub compatibility: Vec<String>,
}
