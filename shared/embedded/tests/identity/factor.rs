//! The second factor: TOTP and recovery codes.

use crate::world::{PASSWORD, World, ada_subject, login};
use aws_lc_rs::hmac;
use cws_cloud::identity::{
    Identity, IdentityError, MfaEnrollment, MfaVerified, Secret, SignInError, error::MfaChallenge,
};
use std::sync::Arc;

/// What an authenticator shows, computed here from the RFC alone.
fn code(enrollment: &MfaEnrollment, seconds: i64) -> String {
    let bits: Vec<u8> = enrollment
        .secret
        .expose()
        .chars()
        .map(|c| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).expect("base 32"))
        .flat_map(|value| (0..5).rev().map(move |place| u8::from(value >> place & 1 == 1)))
        .collect();
    let byte = |bits: &[u8]| bits.iter().fold(0_u8, |byte, bit| byte << 1 | bit);
    let key: Vec<u8> = bits.chunks_exact(8).map(byte).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = hmac::sign(&key, &(seconds / 30).to_be_bytes());
    let offset = usize::from(tag.as_ref()[19] & 15);
    let word = u32::from_be_bytes(tag.as_ref()[offset..offset + 4].try_into().expect("four"));
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

/// A code that is wrong now and a minute around.
fn wrong_code(enrollment: &MfaEnrollment, seconds: i64) -> String {
    let near: Vec<String> = (-3..=3).map(|step| code(enrollment, seconds + step * 30)).collect();
    (0..).map(|n| format!("{n:06}")).find(|candidate| !near.contains(candidate)).expect("a wrong code")
}

/// Ada with an active second factor; the clock stands in the step after the one used.
async fn enrolled() -> (World, MfaEnrollment, Vec<Secret>) {
    let world = World::with_ada().await;
    let enrollment = world.issuer.mfa_enroll(&ada_subject(), false).await.expect("enrolment");
    let typed = Secret::new(code(&enrollment, world.clock.seconds()));
    let verified = world.issuer.mfa_verify(&ada_subject(), &typed, None).await.expect("activation");
    let MfaVerified::Activated { recovery_codes } = verified else { panic!("not activated") };
    world.clock.advance_s(60);
    (world, enrollment, recovery_codes)
}

