//! The template format as types: every field of the YAML that researchers already write, and a few of ours.
//! Unknown keys are kept as warnings, never refused; [`parse`] reads bytes under limits.

mod images;
mod machine;
mod marketplace;
mod parameter;
mod parse;
mod people;
mod schema;
mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

pub use images::{AmiConfig, AmiSearch, AmiStrategy, FallbackStrategy, MarketplaceSearch};
pub use machine::{FileEntry, IdleDetection, InstanceDefaults, PackageManager, Packages, Service, User};
pub use marketplace::{
    Badge, Dependency, DependencyKind, Marketplace, ScanFinding, SecurityScan, ValidationTest,
};
pub use parameter::{Parameter, ParameterKind, ParameterValue};
pub use parse::{MAX_BYTES, MAX_DEPTH, MAX_NODES, ParseError, Parsed, parse};
pub use people::{ResearchUser, UserIntegration};
pub use schema::template_schema;

pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

pub(crate) fn is_false(flag: &bool) -> bool {
    !*flag
}

/// How a researcher reaches the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionType {
    /// A terminal.
    Ssh,
    /// A browser, through a port forward.
    Web,
    /// A remote desktop over Amazon DCV.
    Dcv,
    /// A remote desktop, as later tools call it.
    Desktop,
    /// Terminal and browser.
    Both,
    /// Everything.
    All,
    /// Decided by the ports and packages.
    Auto,
}

/// How much a template asks of its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Complexity {
    /// For a first launch.
    Simple,
    /// Needs some command line.
    Moderate,
    /// Needs knowledge of the field's tools.
    Advanced,
    /// Several services at once.
    Complex,
}

/// What its maintainers say of its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValidationStatus {
    /// Launched and checked.
    Validated,
    /// Being checked.
    Testing,
    /// Use at your own risk.
    Experimental,
    /// Known not to work.
    Failed,
}

/// A research environment: what is on the machine, how it is set up and how it is presented.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["name", "description", "base"]))]
pub struct Template {
    /// Display name, 1–100 characters. Required.
    pub name: String,
    /// Short name that command lines use; made from `name` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// One or two sentences. Required.
    pub description: String,
    /// Several paragraphs: what it is for, what is inside, how to start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub long_description: Option<String>,
    /// Operating system (`ubuntu-24.04`, `amazonlinux-2023`, `rocky`, `debian`, `rhel`) or `ami-based`. Required.
    pub base: String,
    /// Name of an icon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// CSS colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// Shown among the popular ones by clients without statistics.
    #[serde(skip_serializing_if = "is_false")]
    pub popular: bool,
    /// Shown among the featured ones by clients without statistics.
    #[serde(skip_serializing_if = "is_false")]
    pub featured: bool,
    /// Catalogue category, such as `machine-learning`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Research domain: `ml`, `datascience`, `bio`, `web`, `base` and others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// How much it asks of its reader.
    #[serde(deserialize_with = "words::known", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "words::open::<Complexity>")]
    pub complexity: Option<Complexity>,
    /// Parents, first to last: `namespace/name@range`, or a legacy name.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub inherits: Vec<String>,
    /// How the machine is reached.
    #[serde(deserialize_with = "words::known", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "words::open::<ConnectionType>")]
    pub connection_type: Option<ConnectionType>,
    /// What installs `packages`; empty means the operating system's own.
    #[serde(deserialize_with = "words::known", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "words::open::<PackageManager>")]
    pub package_manager: Option<PackageManager>,
    /// What is installed.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Packages::is_empty")]
    pub packages: Packages,
    /// What runs.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Service>,
    /// Accounts, without passwords.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<User>,
    /// Bash that runs last; `{{.parameter}}` is replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_install: Option<String>,
    /// Bash appended after everything else; `{{.parameter}}` is replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_data: Option<String>,
    /// Objects copied from S3 onto the machine.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileEntry>,
    /// When an unused machine stops.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_detection: Option<IdleDetection>,
    /// Instance type, ports and disk when the launch names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_defaults: Option<InstanceDefaults>,
    /// What a launch may choose, by name.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Parameter>,
    /// Constants, replaced like parameters; a parameter of the same name wins.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// Which machine image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami_config: Option<AmiConfig>,
    /// The account of the researcher who launches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub research_user: Option<ResearchUser>,
    /// Minutes until it is usable, as its maintainers measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_launch_time: Option<u32>,
    /// What a reader needs to know or have.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub prerequisites: Vec<String>,
    /// Where to learn more.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub learning_resources: Vec<String>,
    /// Semantic version of this template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What its maintainers say of its state.
    #[serde(deserialize_with = "words::known", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "words::open::<ValidationStatus>")]
    pub validation_status: Option<ValidationStatus>,
    /// Free labels.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maintainer: Option<String>,
    /// Date of the last edit, as the author wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_updated: Option<String>,
    /// Catalogue facts and dependencies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketplace: Option<Marketplace>,
}
