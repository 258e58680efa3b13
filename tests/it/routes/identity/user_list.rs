//! `GET /users/registry`.

use super::{fresh_name, new_user, record};
use crate::support::{App, Caller};
use serde_json::json;

fn ids(caller: &Caller, path: &str) -> Vec<String> {
    caller.all(path).iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn paging_shows_everybody_once() {
    let app = App::start();
    let home = app.institution();
    let admin = app.person(&home, "institution_admin");
    let mut made = vec![admin.user_id.clone()];
    for _ in 0..120 {
        let body = new_user(&fresh_name("many"), "researcher");
        made.push(admin.post("/users/registry", &body).expect(201).field("id"));
    }
    made.sort_unstable();
    assert_eq!(ids(&admin, "/users/registry"), made);
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = admin.get(&format!("/users/registry?limit=9{cursor}")).expect(200).json();
        paged.extend(
            page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, made);
}

#[test]
fn people_are_found_by_role_status_and_text() {
    let app = App::start();
    let home = app.institution();
    let admin = app.person(&home, "institution_admin");
    let (ada, ben) = (app.person(&home, "researcher"), app.person(&home, "institution_auditor"));
    let name = fresh_name("zuse");
    let mut body = new_user(&name, "researcher");
    body["full_name"] = json!("Konrad ZÜSE");
    let konrad = admin.post("/users/registry", &body).expect(201).field("id");
    admin.post(&format!("{}/deactivate", record(&ada.user_id)), &json!({})).expect(200);
    let found = |query: &str| ids(&admin, &format!("/users/registry?{query}"));
    assert_eq!(found("role=institution_auditor"), [ben.user_id.clone()]);
    assert_eq!(found("status=deactivated"), [ada.user_id.clone()]);
    assert_eq!(found("role=researcher&status=active"), [konrad.clone()]);
    for q in [name.clone(), name.to_uppercase(), format!("{name}@EXAMPLE"), "z%C3%BCse".to_owned()] {
        assert_eq!(found(&format!("q={q}")), [konrad.clone()], "{q}");
    }
    assert!(found("q=nobody-at-all").is_empty());
    for bad in ["role=king", "status=x", "limit=0", "limit=1000", "colour=red"] {
        admin.get(&format!("/users/registry?{bad}")).expect_problem(400, "malformed_request");
    }
}

#[test]
fn administrators_list_their_own_institution_and_system_administrators_any() {
    let app = App::start();
    let (home, elsewhere) = (app.institution(), app.institution());
    let admin = app.person(&home, "institution_admin");
    let far = app.person(&elsewhere, "researcher");
    let path = format!("/users/registry?institution={elsewhere}");
    let hidden = admin.get(&path).expect_problem(404, "not_found");
    let missing = admin.get("/users/registry?institution=never-was").expect_problem(404, "not_found");
    assert_eq!(super::said(&hidden), super::said(&missing));
    assert_eq!(ids(&app.operator(), &path), [far.user_id.clone()]);
    assert_eq!(ids(&app.person("local", "system_admin"), &path), [far.user_id.clone()]);
    assert!(!ids(&admin, "/users/registry").contains(&far.user_id));
    far.get("/users/registry").expect_problem(403, "forbidden");
}

#[test]
fn a_list_shows_what_the_view_shows_but_for_projects() {
    let app = App::start();
    let home = app.institution();
    let admin = app.person(&home, "institution_admin");
    app.person(&home, "researcher");
    for item in admin.all("/users/registry") {
        let one = admin.get(&record(item["id"].as_str().unwrap())).expect(200).json();
        for member in
            ["id", "username", "email", "role", "status", "created_at", "updated_at", "last_active_at"]
        {
            assert_eq!(item[member], one[member]);
        }
        assert!(item["last_active_at"].is_string() && item["projects"].is_null(), "{item}");
    }
}
