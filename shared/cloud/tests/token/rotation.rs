//! Keys that change, are missing, or cannot be fetched.

use crate::{
    keys::{Ed, other_key, pool_key},
    world::{POOL, World, local_header, pool_claims, pool_token, pool_token_by, with},
};
use cws_cloud::token::TokenError;
use futures::{executor::block_on, future::join_all};
use serde_json::json;

fn unknown(number: u32) -> String {
    pool_token_by(other_key(), json!({"kid": format!("forged-{number}")}), json!({}))
}

fn next_key_token() -> String {
    pool_token_by(other_key(), json!({"kid": "pool-2"}), json!({}))
}

#[test]
fn ten_thousand_unknown_keys_cause_one_fetch_in_ten_seconds() {
    let world = World::new();
    // One signature is enough: the key is looked for before it.
    let (head, rest) = unknown(0).split_once('.').map(|(h, r)| (h.to_owned(), r.to_owned())).expect("parts");
    assert!(!head.is_empty());
    let tokens: Vec<String> = (0..10_000)
        .map(|number| {
            let header = json!({"alg": "RS256", "kid": format!("forged-{number}")}).to_string();
            format!("{}.{rest}", crate::keys::encoded(header))
        })
        .collect();
    let answers = block_on(join_all(tokens.iter().map(|token| world.verifier.verify(token))));
    assert!(answers.iter().all(|answer| *answer == Err(TokenError::KeyUnknown)));
    assert_eq!(world.fetcher.asked(), 1);
    world.clock.advance_s(9);
    assert_eq!(world.verify(&tokens[1]), Err(TokenError::KeyUnknown));
    assert_eq!(world.fetcher.asked(), 1);
    world.clock.advance_s(1);
    assert_eq!(world.verify(&tokens[2]), Err(TokenError::KeyUnknown));
    assert_eq!(world.fetcher.asked(), 2);
}

#[test]
fn a_known_key_is_never_fetched_again() {
    let world = World::new();
    for _ in 0..50 {
        world.clock.advance_s(11);
        assert!(world.verify(&pool_token(json!({}))).is_ok());
    }
    assert_eq!(world.fetcher.asked(), 1);
}

#[test]
fn a_crowd_at_a_cold_start_waits_for_one_fetch() {
    let world = World::new();
    let token = pool_token(json!({}));
    let answers = block_on(join_all((0..200).map(|_| world.verifier.verify(&token))));
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(world.fetcher.asked(), 1);
}

#[test]
fn known_keys_work_through_an_outage_and_unknown_ones_are_not_the_callers_fault() {
    let world = World::new();
    assert!(world.verify(&pool_token(json!({}))).is_ok());
    world.fetcher.fails();
    world.clock.advance_s(60);
    let error = world.verify(&unknown(1)).expect_err("nobody has this key");
    assert_eq!((error.is_ours(), error), (true, TokenError::KeysUnavailable));
    assert!(world.verify(&pool_token(json!({}))).is_ok());
    assert_eq!(world.fetcher.asked(), 2);
}

#[test]
fn a_start_during_an_outage_heals_itself() {
    let world = World::new();
    world.fetcher.fails();
    assert_eq!(world.verify(&pool_token(json!({}))), Err(TokenError::KeysUnavailable));
    world.fetcher.answers(&[pool_key().jwk("pool-1")]);
    assert_eq!(world.verify(&pool_token(json!({}))), Err(TokenError::KeysUnavailable));
    world.clock.advance_s(10);
    assert!(world.verify(&pool_token(json!({}))).is_ok());
    assert_eq!(world.fetcher.asked(), 2);
}

#[test]
fn a_new_key_works_after_one_fetch_and_a_removed_one_stops() {
    let world = World::new();
    assert!(world.verify(&pool_token(json!({}))).is_ok());
    world.fetcher.answers(&[other_key().jwk("pool-2")]);
    world.clock.advance_s(10);
    assert!(world.verify(&next_key_token()).is_ok());
    assert_eq!(world.fetcher.asked(), 2);
    assert_eq!(world.verify(&pool_token(json!({}))), Err(TokenError::KeyUnknown));
}

#[test]
fn an_answer_that_is_no_key_set_changes_nothing() {
    let world = World::new();
    assert!(world.verify(&pool_token(json!({}))).is_ok());
    let huge = format!(r#"{{"keys":[],"pad":"{}"}}"#, "x".repeat(300_000));
    for body in ["", "<html>", r#"{"error":"x"}"#, "[]", &huge] {
        *world.fetcher.answer.lock().expect("lock") = Ok(body.as_bytes().to_vec());
        world.clock.advance_s(10);
        assert_eq!(world.verify(&unknown(1)), Err(TokenError::KeysUnavailable), "{body:.20}");
        assert!(world.verify(&pool_token(json!({}))).is_ok());
    }
}

#[test]
fn keys_that_are_not_for_signing_with_our_algorithms_are_left_out() {
    let strange = [
        json!({"kty": "EC", "crv": "secp256k1", "kid": "pool-1", "x": "AA", "y": "AA"}),
        json!({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256", "kid": "pool-1"}),
        with(pool_key().jwk("pool-1"), json!({"use": "enc"})),
        with(pool_key().jwk("pool-1"), json!({"alg": "RS512"})),
        with(pool_key().jwk("pool-1"), json!({"alg": "HS256"})),
        with(pool_key().jwk("pool-1"), json!({"kid": null})),
        json!("not a key"),
    ];
    for jwk in &strange {
        let world = World::new();
        world.fetcher.answers(std::slice::from_ref(jwk));
        assert_eq!(world.verify(&pool_token(json!({}))), Err(TokenError::KeyUnknown), "{jwk}");
    }
    let world = World::new();
    let mut keys = strange.to_vec();
    keys.push(with(pool_key().jwk("pool-1"), json!({"alg": null, "use": null})));
    world.fetcher.answers(&keys);
    assert!(world.verify(&pool_token(json!({}))).is_ok());
}

#[test]
fn a_key_is_used_with_its_own_algorithm_only() {
    let world = World::new();
    let ed = Ed::new(9);
    world.fetcher.answers(&[ed.jwk("pool-1")]);
    assert_eq!(world.verify(&pool_token(json!({}))), Err(TokenError::KeyUnknown));
    let header = with(local_header(), json!({"kid": "pool-1"}));
    let token = ed.sign(&header, &with(pool_claims(), json!({"iss": POOL})));
    assert_eq!(world.verify(&token), Err(TokenError::Algorithm));
}
