//! Random questions, the same on every run: a seeded generator and small sets of names, so that
//! callers and resources meet often.

use crate::cast::{NOW, institution_id};
use cws_authz::{
    Action, Context, Grant, GrantIn, Institution, InstitutionRole, Membership, Namespace, NamespaceRole,
    Principal, Project, ProjectRole, Resource, ResourceKind, Review, Template, User, Visibility,
};
use cws_model::Timestamp;

pub(crate) const ROLES: [InstitutionRole; 6] = [
    InstitutionRole::External,
    InstitutionRole::Researcher,
    InstitutionRole::ServiceAccount,
    InstitutionRole::InstitutionAuditor,
    InstitutionRole::InstitutionAdmin,
    InstitutionRole::SystemAdmin,
];
pub(crate) const PROJECT_ROLES: [ProjectRole; 4] =
    [ProjectRole::Viewer, ProjectRole::Member, ProjectRole::Manager, ProjectRole::Owner];

const INSTITUTIONS: [&str; 2] = ["uni-a", "uni-b"];
const PEOPLE: [&str; 3] = ["usr_ada", "usr_bo", "usr_cy"];
const PROJECTS: [&str; 2] = ["prj_x", "prj_y"];
const NAMESPACES: [&str; 2] = ["geo", "bio"];

/// SplitMix64 (Steele, Lea, Flood 2014): enough for tests, and no dependency.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[(self.next() % from.len() as u64) as usize].clone()
    }

    /// True once in `n` throws.
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }

    fn maybe<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        if self.one_in(4) { None } else { Some(self.pick(from)) }
    }

    fn name(&mut self, from: &[&str]) -> String {
        self.pick(from).to_owned()
    }
}

/// A question that owns its parts.
pub(crate) struct Question {
    pub(crate) principal: Principal,
    pub(crate) memberships: Vec<Membership>,
    pub(crate) action: Action,
    pub(crate) resource: Resource,
    pub(crate) context: Context,
}

impl Question {
    pub(crate) fn request(&self) -> cws_authz::Request<'_> {
        cws_authz::Request {
            principal: &self.principal,
            action: self.action,
            resource: &self.resource,
            memberships: &self.memberships,
            context: &self.context,
        }
    }
}

pub(crate) fn question(dice: &mut Dice) -> Question {
    let action = dice.pick(Action::ALL);
    let kind = if dice.one_in(50) { dice.pick(ResourceKind::ALL) } else { action.resource_kind() };
    let resource = resource(dice, kind);
    let grant = if dice.one_in(50) { None } else { grant(dice, action, &resource) };
    let count = dice.pick(&[0, 1, 1, 2, 3]);
    Question {
        principal: principal(dice),
        memberships: (0..count).map(|_| membership(dice)).collect(),
        action,
        resource,
        context: Context { now: NOW, grant },
    }
}

pub(crate) fn principal(dice: &mut Dice) -> Principal {
    let id = dice.name(&PEOPLE);
    let home = institution_id(dice.pick(&INSTITUTIONS));
    let mut principal = match dice.pick(&[0, 1, 1, 1, 1, 1, 1, 1, 2, 2]) {
        0 if dice.one_in(3) => Principal::anonymous(),
        2 => Principal::operator("operator", if dice.one_in(2) { Some(home) } else { None }),
        _ => Principal::of(id, home, dice.pick(&ROLES)),
    };
    if dice.one_in(20) {
        principal.role = None;
    }
    let minutes = |count: i64| Timestamp::from_millis(NOW.millis() + count * 60_000);
    principal.mfa_enrolled = dice.one_in(3);
    principal.mfa = dice.one_in(2);
    principal.auth_time = dice.maybe(&[minutes(-5), minutes(-15), minutes(-16), minutes(-600), minutes(5)]);
    if dice.one_in(2) {
        principal.access_expires_at = Some(dice.pick(&[minutes(60), minutes(60), minutes(0), minutes(-1)]));
    }
    if dice.one_in(5) {
        let scopes: Vec<_> = Action::ALL.iter().filter_map(|action| action.scope()).collect();
        principal.scopes = Some((0..8).map(|_| dice.name(&scopes)).collect());
    }
    principal
}

pub(crate) fn membership(dice: &mut Dice) -> Membership {
    if dice.one_in(2) {
        Membership::project(dice.name(&PROJECTS), dice.pick(&PROJECT_ROLES))
    } else {
        Membership::namespace(dice.name(&NAMESPACES), dice.pick(NamespaceRole::ALL))
    }
}

pub(crate) fn resource(dice: &mut Dice, kind: ResourceKind) -> Resource {
    let institution = institution_id(dice.pick(&INSTITUTIONS));
    match kind {
        ResourceKind::System => Resource::System,
        ResourceKind::Institution => Resource::Institution(Institution { id: institution }),
        ResourceKind::User => {
            let role = dice.maybe(&ROLES);
            Resource::User(User { id: dice.name(&PEOPLE), institution, role })
        }
        ResourceKind::Project => {
            let archived = dice.one_in(5);
            Resource::Project(Project { id: dice.name(&PROJECTS), institution, archived })
        }
        ResourceKind::Namespace => {
            Resource::Namespace(Namespace { name: dice.name(&NAMESPACES), institution })
        }
        ResourceKind::Template => Resource::Template(template(dice)),
        ResourceKind::Review => {
            let author = dice.name(&PEOPLE);
            Resource::Review(Review { id: "rev_1".to_owned(), author, template: template(dice) })
        }
    }
}

fn template(dice: &mut Dice) -> Template {
    Template {
        id: "tpl_1".to_owned(),
        institution: institution_id(dice.pick(&INSTITUTIONS)),
        namespace: dice.name(&NAMESPACES),
        visibility: dice.pick(Visibility::ALL),
        listed: !dice.one_in(5),
    }
}

fn grant(dice: &mut Dice, action: Action, resource: &Resource) -> Option<Grant> {
    let target = dice.name(&PEOPLE);
    let to = match action {
        Action::MemberRemove if !dice.one_in(20) => None,
        Action::MemberAdd | Action::MemberUpdate if !dice.one_in(20) => Some(dice.pick(&PROJECT_ROLES)),
        _ => dice.maybe(&PROJECT_ROLES),
    };
    Some(match action.grants()? {
        GrantIn::Project => Grant::project(target, dice.maybe(&PROJECT_ROLES), to),
        GrantIn::Namespace => {
            Grant::namespace(target, dice.maybe(NamespaceRole::ALL), dice.maybe(NamespaceRole::ALL))
        }
        GrantIn::Institution => match resource {
            Resource::User(user) => Grant::institution(user.id.clone(), user.role, dice.pick(&ROLES)),
            _ => Grant::institution(target, None, dice.pick(&ROLES)),
        },
    })
}
