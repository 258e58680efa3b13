//! The letters that a laptop wrote for its operator, who stands in for a mail server.

use super::Person;
use crate::support::{App, Reply};
use serde_json::json;
use std::fs;

/// All letters so far.
pub(super) fn letters(app: &App) -> String {
    fs::read_to_string(app.world().operator.path.with_file_name("mail.log")).unwrap_or_default()
}

/// The reset tokens that were mailed.
pub(super) fn mailed(person: &Person) -> Vec<String> {
    letters(&person.app).lines().filter(|line| line.starts_with("cwsrp_")).map(str::to_owned).collect()
}

/// Asks for a reset.
pub(super) fn ask(person: &Person, login: &str) -> Reply {
    person.app.anonymous().post("/auth/password/reset", &json!({"institution": "local", "login": login}))
}

/// Sets a password with a reset token.
pub(super) fn confirm(person: &Person, token: &str, password: &str) -> Reply {
    person
        .app
        .anonymous()
        .post("/auth/password/reset/confirm", &json!({"token": token, "password": password}))
}
