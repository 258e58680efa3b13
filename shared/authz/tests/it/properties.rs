//! What must hold of every question, tried on random ones.

use crate::{
    cast::AUTHORIZER,
    worlds::{Dice, PROJECT_ROLES, Question, question},
};
use cws_authz::{
    Action, Grant, GrantIn, InstitutionRole, Membership, NamespaceRole, Principal, PrincipalKind, Resource,
    Visibility,
};
use std::collections::BTreeSet;

const TRIES: u32 = 2_000;

fn questions(seed: u64) -> impl Iterator<Item = Question> {
    let mut dice = Dice::new(seed);
    (0..TRIES).map(move |_| question(&mut dice))
}

fn allowed(question: &Question) -> bool {
    AUTHORIZER.decide(&question.request()).allowed
}

#[test]
fn scopes_only_ever_narrow() {
    let mut narrowed = 0;
    for mut question in questions(1) {
        let Some(scopes) = question.principal.scopes.clone() else { continue };
        let with_key = allowed(&question);
        question.principal.scopes = Some(BTreeSet::new());
        assert!(!allowed(&question), "a key without scopes does nothing");
        question.principal.scopes = None;
        let without = allowed(&question);
        assert!(without || !with_key, "a key with {scopes:?} widens {:#?}", question.request());
        narrowed += u32::from(without && !with_key);
    }
    assert!(narrowed > 20, "only {narrowed} questions were narrowed");
}

#[test]
fn no_key_manages_sessions() {
    for mut question in questions(2) {
        let every = Action::ALL.iter().filter_map(|action| action.scope()).map(str::to_owned);
        question.principal.scopes = Some(every.collect());
        question.action = Action::SessionManage;
        assert!(!allowed(&question));
    }
}

#[test]
fn a_higher_role_in_a_project_may_all_that_a_lower_may() {
    let mut raised = 0;
    for mut question in questions(3) {
        let Some(project) = question.resource.project().map(str::to_owned) else { continue };
        let mut below = false;
        for role in PROJECT_ROLES {
            question.memberships = vec![Membership::project(project.clone(), role)];
            let here = allowed(&question);
            assert!(here || !below, "{role:?} may less: {:#?}", question.request());
            raised += u32::from(here && !below);
            below = here;
        }
    }
    assert!(raised > 20, "only {raised} questions turned with the role");
}

#[test]
fn a_higher_role_in_a_namespace_may_all_that_a_lower_may_but_judge_its_own_work() {
    let mut raised = 0;
    for mut question in questions(4) {
        if [Action::ReviewSubmit, Action::ReviewVote].contains(&question.action) {
            continue;
        }
        let Some(namespace) = question.resource.namespace().map(str::to_owned) else { continue };
        let mut below = false;
        for role in NamespaceRole::ALL {
            question.memberships = vec![Membership::namespace(namespace.clone(), *role)];
            let here = allowed(&question);
            assert!(here || !below, "{role:?} may less: {:#?}", question.request());
            raised += u32::from(here && !below);
            below = here;
        }
    }
    assert!(raised > 20, "only {raised} questions turned with the role");
}

#[test]
fn nobody_reaches_another_institution_but_its_public_templates_and_as_system_admin() {
    let mut crossed = 0;
    for question in questions(5) {
        let there = question.resource.institution();
        if there.is_none() || question.principal.institution.as_ref() == there || !allowed(&question) {
            continue;
        }
        crossed += 1;
        let public = match &question.resource {
            Resource::Template(it) => it.listed && it.visibility == Visibility::Public,
            Resource::Review(it) => it.template.listed && it.template.visibility == Visibility::Public,
            Resource::Institution(_) | Resource::User(_) => {
                question.principal.role == Some(InstitutionRole::SystemAdmin)
            }
            _ => false,
        };
        assert!(public, "{:#?}", question.request());
    }
    assert!(crossed > 20, "only {crossed} questions crossed");
}

#[test]
fn nobody_signed_out_may_anything() {
    for mut question in questions(6) {
        question.principal = Principal { kind: PrincipalKind::Anonymous, ..question.principal };
        assert!(!allowed(&question));
    }
}

#[test]
fn memberships_elsewhere_change_nothing() {
    let mut dice = Dice::new(77);
    for mut question in questions(7) {
        let before = AUTHORIZER.decide(&question.request());
        let role = dice.pick(&PROJECT_ROLES);
        question.memberships.push(Membership::project("prj_elsewhere", role));
        question.memberships.push(Membership::namespace("elsewhere", dice.pick(NamespaceRole::ALL)));
        assert_eq!(AUTHORIZER.decide(&question.request()), before);
    }
}

/// Ranks held by the caller where the grant is; 0 is no role.
fn rank_held(question: &Question) -> i64 {
    let ranks = question.memberships.iter().map(|row| match row {
        Membership::Project { project, role } if question.resource.project() == Some(project) => {
            Grant::project("", None, Some(*role)).to_rank()
        }
        Membership::Namespace { namespace, role } if question.resource.namespace() == Some(namespace) => {
            Grant::namespace("", None, Some(*role)).to_rank()
        }
        _ => 0,
    });
    ranks.max().unwrap_or_default()
}

#[test]
fn nobody_grants_above_their_own_rank_or_to_themselves() {
    let mut granted = 0;
    for question in questions(8).chain(questions(9)).chain(questions(10)) {
        let Some(place) = question.action.grants() else { continue };
        let Some(grant) = question.context.grant.clone().filter(|_| allowed(&question)) else { continue };
        granted += 1;
        let admin = question.principal.role == Some(InstitutionRole::InstitutionAdmin);
        let held = match (place, question.principal.role) {
            (GrantIn::Institution, Some(role)) => Grant::institution("", None, role).to_rank(),
            (GrantIn::Institution, None) => 0,
            _ if admin => i64::MAX,
            _ => rank_held(&question),
        };
        assert!(grant.to_rank() <= held, "{:#?}", question.request());
        let own = grant.target() == question.principal.id;
        assert!(!own || grant.to_rank() == 0, "{:#?}", question.request());
        assert!(own || grant.from_rank() <= held, "{:#?}", question.request());
    }
    assert!(granted > 50, "only {granted} grants were allowed");
}
