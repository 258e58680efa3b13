//! Decisions on every route: an authorizer that fails denies, and a denial leaves a line in the log.

use super::unauthenticated::path_of;
use crate::support::{
    App,
    inside::{Faulty, Inside},
};
use cws_authz::Authorizer;
use cws_local::all_routes;
use cws_route::{Access, Table};
use serde_json::json;
use std::{
    io,
    sync::{Arc, Mutex},
};

const SCHEMA: &str = include_str!("../../../shared/authz/src/schema.cedarschema");
const POLICIES: &str = include_str!("../../../shared/authz/src/policies.cedar");
/// A policy that fails whenever it is asked; it forbids, so that leaving it out would let everything through.
const FAILING: &str = r#"
    @id("overflows") @description("Fails whenever it is evaluated.")
    forbid (principal, action, resource) when { context.now_ms * 9223372036854775807 > 0 };"#;

#[test]
fn an_authorizer_that_fails_denies_on_every_route() {
    let app = App::start();
    let admin = app.person("local", "system_admin");
    let project = admin.get("/users/me").expect(200);
    let broken = Authorizer::from_sources(SCHEMA, &format!("{POLICIES}{FAILING}")).unwrap();
    let inside = Inside::new(&app, Faulty::over(&app), broken);
    let table = Table::new(all_routes()).unwrap();
    let mut denied = 0;
    for row in table.rows().iter().filter(|row| matches!(row.spec().access, Access::Action(_))) {
        let spec = row.spec();
        let path = path_of(row)
            .replace("usr_00000000000000000000000000", &app_user(&app, spec.operation_id, &admin.user_id))
            .replace("nothing-here", "local");
        let (status, body) =
            inside.send(spec.method.as_str(), &path, admin.token.as_deref(), row.route.example().as_ref());
        assert!(matches!(status, 400..=422), "{}: {status} {body}", spec.operation_id);
        denied += u32::from(matches!(status, 403 | 404));
    }
    assert!(denied >= 40, "only {denied} routes came as far as the decision");
    assert_eq!(admin.get("/users/me").expect(200).json(), project.json());
}

/// Oneself where the route is about oneself, somebody else where it is about others.
fn app_user(app: &App, operation_id: &str, me: &str) -> String {
    if operation_id.contains("preferences") { me.to_owned() } else { app.researcher().user_id }
}

/// A log that a test reads.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_denial_is_a_line_in_the_log_that_names_ids_alone() {
    let app = App::start();
    let (ada, ben) = (app.researcher(), app.researcher());
    let secret = "what nobody else should read";
    let body = json!({"name": secret, "description": secret});
    let project = ada.post("/projects", &body).expect(201).field("id");
    let inside = Inside::new(&app, Faulty::over(&app), Authorizer::new().unwrap());
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::INFO)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(log, || {
        let path = format!("/projects/{project}");
        assert_eq!(inside.send("PATCH", &path, ben.token.as_deref(), Some(&body)).0, 404);
        assert_eq!(inside.send("GET", &path, ada.token.as_deref(), None).0, 200);
    });
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let decisions: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &serde_json::Value| line["target"] == "cws::decision")
        .collect();
    assert_eq!(decisions.len(), 1, "{text}");
    let fields = &decisions[0]["fields"];
    for (name, value) in [
        ("principal", json!(ben.user_id)),
        ("action", json!("project_update")),
        ("resource", json!(project)),
        ("route", json!("project_update")),
        ("decision", json!("deny")),
    ] {
        assert_eq!(fields[name], value, "{fields}");
    }
    assert!(!text.contains(secret), "{text}");
}
