//! One question: may this caller do this to that, now.

use crate::{Action, Membership, NamespaceRole, Principal, Resource};
use cws_model::{Timestamp, identity::Role, project::ProjectRole};

/// How long a sign-in counts as fresh, in milliseconds: 15 minutes.
pub const FRESH_SESSION_MS: i64 = 15 * 60 * 1000;

/// How far the issuer's clock may run ahead, in milliseconds: 1 minute.
const CLOCK_SKEW_MS: i64 = 60 * 1000;

/// A question to the authorizer.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// To do what.
    pub action: Action,
    /// To what.
    pub resource: &'a Resource,
    /// The caller's membership rows. Only the row of the resource's own project or namespace
    /// counts; others change nothing.
    pub memberships: &'a [Membership],
    /// When, and what is granted.
    pub context: &'a Context,
}

/// What a decision depends on besides caller and resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The time now.
    pub now: Timestamp,
    /// The role given, changed or taken; needed by the actions whose [`Action::grants`] says so.
    pub grant: Option<Grant>,
}

impl Context {
    /// For an action that grants nothing.
    pub const fn at(now: Timestamp) -> Self {
        Self { now, grant: None }
    }

    /// For an action that grants.
    pub const fn granting(now: Timestamp, grant: Grant) -> Self {
        Self { now, grant: Some(grant) }
    }
}

/// Where a role is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantIn {
    /// In a project.
    Project,
    /// In a namespace.
    Namespace,
    /// In an institution.
    Institution,
}

/// A role given (from none), changed, or taken (to none).
///
/// `from` must be read from the store in the same request, not taken from the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    place: GrantIn,
    target: String,
    from: i64,
    to: i64,
}

impl Grant {
    /// A role in a project for the user `target`.
    pub fn project(target: impl Into<String>, from: Option<ProjectRole>, to: Option<ProjectRole>) -> Self {
        let (from, to) = (from.map_or(0, project_rank), to.map_or(0, project_rank));
        Self { place: GrantIn::Project, target: target.into(), from, to }
    }

    /// A role in a namespace for the user `target`.
    pub fn namespace(
        target: impl Into<String>,
        from: Option<NamespaceRole>,
        to: Option<NamespaceRole>,
    ) -> Self {
        let (from, to) = (from.map_or(0, namespace_rank), to.map_or(0, namespace_rank));
        Self { place: GrantIn::Namespace, target: target.into(), from, to }
    }

    /// A role in an institution for the user `target`: `from` is `None` for a new record, and
    /// equals `to` when the role stays.
    pub fn institution(target: impl Into<String>, from: Option<Role>, to: Role) -> Self {
        let from = from.map_or(0, institution_rank);
        Self { place: GrantIn::Institution, target: target.into(), from, to: institution_rank(to) }
    }

    /// Where the role is held.
    pub const fn place(&self) -> GrantIn {
        self.place
    }

    /// Who gets or loses it.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Rank held before, 0 for none.
    pub const fn from_rank(&self) -> i64 {
        self.from
    }

    /// Rank held after, 0 for none.
    pub const fn to_rank(&self) -> i64 {
        self.to
    }
}

impl Action {
    /// Where the role is that this action gives, changes or takes; such an action needs a [`Grant`].
    pub const fn grants(self) -> Option<GrantIn> {
        match self {
            Self::UserCreate | Self::UserUpdate => Some(GrantIn::Institution),
            Self::MemberAdd | Self::MemberUpdate | Self::MemberRemove => Some(GrantIn::Project),
            Self::NamespaceMemberSet => Some(GrantIn::Namespace),
            _ => None,
        }
    }
}

impl Principal {
    /// Whether the caller signed in interactively within the last 15 minutes. An API key never did;
    /// the operator's credential always counts, since holding the file is the sign-in.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        let age_ms = self.auth_time.map(|then| now.millis().saturating_sub(then.millis()));
        let recent = age_ms.is_some_and(|age| (-CLOCK_SKEW_MS..=FRESH_SESSION_MS).contains(&age));
        self.scopes.is_none() && (recent || self.kind == crate::PrincipalKind::Operator)
    }
}

const fn project_rank(role: ProjectRole) -> i64 {
    match role {
        ProjectRole::Viewer => 1,
        ProjectRole::Member => 2,
        ProjectRole::Manager => 3,
        ProjectRole::Owner => 4,
    }
}

const fn namespace_rank(role: NamespaceRole) -> i64 {
    match role {
        NamespaceRole::Member => 1,
        NamespaceRole::Maintainer => 2,
        NamespaceRole::Owner => 3,
    }
}

/// Rank of a role in an institution, 1 to 6, as the schema lists them.
pub(crate) const fn institution_rank(role: Role) -> i64 {
    match role {
        Role::External => 1,
        Role::ServiceAccount => 2,
        Role::Researcher => 3,
        Role::InstitutionAuditor => 4,
        Role::InstitutionAdmin => 5,
        Role::SystemAdmin => 6,
    }
}
