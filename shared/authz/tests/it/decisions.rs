//! Single decisions, and what happens when one cannot be made.

use crate::cast::{
    ACTOR, AUTHORIZER, AWAY, HOME, NOW, OTHER, archived, decide, institution, institution_id, may, project,
    researcher, somebody, template, template_of, user,
};
use cws_authz::{
    Action, Authorizer, AuthzError, Context, DecisionError, Grant, InstitutionRole, Membership,
    NamespaceRole, Principal, ProjectRole, Request, Resource, ResourceKind, Visibility,
};

const SCHEMA: &str = include_str!("../../src/schema.cedarschema");
const POLICIES: &str = include_str!("../../src/policies.cedar");

#[test]
fn an_answer_names_the_policies_that_gave_it() {
    let owner = [Membership::project("prj_own", ProjectRole::Owner)];
    let asked = |resource: &Resource| {
        decide(&researcher(), &owner, Action::ProjectUpdate, resource, &Context::at(NOW))
    };
    assert_eq!(asked(&project("prj_own", HOME)).policies, ["project-run"]);
    assert_eq!(asked(&archived("prj_own", HOME)).policies, ["archived-project"]);
    assert_eq!(asked(&project("prj_other", HOME)).policies, [] as [&str; 0]);
    assert_eq!(asked(&project("prj_own", AWAY)).policies, ["tenant-wall"]);
}

#[test]
fn an_action_asked_of_another_kind_of_resource_is_an_error_and_a_no() {
    let decision = decide(&researcher(), &[], Action::ProjectView, &institution(HOME), &Context::at(NOW));
    let expected = DecisionError::WrongResource(Action::ProjectView, ResourceKind::Institution);
    assert!(!decision.allowed);
    assert_eq!(decision.errors, [expected]);
}

#[test]
fn a_grant_that_is_missing_or_of_another_place_is_an_error_and_a_no() {
    let owner = [Membership::project("prj_own", ProjectRole::Owner)];
    let wrong = Grant::namespace(OTHER, None, Some(NamespaceRole::Member));
    for context in [Context::at(NOW), Context::granting(NOW, wrong)] {
        let decision = decide(&researcher(), &owner, Action::MemberAdd, &project("prj_own", HOME), &context);
        assert!(!decision.allowed);
        assert_eq!(decision.errors, [DecisionError::GrantUnfit(Action::MemberAdd)]);
    }
}

#[test]
fn a_grant_that_the_action_cannot_make_is_an_error_and_a_no() {
    let owner = [Membership::project("prj_own", ProjectRole::Owner)];
    let (viewer, admin) = (Some(ProjectRole::Viewer), somebody(InstitutionRole::InstitutionAdmin));
    let leaves_a_role = Grant::project(OTHER, viewer, viewer);
    let gives_none = Grant::project(OTHER, viewer, None);
    let project = project("prj_own", HOME);
    let held = Some(InstitutionRole::Researcher);
    let somebody_else = Grant::institution("usr_third", held, InstitutionRole::External);
    let not_held = Grant::institution(OTHER, None, InstitutionRole::External);
    let record = user(OTHER, HOME, InstitutionRole::Researcher);
    for (action, resource, grant) in [
        (Action::MemberRemove, &project, leaves_a_role),
        (Action::MemberAdd, &project, gives_none.clone()),
        (Action::MemberUpdate, &project, gives_none),
        (Action::UserUpdate, &record, somebody_else),
        (Action::UserUpdate, &record, not_held),
    ] {
        let decision = decide(&admin, &owner, action, resource, &Context::granting(NOW, grant));
        assert!(!decision.allowed);
        assert_eq!(decision.errors, [DecisionError::GrantUnfit(action)]);
    }
}

/// Cedar leaves a failing policy out; were that a forbid, the permits would win.
#[test]
fn a_forbid_that_fails_denies_instead_of_falling_away() {
    let failing = r#"
        @id("overflows") @description("Fails whenever it is evaluated.")
        forbid (principal, action, resource) when { context.now_ms * 9223372036854775807 > 0 };"#;
    let broken = Authorizer::from_sources(SCHEMA, &format!("{POLICIES}{failing}")).expect("it is well typed");
    for action in Action::on(ResourceKind::Institution).filter(|action| action.grants().is_none()) {
        let (principal, resource) = (somebody(InstitutionRole::InstitutionAdmin), institution(HOME));
        let context = Context::at(NOW);
        let request = Request {
            principal: &principal,
            action,
            resource: &resource,
            memberships: &[],
            context: &context,
        };
        assert!(AUTHORIZER.decide(&request).allowed, "{action} is allowed without the failing policy");
        let decision = broken.decide(&request);
        assert!(!decision.allowed, "{action}");
        assert!(matches!(decision.errors.as_slice(), [DecisionError::Evaluation(_)]), "{decision:?}");
        assert!(!broken.explain(&request).allowed);
    }
}

