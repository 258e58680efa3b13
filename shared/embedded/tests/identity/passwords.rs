//! Setup tokens, resets, changes.

use crate::world::{OTHER_PASSWORD, PASSWORD, World, ada, ada_subject, login};
use cws_cloud::identity::{
    Delivery, Identity, IdentityError, OneTimeToken, PasswordFault, Secret, SignInError,
};
use std::sync::Arc;

async fn reset_token(world: &World) -> OneTimeToken {
    match world.issuer.reset_request(&login("Ada@example.org")).await.expect("request") {
        Delivery::Handed { reset, email, .. } => {
            assert_eq!(email.as_str(), "Ada@Example.org");
            reset
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_uses_of_one_setup_token_one_wins() {
    let world = World::new();
    let token = world.register(&ada()).await.setup.expect("token").token;
    let tasks = (0..100).map(|number| {
        let (issuer, token) = (Arc::clone(&world.issuer), token.clone());
        tokio::task::spawn_blocking(move || {
            let password = Secret::new(format!("password number {number:03}"));
            let answer = futures::executor::block_on(issuer.set_password(&token, &password));
            (password, answer)
        })
    });
    let mut won = Vec::new();
    for task in futures::future::join_all(tasks).await {
        match task.expect("task") {
            (password, Ok(_)) => won.push(password),
            (_, answer) => assert_eq!(answer, Err(IdentityError::TokenInvalid)),
        }
    }
    assert_eq!(won.len(), 1);
    assert!(world.try_sign_in("ada", won[0].expose()).await.is_ok());
}

#[tokio::test]
async fn a_setup_token_ends_after_three_days() {
    let world = World::new();
    let setup = world.register(&ada()).await.setup.expect("token");
    world.clock.advance_s(72 * 3600);
    let answer = world.issuer.set_password(&setup.token, &Secret::new(PASSWORD)).await;
    assert_eq!(answer, Err(IdentityError::TokenInvalid));
}

#[tokio::test]
async fn a_password_that_does_not_do_leaves_the_token_good() {
    let world = World::new();
    let token = world.register(&ada()).await.setup.expect("token").token;
    let set =
        async |password: &str| world.issuer.set_password(&token, &Secret::new(password)).await.map(drop);
    assert_eq!(set("short").await, Err(IdentityError::Password(PasswordFault::Length)));
    assert_eq!(set("passwordpassword").await, Err(IdentityError::Password(PasswordFault::Common)));
    assert_eq!(set("ada@example.org!").await, Err(IdentityError::Password(PasswordFault::HoldsEmail)));
    assert_eq!(set(PASSWORD).await, Ok(()));
}

#[tokio::test]
async fn tokens_of_one_kind_do_not_work_as_the_other() {
    let world = World::with_ada().await;
    let reset = reset_token(&world).await.token;
    let password = Secret::new(OTHER_PASSWORD);
    assert_eq!(world.issuer.set_password(&reset, &password).await, Err(IdentityError::TokenInvalid));
    for forged in ["", "cwsrp_", "cwsst_AAAA", "cwsrp_#"] {
        let answer = world.issuer.reset_confirm(None, &Secret::new(forged), &password).await;
        assert_eq!(answer, Err(IdentityError::TokenInvalid), "{forged}");
    }
    assert!(world.issuer.reset_confirm(None, &reset, &password).await.is_ok());
}

#[tokio::test]
async fn a_reset_sets_the_password_once_and_ends_every_session() {
    let world = World::with_ada().await;
    let session = world.sign_in().await;
    let reset = reset_token(&world).await.token;
    let password = Secret::new(OTHER_PASSWORD);
    let wrong_owner = world.issuer.reset_confirm(Some(&login("somebody")), &reset, &password).await;
    assert_eq!(wrong_owner, Err(IdentityError::TokenInvalid));
    let account = world.issuer.reset_confirm(Some(&login("ada")), &reset, &password).await.expect("reset");
    assert_eq!(account.subject, ada_subject());
    let again = world.issuer.reset_confirm(None, &reset, &password).await;
    assert_eq!(again, Err(IdentityError::TokenInvalid));
    assert!(world.issuer.refresh(&session.refresh_token).await.is_err());
    assert_eq!(world.try_sign_in("ada", PASSWORD).await, Err(SignInError::Rejected));
    assert!(world.try_sign_in("ada", OTHER_PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_reset_token_ends_after_half_an_hour_and_with_the_next_one() {
    let world = World::with_ada().await;
    let first = reset_token(&world).await.token;
    world.clock.advance_s(60);
    let second = reset_token(&world).await.token;
    let password = Secret::new(OTHER_PASSWORD);
    assert_eq!(world.issuer.reset_confirm(None, &first, &password).await, Err(IdentityError::TokenInvalid));
    world.clock.advance_s(30 * 60);
    assert_eq!(world.issuer.reset_confirm(None, &second, &password).await, Err(IdentityError::TokenInvalid));
}

#[tokio::test]
async fn nothing_is_sent_for_nobody_nor_twice_a_minute_nor_to_the_disabled() {
    let world = World::with_ada().await;
    for name in ["nobody", "nobody@example.org", "", "#", &"x".repeat(3000)] {
        assert_eq!(world.issuer.reset_request(&login(name)).await, Ok(Delivery::Nothing), "{name}");
    }
    reset_token(&world).await;
    world.clock.advance_s(59);
    assert_eq!(world.issuer.reset_request(&login("ada")).await, Ok(Delivery::Nothing));
    world.clock.advance_s(1);
    let token = reset_token(&world).await.token;
    world.issuer.disable(&ada_subject()).await.expect("disabled");
    world.clock.advance_s(60);
    assert_eq!(world.issuer.reset_request(&login("ada")).await, Ok(Delivery::Nothing));
    let answer = world.issuer.reset_confirm(None, &token, &Secret::new(OTHER_PASSWORD)).await;
    assert_eq!(answer, Err(IdentityError::TokenInvalid));
}

#[tokio::test]
async fn changing_a_password_asks_for_the_old_one_and_ends_reset_tokens() {
    let world = World::with_ada().await;
    let subject = ada_subject();
    let reset = reset_token(&world).await.token;
    let (old, new) = (Secret::new(PASSWORD), Secret::new(OTHER_PASSWORD));
    assert_eq!(world.issuer.change_password(&subject, &new, &new).await, Err(IdentityError::WrongPassword));
    let short = world.issuer.change_password(&subject, &old, &Secret::new("short")).await;
    assert_eq!(short, Err(IdentityError::Password(PasswordFault::Length)));
    assert_eq!(world.issuer.change_password(&subject, &old, &new).await, Ok(()));
    assert!(world.try_sign_in("ada", OTHER_PASSWORD).await.is_ok());
    assert_eq!(world.issuer.reset_confirm(None, &reset, &old).await, Err(IdentityError::TokenInvalid));
}

#[tokio::test]
async fn guessing_the_old_password_locks_like_signing_in() {
    let world = World::with_ada().await;
    let wrong = Secret::new("wrong wrong wrong");
    for _ in 0..10 {
        let answer = world.issuer.change_password(&ada_subject(), &wrong, &wrong).await;
        assert_eq!(answer, Err(IdentityError::WrongPassword));
    }
    let locked = world.issuer.change_password(&ada_subject(), &Secret::new(PASSWORD), &wrong).await;
    assert!(matches!(locked, Err(IdentityError::Locked { .. })));
    // Whoever guesses in a stolen session does not lock the person out.
    assert!(world.try_sign_in("ada", PASSWORD).await.is_ok());
}
