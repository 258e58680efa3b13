//! While a route runs, what the issuer would write is held back for the route's own commit.

use crate::world::{PASSWORD, World, ada_subject};
use cws_cloud::{
    Port,
    identity::{Identity, IdentityError, Secret},
    stage::Stage,
};
use cws_store::Writes;
use std::sync::Arc;

const NEW: &str = "a wholly other password";

struct Run {
    stage: Stage,
    issuer: Arc<dyn Identity>,
}

fn run(world: &World) -> Run {
    let (stage, issuer) = (Stage::default(), Arc::clone(&world.issuer));
    Run { issuer: <dyn Identity as Port>::staged(issuer, &stage), stage }
}

async fn change(run: &Run) -> Result<(), IdentityError> {
    run.issuer.change_password(&ada_subject(), &Secret::new(PASSWORD), &Secret::new(NEW)).await
}

async fn commit(world: &World, writes: Writes, number: u8) -> bool {
    let id = cws_model::Id::new(cws_model::Timestamp::default(), [number; 10]);
    world.store.commit(&writes.into_commit(id)).await.is_ok()
}

#[tokio::test]
async fn nothing_is_changed_before_the_commit_and_all_of_it_by_it() {
    let world = World::with_ada().await;
    let tokens = world.try_sign_in("ada", PASSWORD).await.expect("session");
    let run = run(&world);
    assert_eq!(change(&run).await, Ok(()));
    assert!(world.issuer.refresh(&tokens.refresh_token).await.is_ok());
    assert!(world.try_sign_in("ada", NEW).await.is_err());
    assert!(commit(&world, run.stage.take(), 1).await);
    assert!(run.stage.take().is_empty());
    assert!(world.try_sign_in("ada", NEW).await.is_ok());
    assert!(world.issuer.refresh(&tokens.refresh_token).await.is_err());
}

#[tokio::test]
async fn what_was_decided_from_rows_that_others_changed_does_not_commit() {
    let world = World::with_ada().await;
    let (first, second) = (run(&world), run(&world));
    assert_eq!((change(&first).await, change(&second).await), (Ok(()), Ok(())));
    assert!(commit(&world, first.stage.take(), 1).await);
    assert!(!commit(&world, second.stage.take(), 2).await);
    assert_eq!(change(&second).await, Err(IdentityError::WrongPassword));
}

#[tokio::test]
async fn a_request_counts_as_one_attempt_however_often_it_is_decided() {
    let world = World::with_ada().await;
    let run = run(&world);
    for _ in 0..12 {
        assert_eq!(change(&run).await, Ok(()));
        drop(run.stage.take());
    }
}

#[tokio::test]
async fn a_failed_attempt_counts_at_once() {
    let world = World::with_ada().await;
    let wrong = Secret::new("wrong wrong wrong");
    for _ in 0..10 {
        let run = run(&world);
        let refused = run.issuer.change_password(&ada_subject(), &wrong, &Secret::new(NEW)).await;
        assert_eq!(refused, Err(IdentityError::WrongPassword));
    }
    assert!(matches!(change(&run(&world)).await, Err(IdentityError::Locked { .. })));
}
