//! What runs in process or needs a process of its own, why, and which deployed test stands beside it.
//!
//! A deployment has no clock to move, no process to kill and no file to look into. `tests/e2e` holds what every
//! deployment answers; `tests/it/contract/mirror.rs` holds this list to the files that there are.

/// One row.
pub struct Beside {
    /// Beginning of the names of test files, relative to `tests/it`.
    pub files: &'static str,
    /// Why they look inside.
    pub why: &'static str,
    /// The test in `tests/e2e` that holds of a deployment what can be held there; or why there is none.
    pub deployed: Result<&'static str, &'static str>,
}

const fn row(files: &'static str, why: &'static str, deployed: Result<&'static str, &'static str>) -> Beside {
    Beside { files, why, deployed }
}

/// The list.
pub const BESIDE: &[Beside] = &[
    row("inside/command_line", "starts the program", Err("a deployment has no command line")),
    row(
        "inside/crash",
        "kills the program",
        Ok("marketplace::the_same_request_twice_publishes_once_and_answers_the_same"),
    ),
    row("inside/doors", "needs the program's own CORS and host names", Err("API Gateway has those")),
    row(
        "inside/limits",
        "waits for limits of its own choosing",
        Ok("refusals::a_body_over_the_limit_is_413"),
    ),
    row(
        "inside/readme",
        "types README into a shell",
        Ok("marketplace::an_author_publishes_and_a_colleague_reads_it"),
    ),
    row(
        "inside/restart",
        "stops the program and edits its files",
        Ok("events::what_was_done_is_in_the_signed_audit_log_a_minute_later"),
    ),
    row("inside/start_and_stop", "sends signals", Err("Lambda starts and stops functions")),
    row("inside/storage_full", "limits the store", Err("DynamoDB grows")),
    row("inside/token_expiry", "moves the clock", Ok("refusals::nobody_and_a_forged_token_are_401")),
    row(
        "flows/first_walk",
        "ships the templates of the program",
        Ok("marketplace::what_is_published_is_found_a_little_later"),
    ),
    row(
        "matrix/examples",
        "reads the letters that a laptop keeps in a file",
        Ok("identity::a_person_sees_their_own_record_with_its_etag"),
    ),
    row(
        "matrix/unauthenticated",
        "takes a token of another issuer",
        Ok("refusals::nobody_and_a_forged_token_are_401"),
    ),
    row("flows/background", "looks at the work beside requests", Err("EventBridge and queues do that work")),
    row("routes/identity/mfa_enroll", "moves the clock", Err("Cognito keeps its own second factor")),
    row(
        "routes/identity/password_change",
        "reads the letters that a laptop keeps in a file",
        Err("Cognito sends its own letters"),
    ),
    row(
        "routes/identity/session_exchange",
        "brings a login service along",
        Err("Cognito exchanges codes there"),
    ),
    row(
        "routes/identity/user_update",
        "moves the clock",
        Ok("identity::a_person_sees_their_own_record_with_its_etag"),
    ),
    row(
        "routes/marketplace/namespace_create",
        "starts with the shipped templates",
        Err("none are shipped there"),
    ),
    row(
        "routes/marketplace/template_list_rebuild",
        "takes the index away",
        Ok("marketplace::what_is_published_is_found_a_little_later"),
    ),
    row(
        "routes/marketplace/template_log_checkpoint",
        "reads a whole log, so nobody else may write it",
        Ok("events::what_was_done_is_in_the_signed_audit_log_a_minute_later"),
    ),
    row(
        "routes/marketplace/template_publish",
        "looks into the store",
        Ok("marketplace::of_racing_publishers_of_one_name_one_wins"),
    ),
    row(
        "routes/marketplace/template_log_tile",
        "reads a whole log, so nobody else may write it",
        Ok("events::what_was_done_is_in_the_signed_audit_log_a_minute_later"),
    ),
    row("routes/marketplace/template_validate", "brings its own tools", Err("no tools read scripts there")),
    row(
        "routes/marketplace/trust_root_view",
        "looks at what is not public yet",
        Err("others have published there"),
    ),
    row("routes/marketplace/template_trending", "moves the clock", Err("trends take days")),
    row("routes/marketplace/template_version_verify", "edits what is stored", Err("nobody edits rows there")),
    row("routes/projects/project_create", "breaks the store", Err("a deployment has no fault hook")),
    row("routes/projects/store_reads", "counts reads", Err("a deployment does not tell")),
];
