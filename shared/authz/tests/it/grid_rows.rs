//! What the permission grid is made of: a column for each kind of caller, a row for each action,
//! grant and relation of the resource to the caller.

use crate::cast::{
    ACTOR, AWAY, HOME, NOW, OTHER, archived, institution, institution_id, namespace, project, review,
    somebody, template, template_of, user,
};
use crate::worlds::{PROJECT_ROLES, ROLES};
use cws_authz::{
    Action, Grant, GrantIn, InstitutionRole, Membership, NamespaceRole, Principal, PrincipalKind,
    ProjectRole, Resource, ResourceKind, Visibility,
};

/// A caller: short name for the head of the column, long name for the legend.
pub(crate) struct Column {
    pub(crate) short: &'static str,
    pub(crate) long: &'static str,
    pub(crate) principal: Principal,
    pub(crate) memberships: Vec<Membership>,
}

/// A question that every caller is asked about.
pub(crate) struct Row {
    pub(crate) action: Action,
    pub(crate) grant: Option<(&'static str, Grant)>,
    pub(crate) relation: &'static str,
    pub(crate) resource: Resource,
}

pub(crate) fn columns() -> Vec<Column> {
    let plain = |(short, long, principal)| Column { short, long, principal, memberships: Vec::new() };
    let mut expired = somebody(InstitutionRole::External);
    expired.access_expires_at = Some(NOW);
    let mut columns: Vec<_> = [
        ("an", kind_name(PrincipalKind::Anonymous), Principal::anonymous()),
        (
            "op",
            kind_name(PrincipalKind::Operator),
            Principal::operator("operator", Some(institution_id(HOME))),
        ),
    ]
    .map(plain)
    .into();
    columns.extend(ROLES.iter().rev().map(|role| {
        let (short, long) = role_name(*role);
        plain((short, long, somebody(*role)))
    }));
    columns.push(plain(("xx", "external whose access has ended", expired)));
    columns.extend(PROJECT_ROLES.iter().map(|role| {
        let (short, long) = project_role_name(*role);
        member(short, long, Membership::project("prj_own", *role))
    }));
    columns.extend(odd_members());
    columns.extend(NamespaceRole::ALL.iter().map(|role| {
        let (short, long) = namespace_role_name(*role);
        member(short, long, Membership::namespace("own", *role))
    }));
    columns
}

/// Members of the own project who are no researchers, and administrators whose session is not what a change of
/// power takes.
fn odd_members() -> Vec<Column> {
    let in_project = |short, long, role, held| Column {
        short,
        long,
        principal: somebody(role),
        memberships: vec![Membership::project("prj_own", held)],
    };
    let session = |short, long, change: fn(&mut Principal)| {
        let mut principal = somebody(InstitutionRole::InstitutionAdmin);
        change(&mut principal);
        Column { short, long, principal, memberships: Vec::new() }
    };
    vec![
        in_project(
            "em",
            "external, member of the own project",
            InstitutionRole::External,
            ProjectRole::Member,
        ),
        in_project(
            "so",
            "service_account, owner of the own project",
            InstitutionRole::ServiceAccount,
            ProjectRole::Owner,
        ),
        session("is", "institution_admin, signed in 16 minutes ago", |who| {
            who.auth_time = Some(NOW.plus_seconds(-16 * 60));
        }),
        session("im", "institution_admin with a second factor, not shown", |who| who.mfa_enrolled = true),
    ]
}

fn member(short: &'static str, long: &'static str, membership: Membership) -> Column {
    let principal = somebody(InstitutionRole::Researcher);
    Column { short, long, principal, memberships: vec![membership] }
}

// A new kind or role does not compile until it has a column here.

fn kind_name(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::Anonymous => "anonymous",
        PrincipalKind::Operator => "operator",
        PrincipalKind::User | PrincipalKind::ServiceAccount => "listed by role",
    }
}

pub(crate) fn role_name(role: InstitutionRole) -> (&'static str, &'static str) {
    match role {
        InstitutionRole::SystemAdmin => ("sa", "system_admin"),
        InstitutionRole::InstitutionAdmin => ("ia", "institution_admin"),
        InstitutionRole::InstitutionAuditor => ("au", "institution_auditor"),
        InstitutionRole::ServiceAccount => ("sv", "service_account"),
        InstitutionRole::Researcher => ("re", "researcher"),
        InstitutionRole::External => ("ex", "external"),
    }
}

pub(crate) fn project_role_name(role: ProjectRole) -> (&'static str, &'static str) {
    match role {
        ProjectRole::Viewer => ("pv", "researcher, viewer of the own project"),
        ProjectRole::Member => ("pm", "researcher, member of the own project"),
        ProjectRole::Manager => ("pg", "researcher, manager of the own project"),
        ProjectRole::Owner => ("po", "researcher, owner of the own project"),
    }
}

