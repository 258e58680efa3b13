//! The embedded issuer keeps the contract of the identity port.

use crate::world::{World, person};
use cws_cloud::{
    contract::identity::{Ground, cases},
    identity::{Identity, NewLogin, Secret},
    token::TokenVerifier,
};
use futures::future::BoxFuture;
use std::sync::atomic::{AtomicU8, Ordering};

struct Embedded {
    world: World,
    verifier: TokenVerifier,
    people: AtomicU8,
}

impl Ground for Embedded {
    fn identity(&self) -> &dyn Identity {
        &*self.world.issuer
    }

    fn verifier(&self) -> &TokenVerifier {
        &self.verifier
    }

    fn stranger(&self) -> NewLogin {
        let number = self.people.fetch_add(1, Ordering::SeqCst);
        person(number, &format!("person-{number}"), &format!("p{number}@example.org"))
    }

    fn with_password<'a>(
        &'a self,
        new: &'a NewLogin,
        password: &'a Secret,
    ) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let setup = self.world.register(new).await.setup.ok_or("no setup token")?;
            let set = self.world.issuer.set_password(&setup.token, password).await;
            set.map(drop).map_err(|error| error.to_string())
        })
    }

    fn pass_the_grace(&self) -> BoxFuture<'_, ()> {
        self.world.clock.advance_s(11);
        Box::pin(async {})
    }
}

#[tokio::test]
async fn every_case_of_the_contract_holds() {
    let world = World::new();
    let ground = Embedded { verifier: world.verifier(), world, people: AtomicU8::new(1) };
    let mut failed = Vec::new();
    for case in cases() {
        if let Err(why) = case.run(&ground).await {
            failed.push(format!("{}: {why}", case.name));
        }
    }
    assert!(cases().len() >= 16 && failed.is_empty(), "{failed:#?}");
}
