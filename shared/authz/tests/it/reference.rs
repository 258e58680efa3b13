//! A second evaluator, written from the rules in prose and not from the policies: plain Rust, no
//! groups, no entities. Policies and evaluator must agree on 100,000 random questions.

use crate::{
    cast::AUTHORIZER,
    worlds::{Dice, question},
};
use cws_authz::{
    Action, Grant, InstitutionRole as Role, Membership, NamespaceRole, Principal, PrincipalKind, ProjectRole,
    Request, Resource, Template, Visibility,
};
use std::collections::BTreeMap;

/// What the evaluator knows about the caller in relation to the resource.
struct Facts<'a> {
    caller: &'a Principal,
    /// Caller and resource are of one institution.
    at_home: bool,
    in_project: Option<ProjectRole>,
    in_namespace: Option<NamespaceRole>,
}

impl Facts<'_> {
    fn is(&self, role: Role) -> bool {
        self.caller.role == Some(role)
    }
    fn admin(&self) -> bool {
        self.at_home && self.is(Role::InstitutionAdmin)
    }
    fn auditor(&self) -> bool {
        self.at_home && self.is(Role::InstitutionAuditor)
    }
    fn system_admin(&self) -> bool {
        self.is(Role::SystemAdmin)
    }
    fn project_at_least(&self, role: ProjectRole) -> bool {
        self.at_home && self.in_project >= Some(role)
    }
    fn namespace_at_least(&self, role: NamespaceRole) -> bool {
        self.in_namespace >= Some(role)
    }
    fn person(&self) -> bool {
        self.caller.kind == PrincipalKind::User
    }
}

/// Whether the rules allow what is asked.
pub(crate) fn allows(request: &Request<'_>) -> bool {
    let caller = request.principal;
    let grant = request.context.grant.as_ref();
    let unfit = request.action.grants().is_some() && !grant.is_some_and(|grant| fits(request, grant));
    if caller.kind == PrincipalKind::Anonymous
        || request.action.resource_kind() != request.resource.kind()
        || unfit
    {
        return false;
    }
    let facts = facts(request);
    session_holds(request) && !auditor_would_change(request) && allowed_on(request, &facts, grant)
}

/// The grant is of the action's place, gives where the action gives, takes where it takes.
fn fits(request: &Request<'_>, grant: &Grant) -> bool {
    let gives = grant.to_rank() > 0;
    let shape = match request.action {
        Action::MemberAdd | Action::MemberUpdate => gives,
        Action::MemberRemove => !gives,
        Action::UserUpdate => {
            matches!(request.resource, Resource::User(user) if user.id == grant.target())
        }
        _ => true,
    };
    shape && request.action.grants() == Some(grant.place())
}

fn facts<'a>(request: &Request<'a>) -> Facts<'a> {
    let of_project = request.memberships.iter().filter_map(|row| match row {
        Membership::Project { project, role } if request.resource.project() == Some(project) => Some(*role),
        _ => None,
    });
    let of_namespace = request.memberships.iter().filter_map(|row| match row {
        Membership::Namespace { namespace, role } if request.resource.namespace() == Some(namespace) => {
            Some(*role)
        }
        _ => None,
    });
    Facts {
        caller: request.principal,
        at_home: request.principal.institution.is_some()
            && request.principal.institution.as_ref() == request.resource.institution(),
        in_project: of_project.max(),
        in_namespace: of_namespace.max(),
    }
}

/// Access has not ended, and a key stays within its scopes.
fn session_holds(request: &Request<'_>) -> bool {
    let caller = request.principal;
    let ended = match caller.access_expires_at {
        Some(end) => request.context.now >= end,
        None => caller.role == Some(Role::External),
    };
    let within = match (&caller.scopes, request.action.scope()) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(scopes), Some(scope)) => scopes.contains(scope),
    };
    !ended && within
}

fn auditor_would_change(request: &Request<'_>) -> bool {
    let name = request.action.as_str();
    let reads = ["_view", "_list", "_read", "_check", "_download"].iter().any(|end| name.ends_with(end));
    let own_account = [
        "session_manage",
        "factor_manage",
        "user_email_change",
        "user_update_profile",
        "user_preferences_set",
    ]
    .contains(&name);
    request.principal.role == Some(Role::InstitutionAuditor) && !reads && !own_account
}

