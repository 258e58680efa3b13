//! What is on the machine: packages, services, accounts, files, size and idle rules.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::{is_false, null_as_default};

/// What installs a template's packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PackageManager {
    /// Debian and Ubuntu packages.
    Apt,
    /// Packages of Amazon Linux, Rocky, RHEL.
    Dnf,
    /// conda-forge packages in an environment of their own; system packages are allowed beside them.
    Conda,
    /// Packages compiled for the machine.
    Spack,
    /// Python packages in a virtual environment.
    Pip,
    /// Nothing: the machine image has it all.
    Ami,
}

impl PackageManager {
    /// The word used in YAML.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Apt => "apt",
            Self::Dnf => "dnf",
            Self::Conda => "conda",
            Self::Spack => "spack",
            Self::Pip => "pip",
            Self::Ami => "ami",
        }
    }
}

/// Packages by who installs them. A version may follow a name the way that tool writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Packages {
    /// Operating-system packages.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub system: Vec<String>,
    /// Conda specifications; `channel::name` adds a channel.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub conda: Vec<String>,
    /// Spack specifications.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub spack: Vec<String>,
    /// Python requirements.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub pip: Vec<String>,
}

impl Packages {
    /// Whether nothing is installed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists().iter().all(|(_, list)| list.is_empty())
    }

    /// The four lists with their names.
    #[must_use]
    pub fn lists(&self) -> [(&'static str, &[String]); 4] {
        [("system", &self.system), ("conda", &self.conda), ("spack", &self.spack), ("pip", &self.pip)]
    }
}

/// A program that keeps running.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["name"]))]
pub struct Service {
    /// Name of the systemd unit, or of the one made from `command`. Required.
    pub name: String,
    /// TCP port, 0 for none. It is bound to `bind` and reached through a port forward.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Lines of the service's own configuration file.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub config: Vec<String>,
    /// Whether it starts; when absent, a service with a port or a command does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable: Option<bool>,
    /// Command line of a unit that is written for it. It sees `CWS_BIND`, `CWS_PORT` and `CWS_TOKEN_FILE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Account it runs as; the machine's login account when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Address it listens on; `127.0.0.1` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bind: Option<String>,
    /// Whether a random token is made for it on each machine, readable by its account alone.
    #[serde(skip_serializing_if = "is_false")]
    pub token: bool,
    /// Environment of the command.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// What it is, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Service {
    /// Whether it is started at boot.
    #[must_use]
    pub fn starts(&self) -> bool {
        self.enable.unwrap_or(self.command.is_some() || self.port.unwrap_or(0) > 0)
    }
}

/// An account. It has no password; keys and sessions come from outside the template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["name"]))]
pub struct User {
    /// Login name. Required.
    pub name: String,
    /// Groups it joins.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Login shell; `/bin/bash` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shell: Option<String>,
}

/// An object of S3 that is copied onto the machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["s3_bucket", "s3_key", "destination_path"]))]
pub struct FileEntry {
    /// Bucket. Required.
    pub s3_bucket: String,
    /// Key in the bucket. Required.
    pub s3_key: String,
    /// Absolute path on the machine. Required.
    pub destination_path: String,
    /// Owner; root when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Group; the owner's when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Octal mode; `0644` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<String>,
    /// SHA-256 of the object, hexadecimal, with or without `sha256:`. `true` and `false`, which other tools write,
    /// name none.
    #[serde(deserialize_with = "checksum", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<ChecksumOrWish>")]
    pub checksum: Option<String>,
    /// Whether it is removed when set-up is done.
    #[serde(skip_serializing_if = "is_false")]
    pub auto_cleanup: bool,
    /// Whether set-up fails without it; true when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// Condition: `arch == 'x86_64'` or `arch != 'arm64'`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_if: Option<String>,
    /// What it is, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A checksum, or the wish that there be one.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
enum ChecksumOrWish {
    Wish(#[expect(dead_code, reason = "only that it is no text matters")] bool),
    Sha256(String),
}

fn checksum<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Option::<ChecksumOrWish>::deserialize(deserializer)? {
        Some(ChecksumOrWish::Sha256(text)) => Some(text),
        Some(ChecksumOrWish::Wish(_)) | None => None,
    })
}

/// When an unused machine hibernates or stops.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct IdleDetection {
    /// Whether it is watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Minutes without use until it counts as idle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_threshold_minutes: Option<u32>,
    /// Minutes without use until it hibernates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hibernate_threshold_minutes: Option<u32>,
    /// Minutes between looks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_interval_minutes: Option<u32>,
}

/// What a launch gets when it names nothing else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct InstanceDefaults {
    /// EC2 instance type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    /// TCP ports that are forwarded, 1–65535.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<u16>,
    /// Root disk in GiB; 20 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_volume_gb: Option<u32>,
    /// US dollars an hour, by architecture, as its maintainers saw it.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub estimated_cost_per_hour: BTreeMap<String, f64>,
}
