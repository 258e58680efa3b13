//! The account of the researcher who launches, the same on every machine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::null_as_default;

/// How the researcher's account is made on the machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct ResearchUser {
    /// Whether it is made at launch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_create: Option<bool>,
    /// Its shell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_shell: Option<String>,
    /// Its groups.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub default_groups: Vec<String>,
    /// Its environment.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub default_environment: BTreeMap<String, String>,
    /// Whether its home lies on EFS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_efs: Option<bool>,
    /// Where EFS is mounted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub efs_mount_point: Option<String>,
    /// Folder of homes on EFS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub efs_home_subdirectory: Option<String>,
    /// Whether the researcher's own public keys are installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub install_ssh_keys: Option<bool>,
    /// How it lives beside the template's accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_integration: Option<UserIntegration>,
}

/// How the researcher's account lives beside the template's accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct UserIntegration {
    /// Strategy, as its author named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy: Option<String>,
    /// Which account is the main one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_user: Option<String>,
    /// Folders both may write.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub shared_directories: Vec<String>,
    /// Account by service.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub service_ownership: BTreeMap<String, String>,
}
