//! What is asked about: the attributes of a resource that decisions depend on, and no others.

use cws_model::{InstitutionId, identity::Role, marketplace::Visibility};
use serde::{Deserialize, Serialize};

/// The kinds of resource; each action is bound to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// The deployment.
    System,
    /// A tenant, and what is done in it rather than to one thing in it.
    Institution,
    /// A record in the registry.
    User,
    /// A project.
    Project,
    /// A name that templates are published under.
    Namespace,
    /// A template with its versions.
    Template,
    /// A review of a template.
    Review,
}

impl ResourceKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::System,
        Self::Institution,
        Self::User,
        Self::Project,
        Self::Namespace,
        Self::Template,
        Self::Review,
    ];

    /// The name of the entity type in the schema. A person asks as `User` and is asked about as
    /// `UserRecord`: one entity cannot carry the attributes of both.
    pub const fn entity_type(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Institution => "Institution",
            Self::User => "UserRecord",
            Self::Project => "Project",
            Self::Namespace => "Namespace",
            Self::Template => "Template",
            Self::Review => "Review",
        }
    }
}

/// A resource with what decisions about it depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// The deployment.
    System,
    /// A tenant.
    Institution(Institution),
    /// A record in the registry.
    User(User),
    /// A project.
    Project(Project),
    /// A namespace.
    Namespace(Namespace),
    /// A template.
    Template(Template),
    /// A review.
    Review(Review),
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Institution {
    /// Its slug.
    pub id: InstitutionId,
}

/// A record in the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Id, compared with the caller's.
    pub id: String,
    /// Institution whose registry holds the record.
    pub institution: InstitutionId,
    /// Role that the person holds now.
    pub role: Option<Role>,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Id, compared with that of memberships.
    pub id: String,
    /// Institution it belongs to.
    pub institution: InstitutionId,
    /// Whether it is closed to change.
    pub archived: bool,
}

/// A namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// Name, unique on the deployment, compared with that of memberships.
    pub name: String,
    /// Institution it belongs to.
    pub institution: InstitutionId,
}

/// A template with its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Id.
    pub id: String,
    /// Institution of its namespace.
    pub institution: InstitutionId,
    /// Namespace it is published in.
    pub namespace: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// Whether it is shown at all; withdrawn from the list, only its namespace, administrators and
    /// auditors still see it. A yanked or deprecated template stays listed.
    pub listed: bool,
}

/// A review. It is seen by whoever sees the template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Id.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// The template that it is about.
    pub template: Template,
}

impl Resource {
    /// The kind, to be compared with [`crate::Action::resource_kind`].
    pub const fn kind(&self) -> ResourceKind {
        match self {
            Self::System => ResourceKind::System,
            Self::Institution(_) => ResourceKind::Institution,
            Self::User(_) => ResourceKind::User,
            Self::Project(_) => ResourceKind::Project,
            Self::Namespace(_) => ResourceKind::Namespace,
            Self::Template(_) => ResourceKind::Template,
            Self::Review(_) => ResourceKind::Review,
        }
    }

    /// The institution it belongs to; the deployment belongs to none.
    pub const fn institution(&self) -> Option<&InstitutionId> {
        match self {
            Self::System => None,
            Self::Institution(it) => Some(&it.id),
            Self::User(it) => Some(&it.institution),
            Self::Project(it) => Some(&it.institution),
            Self::Namespace(it) => Some(&it.institution),
            Self::Template(it) => Some(&it.institution),
            Self::Review(it) => Some(&it.template.institution),
        }
    }

    /// The project whose membership row a decision needs, if any.
    pub fn project(&self) -> Option<&str> {
        match self {
            Self::Project(it) => Some(&it.id),
            _ => None,
        }
    }

    /// The namespace whose membership row a decision needs, if any.
    pub fn namespace(&self) -> Option<&str> {
        match self {
            Self::Namespace(it) => Some(&it.name),
            Self::Template(it) => Some(&it.namespace),
            Self::Review(it) => Some(&it.template.namespace),
            _ => None,
        }
    }

    /// Id within its kind.
    pub fn id(&self) -> &str {
        match self {
            Self::System => "system",
            Self::Institution(it) => it.id.as_str(),
            Self::User(it) => &it.id,
            Self::Project(it) => &it.id,
            Self::Namespace(it) => &it.name,
            Self::Template(it) => &it.id,
            Self::Review(it) => &it.id,
        }
    }
}
