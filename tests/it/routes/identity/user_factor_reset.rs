//! `POST /users/registry/{user_id}/factor/reset`.

use super::{Person, authenticator::turn_on, record};
use crate::support::app::PASSWORD;
use serde_json::json;

#[test]
fn who_lost_the_factor_signs_in_with_the_password_alone_and_sets_up_another() {
    let person = Person::new();
    let secured = turn_on(&person);
    let admin = person.app.person("local", "institution_admin");
    let path = format!("{}/factor/reset", record(&person.caller.user_id));
    admin.post(&path, &json!({})).expect(200);
    secured.caller.get("/users/me").expect_problem(401, "unauthenticated");
    let opened = person.sign_in(PASSWORD).expect(201);
    assert_eq!(opened.json()["mfa"], json!(false));
    assert_ne!(turn_on(&person).secret, secured.secret);
    let auditor = person.app.person("local", "institution_auditor");
    let records = auditor.all(&format!("/audit?subject={}", person.caller.user_id));
    assert!(records.iter().any(|record| record["action"] == "user.factor_reset"), "{records:#?}");
}

#[test]
fn nobody_takes_off_their_own_factor_or_one_above_them() {
    let person = Person::new();
    let path = |user_id: &str| format!("{}/factor/reset", record(user_id));
    let (admin, boss) =
        (person.app.person("local", "institution_admin"), person.app.person("local", "system_admin"));
    for (by, whose) in [(&admin, &boss), (&admin, &admin), (&boss, &boss), (&person.caller, &person.caller)] {
        by.post(&path(&whose.user_id), &json!({})).expect_problem(403, "forbidden");
    }
    person.caller.post(&path(&admin.user_id), &json!({})).expect_problem(404, "not_found");
    person.app.operator().post(&path(&person.caller.user_id), &json!({})).expect(200);
}
