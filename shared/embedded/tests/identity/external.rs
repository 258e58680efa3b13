//! Signing in through the institution's own login service.

use crate::world::{FakeClock, START_S, World, bern, config, entropy, person, user};
use cws_cloud::{
    identity::{
        ExchangeError, ExternalIdentity, Identity, IdentityError, NewLogin, Secret,
        oidc::{FormPost, FormReply, OidcLogin},
    },
    stage::Stage,
    token::{IssuerKind, KeySource, TokenAlgorithm, TokenVerifier, TrustedIssuer, cache::NoFetcher},
};
use cws_embedded::identity::{EmbeddedIssuer, ExternalLogins, TokenKey};
use futures::future::BoxFuture;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const CAMPUS: &str = "https://login.uni-bern.example";
const OTHER_CAMPUS: &str = "https://login.eth.example";
const BACK: &str = "https://app.example.org/back";

/// A login service that answers ID tokens of the claims it was told.
struct Campus {
    claims: Mutex<Value>,
    key: EncodingKey,
}

impl FormPost for Campus {
    fn post<'a>(
        &'a self,
        url: &'a str,
        form: &'a [(&'a str, &'a str)],
    ) -> BoxFuture<'a, Result<FormReply, String>> {
        assert_eq!(url, "https://login.uni-bern.example/token");
        let good = form.contains(&("code", "good-code")) && form.contains(&("code_verifier", "verifier"));
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some("campus-1".to_owned());
        let token =
            jsonwebtoken::encode(&header, &*self.claims.lock().expect("lock"), &self.key).expect("token");
        let body = json!({"id_token": token}).to_string().into_bytes();
        Box::pin(async move { Ok(FormReply { status: if good { 200 } else { 400 }, body }) })
    }
}

struct Ground {
    world: World,
    issuer: EmbeddedIssuer,
    campus: Arc<Campus>,
}

fn claims(changes: &[(&str, Value)]) -> Value {
    let mut claims = json!({
        "iss": CAMPUS, "sub": "campus-4711", "aud": "cws-campus", "iat": START_S, "exp": START_S + 300,
        "auth_time": START_S - 20, "email": "ada@example.org", "amr": ["mfa"],
    });
    for (name, value) in changes {
        claims[*name] = value.clone();
    }
    claims
}

fn ground() -> Ground {
    let world = World::new();
    let pair = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(&[3; 32]).expect("key");
    let key = EncodingKey::from_ed_der(pair.to_pkcs8v1().expect("document").as_ref());
    let campus = Arc::new(Campus { claims: Mutex::new(claims(&[])), key });
    let mut keys = TokenKey::from_seed(&[3; 32]).expect("key").jwks();
    keys["keys"][0]["kid"] = json!("campus-1");
    let trusted = TrustedIssuer {
        issuer: CAMPUS.to_owned(),
        kind: IssuerKind::Oidc,
        client_ids: vec!["cws-campus".to_owned()],
        algorithms: vec![TokenAlgorithm::EdDsa],
        keys: KeySource::Fixed(keys),
    };
    // Another institution's login service: trusted too, but not for people of this one.
    let other = TrustedIssuer { issuer: OTHER_CAMPUS.to_owned(), ..trusted.clone() };
    let clock: Arc<FakeClock> = Arc::clone(&world.clock);
    let verifier = Arc::new(TokenVerifier::new(vec![trusted, other], Arc::new(NoFetcher), clock.clone()));
    let login = OidcLogin {
        institution: bern(),
        issuer: CAMPUS.to_owned(),
        client_id: "cws-campus".to_owned(),
        client_secret: None,
        token_url: format!("{CAMPUS}/token"),
        redirect_uris: vec![BACK.to_owned()],
    };
    let post: Arc<dyn FormPost> = campus.clone();
    let key = TokenKey::from_seed(&[7; 32]).expect("key");
    let issuer = EmbeddedIssuer::new(Arc::clone(&world.store), clock, entropy(), key, config())
        .expect("issuer")
        .with_external(ExternalLogins { logins: vec![login], post, verifier });
    Ground { world, issuer, campus }
}

fn ada_of_campus(number: u8) -> NewLogin {
    let external = ExternalIdentity { issuer: CAMPUS.to_owned(), subject: "campus-4711".to_owned() };
    NewLogin { external: Some(external), ..person(number, "ada", "ada@example.org") }
}

