//! `POST /auth/sessions/exchange`, end to end: a login service on this machine, and people who come in by it.

use super::{fresh_name, new_user, record, sign_in};
use crate::support::{App, Reply, app::PASSWORD};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cws_cloud::{
    Clock,
    identity::{Secret, oidc::OidcLogin},
    token::{IssuerKind, KeySource, TokenAlgorithm, TrustedIssuer},
};
use cws_embedded::system::SystemClock;
use cws_local::{login_file::LoginService, world::Setup};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

const BACK: &str = "http://localhost:3000/signed-in";

/// A login service on loopback: answers an ID token of the claims that the test set, for one code.
struct Campus {
    address: String,
    claims: Arc<Mutex<Value>>,
}

fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap()
}

fn jwks() -> Value {
    let x = URL_SAFE_NO_PAD.encode(key().public_key().as_ref());
    json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "campus-1", "x": x}]})
}

fn token(kind: &str, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed =
        format!("{}.{}", part(&json!({"alg": "EdDSA", "kid": "campus-1", "typ": kind})), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key().sign(signed.as_bytes()).as_ref());
    format!("{signed}.{signature}")
}

impl Campus {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let claims = Arc::new(Mutex::new(Value::Null));
        let answered = claims.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &answered.lock().unwrap());
            }
        });
        let campus = Self { address, claims };
        campus.says("campus-4711", &[]);
        campus
    }

    /// What the next ID token says.
    fn says(&self, subject: &str, more: &[(&str, Value)]) {
        let now_s = SystemClock.now().seconds();
        let mut claims = json!({
            "iss": self.address, "sub": subject, "aud": "cws-campus", "iat": now_s, "exp": now_s + 300,
            "auth_time": now_s - 20, "email": "shared@example.org",
        });
        for (name, value) in more {
            claims[*name] = value.clone();
        }
        *self.claims.lock().unwrap() = claims;
    }

    fn service(&self, institution: &str) -> LoginService {
        let login = OidcLogin {
            institution: institution.parse().unwrap(),
            issuer: self.address.clone(),
            client_id: "cws-campus".to_owned(),
            client_secret: Some(Secret::new("campus secret")),
            token_url: format!("{}/token", self.address),
            redirect_uris: vec![BACK.to_owned()],
        };
        LoginService { login, keys: KeySource::Url(format!("{}/keys", self.address)) }
    }
}

fn serve(mut stream: TcpStream, claims: &Value) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut form = vec![0; length];
    reader.read_exact(&mut form).unwrap();
    let form = String::from_utf8(form).unwrap();
    let good = form.contains("code=good-code")
        && form.contains("code_verifier=verifier")
        && form.contains("client_secret=campus");
    let (status, body) = match first.split(' ').nth(1) {
        Some("/keys") => (200, jwks()),
        Some("/token") if good => (200, json!({"id_token": token("JWT", claims), "token_type": "Bearer"})),
        _ => (400, json!({"error": "invalid_grant"})),
    };
    let body = body.to_string();
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
}

fn exchange(app: &App, institution: &str, code: &str) -> Reply {
    let body =
        json!({"institution": institution, "code": code, "redirect_uri": BACK, "code_verifier": "verifier"});
    app.anonymous().post("/auth/sessions/exchange", &body)
}

fn known_as(name: &str, issuer: &str, subject: &str) -> Value {
    let mut body = new_user(name, "researcher");
    body["external_identity"] = json!({"issuer": issuer, "subject": subject});
    body
}

fn start(campus: &Campus) -> App {
    App::start_local(Setup { logins: vec![campus.service("local")], ..Setup::for_tests() })
}

#[test]
fn a_person_signs_in_with_a_code_of_the_institutions_login_service() {
    let campus = Campus::open();
    let app = start(&campus);
    let name = fresh_name("ada");
    let made =
        app.operator().post("/users/registry", &known_as(&name, &campus.address, "campus-4711")).expect(201);
    assert_eq!(made.json()["setup_token"], json!(null));
    exchange(&app, "local", "bad-code").expect_problem(401, "sign_in_rejected");
    let opened = exchange(&app, "local", "good-code").expect(201);
    assert_eq!(opened.field("user_id"), made.field("id"));
    let ada = app.anonymous().with_token(&opened.field("access_token"));
    assert_eq!(ada.get("/users/me").expect(200).field("username"), name);
    let next = json!({"refresh_token": opened.field("refresh_token")});
    app.anonymous().post("/auth/sessions/refresh", &next).expect(200);
    sign_in(&app, &name, PASSWORD).expect_problem(401, "sign_in_rejected");
    app.operator().post(&format!("{}/deactivate", record(&made.field("id"))), &json!({})).expect(200);
    exchange(&app, "local", "good-code").expect_problem(401, "sign_in_rejected");
}