fn allowed_on(request: &Request<'_>, facts: &Facts<'_>, grant: Option<&Grant>) -> bool {
    match request.resource {
        Resource::System => request.action == Action::InstitutionList || facts.system_admin(),
        Resource::Institution(_) => in_institution(request, facts, grant),
        Resource::User(user) => {
            let own = user.id == facts.caller.id;
            match request.action {
                Action::UserUpdate | Action::UserDeactivate | Action::UserCredentialReset => {
                    !own && administers(request, facts, user.role, grant)
                }
                Action::UserEmailChange => {
                    let mine = facts.at_home && own && facts.person() && proven(request, true);
                    mine || administers(request, facts, user.role, grant)
                }
                Action::FactorManage => facts.at_home && own && facts.person() && proven(request, false),
                Action::UserUpdateProfile | Action::SessionManage => facts.at_home && own && facts.person(),
                Action::UserPreferencesSet => facts.at_home && own,
                Action::UserProjectsView => facts.at_home && (own || facts.admin() || facts.auditor()),
                _ => facts.system_admin() || (facts.at_home && own) || facts.admin() || facts.auditor(),
            }
        }
        Resource::Project(project) => in_project(request.action, facts, project.archived, grant),
        Resource::Namespace(_) => facts.at_home && in_namespace(request.action, facts, grant),
        Resource::Template(template) => on_template(request.action, facts, template),
        Resource::Review(review) => {
            let own = review.author == facts.caller.id && facts.person();
            let sees = sees(facts, &review.template);
            match request.action {
                Action::ReviewView => sees,
                Action::ReviewDelete => facts.admin() || (own && sees),
                _ => own && sees,
            }
        }
    }
}

fn in_institution(request: &Request<'_>, facts: &Facts<'_>, grant: Option<&Grant>) -> bool {
    match request.action {
        Action::ProjectList => facts.at_home,
        Action::InstitutionView | Action::TemplateList | Action::PermissionCheck => {
            facts.at_home || facts.system_admin()
        }
        Action::ProjectCreate => facts.admin() || (facts.at_home && facts.is(Role::Researcher)),
        Action::NamespaceCreate => {
            facts.admin() || (facts.at_home && (facts.is(Role::Researcher) || facts.system_admin()))
        }
        Action::InstitutionUpdate => facts.admin() || facts.system_admin(),
        Action::UserCreate => {
            grant.is_some_and(|g| g.target() != facts.caller.id) && administers(request, facts, None, grant)
        }
        _ => facts.admin() || facts.auditor() || facts.system_admin(),
    }
}

/// Administration of people: nobody above oneself, and with care where power changes hands.
fn administers(request: &Request<'_>, facts: &Facts<'_>, held: Option<Role>, grant: Option<&Grant>) -> bool {
    let rank = |role| Grant::institution("", None, role).to_rank();
    let top = rank(Role::SystemAdmin);
    let before = held.map_or(0, rank);
    let gives = matches!(request.action, Action::UserCreate | Action::UserUpdate);
    let after = grant.filter(|_| gives).map_or(before, Grant::to_rank);
    let careful = match request.action {
        Action::UserCreate => after >= rank(Role::InstitutionAuditor),
        Action::UserUpdate => after != before,
        _ => true,
    };
    (facts.system_admin() || (facts.admin() && before < top && after < top))
        && (proven(request, true) || !careful)
}

/// The caller signed in a moment ago, and showed the second factor if there is one and it counts.
fn proven(request: &Request<'_>, with_factor: bool) -> bool {
    let caller = request.principal;
    let fresh = caller.scopes.is_none()
        && (caller.kind == PrincipalKind::Operator
            || caller.auth_time.is_some_and(|then| {
                let seconds = (request.context.now.millis() - then.millis()) as f64 / 1000.0;
                (-60.0..=900.0).contains(&seconds)
            }));
    fresh && (caller.mfa || !caller.mfa_enrolled || !with_factor)
}

