//! Who asks: the caller with its role, its session and its memberships.

use cws_model::{InstitutionId, Timestamp, identity::Role, marketplace::NamespaceRole, project::ProjectRole};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What kind of caller it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// Nobody signed in. Nothing is permitted.
    Anonymous,
    /// A person.
    User,
    /// A machine user.
    ServiceAccount,
    /// The holder of the deployment's own credential: a system administrator without a record.
    Operator,
}

impl PrincipalKind {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::Anonymous, Self::User, Self::ServiceAccount, Self::Operator];
}

/// A caller, as the authentication of the request left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// What kind of caller it is.
    pub kind: PrincipalKind,
    /// Id in the registry, such as `usr_…`; a fixed word for the operator.
    pub id: String,
    /// The institution that the session names.
    pub institution: Option<InstitutionId>,
    /// Role in that institution.
    pub role: Option<Role>,
    /// Whether a second factor is set up.
    pub mfa_enrolled: bool,
    /// Whether this session passed it.
    pub mfa: bool,
    /// When the caller last signed in interactively; a token refresh does not move it.
    pub auth_time: Option<Timestamp>,
    /// When access ends. External collaborators have none without it.
    pub access_expires_at: Option<Timestamp>,
    /// Scopes of the API key that the request came with; `None` for a session. They only ever narrow.
    pub scopes: Option<BTreeSet<String>>,
}

impl Principal {
    /// Nobody.
    pub fn anonymous() -> Self {
        Self::bare(PrincipalKind::Anonymous, String::new(), None, None)
    }

    /// Somebody of an institution; a [`Role::ServiceAccount`] is a machine user. The session is
    /// neither fresh nor has it passed a second factor until those fields are set.
    pub fn of(id: impl Into<String>, institution: InstitutionId, role: Role) -> Self {
        let kind = match role {
            Role::ServiceAccount => PrincipalKind::ServiceAccount,
            _ => PrincipalKind::User,
        };
        Self::bare(kind, id.into(), Some(institution), Some(role))
    }

    /// The holder of the deployment's own credential, acting in `institution` if any.
    pub fn operator(id: impl Into<String>, institution: Option<InstitutionId>) -> Self {
        Self::bare(PrincipalKind::Operator, id.into(), institution, Some(Role::SystemAdmin))
    }

    fn bare(kind: PrincipalKind, id: String, institution: Option<InstitutionId>, role: Option<Role>) -> Self {
        Self {
            kind,
            id,
            institution,
            role,
            mfa_enrolled: false,
            mfa: false,
            auth_time: None,
            access_expires_at: None,
            scopes: None,
        }
    }
}

/// One membership row of the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "in")]
pub enum Membership {
    /// In a project.
    Project {
        /// Id of the project.
        project: String,
        /// Role there.
        role: ProjectRole,
    },
    /// In a namespace.
    Namespace {
        /// Name, unique on the deployment.
        namespace: String,
        /// Role there.
        role: NamespaceRole,
    },
}

impl Membership {
    /// A role in the project.
    pub fn project(project: impl Into<String>, role: ProjectRole) -> Self {
        Self::Project { project: project.into(), role }
    }

    /// A role in the namespace.
    pub fn namespace(namespace: impl Into<String>, role: NamespaceRole) -> Self {
        Self::Namespace { namespace: namespace.into(), role }
    }
}
