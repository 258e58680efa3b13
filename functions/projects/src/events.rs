//! The events of this domain.

use cws_model::{
    id::{ProjectId, UserId},
    project::ProjectRole,
};
use cws_route::events::{EventKind, Events};
use schemars::JsonSchema;
use serde::Deserialize;

/// A project was opened.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ProjectCreated {
    /// The project.
    pub project_id: ProjectId,
    /// Its first owner.
    pub owner_id: UserId,
}

/// Something about a project was changed.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ProjectUpdated {
    /// The project.
    pub project_id: ProjectId,
    /// Names of the fields that were changed.
    pub fields: Vec<String>,
}

/// A project was archived.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ProjectArchived {
    /// The project.
    pub project_id: ProjectId,
}

/// Somebody came into a project.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct MemberAdded {
    /// The project.
    pub project_id: ProjectId,
    /// The person.
    pub user_id: UserId,
    /// Their role.
    pub role: ProjectRole,
}

/// Somebody has another role in a project.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct MemberUpdated {
    /// The project.
    pub project_id: ProjectId,
    /// The person.
    pub user_id: UserId,
    /// Their role now.
    pub role: ProjectRole,
    /// Their role before.
    pub role_before: ProjectRole,
}

/// Somebody left a project.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct MemberRemoved {
    /// The project.
    pub project_id: ProjectId,
    /// The person.
    pub user_id: UserId,
    /// The role that they had.
    pub role_before: ProjectRole,
}

/// All of them.
pub const EVENTS: Events = Events {
    domain: "projects",
    kinds: &[
        EventKind::of::<ProjectCreated>("project.created.v1", "A project was opened."),
        EventKind::of::<ProjectUpdated>("project.updated.v1", "Something about a project was changed."),
        EventKind::of::<ProjectArchived>("project.archived.v1", "A project was archived; it stays readable."),
        EventKind::of::<MemberAdded>("project.member_added.v1", "Somebody came into a project."),
        EventKind::of::<MemberUpdated>(
            "project.member_updated.v1",
            "Somebody has another role in a project.",
        ),
        EventKind::of::<MemberRemoved>(
            "project.member_removed.v1",
            "Somebody left a project, or was removed.",
        ),
    ],
};
