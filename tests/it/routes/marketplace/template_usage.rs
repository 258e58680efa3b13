//! `GET /marketplace/templates/{template_id}/usage`.

use super::shelf::{Publisher, download, word};
use crate::support::App;
use serde_json::json;

#[test]
fn downloads_are_counted_by_version_and_day() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, reader) = (publisher.public(), app.researcher());
    publisher.version(&id, "1.1.0");
    for version in ["1.0.0", "1.1.0"] {
        download(&reader, &id, version, None);
    }
    for version in ["1.1.0", "latest"] {
        download(&app.researcher(), &id, version, None);
    }
    let path = format!("/marketplace/templates/{id}/usage");
    let usage = publisher.who.get(&path).expect(200).json();
    assert_eq!(usage["downloads"], json!(4));
    let today = usage["to"].as_str().unwrap();
    let days = |downloads: u32| json!([{"day": today, "downloads": downloads}]);
    assert_eq!(
        usage["versions"],
        json!([
            {"version": "1.1.0", "downloads": 3, "days": days(3)},
            {"version": "1.0.0", "downloads": 1, "days": days(1)},
        ])
    );
    let before = publisher.who.get(&format!("{path}?from=2020-01-01&to=2020-01-31")).expect(200).json();
    assert_eq!((&before["downloads"], &before["versions"][0]["days"]), (&json!(4), &json!([])));
    let refused = publisher.who.get(&format!("{path}?from=2020-01-01&to=2020-04-02"));
    refused.expect_problem(400, "malformed_request");
}

#[test]
fn usage_is_for_the_namespace_and_those_who_oversee_it() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let id = publisher.public();
    let member = app.researcher();
    publisher.member(&member, Some("member"));
    let path = format!("/marketplace/templates/{id}/usage");
    for may in [member, app.person("local", "institution_admin"), app.person("local", "institution_auditor")]
    {
        may.get(&path).expect(200);
    }
    app.researcher().get(&path).expect_problem(403, "forbidden");
    let hidden = publisher.publish(&word(), &json!({"visibility": "private"}));
    app.researcher().get(&format!("/marketplace/templates/{hidden}/usage")).expect_problem(404, "not_found");
}

#[test]
fn a_person_counts_once_a_day_for_a_version_and_publishers_do_not_count() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let (id, reader, member, maintainer) =
        (publisher.public(), app.researcher(), app.researcher(), app.researcher());
    publisher.member(&member, Some("member"));
    publisher.member(&maintainer, Some("maintainer"));
    for person in [&reader, &member, &maintainer, &publisher.who] {
        for version in ["1.0.0", "latest", "1.0.0"] {
            download(person, &id, version, None);
        }
    }
    let usage = publisher.who.get(&format!("/marketplace/templates/{id}/usage")).expect(200).json();
    assert_eq!(usage["downloads"], json!(2), "the reader and the member, once each");
}
