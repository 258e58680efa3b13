//! Refresh tokens: rotation, grace, reuse; and the ends of sessions.

use crate::world::{PASSWORD, World, ada_subject, user};
use cws_cloud::identity::{Identity, RefreshError, Secret};
use std::{collections::BTreeSet, sync::Arc};

#[tokio::test]
async fn a_refresh_rotates_and_keeps_the_session() {
    let world = World::with_ada().await;
    let first = world.sign_in().await;
    world.clock.advance_s(600);
    let second = world.issuer.refresh(&first.refresh_token).await.expect("refresh");
    assert_eq!(second.session_id, first.session_id);
    assert_ne!(second.refresh_token, first.refresh_token);
    assert_ne!(second.access_token, first.access_token);
    let verified = world.verifier().verify(second.access_token.expose()).await.expect("a good token");
    assert_eq!(verified.issued_at, verified.auth_time.plus_seconds(600));
    world.clock.advance_s(600);
    assert!(world.issuer.refresh(&second.refresh_token).await.is_ok());
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again_for_ten_seconds() {
    let world = World::with_ada().await;
    let first = world.sign_in().await;
    let second = world.issuer.refresh(&first.refresh_token).await.expect("refresh");
    world.clock.advance_s(10);
    let again = world.issuer.refresh(&first.refresh_token).await.expect("in the grace");
    assert_eq!(again.refresh_token, second.refresh_token);
    assert!(world.issuer.refresh(&second.refresh_token).await.is_ok());
}

#[tokio::test]
async fn a_rotated_token_that_comes_back_ends_the_session() {
    let world = World::with_ada().await;
    let first = world.sign_in().await;
    let other = world.sign_in().await;
    let second = world.issuer.refresh(&first.refresh_token).await.expect("refresh");
    world.clock.advance_s(11);
    let stolen = world.issuer.refresh(&first.refresh_token).await;
    let expected = RefreshError::Reused { account: first.account, session_id: first.session_id };
    assert_eq!(stolen, Err(expected));
    assert_eq!(world.issuer.refresh(&second.refresh_token).await, Err(RefreshError::Rejected));
    assert!(world.issuer.refresh(&other.refresh_token).await.is_ok());
}

#[tokio::test]
async fn a_token_from_long_before_is_recognised_too_even_at_once() {
    let world = World::with_ada().await;
    let first = world.sign_in().await;
    let mut latest = first.refresh_token.clone();
    for _ in 0..5 {
        latest = world.issuer.refresh(&latest).await.expect("refresh").refresh_token;
    }
    let stolen = world.issuer.refresh(&first.refresh_token).await;
    assert!(matches!(stolen, Err(RefreshError::Reused { .. })), "two rotations ago is beyond any grace");
    assert_eq!(world.issuer.refresh(&latest).await, Err(RefreshError::Rejected));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_refreshes_at_once_are_one_rotation() {
    let world = World::with_ada().await;
    let first = world.sign_in().await;
    let tasks = (0..100).map(|_| {
        let (issuer, token) = (Arc::clone(&world.issuer), first.refresh_token.clone());
        tokio::task::spawn_blocking(move || futures::executor::block_on(issuer.refresh(&token)))
    });
    let mut successors = BTreeSet::new();
    for task in futures::future::join_all(tasks).await {
        let tokens = task.expect("task").expect("refresh");
        successors.insert(tokens.refresh_token.expose().to_owned());
    }
    assert_eq!(successors.len(), 1);
    let successor = Secret::new(successors.pop_first().expect("one"));
    world.clock.advance_s(60);
    assert!(world.issuer.refresh(&successor).await.is_ok());
    assert!(matches!(world.issuer.refresh(&first.refresh_token).await, Err(RefreshError::Reused { .. })));
}

#[tokio::test]
async fn a_forged_token_is_rejected_and_ends_nothing() {
    let world = World::with_ada().await;
    let good = world.sign_in().await.refresh_token;
    let parts: Vec<&str> = good.expose().split('.').collect();
    let other = format!("cwsrt_{}", user(2));
    let forged = [
        String::new(),
        "cwsrt_".to_owned(),
        good.expose().replacen("cwsrt_", "", 1),
        [parts[0], parts[1], "AAAAAAAAAAAAAAAAAAAAAA", parts[3]].join("."),
        [parts[0], parts[1], "", ""].join("."),
        [parts[0], "ses_00000000000000000000000000", parts[2], parts[3]].join("."),
        [&other, parts[1], parts[2], parts[3]].join("."),
        [parts[0], parts[1], parts[2]].join("."),
        format!("{}.x", good.expose()),
    ];
    for token in forged {
        assert_eq!(
            world.issuer.refresh(&Secret::new(token.clone())).await,
            Err(RefreshError::Rejected),
            "{token}"
        );
    }
    assert!(world.issuer.refresh(&good).await.is_ok());
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_however_often_it_is_refreshed() {
    let world = World::with_ada().await;
    let mut token = world.sign_in().await.refresh_token;
    for _ in 0..29 {
        world.clock.advance_s(24 * 3600);
        token = world.issuer.refresh(&token).await.expect("refresh").refresh_token;
    }
    world.clock.advance_s(24 * 3600);
    assert_eq!(world.issuer.refresh(&token).await, Err(RefreshError::Rejected));
    assert_eq!(world.issuer.sessions(&ada_subject()).await, Ok(Vec::new()));
}

#[tokio::test]
async fn sessions_are_listed_newest_first_and_end_one_by_one() {
    let world = World::with_ada().await;
    let first = world.sign_in().await;
    world.clock.advance_s(60);
    let second = world.sign_in().await;
    let listed = world.issuer.sessions(&ada_subject()).await.expect("sessions");
    let ids: Vec<_> = listed.iter().map(|session| session.id.as_str()).collect();
    assert_eq!(ids, [second.session_id.as_str(), first.session_id.as_str()]);
    assert_eq!(listed[0].signed_in_at, listed[1].signed_in_at.plus_seconds(60));
    for _ in 0..2 {
        world.issuer.sign_out(&ada_subject(), &first.session_id).await.expect("signed out");
    }
    assert_eq!(world.issuer.refresh(&first.refresh_token).await, Err(RefreshError::Rejected));
    assert_eq!(world.issuer.sessions(&ada_subject()).await.expect("sessions").len(), 1);
    assert!(world.issuer.refresh(&second.refresh_token).await.is_ok());
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_sessions_and_the_next_one_is_new() {
    let world = World::with_ada().await;
    let (first, second) = (world.sign_in().await, world.sign_in().await);
    world.issuer.sign_out_everywhere(&ada_subject()).await.expect("signed out");
    for tokens in [first, second] {
        assert_eq!(world.issuer.refresh(&tokens.refresh_token).await, Err(RefreshError::Rejected));
    }
    assert_eq!(world.issuer.sessions(&ada_subject()).await, Ok(Vec::new()));
    let third = world.try_sign_in("ada", PASSWORD).await.expect("session");
    assert!(world.issuer.refresh(&third.refresh_token).await.is_ok());
}
