//! Every route, without and with bad credentials.

use crate::support::{App, Caller};
use cws_local::all_routes;
use cws_route::{Access, Table, table::Row};

/// A path of the route, with ids that belong to nothing.
pub(super) fn path_of(row: &Row) -> String {
    let fill = |name: &str| match name {
        "user_id" => "usr_00000000000000000000000000",
        "project_id" => "prj_00000000000000000000000000",
        "template_id" => "tpl_00000000000000000000000000",
        "review_id" => "rev_00000000000000000000000000",
        "key_id" => "pky_00000000000000000000000000",
        "audit_id" => "aud_00000000000000000000000000",
        "version" => "1.0.0",
        "path+" => "0/000",
        _ => "nothing-here",
    };
    row.spec()
        .full_path()
        .split('/')
        .map(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')).map_or(part, fill))
        .collect::<Vec<_>>()
        .join("/")
}

/// A call of the route with its own example.
pub(super) fn call(caller: &Caller, row: &Row) -> crate::support::Reply {
    let body = row.route.example().map(|example| example.to_string().into_bytes());
    let headers = [("content-type", "application/json"), ("if-match", "*")];
    caller.send(row.spec().method.as_str(), &path_of(row), &headers, body.as_deref())
}

#[test]
fn without_a_token_every_route_that_is_not_open_answers_401() {
    let app = App::start();
    let table = Table::new(all_routes()).unwrap();
    for row in table.rows().iter().filter(|row| matches!(row.spec().access, Access::Action(_))) {
        let reply = call(&app.anonymous(), row);
        assert_eq!(reply.status, 401, "{}: {}", row.spec().operation_id, reply.text());
        assert!(reply.header("www-authenticate").is_some(), "{}", row.spec().operation_id);
    }
}

#[test]
fn a_bad_token_is_no_token() {
    let app = App::start();
    let table = Table::new(all_routes()).unwrap();
    let good = app.researcher().token.unwrap();
    let mut cut = good.clone();
    cut.pop();
    let none = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.";
    for bad in [cut.as_str(), none, "x", "cwsop_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let caller = app.anonymous().with_token(bad);
        for row in table.rows().iter().filter(|row| matches!(row.spec().access, Access::Action(_))).step_by(7)
        {
            assert_eq!(call(&caller, row).status, 401, "{} with {bad}", row.spec().operation_id);
        }
    }
}

#[test]
fn nobody_gets_a_server_error_out_of_ids_that_lead_nowhere() {
    let app = App::start();
    let table = Table::new(all_routes()).unwrap();
    for caller in [app.researcher(), app.person("local", "institution_admin"), app.operator()] {
        for row in table.rows() {
            let reply = call(&caller, row);
            assert!(reply.status < 500, "{}: {} {}", row.spec().operation_id, reply.status, reply.text());
        }
    }
}