#[test]
fn a_sign_in_of_unknown_age_is_not_fresh() {
    let campus = Campus::open();
    let app = start(&campus);
    let body = known_as(&fresh_name("ada"), &campus.address, "campus-4711");
    app.operator().post("/users/registry", &body).expect(201);
    let enroll = |opened: Reply| {
        app.anonymous().with_token(&opened.expect(201).field("access_token")).post("/auth/mfa", &json!({}))
    };
    enroll(exchange(&app, "local", "good-code")).expect(200);
    campus.says("campus-4711", &[("auth_time", json!(null))]);
    enroll(exchange(&app, "local", "good-code")).expect_problem(403, "forbidden");
}

#[test]
fn an_equal_address_makes_nobody_somebody_else() {
    let (campus, other) = (Campus::open(), Campus::open());
    let (home, away) = ("local", "uni-b");
    let logins = vec![campus.service(home), other.service(away)];
    let app = App::start_local(Setup { logins, ..Setup::for_tests() });
    app.operator().post("/institutions", &json!({"id": away, "name": "B"})).expect(201);
    let mut here = known_as("ada", &campus.address, "campus-4711");
    let mut there = known_as("ada", &other.address, "campus-4711");
    for body in [&mut here, &mut there] {
        body["email"] = json!("shared@example.org");
    }
    there["institution"] = json!(away);
    let here = app.operator().post("/users/registry", &here).expect(201).field("id");
    // Somebody with the address, whom nobody registered there.
    exchange(&app, away, "good-code").expect_problem(401, "sign_in_rejected");
    let there = app.operator().post("/users/registry", &there).expect(201).field("id");
    assert_eq!(exchange(&app, home, "good-code").expect(201).field("user_id"), here);
    assert_eq!(exchange(&app, away, "good-code").expect(201).field("user_id"), there);
    campus.says("campus-4712", &[]);
    exchange(&app, home, "good-code").expect_problem(401, "sign_in_rejected");
    let again = known_as(&fresh_name("ben"), &campus.address, "campus-4711");
    let refused = app.operator().post("/users/registry", &again).expect_problem(409, "login_taken");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/external_identity/subject");
}

#[test]
fn an_issuer_whose_tokens_are_trusted_lets_its_people_call() {
    let campus = Campus::open();
    let trusted = TrustedIssuer {
        issuer: campus.address.clone(),
        kind: IssuerKind::Oidc,
        client_ids: vec!["cws-api".to_owned()],
        algorithms: vec![TokenAlgorithm::EdDsa],
        keys: KeySource::Url(format!("{}/keys", campus.address)),
    };
    let app = App::start_local(Setup { trusted: vec![trusted], ..Setup::for_tests() });
    campus.says("campus-4711", &[("aud", json!("cws-api"))]);
    let bearer = token("at+jwt", &campus.claims.lock().unwrap());
    let ada = app.anonymous().with_token(&bearer);
    ada.get("/users/me").expect_problem(401, "unauthenticated");
    let body = known_as(&fresh_name("ada"), &campus.address, "campus-4711");
    let made = app.operator().post("/users/registry", &body).expect(201).field("id");
    assert_eq!(ada.get("/users/me").expect(200).field("id"), made);
    app.operator().post(&format!("{}/deactivate", record(&made)), &json!({})).expect(200);
    ada.get("/users/me").expect_problem(401, "unauthenticated");
}

#[test]
fn keys_that_cannot_be_had_are_not_the_callers_fault() {
    let gone = TrustedIssuer {
        issuer: "https://login.example.org".to_owned(),
        kind: IssuerKind::Oidc,
        client_ids: vec!["cws-api".to_owned()],
        algorithms: vec![TokenAlgorithm::EdDsa],
        keys: KeySource::Url("http://127.0.0.1:1/keys".to_owned()),
    };
    let app = App::start_local(Setup { trusted: vec![gone], ..Setup::for_tests() });
    let bearer = token("at+jwt", &json!({"iss": "https://login.example.org", "sub": "x"}));
    let answer = app.anonymous().with_token(&bearer).get("/users/me").expect_problem(503, "unavailable");
    assert!(answer.header("retry-after").is_some());
}

#[test]
fn where_no_login_service_is_configured_the_field_is_named() {
    let app = App::start();
    let refused = exchange(&app, "local", "good-code").expect_problem(409, "not_configured");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/institution");
    let body = known_as(&fresh_name("ada"), "https://login.example.org", "x");
    let refused = app.operator().post("/users/registry", &body).expect_problem(409, "not_configured");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/external_identity/issuer");
    let name = body["username"].as_str().unwrap();
    app.operator().post("/users/registry", &new_user(name, "researcher")).expect(201);
}