#[tokio::test]
async fn enrolling_changes_nothing_until_a_code_is_verified() {
    let world = World::with_ada().await;
    let enrollment = world.issuer.mfa_enroll(&ada_subject(), false).await.expect("enrolment");
    let uri = enrollment.otpauth_uri.expose();
    assert!(uri.starts_with("otpauth://totp/CloudWorkstation:ada%40uni-bern?secret="), "{uri}");
    assert!(uri.contains(enrollment.secret.expose()));
    assert!(world.try_sign_in("ada", PASSWORD).await.is_ok());
    let wrong = Secret::new(wrong_code(&enrollment, world.clock.seconds()));
    assert_eq!(world.issuer.mfa_verify(&ada_subject(), &wrong, None).await, Err(IdentityError::CodeRejected));
    assert!(world.try_sign_in("ada", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn with_a_second_factor_the_password_alone_opens_nothing() {
    let (world, enrollment, _) = enrolled().await;
    let required = SignInError::MfaRequired { challenge: MfaChallenge::Totp };
    for _ in 0..30 {
        assert_eq!(world.try_sign_in("ada", PASSWORD).await, Err(required.clone()));
    }
    assert_eq!(world.try_sign_in("ada", "wrong").await, Err(SignInError::Rejected));
    let tokens = world.sign_in_with(&code(&enrollment, world.clock.seconds())).await.expect("session");
    let verified = world.verifier().verify(tokens.access_token.expose()).await.expect("a good token");
    assert!(tokens.mfa && verified.mfa);
    let refreshed = world.issuer.refresh(&tokens.refresh_token).await.expect("refresh");
    assert!(refreshed.mfa);
}

#[tokio::test]
async fn a_code_works_once_and_neighbours_before_it_not_at_all() {
    let (world, enrollment, _) = enrolled().await;
    let now_s = world.clock.seconds();
    assert!(world.sign_in_with(&code(&enrollment, now_s)).await.is_ok());
    assert_eq!(world.sign_in_with(&code(&enrollment, now_s)).await, Err(SignInError::Rejected));
    assert_eq!(world.sign_in_with(&code(&enrollment, now_s - 30)).await, Err(SignInError::Rejected));
    assert!(world.sign_in_with(&code(&enrollment, now_s + 30)).await.is_ok());
    assert_eq!(world.sign_in_with(&code(&enrollment, now_s + 60)).await, Err(SignInError::Rejected));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_uses_of_one_code_one_opens_a_session() {
    let (world, enrollment, _) = enrolled().await;
    let typed = code(&enrollment, world.clock.seconds());
    let tasks = (0..100).map(|_| {
        let (issuer, typed) = (Arc::clone(&world.issuer), Secret::new(typed.clone()));
        tokio::task::spawn_blocking(move || {
            let (login, password) = (login("ada"), Secret::new(PASSWORD));
            futures::executor::block_on(issuer.sign_in(&login, &password, Some(&typed))).map(drop)
        })
    });
    let mut opened = 0;
    for task in futures::future::join_all(tasks).await {
        match task.expect("task") {
            Ok(()) => opened += 1,
            Err(SignInError::Rejected | SignInError::Locked { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(opened, 1);
}

#[tokio::test]
async fn guessing_codes_locks_and_knowing_the_password_does_not_unlock() {
    let (world, enrollment, _) = enrolled().await;
    let wrong = wrong_code(&enrollment, world.clock.seconds());
    for _ in 0..10 {
        assert_eq!(world.sign_in_with(&wrong).await, Err(SignInError::Rejected));
        let alone = world.try_sign_in("ada", PASSWORD).await;
        assert!(matches!(alone, Err(SignInError::MfaRequired { .. } | SignInError::Locked { .. })));
    }
    let right = code(&enrollment, world.clock.seconds());
    assert!(matches!(world.sign_in_with(&right).await, Err(SignInError::Locked { .. })));
    world.clock.advance_s(30);
    assert!(matches!(world.try_sign_in("ada", PASSWORD).await, Err(SignInError::MfaRequired { .. })));
    assert!(world.sign_in_with(&code(&enrollment, world.clock.seconds())).await.is_ok());
}

#[tokio::test]
async fn each_recovery_code_stands_in_once() {
    let (world, _, codes) = enrolled().await;
    assert_eq!(codes.len(), 10);
    let typed = codes[3].expose().to_lowercase().replace('-', " ");
    assert!(world.sign_in_with(&typed).await.expect("session").mfa);
    assert_eq!(world.sign_in_with(codes[3].expose()).await, Err(SignInError::Rejected));
    assert!(world.sign_in_with(codes[4].expose()).await.is_ok());
    assert_eq!(world.sign_in_with("").await, Err(SignInError::Rejected));
}

#[tokio::test]
async fn a_second_factor_is_replaced_only_by_who_showed_it_and_works_until_then() {
    let (world, old, _) = enrolled().await;
    assert_eq!(world.issuer.mfa_enroll(&ada_subject(), false).await, Err(IdentityError::MfaRequired));
    let new = world.issuer.mfa_enroll(&ada_subject(), true).await.expect("enrolment");
    assert!(world.sign_in_with(&code(&old, world.clock.seconds())).await.is_ok());
    let typed = Secret::new(code(&new, world.clock.seconds()));
    let verified = world.issuer.mfa_verify(&ada_subject(), &typed, None).await;
    assert!(matches!(verified, Ok(MfaVerified::Activated { .. })));
    world.clock.advance_s(60);
    assert_eq!(world.sign_in_with(&code(&old, world.clock.seconds())).await, Err(SignInError::Rejected));
    let confirmed = Secret::new(code(&new, world.clock.seconds()));
    assert_eq!(world.issuer.mfa_verify(&ada_subject(), &confirmed, None).await, Ok(MfaVerified::Confirmed));
    assert_eq!(
        world.issuer.mfa_verify(&ada_subject(), &confirmed, None).await,
        Err(IdentityError::CodeRejected)
    );
}

#[tokio::test]
async fn without_a_second_factor_there_is_nothing_to_verify() {
    let world = World::with_ada().await;
    for _ in 0..20 {
        let answer = world.issuer.mfa_verify(&ada_subject(), &Secret::new("000000"), None).await;
        assert_eq!(answer, Err(IdentityError::MfaNotEnrolled));
    }
    assert!(world.try_sign_in("ada", PASSWORD).await.is_ok());
}
