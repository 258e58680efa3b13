//! Says why: which policies decided, and what would have to be different for a yes.

use crate::{
    Authorizer, DecidingPolicy, Decision, Explanation, Membership, NamespaceRole, Principal, PrincipalKind,
    Request, entities::PROJECT_ROLES,
};
use cws_model::identity::Role;

/// Roles in an institution that can be missing, least powerful first.
const INSTITUTION_ROLES: [Role; 4] =
    [Role::Researcher, Role::InstitutionAuditor, Role::InstitutionAdmin, Role::SystemAdmin];

/// How far ahead of now an extended access is tried, in seconds: a day.
const EXTENSION_SECONDS: i64 = 24 * 3600;

/// A change of caller or membership that is tried out.
struct Trial {
    principal: Principal,
    memberships: Vec<Membership>,
    words: Vec<String>,
}

type SessionChange = fn(&mut Principal, &Request<'_>) -> Option<String>;

/// What a caller can mend about the session itself, in the order in which it is tried.
const SESSION_CHANGES: [SessionChange; 4] = [add_scope, sign_in_again, pass_second_factor, extend_access];

impl Authorizer {
    /// Answers a question with its reasons. `missing` is found by asking again with one role more
    /// and with the session mended: nothing is listed that would not lead to a yes.
    pub fn explain(&self, request: &Request<'_>) -> Explanation {
        let decision = self.decide(request);
        let missing = if decision.allowed { Vec::new() } else { self.missing(request) };
        Explanation { allowed: decision.allowed, policies: self.deciding(&decision), missing }
    }

    fn deciding(&self, decision: &Decision) -> Vec<DecidingPolicy> {
        let describe = |id: &String| {
            let (text, permits) = self.describe(id)?;
            Some(DecidingPolicy { id: id.clone(), text, permits })
        };
        decision.policies.iter().filter_map(describe).collect()
    }

    fn missing(&self, request: &Request<'_>) -> Vec<String> {
        if request.principal.kind == PrincipalKind::Anonymous {
            return vec!["signing in".to_owned()];
        }
        let unchanged = Trial::unchanged(request);
        if let Some(words) = self.mended(&unchanged, request) {
            return vec![words];
        }
        let ladders = [project_trials(request), namespace_trials(request)];
        let climbed = ladders.iter().filter_map(|ladder| ladder.iter().find_map(|t| self.mended(t, request)));
        let institution = institution_trials(request);
        climbed.chain(institution.iter().filter_map(|trial| self.mended(trial, request))).collect()
    }

    /// The smallest set of session changes with which the trial is allowed, in words.
    fn mended(&self, trial: &Trial, request: &Request<'_>) -> Option<String> {
        let mut choices: Vec<u32> = (0..(1_u32 << SESSION_CHANGES.len())).collect();
        choices.sort_by_key(|choice| choice.count_ones());
        choices.into_iter().find_map(|choice| {
            let mut principal = trial.principal.clone();
            let mut words = trial.words.clone();
            for (place, change) in SESSION_CHANGES.iter().enumerate() {
                if choice & (1 << place) != 0 {
                    words.push(change(&mut principal, request)?);
                }
            }
            let asked = Request { principal: &principal, memberships: &trial.memberships, ..*request };
            self.decide(&asked).allowed.then(|| words.join(" and "))
        })
    }
}

impl Trial {
    fn unchanged(request: &Request<'_>) -> Self {
        Self {
            principal: request.principal.clone(),
            memberships: request.memberships.to_vec(),
            words: Vec::new(),
        }
    }

    fn with_membership(request: &Request<'_>, membership: Membership, words: String) -> Self {
        let mut trial = Self::unchanged(request);
        trial.memberships.push(membership);
        trial.words.push(words);
        trial
    }
}

fn project_trials(request: &Request<'_>) -> Vec<Trial> {
    let Some(project) = request.resource.project() else { return Vec::new() };
    let trial = |role| {
        let words = format!("the role `{}` in the project", cws_model::project::ProjectRole::as_str(role));
        Trial::with_membership(request, Membership::project(project, role), words)
    };
    PROJECT_ROLES.map(trial).into()
}

fn namespace_trials(request: &Request<'_>) -> Vec<Trial> {
    let Some(namespace) = request.resource.namespace() else { return Vec::new() };
    let trial = |role: &NamespaceRole| {
        let words = format!("the role `{}` in the namespace", role.as_str());
        Trial::with_membership(request, Membership::namespace(namespace, *role), words)
    };
    NamespaceRole::ALL.iter().map(trial).collect()
}

/// Roles in an institution are no ladder (an auditor reads what a researcher does not), so each is
/// tried. Only a person is given one.
fn institution_trials(request: &Request<'_>) -> Vec<Trial> {
    let held = request.principal.role;
    let is_person = request.principal.kind == PrincipalKind::User;
    let trial = |role: Role| {
        let mut trial = Trial::unchanged(request);
        trial.principal.role = Some(role);
        trial.words.push(format!("the institution role `{}`", role_name(role)));
        trial
    };
    INSTITUTION_ROLES.into_iter().filter(|role| is_person && Some(*role) != held).map(trial).collect()
}

const fn role_name(role: Role) -> &'static str {
    match role {
        Role::External => "external",
        Role::Researcher => "researcher",
        Role::ServiceAccount => "service_account",
        Role::InstitutionAuditor => "institution_auditor",
        Role::InstitutionAdmin => "institution_admin",
        Role::SystemAdmin => "system_admin",
    }
}

fn add_scope(principal: &mut Principal, request: &Request<'_>) -> Option<String> {
    let scope = request.action.scope()?;
    let added = principal.scopes.as_mut()?.insert(scope.to_owned());
    added.then(|| format!("an API key with the scope `{scope}`"))
}

fn sign_in_again(principal: &mut Principal, request: &Request<'_>) -> Option<String> {
    if principal.is_fresh(request.context.now) {
        return None;
    }
    principal.scopes = None;
    principal.auth_time = Some(request.context.now);
    Some("an interactive sign-in of the last 15 minutes".to_owned())
}

fn pass_second_factor(principal: &mut Principal, _: &Request<'_>) -> Option<String> {
    if principal.mfa {
        return None;
    }
    principal.mfa = true;
    Some("the second factor".to_owned())
}

fn extend_access(principal: &mut Principal, request: &Request<'_>) -> Option<String> {
    let now = request.context.now;
    let ended = principal.access_expires_at.is_none_or(|end| end <= now);
    principal.access_expires_at = Some(now.plus_seconds(EXTENSION_SECONDS));
    ended.then(|| "access that has not ended".to_owned())
}
