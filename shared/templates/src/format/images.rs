//! Which machine image a template starts from. Image ids differ by region and age: name a public SSM parameter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{null_as_default, words};

/// How much a template depends on its own image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AmiStrategy {
    /// Its image if there is one, else the script.
    AmiPreferred,
    /// Its image or nothing.
    AmiRequired,
    /// The script, else its image.
    AmiFallback,
}

/// What happens when no image is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FallbackStrategy {
    /// The base image and the set-up script.
    ScriptProvisioning,
    /// The launch fails.
    Error,
    /// The image is copied from another region.
    CrossRegion,
}

/// A search for an image by owner and name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct AmiSearch {
    /// Account id or alias that owns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Name with `*` wildcards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_pattern: Option<String>,
    /// Value of the version tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_tag: Option<String>,
    /// Architectures: `x86_64`, `arm64`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub architecture: Vec<String>,
    /// Oldest creation date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_creation_date: Option<String>,
    /// Tags it must carry.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub required_tags: BTreeMap<String, String>,
}

/// A product of AWS Marketplace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct MarketplaceSearch {
    /// Product code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_code: Option<String>,
    /// Which versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_constraint: Option<String>,
    /// Who sells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
}

/// Where a machine image comes from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct AmiConfig {
    /// Public SSM parameter that holds the image id, by architecture (`x86_64`, `arm64`).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub ssm_parameters: BTreeMap<String, String>,
    /// How much the template depends on its own image.
    #[serde(deserialize_with = "words::known", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "words::open::<AmiStrategy>")]
    pub strategy: Option<AmiStrategy>,
    /// Image ids by region. Read, and flagged: ids age and differ.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub ami_mappings: BTreeMap<String, String>,
    /// A search by owner and name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami_search: Option<AmiSearch>,
    /// A search in AWS Marketplace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketplace_search: Option<MarketplaceSearch>,
    /// What happens when no image is found.
    #[serde(deserialize_with = "words::known", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "words::open::<FallbackStrategy>")]
    pub fallback_strategy: Option<FallbackStrategy>,
    /// How long the search may take, as `10m`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_timeout: Option<String>,
    /// `x86_64` or `arm64`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_architecture: Option<String>,
    /// Instance families, best first.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub instance_family_preference: Vec<String>,
    /// Legacy: image ids by region and architecture.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub amis: BTreeMap<String, BTreeMap<String, String>>,
    /// Legacy: instance type by architecture.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub instance_types: BTreeMap<String, String>,
    /// Legacy: script that runs on the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_data_script: Option<String>,
    /// Login account of the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ssh_user: Option<String>,
}
