//! Projects and who is in them.

use crate::{
    InstitutionId, Timestamp,
    id::{ProjectId, UserId},
    text::{Line, Prose},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Role in a project, lowest first: the order is the rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProjectRole {
    /// Reads.
    Viewer,
    /// Works: launches, publishes, shares what is their own.
    Member,
    /// Runs the project for its owner: adds viewers and members, edits the project.
    Manager,
    /// Answers for it: money, members, archive.
    Owner,
}

impl ProjectRole {
    /// The name used in the API and in policies.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Manager => "manager",
            Self::Owner => "owner",
        }
    }
}

/// Whether a project takes new work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProjectStatus {
    /// In use.
    Active,
    /// Kept with its history, closed to change.
    Archived,
}

/// A project: people, and later a budget and what they run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Project {
    /// Id.
    pub id: ProjectId,
    /// Institution it belongs to.
    pub institution: InstitutionId,
    /// Unique among the institution's projects, compared in lower case.
    pub name: Line<100>,
    /// What it is for.
    pub description: Prose<1000>,
    /// Free labels, carried to AWS resources; at most 40.
    pub tags: BTreeMap<String, String>,
    /// Whether it takes new work.
    pub status: ProjectStatus,
    /// Who made it.
    pub created_by: UserId,
    /// How many owners it has; at least one as long as it lives.
    pub owner_count: u32,
    /// How many members it has, of any role.
    pub member_count: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
}

/// One person's place in a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    /// Project.
    pub project_id: ProjectId,
    /// Person.
    pub user_id: UserId,
    /// Role.
    pub role: ProjectRole,
    /// Who added the person.
    pub added_by: UserId,
    /// When.
    pub added_at: Timestamp,
    /// When the role last changed.
    pub updated_at: Timestamp,
}
