//! Guessing, one by one and all at once.

use crate::world::{PASSWORD, World, login};
use cws_cloud::identity::{Identity, Secret, SignInError};
use cws_model::Timestamp;
use std::sync::Arc;

async fn fail(world: &World, name: &str, times: usize) {
    for _ in 0..times {
        assert_eq!(world.try_sign_in(name, "wrong wrong").await, Err(SignInError::Rejected));
    }
}

fn locked_for_s(world: &World, seconds: i64) -> Result<(), SignInError> {
    let until = Timestamp::from_millis((world.clock.seconds() + seconds) * 1000);
    Err(SignInError::Locked { until })
}

#[tokio::test]
async fn the_tenth_failure_locks_and_each_further_one_twice_as_long() {
    let world = World::with_ada().await;
    fail(&world, "ada", 10).await;
    for pause_s in [30, 60, 120, 240, 480, 900, 900] {
        assert_eq!(world.try_sign_in("ada", PASSWORD).await.map(drop), locked_for_s(&world, pause_s));
        world.clock.advance_s(pause_s);
        fail(&world, "ada", 1).await;
    }
}

#[tokio::test]
async fn after_the_pause_the_right_password_works_and_forgets_the_failures() {
    let world = World::with_ada().await;
    fail(&world, "ada", 10).await;
    world.clock.advance_s(30);
    assert!(world.try_sign_in("ada", PASSWORD).await.is_ok());
    fail(&world, "ada", 9).await;
    assert!(world.try_sign_in("ada", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn failures_are_forgotten_after_a_day() {
    let world = World::with_ada().await;
    fail(&world, "ada", 9).await;
    world.clock.advance_s(24 * 3600);
    fail(&world, "ada", 9).await;
    assert!(world.try_sign_in("ada", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn two_names_of_a_person_lock_like_two_that_nobody_has() {
    let world = World::with_ada().await;
    for (one, other) in [("ada", "ADA@example.org"), ("nobody", "NOBODY@example.org")] {
        fail(&world, one, 5).await;
        fail(&world, other, 9).await;
        fail(&world, one, 5).await;
        assert_eq!(world.try_sign_in(one, PASSWORD).await.map(drop), locked_for_s(&world, 30));
        fail(&world, other, 1).await;
        assert_eq!(world.try_sign_in(other, PASSWORD).await.map(drop), locked_for_s(&world, 30));
    }
}

#[tokio::test]
async fn a_lock_does_not_say_who_exists() {
    let world = World::with_ada().await;
    fail(&world, "nobody", 5).await;
    fail(&world, "NOBODY", 5).await;
    assert_eq!(world.try_sign_in("nobody", PASSWORD).await.map(drop), locked_for_s(&world, 30));
    assert!(world.try_sign_in("ada", PASSWORD).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_guesses_at_once_are_no_more_than_ten() {
    let world = World::with_ada().await;
    let tasks = (0..100).map(|number| {
        let issuer = Arc::clone(&world.issuer);
        tokio::task::spawn_blocking(move || {
            let guess = Secret::new(format!("guess number {number}"));
            futures::executor::block_on(issuer.sign_in(&login("ada"), &guess, None))
        })
    });
    let (mut looked_at, mut locked) = (0, 0);
    for task in futures::future::join_all(tasks).await {
        match task.expect("task") {
            Err(SignInError::Rejected) => looked_at += 1,
            Err(SignInError::Locked { .. }) => locked += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((looked_at, locked), (10, 90));
}
