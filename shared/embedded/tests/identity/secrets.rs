//! Where secrets must not be: in `Debug` output, and in the store. And what an unsure store does.

use crate::world::{FakeClock, PASSWORD, World, ada, ada_subject, issuer_on, login, person};
use cws_cloud::identity::{Delivery, Identity, MfaVerified, NewLogin, Secret};
use cws_store::{
    Commit, Consistency, Health, Item, Key, Page, Range, Store, StoreError,
    retry::{Retrying, Rule},
};
use futures::future::{BoxFuture, ready};
use std::{
    fs,
    sync::{Arc, Mutex},
};

fn find(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[tokio::test]
async fn no_secret_shows_in_debug_output() {
    let world = World::new();
    let registration = world.register(&ada()).await;
    let setup = registration.setup.clone().expect("token").token;
    world.issuer.set_password(&setup, &Secret::new(PASSWORD)).await.expect("password");
    let tokens = world.sign_in().await;
    let delivery = world.issuer.reset_request(&login("ada")).await.expect("request");
    let enrollment = world.issuer.mfa_enroll(&ada_subject(), false).await.expect("enrolment");
    let printed = format!("{registration:?} {tokens:?} {delivery:?} {enrollment:?} {:?}", world.issuer);
    let Delivery::Handed { reset, .. } = delivery else { panic!("nothing was handed") };
    for secret in [&setup, &tokens.access_token, &tokens.refresh_token, &reset.token, &enrollment.secret] {
        assert!(!printed.contains(secret.expose()), "{printed}");
    }
}

#[tokio::test]
async fn the_store_holds_neither_passwords_nor_tokens_nor_recovery_codes() {
    let world = World::new();
    let setup = world.register(&ada()).await.setup.expect("token").token;
    world.issuer.set_password(&setup, &Secret::new(PASSWORD)).await.expect("password");
    let tokens = world.sign_in().await;
    let next = world.issuer.refresh(&tokens.refresh_token).await.expect("refresh");
    let delivery = world.issuer.reset_request(&login("ada")).await.expect("request");
    let Delivery::Handed { reset, .. } = delivery else { panic!("nothing was handed") };
    let second = person(2, "bea", "bea@example.org");
    let unused = world.register(&second).await.setup.expect("token").token;
    let mut bytes = Vec::new();
    for entry in fs::read_dir(world.dir.path()).expect("list") {
        let path = entry.expect("entry").path();
        if path.is_file() {
            bytes.extend(fs::read(path).expect("file"));
        }
    }
    assert!(find(&bytes, "$argon2id$v=19$") && find(&bytes, &ada_subject()), "the files hold the account");
    let secrets =
        [&Secret::new(PASSWORD), &setup, &tokens.refresh_token, &next.refresh_token, &reset.token, &unused];
    for secret in secrets {
        // What is random comes last and may hold the mark after the kind too; its longest piece is no accident.
        let last = secret.expose().rsplit('.').next().expect("a part");
        let random = last.split('_').max_by_key(|piece| piece.len()).expect("a piece");
        assert!(!find(&bytes, random), "{}", secret.expose());
    }
}

/// A store that commits and then says that it does not know, every other time.
struct Unsure {
    store: Arc<dyn Store>,
    told: Mutex<bool>,
}

impl Store for Unsure {
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>> {
        self.store.get(keys, consistency)
    }

    fn range<'a>(
        &'a self,
        range: &'a Range,
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Page, StoreError>> {
        self.store.range(range, consistency)
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.store.commit(commit).await?;
            let mut told = self.told.lock().expect("lock");
            *told = !*told;
            if *told { Err(StoreError::Unknown("connection reset".to_owned())) } else { Ok(()) }
        })
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        self.store.health()
    }
}

#[tokio::test]
async fn an_unknown_outcome_is_asked_again_and_nothing_happens_twice() {
    let world = World::new();
    let unsure = Unsure { store: Arc::clone(&world.store), told: Mutex::new(false) };
    // As a program has it around its store.
    let asked_again = Retrying::new(Arc::new(unsure), Rule::new(Arc::new(|_| Box::pin(ready(()))), 1));
    let issuer = issuer_on(Arc::new(asked_again), Arc::clone(&world.clock) as Arc<FakeClock>);
    let new: NewLogin = ada();
    let setup = issuer.register(&new).await.expect("registration").setup.expect("token").token;
    issuer.set_password(&setup, &Secret::new(PASSWORD)).await.expect("password");
    let tokens = issuer.sign_in(&login("ada"), &Secret::new(PASSWORD), None).await.expect("session");
    assert!(issuer.refresh(&tokens.refresh_token).await.is_ok());
    assert_eq!(issuer.sessions(&ada_subject()).await.expect("sessions").len(), 1);
    let enrollment = issuer.mfa_enroll(&ada_subject(), false).await.expect("enrolment");
    assert!(!format!("{:?}", MfaVerified::Confirmed).contains(enrollment.secret.expose()));
}
