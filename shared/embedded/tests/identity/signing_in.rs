//! Sessions that are opened, what their tokens say, and where the issuer refuses to run.

use crate::world::{
    FakeClock, ISSUER, PASSWORD, START_S, World, ada_subject, bern, config, entropy, login, user,
};
use cws_cloud::identity::{Identity, Secret, SignInError};
use cws_embedded::identity::{EmbeddedIssuer, IssuerConfig, IssuerError, TokenKey};
use cws_model::Timestamp;
use std::sync::Arc;

#[tokio::test]
async fn an_access_token_says_who_where_and_until_when() {
    let world = World::with_ada().await;
    let tokens = world.sign_in().await;
    let verified = world.verifier().verify(tokens.access_token.expose()).await.expect("a good token");
    assert_eq!((verified.issuer.as_str(), verified.subject), (ISSUER, ada_subject()));
    assert_eq!(verified.session_id, Some(tokens.session_id));
    assert_eq!((verified.institution_hint, verified.user_hint), (Some(bern()), Some(user(1))));
    assert_eq!(verified.auth_time, Timestamp::from_millis(START_S * 1000));
    assert_eq!(verified.expires_at, verified.issued_at.plus_seconds(900));
    assert_eq!(
        (tokens.token_type, tokens.expires_in_s, tokens.mfa, verified.mfa),
        ("Bearer", 900, false, false)
    );
    world.clock.advance_s(900);
    assert!(world.verifier().verify(tokens.access_token.expose()).await.is_err());
}

#[tokio::test]
async fn the_public_keys_verify_the_tokens_and_are_public_only() {
    let world = World::with_ada().await;
    let jwks = world.issuer.jwks().await.expect("keys");
    let key = &jwks["keys"][0];
    assert_eq!(
        (key["kty"].as_str(), key["alg"].as_str(), key["use"].as_str()),
        (Some("OKP"), Some("EdDSA"), Some("sig"))
    );
    assert!(key["d"].is_null());
}

#[tokio::test]
async fn an_unknown_login_looks_like_a_wrong_password() {
    let world = World::with_ada().await;
    let long = "x".repeat(5000);
    for name in ["nobody", "ada ", " ada", "", "ada\0", "a/d/a", "#", &long] {
        assert_eq!(world.try_sign_in(name, PASSWORD).await, Err(SignInError::Rejected), "{name:.20}");
    }
    for password in ["", "wrong", "Correct horse battery", &format!("{PASSWORD} "), &long] {
        assert_eq!(world.try_sign_in("ada", password).await, Err(SignInError::Rejected));
    }
}

#[tokio::test]
async fn a_login_belongs_to_its_institution() {
    let world = World::with_ada().await;
    let elsewhere = cws_cloud::identity::Login { institution: "eth".parse().expect("slug"), ..login("ada") };
    let answer = world.issuer.sign_in(&elsewhere, &Secret::new(PASSWORD), None).await;
    assert_eq!(answer, Err(SignInError::Rejected));
}

#[tokio::test]
async fn an_unneeded_code_is_not_looked_at() {
    let world = World::with_ada().await;
    assert!(world.sign_in_with("000000").await.is_ok());
}

#[tokio::test]
async fn the_issuer_does_not_run_inside_lambda_nor_openly_on_a_network() {
    let world = World::new();
    let build = |config: IssuerConfig| {
        let key = TokenKey::from_seed(&[7; 32]).expect("key");
        EmbeddedIssuer::new(Arc::clone(&world.store), FakeClock::new(), entropy(), key, config).map(drop)
    };
    let listen = |address: &str| Some(address.parse().expect("address"));
    assert_eq!(build(IssuerConfig { inside_lambda: true, ..config() }), Err(IssuerError::InsideLambda));
    let both = IssuerConfig { inside_lambda: true, allow_remote: true, ..config() };
    assert_eq!(build(both), Err(IssuerError::InsideLambda));
    for address in ["0.0.0.0:80", "192.168.1.2:80", "[::]:80", "[::ffff:10.0.0.1]:80"] {
        let config = IssuerConfig { listen: listen(address), ..config() };
        assert!(matches!(build(config.clone()), Err(IssuerError::Remote(_))), "{address}");
        assert_eq!(build(IssuerConfig { allow_remote: true, ..config }), Ok(()), "{address}");
    }
    for address in ["127.0.0.1:80", "127.8.8.8:80", "[::1]:80", "[::ffff:127.0.0.1]:80"] {
        assert_eq!(build(IssuerConfig { listen: listen(address), ..config() }), Ok(()), "{address}");
    }
}
