//! Which type of the model is kept under which kind of row.

use crate::{
    Record,
    kind::{self, Kind},
};
use cws_model::{
    InstitutionId, Timestamp,
    id::UserId,
    identity::{Institution, User, UserProject},
    project::{Member, Project},
};
use serde::{Deserialize, Serialize};

impl Record for Institution {
    const KIND: Kind = kind::INSTITUTION;
}

impl Record for User {
    const KIND: Kind = kind::USER;
}

impl Record for UserProject {
    const KIND: Kind = kind::USER_PROJECT;
}

impl Record for Project {
    const KIND: Kind = kind::PROJECT;
}

impl Record for Member {
    const KIND: Kind = kind::MEMBER;
}

/// When a person was last active: beside the record, so that signing in never races with an edit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserActive {
    /// The minute.
    pub at: Timestamp,
}

impl Record for UserActive {
    const KIND: Kind = kind::USER_ACTIVE;
}

/// An active administrator of an institution: beside the record, so that the last one is known by one read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Administrator {
    /// Since when.
    pub since: Timestamp,
}

impl Record for Administrator {
    const KIND: Kind = kind::USER_ADMIN;
}

/// The claim of a user name or e-mail address.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserNameClaim {
    /// Who holds it.
    pub user_id: UserId,
}

impl Record for UserNameClaim {
    const KIND: Kind = kind::USER_NAME;
}

/// The claim of a project name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProjectNameClaim {
    /// Which project holds it.
    pub project_id: cws_model::id::ProjectId,
}

impl Record for ProjectNameClaim {
    const KIND: Kind = kind::PROJECT_NAME;
}

/// Where a login leads. Written once, never changed, so that it may be cached.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DirectoryEntry {
    /// Institution of the person.
    pub institution: InstitutionId,
    /// The person.
    pub user_id: UserId,
}

impl Record for DirectoryEntry {
    const KIND: Kind = kind::DIRECTORY;
}

/// Place of an issuer's subject in the directory: (part, sort).
pub fn directory_place(issuer: &str, subject: &str) -> (String, String) {
    let text = format!("{issuer}|{subject}");
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let part = digest.as_ref().first().copied().unwrap_or_default();
    (format!("{part:02x}"), text)
}