pub(crate) fn namespace_role_name(role: NamespaceRole) -> (&'static str, &'static str) {
    match role {
        NamespaceRole::Member => ("nm", "researcher, member of the own namespace"),
        NamespaceRole::Maintainer => ("nt", "researcher, maintainer of the own namespace"),
        NamespaceRole::Owner => ("no", "researcher, owner of the own namespace"),
    }
}

/// Every row about a kind of resource.
pub(crate) fn rows(kind: ResourceKind) -> Vec<Row> {
    let mut rows = Vec::new();
    for action in Action::on(kind) {
        let number = grants(action, &Resource::System).len();
        for place in 0..number {
            rows.extend(relations(kind).into_iter().map(|(relation, resource)| {
                let grant = grants(action, &resource).swap_remove(place);
                Row { action, grant, relation, resource }
            }));
        }
    }
    rows
}

/// How a resource can stand to the caller.
fn relations(kind: ResourceKind) -> Vec<(&'static str, Resource)> {
    let template_in = |visibility| template("other", HOME, visibility);
    let review_in = |author, slug, visibility| review(author, template_of("other", slug, visibility));
    match kind {
        ResourceKind::System => vec![("own", Resource::System)],
        ResourceKind::Institution => vec![("own", institution(HOME)), ("foreign", institution(AWAY))],
        ResourceKind::User => vec![
            ("own", user(ACTOR, HOME, InstitutionRole::Researcher)),
            ("sibling", user(OTHER, HOME, InstitutionRole::Researcher)),
            ("superior", user(OTHER, HOME, InstitutionRole::SystemAdmin)),
            ("foreign", user(OTHER, AWAY, InstitutionRole::Researcher)),
        ],
        ResourceKind::Project => vec![
            ("own", project("prj_own", HOME)),
            ("archived", archived("prj_own", HOME)),
            ("sibling", project("prj_other", HOME)),
            ("foreign", project("prj_far", AWAY)),
        ],
        ResourceKind::Namespace => vec![
            ("own", namespace("own", HOME)),
            ("sibling", namespace("other", HOME)),
            ("foreign", namespace("far", AWAY)),
        ],
        ResourceKind::Template => vec![
            ("own", template("own", HOME, Visibility::Private)),
            ("sibling", template_in(Visibility::Institution)),
            ("private", template_in(Visibility::Private)),
            ("foreign", template("far", AWAY, Visibility::Institution)),
            ("public", template("far", AWAY, Visibility::Public)),
        ],
        ResourceKind::Review => vec![
            ("own", review_in(ACTOR, HOME, Visibility::Institution)),
            ("sibling", review_in(OTHER, HOME, Visibility::Institution)),
            ("foreign", review_in(OTHER, AWAY, Visibility::Institution)),
            ("public", review_in(OTHER, AWAY, Visibility::Public)),
            ("own public", review_in(ACTOR, AWAY, Visibility::Public)),
        ],
    }
}

/// The grants that an action is asked with; one `None` for those that grant nothing.
fn grants(action: Action, resource: &Resource) -> Vec<Option<(&'static str, Grant)>> {
    let project = |from, to| Grant::project(OTHER, from, to);
    let space = |from, to| Grant::namespace(OTHER, from, to);
    let (target, held) = match resource {
        Resource::User(user) => (user.id.as_str(), user.role),
        _ => (OTHER, None),
    };
    let list: Vec<(&'static str, Grant)> = match (action.grants(), action) {
        (None, _) => return vec![None],
        (Some(GrantIn::Institution), _) => {
            ROLES.iter().map(|role| (role_name(*role).1, Grant::institution(target, held, *role))).collect()
        }
        (Some(GrantIn::Project), Action::MemberRemove) => {
            let others = PROJECT_ROLES.iter().map(|role| (role.as_str(), project(Some(*role), None)));
            let leave = Grant::project(ACTOR, Some(ProjectRole::Viewer), None);
            others.chain([("oneself", leave)]).collect()
        }
        (Some(GrantIn::Project), action) => {
            let from = (action == Action::MemberUpdate).then_some(ProjectRole::Viewer);
            let given = PROJECT_ROLES.iter().map(|role| (role.as_str(), project(from, Some(*role))));
            let demoted = ("owner to viewer", project(Some(ProjectRole::Owner), Some(ProjectRole::Viewer)));
            let oneself = ("oneself", Grant::project(ACTOR, from, Some(ProjectRole::Viewer)));
            let demotion = (action == Action::MemberUpdate).then_some(demoted);
            given.chain(demotion).chain([oneself]).collect()
        }
        (Some(GrantIn::Namespace), _) => {
            let given = NamespaceRole::ALL.iter().map(|role| (role.as_str(), space(None, Some(*role))));
            let leave = Grant::namespace(ACTOR, Some(NamespaceRole::Member), None);
            let oneself = Grant::namespace(ACTOR, None, Some(NamespaceRole::Owner));
            given.chain([("oneself", oneself), ("leave", leave)]).collect()
        }
    };
    list.into_iter().map(Some).collect()
}
