//! Tokens as time goes by.

use crate::support::App;
use cws_cloud::Clock;
use cws_local::world::Setup;
use cws_model::Timestamp;
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// A clock that is moved by hand.
struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

#[test]
fn an_access_token_is_good_for_a_quarter_of_an_hour_and_a_refresh_token_for_longer() {
    let clock = Arc::new(Moved(AtomicI64::new(1_800_000_000_000)));
    let app = App::start_local(Setup { clock: clock.clone(), ..Setup::for_tests() });
    app.named_person("local", "researcher", "ada");
    let login = json!({"institution": "local", "login": "ada", "password": crate::support::app::PASSWORD});
    let session = app.anonymous().post("/auth/sessions", &login).expect(201);
    let ada = app.anonymous().with_token(&session.field("access_token"));
    clock.0.fetch_add(14 * 60_000, Ordering::Relaxed);
    ada.get("/users/me").expect(200);
    clock.0.fetch_add(2 * 60_000, Ordering::Relaxed);
    ada.get("/users/me").expect_problem(401, "unauthenticated");
    let refresh = json!({"refresh_token": session.field("refresh_token")});
    let next = app.anonymous().post("/auth/sessions/refresh", &refresh).expect(200);
    ada.with_token(&next.field("access_token")).get("/users/me").expect(200);
}
