//! `PUT /marketplace/namespaces/{namespace}/members/{user_id}`.

use super::stall::Stall;
use serde_json::{Value, json};

#[test]
fn a_role_counts_at_once_and_so_does_its_loss() {
    let stall = Stall::new();
    let person = stall.joined("maintainer");
    let body = stall.body("river-models");
    person.post("/marketplace/templates", &body).expect(201);
    stall.set_role(&stall.owner, &person.user_id, json!("member")).expect(200);
    person.post("/marketplace/templates", &stall.body("lake-tools")).expect_problem(403, "forbidden");
    stall.set_role(&stall.owner, &person.user_id, Value::Null).expect(200);
    let members = stall.owner.get(&format!("/marketplace/namespaces/{}", stall.namespace)).expect(200).json();
    assert_eq!(members["members"].as_array().unwrap().len(), 1);
}

#[test]
fn the_last_owner_stays() {
    let stall = Stall::new();
    let me = stall.owner.user_id.clone();
    stall.set_role(&stall.owner, &me, Value::Null).expect_problem(409, "last_owner");
    let admin = stall.app.person("local", "institution_admin");
    stall.set_role(&admin, &me, json!("member")).expect_problem(409, "last_owner");
    let second = stall.joined("owner");
    stall.set_role(&stall.owner, &me, Value::Null).expect(200);
    stall.set_role(&second, &second.user_id.clone(), Value::Null).expect_problem(409, "last_owner");
}

#[test]
fn nobody_gives_themselves_a_role_and_only_owners_give_any() {
    let stall = Stall::new();
    let (maintainer, outsider) = (stall.joined("maintainer"), stall.app.researcher());
    for by in [&maintainer, &outsider] {
        stall.set_role(by, &by.user_id, json!("owner")).expect_problem(403, "forbidden");
        stall.set_role(by, &outsider.user_id, json!("member")).expect_problem(403, "forbidden");
    }
    let stranger = stall.app.person(&stall.app.institution(), "researcher");
    stall.set_role(&stranger, &stranger.user_id, json!("member")).expect_problem(404, "not_found");
}

#[test]
fn only_people_of_the_institution_get_a_role() {
    let stall = Stall::new();
    let stranger = stall.app.person(&stall.app.institution(), "researcher");
    for user_id in [stranger.user_id.as_str(), "usr_00000000000000000000000000"] {
        stall.set_role(&stall.owner, user_id, json!("member")).expect_problem(422, "invalid_field");
    }
}

#[test]
fn who_leaves_or_only_reads_is_a_member_at_most() {
    let stall = Stall::new();
    for role in ["external", "institution_auditor"] {
        let person = stall.app.person("local", role);
        for above in ["owner", "maintainer"] {
            let refused = stall.set_role(&stall.owner, &person.user_id, json!(above));
            assert!(refused.expect_problem(422, "invalid_field").text().contains("/role"));
        }
        stall.set_role(&stall.owner, &person.user_id, json!("member")).expect(200);
    }
}
