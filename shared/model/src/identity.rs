//! People and the institutions they belong to.

use crate::{
    InstitutionId, Timestamp,
    id::{ProjectId, UserId},
    text::{Email, Line, Username},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a person is in an institution. Project roles are memberships, not listed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// From outside, until `access_expires_at`.
    External,
    /// The ordinary user.
    Researcher,
    /// A machine user.
    ServiceAccount,
    /// Reads everything in the institution, the audit log too; changes nothing.
    InstitutionAuditor,
    /// Administers the institution: people, namespaces, settings.
    InstitutionAdmin,
    /// Administers the deployment: institutions and their administrators.
    SystemAdmin,
}

/// Whether a person may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// May sign in.
    Active,
    /// May not; keeps everything.
    Deactivated,
}

/// Free settings of a person, at most 64 names and 16 KiB of JSON.
pub type Preferences = BTreeMap<String, serde_json::Value>;

/// A person in the registry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Institution whose registry holds this record.
    pub institution: InstitutionId,
    /// Unique in the institution.
    pub username: Username,
    /// Unique in the institution, compared in lower case.
    pub email: Email,
    /// Name as the person writes it.
    pub full_name: Line<200>,
    /// Role in the institution.
    pub role: Role,
    /// Whether the person may sign in.
    pub status: UserStatus,
    /// Names that an administrator gives to this person for portals to read, such as `beta_portal`. Nothing here
    /// decides by them: what a person may do comes from roles and memberships alone.
    pub permissions: BTreeSet<String>,
    /// Settings.
    pub preferences: Preferences,
    /// Issuer of the identity, and its subject there. The pair is the key of the person.
    pub issuer: String,
    /// Subject at the issuer.
    pub subject: String,
    /// For an external collaborator: when access ends.
    pub access_expires_at: Option<Timestamp>,
    /// Whether a second factor is active: what asks for one then asks this person too.
    #[serde(default)]
    pub mfa_enrolled: bool,
    /// Tokens issued before this are refused: set by a new password, a sign-out everywhere, a deactivation, a
    /// second factor that was set up or taken off, and a refresh token that was used twice. A lost role needs
    /// none: the record is read on every request.
    pub valid_after: Option<Timestamp>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An institution: the tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Institution {
    /// Slug, chosen once.
    pub id: InstitutionId,
    /// Full name.
    pub name: Line<200>,
    /// AWS Regions that its resources may be in, such as `eu-central-1`; empty means none is allowed yet.
    pub regions: BTreeSet<String>,
    /// Namespaces whose templates its people may launch; empty means every namespace.
    pub accepted_publishers: BTreeSet<String>,
    /// Defaults for new projects and launches, free names.
    pub defaults: BTreeMap<String, serde_json::Value>,
    /// Gradual roll-out: feature name to on or off.
    pub features: BTreeMap<String, bool>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// One line of "which projects is this person in".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserProject {
    /// Project.
    pub project_id: ProjectId,
    /// Role there.
    pub role: crate::project::ProjectRole,
    /// Since when.
    pub since: Timestamp,
}