fn in_project(action: Action, facts: &Facts<'_>, archived: bool, grant: Option<&Grant>) -> bool {
    let at_least = |role| facts.project_at_least(role);
    let reads = matches!(action, Action::ProjectView | Action::MemberList);
    if archived && !reads {
        return false;
    }
    match action {
        Action::ProjectUpdate => at_least(ProjectRole::Manager) || facts.admin(),
        Action::ProjectArchive => at_least(ProjectRole::Owner) || facts.admin(),
        Action::MemberAdd | Action::MemberUpdate | Action::MemberRemove => grant.is_some_and(|grant| {
            let own = grant.target() == facts.caller.id;
            let low = Grant::project("", None, Some(ProjectRole::Member)).to_rank();
            let leaves = own && action == Action::MemberRemove;
            let gives_to_self = own && (action != Action::MemberRemove) && grant.to_rank() > 0;
            let any = at_least(ProjectRole::Owner) || facts.admin();
            let few = at_least(ProjectRole::Manager) && grant.from_rank() <= low && grant.to_rank() <= low;
            !gives_to_self && (any || few || (leaves && at_least(ProjectRole::Viewer)))
        }),
        _ => at_least(ProjectRole::Viewer) || facts.admin() || facts.auditor(),
    }
}

fn in_namespace(action: Action, facts: &Facts<'_>, grant: Option<&Grant>) -> bool {
    let at_least = |role| facts.namespace_at_least(role);
    match action {
        Action::NamespaceView => true,
        Action::PublisherKeyList => at_least(NamespaceRole::Member) || facts.admin() || facts.auditor(),
        Action::PublisherKeyAdd => at_least(NamespaceRole::Owner),
        Action::PublisherKeyRevoke => at_least(NamespaceRole::Owner) || facts.admin(),
        Action::TemplatePublish => at_least(NamespaceRole::Maintainer),
        _ => grant.is_some_and(|grant| {
            let own = grant.target() == facts.caller.id;
            let leaves = own && grant.to_rank() == 0 && at_least(NamespaceRole::Member);
            leaves || ((at_least(NamespaceRole::Owner) || facts.admin()) && !(own && grant.to_rank() > 0))
        }),
    }
}

fn on_template(action: Action, facts: &Facts<'_>, template: &Template) -> bool {
    let maintains = facts.at_home && facts.namespace_at_least(NamespaceRole::Maintainer);
    match action {
        Action::TemplateView | Action::TemplateDownload => sees(facts, template),
        Action::TemplateYank | Action::TemplateDeprecate => maintains || facts.admin(),
        Action::TemplateUsageView => {
            let inside = facts.at_home && facts.namespace_at_least(NamespaceRole::Member);
            inside || facts.admin() || facts.auditor()
        }
        Action::ReviewSubmit | Action::ReviewVote => {
            let conflicted = facts.namespace_at_least(NamespaceRole::Maintainer);
            facts.person() && !conflicted && sees(facts, template)
        }
        _ => maintains,
    }
}

fn sees(facts: &Facts<'_>, template: &Template) -> bool {
    let inside = facts.namespace_at_least(NamespaceRole::Member) && facts.at_home;
    let shown = match template.visibility {
        Visibility::Public => true,
        Visibility::Institution => facts.at_home,
        Visibility::Private => false,
    };
    inside || facts.admin() || facts.auditor() || (shown && template.listed)
}

/// How often each action was answered yes and no.
type Tally = BTreeMap<(&'static str, bool), u32>;

#[test]
fn policies_and_an_independent_evaluator_agree_on_100_000_random_questions() {
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|run| scope.spawn(move || agree_on(25_000, run))).collect();
        runs.into_iter().map(|run| run.join().expect("the run agrees")).collect()
    });
    for action in Action::ALL {
        for answer in [true, false] {
            let times: u32 = tallies.iter().filter_map(|tally| tally.get(&(action.as_str(), answer))).sum();
            assert!(times >= 20, "{action} was answered {answer} only {times} times");
        }
    }
}

fn agree_on(count: u32, seed: u64) -> Tally {
    let (mut dice, mut tally) = (Dice::new(seed), Tally::new());
    for number in 0..count {
        let question = question(&mut dice);
        let request = question.request();
        let (decision, expected) = (AUTHORIZER.decide(&request), allows(&request));
        assert_eq!(decision.allowed, expected, "seed {seed}, question {number}: {request:#?}\n{decision:#?}");
        *tally.entry((request.action.as_str(), expected)).or_default() += 1;
    }
    tally
}
