//! Tokens that are good, and what is read from them.

use crate::world::{
    CAMPUS, NOW_S, POOL, World, campus_claims, campus_header, campus_key, local_claims, local_header,
    local_key, pool_token, with,
};
use cws_cloud::token::TokenError;
use cws_model::Timestamp;
use futures::executor::block_on;
use serde_json::json;

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

#[test]
fn an_access_token_of_a_user_pool_is_read_whole() {
    let verified = World::new().verify(&pool_token(json!({}))).expect("a good token");
    assert_eq!(verified.issuer, POOL);
    assert_eq!(verified.subject, "3f6c1e0a-1111-2222-3333-444455556666");
    assert_eq!(verified.session_id.as_deref(), Some("ses-1"));
    assert_eq!(verified.expires_at, at(NOW_S + 800));
    assert_eq!((verified.issued_at, verified.auth_time), (at(NOW_S - 100), at(NOW_S - 100)));
    assert_eq!(verified.scopes, ["cws/api", "openid"]);
    assert!(!verified.mfa && verified.institution_hint.is_none() && verified.user_hint.is_none());
}

#[test]
fn an_access_token_of_the_embedded_issuer_brings_its_hints() {
    let token = local_key().sign(&local_header(), &local_claims());
    let verified = World::new().verify(&token).expect("a good token");
    assert_eq!(verified.institution_hint.map(|slug| slug.to_string()).as_deref(), Some("uni-bern"));
    assert_eq!(verified.user_hint.map(|id| id.to_string()), Some(verified.subject));
    assert!(verified.mfa);
    assert_eq!(verified.auth_time, at(NOW_S - 50));
}

#[test]
fn an_access_token_of_another_provider_is_one_after_rfc_9068() {
    let token = campus_key().sign(&campus_header(), &campus_claims());
    let verified = World::new().verify(&token).expect("a good token");
    assert_eq!((verified.issuer.as_str(), verified.mfa), (CAMPUS, true));
    let long_form = with(campus_header(), json!({"typ": "application/at+JWT"}));
    assert!(World::new().verify(&campus_key().sign(&long_form, &campus_claims())).is_ok());
}

#[test]
fn another_provider_does_not_name_our_tenants() {
    let claims = with(
        campus_claims(),
        json!({"cws:institution": "uni-bern", "cws:user": "usr_00000000000000000000000000", "cws:mfa": true, "amr": ["pwd"]}),
    );
    let verified = World::new().verify(&campus_key().sign(&campus_header(), &claims)).expect("a good token");
    assert_eq!((verified.institution_hint, verified.user_hint, verified.mfa), (None, None, false));
}

#[test]
fn every_configured_client_is_accepted() {
    assert!(World::new().verify(&pool_token(json!({"client_id": "cli"}))).is_ok());
}

#[test]
fn a_token_works_until_the_second_before_it_expires_and_from_its_first_on() {
    let world = World::new();
    let token = pool_token(json!({"exp": NOW_S + 10, "nbf": NOW_S}));
    assert!(world.verify(&token).is_ok());
    world.clock.advance_s(9);
    assert!(world.verify(&token).is_ok());
    world.clock.advance_s(1);
    assert_eq!(world.verify(&token), Err(TokenError::Expired));
}

#[test]
fn a_token_that_was_seen_is_held_against_the_clock_again_and_reads_the_same() {
    let world = World::new();
    let token = pool_token(json!({"nbf": NOW_S}));
    let first = world.verify(&token).expect("a good token");
    assert_eq!(world.verify(&token), Ok(first.clone()));
    world.clock.advance_s(-1);
    assert_eq!(world.verify(&token), Err(TokenError::NotYetValid));
    world.clock.advance_s(1);
    assert_eq!(world.verify(&token), Ok(first));
}

#[test]
fn an_id_token_that_was_seen_is_no_bearer_token() {
    let world = World::new();
    let token = campus_key().sign(&campus_header(), &campus_claims());
    assert!(world.verify(&token).is_ok());
    assert_eq!(block_on(world.verifier.verify_id_token(&token)).err(), Some(TokenError::WrongUse));
}

#[test]
fn an_issuer_whose_clock_is_a_little_ahead_is_believed() {
    assert!(World::new().verify(&pool_token(json!({"iat": NOW_S + 60}))).is_ok());
}

#[test]
fn an_id_token_is_accepted_as_an_id_token_only() {
    let world = World::new();
    let id_token = |claims| campus_key().sign(&with(campus_header(), json!({"typ": "JWT"})), &claims);
    let good = id_token(with(campus_claims(), json!({"aud": "cws-campus"})));
    assert!(block_on(world.verifier.verify_id_token(&good)).is_ok());
    assert_eq!(world.verify(&good), Err(TokenError::WrongUse));
    let refused = [
        (id_token(with(campus_claims(), json!({"aud": "another"}))), TokenError::WrongClient),
        (id_token(with(campus_claims(), json!({"azp": "another"}))), TokenError::WrongClient),
        (id_token(with(campus_claims(), json!({"azp": null}))), TokenError::WrongClient),
        (id_token(with(campus_claims(), json!({"token_use": "access"}))), TokenError::WrongUse),
        (campus_key().sign(&campus_header(), &campus_claims()), TokenError::WrongUse),
        (pool_token(json!({"token_use": "id", "aud": "web"})), TokenError::WrongUse),
        (local_key().sign(&local_header(), &local_claims()), TokenError::WrongUse),
    ];
    for (token, why) in refused {
        assert_eq!(block_on(world.verifier.verify_id_token(&token)), Err(why));
    }
}
