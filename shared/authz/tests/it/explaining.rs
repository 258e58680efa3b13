//! Explanations: the deciding policy in words, and what would have to be different.

use crate::{
    cast::{
        AUTHORIZER, AWAY, HOME, NOW, OTHER, archived, institution, project, researcher, somebody, template,
        user,
    },
    worlds::{Dice, question},
};
use cws_authz::{
    Action, Context, Explanation, Grant, InstitutionRole, Membership, Principal, ProjectRole, Request,
    Resource, Visibility,
};

fn explain(principal: &Principal, rows: &[Membership], action: Action, resource: &Resource) -> Explanation {
    let context = Context::at(NOW);
    AUTHORIZER.explain(&Request { principal, action, resource, memberships: rows, context: &context })
}

#[test]
fn a_yes_names_its_policy_in_words_and_lacks_nothing() {
    let viewer = [Membership::project("prj_own", ProjectRole::Viewer)];
    let explanation = explain(&researcher(), &viewer, Action::ProjectView, &project("prj_own", HOME));
    assert!(explanation.allowed);
    assert_eq!(explanation.policies.len(), 1);
    assert_eq!(explanation.policies[0].id, "project-read");
    assert!(explanation.policies[0].permits && explanation.policies[0].text.contains("in a project"));
    assert_eq!(explanation.missing, [] as [&str; 0]);
}

#[test]
fn a_no_names_the_lowest_role_that_would_do() {
    let viewer = [Membership::project("prj_own", ProjectRole::Viewer)];
    let explanation = explain(&researcher(), &viewer, Action::ProjectUpdate, &project("prj_own", HOME));
    assert!(!explanation.allowed && explanation.policies.is_empty());
    assert_eq!(
        explanation.missing,
        ["the role `manager` in the project", "the institution role `institution_admin`"]
    );
}

#[test]
fn a_template_asks_for_a_role_in_its_namespace() {
    let template = template("own", HOME, Visibility::Institution);
    let explanation = explain(&researcher(), &[], Action::TemplateVersionPublish, &template);
    assert_eq!(explanation.missing, ["the role `maintainer` in the namespace"]);
}

#[test]
fn a_key_asks_for_its_scope_alone_when_its_owner_may() {
    let mut key = researcher();
    key.scopes = Some(["templates:read".to_owned()].into());
    let explanation = explain(&key, &[], Action::ProjectCreate, &institution(HOME));
    assert_eq!(explanation.policies[0].id, "scope-mask");
    assert!(!explanation.policies[0].permits);
    assert_eq!(explanation.missing, ["an API key with the scope `projects:write`"]);
}

#[test]
fn a_stale_session_asks_for_signing_in_and_the_second_factor() {
    let mut admin = somebody(InstitutionRole::InstitutionAdmin);
    (admin.auth_time, admin.mfa_enrolled) = (None, true);
    let record = user(OTHER, HOME, InstitutionRole::Researcher);
    let explanation = explain(&admin, &[], Action::UserDeactivate, &record);
    let ids: Vec<_> = explanation.policies.iter().map(|policy| policy.id.as_str()).collect();
    assert_eq!(ids, ["deactivation-needs-fresh-session", "deactivation-needs-second-factor"]);
    assert_eq!(explanation.missing, ["an interactive sign-in of the last 15 minutes and the second factor"]);
}

#[test]
fn role_and_session_are_named_together_when_both_are_missing() {
    let mut guest = somebody(InstitutionRole::External);
    guest.access_expires_at = Some(NOW);
    let explanation = explain(&guest, &[], Action::ProjectView, &project("prj_own", HOME));
    assert_eq!(explanation.missing[0], "the role `viewer` in the project and access that has not ended");
}

#[test]
fn nothing_that_could_be_given_helps_against_an_archive_or_another_institution() {
    let owner = [Membership::project("prj_own", ProjectRole::Owner)];
    let closed = explain(&researcher(), &owner, Action::ProjectUpdate, &archived("prj_own", HOME));
    assert_eq!(closed.policies[0].id, "archived-project");
    assert_eq!(closed.missing, [] as [&str; 0]);
    let far = explain(&researcher(), &owner, Action::ProjectView, &project("prj_own", AWAY));
    assert_eq!(far.policies[0].id, "tenant-wall");
    assert_eq!(far.missing, [] as [&str; 0]);
}

#[test]
fn nobody_is_asked_to_sign_in() {
    let explanation = explain(&Principal::anonymous(), &[], Action::ProjectView, &project("prj_own", HOME));
    assert_eq!(explanation.missing, ["signing in"]);
}

#[test]
fn a_grant_to_oneself_lacks_nothing_that_could_be_given() {
    let owner = [Membership::project("prj_own", ProjectRole::Owner)];
    let (caller, resource) = (researcher(), project("prj_own", HOME));
    let grant = Grant::project(caller.id.clone(), Some(ProjectRole::Owner), Some(ProjectRole::Owner));
    let context = Context::granting(NOW, grant);
    let request = Request {
        principal: &caller,
        action: Action::MemberUpdate,
        resource: &resource,
        memberships: &owner,
        context: &context,
    };
    let explanation = AUTHORIZER.explain(&request);
    assert_eq!(explanation.policies[0].id, "no-grant-to-oneself");
    assert_eq!(explanation.missing, [] as [&str; 0]);
}

#[test]
fn an_explanation_answers_as_the_decision_does_and_never_names_nothing() {
    let mut dice = Dice::new(21);
    for _ in 0..150 {
        let question = question(&mut dice);
        let (decision, explanation) =
            (AUTHORIZER.decide(&question.request()), AUTHORIZER.explain(&question.request()));
        assert_eq!(decision.allowed, explanation.allowed);
        assert!(!decision.allowed || explanation.missing.is_empty());
        assert!(explanation.missing.iter().all(|way| !way.is_empty()));
        let named: Vec<_> = explanation.policies.iter().map(|policy| policy.id.clone()).collect();
        assert_eq!(named, decision.policies, "every deciding policy is put in words");
    }
}