impl Ground {
    async fn exchange(&self, code: &str) -> Result<cws_cloud::identity::Tokens, ExchangeError> {
        self.issuer.exchange_code(&bern(), &Secret::new(code), BACK, &Secret::new("verifier")).await
    }
}

#[tokio::test]
async fn a_person_registered_with_an_external_identity_signs_in_by_it() {
    let ground = ground();
    let registration = ground.issuer.register(&ada_of_campus(1)).await.expect("registration");
    assert_eq!(registration.setup, None);
    let tokens = ground.exchange("good-code").await.expect("session");
    assert_eq!((tokens.account.user_id.clone(), tokens.mfa), (user(1), true));
    let verified = ground.world.verifier().verify(tokens.access_token.expose()).await.expect("a good token");
    assert_eq!(verified.auth_time.seconds(), START_S - 20);
    assert!(ground.issuer.refresh(&tokens.refresh_token).await.is_ok());
}

#[tokio::test]
async fn an_equal_address_does_not_merge_two_people() {
    let ground = ground();
    ground.issuer.register(&person(1, "ada", "ada@example.org")).await.expect("registration");
    let who = ExternalIdentity { issuer: CAMPUS.to_owned(), subject: "campus-4711".to_owned() };
    assert_eq!(ground.exchange("good-code").await, Err(ExchangeError::UnknownIdentity(who)));
}

#[tokio::test]
async fn an_external_identity_leads_to_one_account() {
    let ground = ground();
    ground.issuer.register(&ada_of_campus(1)).await.expect("registration");
    // Nobody has used the first account, so it may be what an interrupted creation left.
    ground.issuer.register(&ada_of_campus(2)).await.expect("registration");
    assert_eq!(ground.exchange("good-code").await.expect("session").account.user_id, user(2));
    let third = ground.issuer.register(&ada_of_campus(3)).await;
    assert_eq!(third, Err(IdentityError::LoginTaken { field: "external" }));
}

#[tokio::test]
async fn a_bad_code_a_bad_token_and_a_strange_address_are_refused() {
    let ground = ground();
    ground.issuer.register(&ada_of_campus(1)).await.expect("registration");
    assert_eq!(ground.exchange("bad-code").await, Err(ExchangeError::Rejected));
    let elsewhere = ground
        .issuer
        .exchange_code(&bern(), &Secret::new("good-code"), "https://evil.example", &Secret::new("verifier"))
        .await;
    assert_eq!(elsewhere, Err(ExchangeError::RedirectUnknown));
    let evil = json!("https://evil.example");
    for bad in
        [("aud", json!("another")), ("iss", evil), ("iss", json!(OTHER_CAMPUS)), ("exp", json!(START_S))]
    {
        *ground.campus.claims.lock().expect("lock") = claims(std::slice::from_ref(&bad));
        assert_eq!(ground.exchange("good-code").await, Err(ExchangeError::Rejected), "{bad:?}");
    }
    *ground.campus.claims.lock().expect("lock") = claims(&[]);
    ground.issuer.disable(&user(1).to_string()).await.expect("disabled");
    assert_eq!(ground.exchange("good-code").await, Err(ExchangeError::Rejected));
}

#[tokio::test]
async fn without_a_login_service_that_is_said() {
    let ground = ground();
    let (code, verifier) = (Secret::new("good-code"), Secret::new("verifier"));
    let other = "eth".parse().expect("slug");
    let answer = ground.issuer.exchange_code(&other, &code, BACK, &verifier).await;
    assert_eq!(answer, Err(ExchangeError::NotConfigured));
    let answer = ground.world.issuer.exchange_code(&bern(), &code, BACK, &verifier).await;
    assert_eq!(answer, Err(ExchangeError::NotConfigured));
}

#[tokio::test]
async fn a_code_is_spent_once_however_often_the_request_is_decided() {
    let ground = ground();
    ground.issuer.register(&ada_of_campus(1)).await.expect("registration");
    let stage = Stage::default();
    let staged = ground.issuer.held_back(&stage).expect("its rows are in this store");
    let (code, verifier) = (Secret::new("good-code"), Secret::new("verifier"));
    let home = bern();
    let exchange = || staged.exchange_code(&home, &code, BACK, &verifier);
    assert!(exchange().await.is_ok());
    drop(stage.take());
    *ground.campus.claims.lock().expect("lock") = claims(&[("aud", json!("spent"))]);
    assert!(exchange().await.is_ok());
    assert_eq!(ground.exchange("good-code").await, Err(ExchangeError::Rejected));
}
