//! Every route, without and with bad credentials.

use crate::support::{App, Caller};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cws_local::{all_routes, world::Setup};
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

/// A good token's claims under another header, unsigned or with the signature that it had.
fn reheaded(good: &str, header: &str, keep_signature: bool) -> String {
    let mut parts = good.split('.').skip(1);
    let (claims, signature) = (parts.next().unwrap(), parts.next().unwrap());
    let signature = if keep_signature { signature } else { "" };
    format!("{}.{claims}.{signature}", URL_SAFE_NO_PAD.encode(header))
}

/// A good token's claims, signed with the public key as if it were a shared secret.
fn confused(app: &App, good: &str) -> String {
    let keys = app.anonymous().get("/.well-known/jwks.json").expect(200).json();
    let public = URL_SAFE_NO_PAD.decode(keys["keys"][0]["x"].as_str().unwrap()).unwrap();
    let kid = keys["keys"][0]["kid"].as_str().unwrap();
    let unsigned = reheaded(good, &format!(r#"{{"alg":"HS256","typ":"JWT","kid":"{kid}"}}"#), false);
    let message = unsigned.trim_end_matches('.');
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &public), message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag))
}

#[test]
fn a_bad_token_is_no_token() {
    let (app, elsewhere) = (App::start(), App::start_local(Setup::for_tests()));
    let table = Table::new(all_routes()).unwrap();
    let good = app.researcher().token.unwrap();
    app.anonymous().with_token(&good).get("/users/me").expect(200);
    let bad = [
        ("cut", good[..good.len() - 1].to_owned()),
        ("alg none", reheaded(&good, r#"{"alg":"none","typ":"JWT"}"#, false)),
        ("alg none, signature kept", reheaded(&good, r#"{"alg":"none"}"#, true)),
        ("public key as secret", confused(&app, &good)),
        ("another issuer's", elsewhere.researcher().token.unwrap()),
        ("no token", "x".to_owned()),
        ("not the operator's key", format!("cwsop_{}", "A".repeat(43))),
    ];
    for (what, token) in bad {
        let caller = app.anonymous().with_token(&token);
        for row in table.rows().iter().filter(|row| matches!(row.spec().access, Access::Action(_))) {
            assert_eq!(call(&caller, row).status, 401, "{} with {what}", row.spec().operation_id);
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
