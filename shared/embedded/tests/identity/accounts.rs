//! Registering, names, and what a registration leaves that nobody finished.

use crate::world::{ISSUER, OTHER_PASSWORD, PASSWORD, World, ada, ada_subject, logins, person, user};
use cws_cloud::identity::{Identity, IdentityError, NewLogin, Secret, SignInError};

#[tokio::test]
async fn a_registered_person_sets_a_password_and_signs_in_by_either_name_in_any_case() {
    let world = World::new();
    let registration = world.register(&ada()).await;
    assert_eq!((registration.issuer.as_str(), registration.subject), (ISSUER, ada_subject()));
    assert_eq!(world.try_sign_in("ada", PASSWORD).await, Err(SignInError::Rejected));
    let setup = registration.setup.expect("setup token");
    let account = world.issuer.set_password(&setup.token, &Secret::new(PASSWORD)).await.expect("password");
    assert_eq!((account.user_id, account.subject), (user(1), ada_subject()));
    for name in ["ada", "ADA", "ada@example.org", "ADA@EXAMPLE.ORG"] {
        assert!(world.try_sign_in(name, PASSWORD).await.is_ok(), "{name}");
    }
}

#[tokio::test]
async fn registering_again_makes_no_second_account_and_replaces_the_setup_token() {
    let world = World::new();
    let first = world.register(&ada()).await;
    let second = world.register(&ada()).await;
    assert_eq!(first.subject, second.subject);
    let (first, second) = (first.setup.expect("token"), second.setup.expect("token"));
    let password = Secret::new(PASSWORD);
    assert_eq!(world.issuer.set_password(&first.token, &password).await, Err(IdentityError::TokenInvalid));
    assert!(world.issuer.set_password(&second.token, &password).await.is_ok());
    let third = world.register(&ada()).await;
    assert_eq!((third.subject, third.setup), (ada_subject(), None));
    assert!(world.try_sign_in("ada", PASSWORD).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twelve_registrations_of_one_person_at_once_leave_one_token_that_works() {
    let world = World::new();
    let tasks = (0..12).map(|_| {
        let issuer = std::sync::Arc::clone(&world.issuer);
        async move { issuer.register(&ada()).await }
    });
    let mut good = 0;
    for answer in futures::future::join_all(tasks).await {
        let token = answer.expect("registration").setup.map(|setup| setup.token);
        let Some(token) = token else { continue };
        good += u32::from(world.issuer.set_password(&token, &Secret::new(PASSWORD)).await.is_ok());
    }
    assert_eq!(good, 1);
}

#[tokio::test]
async fn a_name_belongs_to_one_account_of_an_institution() {
    let world = World::with_ada().await;
    let taken = |new: NewLogin| {
        let issuer = std::sync::Arc::clone(&world.issuer);
        async move { issuer.register(&new).await.map(drop) }
    };
    assert_eq!(
        taken(person(2, "ada", "other@example.org")).await,
        Err(IdentityError::LoginTaken { field: "username" })
    );
    assert_eq!(
        taken(person(2, "other", "ada@EXAMPLE.org")).await,
        Err(IdentityError::LoginTaken { field: "email" })
    );
    let elsewhere =
        NewLogin { institution: "eth".parse().expect("slug"), ..person(3, "ada", "ada@example.org") };
    assert_eq!(taken(elsewhere).await, Ok(()));
}

#[tokio::test]
async fn a_registration_that_was_never_finished_holds_no_name() {
    let world = World::new();
    let left_behind = world.register(&person(9, "ada", "ada@example.org")).await.setup.expect("token");
    let setup = world.register(&ada()).await.setup.expect("token");
    let password = Secret::new(PASSWORD);
    world.issuer.set_password(&setup.token, &password).await.expect("password");
    assert_eq!(world.sign_in().await.account.user_id, user(1));
    let late = world.issuer.set_password(&left_behind.token, &password).await;
    assert_eq!(late, Err(IdentityError::LoginTaken { field: "username" }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_people_who_claim_one_name_at_once_one_gets_it() {
    for _ in 0..5 {
        let world = World::new();
        let mut tasks = Vec::new();
        for number in 1..=10 {
            let new = person(number, "ada", &format!("p{number}@example.org"));
            let token = world.register(&new).await.setup.expect("token").token;
            let issuer = std::sync::Arc::clone(&world.issuer);
            tasks.push(async move { issuer.set_password(&token, &Secret::new(PASSWORD)).await });
        }
        let answers = futures::future::join_all(tasks).await;
        let won: Vec<_> = answers.iter().flatten().collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        assert_eq!(world.sign_in().await.account, *won[0]);
    }
}

#[tokio::test]
async fn renaming_moves_the_names_and_frees_the_old_ones() {
    let world = World::with_ada().await;
    let new = logins("lovelace", "ada@example.org");
    world.issuer.set_logins(&ada_subject(), &new).await.expect("rename");
    assert_eq!(world.try_sign_in("ada", PASSWORD).await, Err(SignInError::Rejected));
    for name in ["lovelace", "ada@example.org"] {
        assert!(world.try_sign_in(name, PASSWORD).await.is_ok(), "{name}");
    }
    let setup = world.register(&person(2, "ada", "second@example.org")).await.setup.expect("token");
    world.issuer.set_password(&setup.token, &Secret::new(OTHER_PASSWORD)).await.expect("password");
    let taken =
        world.issuer.set_logins(&user(2).to_string(), &logins("lovelace", "second@example.org")).await;
    assert_eq!(taken, Err(IdentityError::LoginTaken { field: "username" }));
    assert!(world.try_sign_in("ada", OTHER_PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once_and_an_enabled_one_signs_in_anew() {
    let world = World::with_ada().await;
    let tokens = world.sign_in().await;
    world.issuer.disable(&ada_subject()).await.expect("disabled");
    assert_eq!(world.try_sign_in("ada", PASSWORD).await, Err(SignInError::Rejected));
    assert!(world.issuer.refresh(&tokens.refresh_token).await.is_err());
    world.issuer.enable(&ada_subject()).await.expect("enabled");
    assert!(world.issuer.refresh(&tokens.refresh_token).await.is_err());
    assert!(world.try_sign_in("ada", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_subject_that_does_not_exist_is_said() {
    let world = World::new();
    for subject in [user(5).to_string(), "nobody".to_owned(), "#".to_owned(), String::new()] {
        assert_eq!(world.issuer.disable(&subject).await, Err(IdentityError::UnknownSubject), "{subject}");
        assert_eq!(world.issuer.sessions(&subject).await, Ok(Vec::new()));
        assert_eq!(world.issuer.sign_out(&subject, "ses_x").await, Ok(()));
    }
}