#[test]
fn policies_that_are_broken_unnamed_or_untyped_do_not_load() {
    let with = |text: &str| Authorizer::from_sources(SCHEMA, &format!("{POLICIES}{text}"));
    assert!(matches!(with("permit (").err(), Some(AuthzError::Policies(_))));
    assert!(matches!(with(r#"forbid (principal, action, resource);"#).err(), Some(AuthzError::Unnamed(_))));
    let untyped =
        r#"@id("x") @description("y") forbid (principal, action, resource) when { principal.salary > 0 };"#;
    assert!(matches!(with(untyped).err(), Some(AuthzError::Invalid(_))));
    let twice = r#"@id("project-read") @description("y") forbid (principal, action, resource);"#;
    assert!(matches!(with(twice).err(), Some(AuthzError::Policies(_))));
}

#[test]
fn policies_that_look_further_than_one_entity_do_not_load() {
    let schema = SCHEMA.replace("entity Institution = {", "entity Institution = { parent?: Institution,");
    let far = r#"@id("x") @description("y") forbid (principal, action, resource is Project)
        when { resource.institution has parent && resource.institution.parent has parent };"#;
    let loaded = Authorizer::from_sources(&schema, &format!("{POLICIES}{far}"));
    assert!(matches!(loaded.err(), Some(AuthzError::Invalid(_))));
}

#[test]
fn a_schema_without_one_of_the_actions_does_not_load() {
    let schema = SCHEMA.replace("action user_update appliesTo", "action user_amend appliesTo");
    let loaded = Authorizer::from_sources(&schema, "").err();
    assert!(matches!(loaded, Some(AuthzError::ActionMissing(Action::UserUpdate))), "{loaded:?}");
}

#[test]
fn access_ends_at_its_date_and_an_external_collaborator_has_none_without() {
    let viewer = [Membership::project("prj_own", ProjectRole::Viewer)];
    let mut guest = somebody(InstitutionRole::External);
    let ends_in = |guest: &mut Principal, ms: i64| {
        guest.access_expires_at = Some(cws_model::Timestamp::from_millis(NOW.millis() + ms));
        may(guest, &viewer, Action::ProjectView, &project("prj_own", HOME))
    };
    assert!(ends_in(&mut guest, 1));
    assert!(!ends_in(&mut guest, 0));
    assert!(!ends_in(&mut guest, -1));
    guest.access_expires_at = None;
    assert!(!may(&guest, &viewer, Action::ProjectView, &project("prj_own", HOME)));
}

#[test]
fn a_role_changes_only_in_a_fresh_session_with_the_second_factor_where_set_up() {
    let record = user(OTHER, HOME, InstitutionRole::Researcher);
    let context =
        |to| Context::granting(NOW, Grant::institution(OTHER, Some(InstitutionRole::Researcher), to));
    let asked = |admin: &Principal, to| decide(admin, &[], Action::UserUpdate, &record, &context(to));
    let (same, auditor) = (InstitutionRole::Researcher, InstitutionRole::InstitutionAuditor);
    let mut admin = somebody(InstitutionRole::InstitutionAdmin);
    assert!(asked(&admin, auditor).allowed);
    admin.mfa_enrolled = true;
    assert_eq!(asked(&admin, auditor).policies, ["role-change-needs-second-factor"]);
    admin.mfa = true;
    assert!(asked(&admin, auditor).allowed);
    admin.auth_time = Some(NOW.plus_seconds(-900));
    assert!(asked(&admin, auditor).allowed);
    admin.auth_time = Some(NOW.plus_seconds(-901));
    assert_eq!(asked(&admin, auditor).policies, ["role-change-needs-fresh-session"]);
    assert!(asked(&admin, same).allowed, "other fields change in any session");
    admin.auth_time = Some(NOW);
    admin.scopes = Some(["users:write".to_owned()].into());
    assert_eq!(asked(&admin, auditor).policies, ["role-change-needs-fresh-session"]);
}

#[test]
fn a_withdrawn_template_is_seen_by_its_namespace_and_those_who_answer_for_it() {
    let mut withdrawn = template_of("own", HOME, Visibility::Public);
    withdrawn.listed = false;
    let withdrawn = Resource::Template(withdrawn);
    let member = [Membership::namespace("own", NamespaceRole::Member)];
    assert!(may(&researcher(), &member, Action::TemplateView, &withdrawn));
    assert!(!may(&researcher(), &[], Action::TemplateView, &withdrawn));
    assert!(may(&somebody(InstitutionRole::InstitutionAdmin), &[], Action::TemplateView, &withdrawn));
    let stranger = Principal::of(ACTOR, institution_id(AWAY), InstitutionRole::Researcher);
    assert!(!may(&stranger, &member, Action::TemplateView, &withdrawn));
}

#[test]
fn a_publisher_does_not_review_the_own_template() {
    let public = template("own", HOME, Visibility::Public);
    let asked = |role| {
        let rows = [Membership::namespace("own", role)];
        may(&researcher(), &rows, Action::ReviewSubmit, &public)
    };
    assert!(asked(NamespaceRole::Member));
    assert!(!asked(NamespaceRole::Maintainer));
    assert!(!asked(NamespaceRole::Owner));
}

#[test]
fn permissions_list_what_the_caller_may_do_to_a_resource() {
    let manager = [Membership::project("prj_own", ProjectRole::Manager)];
    let listed = AUTHORIZER.permissions(&researcher(), &manager, &project("prj_own", HOME), NOW);
    let expected = [
        Action::ProjectView,
        Action::ProjectUpdate,
        Action::MemberList,
        Action::MemberAdd,
        Action::MemberUpdate,
        Action::MemberRemove,
    ];
    assert_eq!(listed, expected);
    assert_eq!(AUTHORIZER.permissions(&Principal::anonymous(), &manager, &project("prj_own", HOME), NOW), []);
}
