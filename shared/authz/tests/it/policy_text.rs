//! What is required of the policies and the schema as texts.

use crate::{
    cast::AUTHORIZER,
    worlds::{Dice, question},
};
use cedar_policy::{ActionConstraint, Effect, Entities, ValidationMode, Validator};
use cws_authz::{Action, ResourceKind};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn the_policies_are_valid_in_strict_mode_at_level_1() {
    let validator = Validator::new(AUTHORIZER.schema().clone());
    let verdict = validator.validate_with_level(AUTHORIZER.policies(), ValidationMode::Strict, 1);
    let errors: Vec<_> = verdict.validation_errors().map(ToString::to_string).collect();
    let warnings: Vec<_> = verdict.validation_warnings().map(ToString::to_string).collect();
    assert!(errors.is_empty() && warnings.is_empty(), "{errors:#?} {warnings:#?}");
}

#[test]
fn every_permit_names_its_actions() {
    let known: BTreeSet<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
    for policy in AUTHORIZER.policies().policies().filter(|policy| policy.effect() == Effect::Permit) {
        let actions = match policy.action_constraint() {
            ActionConstraint::Any => panic!("`{}` permits every action", policy.id()),
            ActionConstraint::Eq(action) => vec![action],
            ActionConstraint::In(actions) => actions,
        };
        assert!(!actions.is_empty(), "`{}` permits nothing", policy.id());
        for action in actions {
            assert!(known.contains(action.id().unescaped()), "`{}` permits `{action}`", policy.id());
        }
    }
}

#[test]
fn no_policy_grants_by_exclusion() {
    for policy in AUTHORIZER.policies().policies().filter(|policy| policy.effect() == Effect::Permit) {
        let text = policy.to_string();
        let body = text.split_once("permit").map_or("", |(_, body)| body);
        assert!(!body.contains("unless") && !body.contains('!'), "`{}` grants by exclusion", policy.id());
    }
}

#[test]
fn there_are_no_templates_to_link() {
    assert_eq!(AUTHORIZER.policies().templates().count(), 0);
}

#[test]
fn the_schema_has_the_actions_of_the_product_each_on_its_kind_of_resource() {
    let mut declared: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for environment in AUTHORIZER.schema().request_envs() {
        let resource = environment.resource().to_string();
        declared.entry(environment.action().id().unescaped().to_owned()).or_default().insert(resource);
    }
    let expected = Action::ALL.iter().map(|action| {
        (action.as_str().to_owned(), BTreeSet::from([action.resource_kind().entity_type().to_owned()]))
    });
    assert_eq!(declared, expected.collect());
    assert_eq!(AUTHORIZER.schema().action_groups().count(), 0, "policies are sorted by action at load");
}

#[test]
fn the_names_of_actions_read_back_and_are_the_same_in_json() {
    for action in Action::ALL {
        assert_eq!(Action::parse(action.as_str()), Some(*action));
        assert_eq!(serde_json::to_string(action).expect("it serializes"), format!("\"{action}\""));
    }
    assert_eq!(Action::parse("everything"), None);
}

#[test]
fn every_kind_of_resource_has_actions() {
    for kind in ResourceKind::ALL {
        assert!(Action::on(*kind).count() > 0, "{kind:?}");
    }
}

#[test]
fn the_entities_of_every_question_fit_the_schema() {
    let mut dice = Dice::new(7);
    let mut fitted = 0;
    while fitted < 500 {
        let question = question(&mut dice);
        let Ok(entities) = AUTHORIZER.entities(&question.request()) else { continue };
        let checked = Entities::from_entities(entities, Some(AUTHORIZER.schema()));
        assert!(checked.is_ok(), "{:#?}: {:#?}", question.request(), checked.err());
        fitted += 1;
    }
}

#[test]
fn a_scope_names_a_subject_and_whether_it_writes() {
    for action in Action::ALL {
        let Some(scope) = action.scope() else { continue };
        let (subject, mode) = scope.split_once(':').expect("subject:mode");
        assert!(!subject.is_empty() && ["read", "write"].contains(&mode), "{scope}");
        let reads =
            ["view", "list", "read", "check", "download"].iter().any(|end| action.as_str().ends_with(end));
        assert_eq!(mode == "read", reads, "`{action}` has the scope `{scope}`");
    }
}
