//! The contract of the identity port, as far as a provider of any kind can keep it.

use super::{Breach, Outcome, ensure, same};
use crate::{
    identity::{
        Identity, IdentityError, Login, NewLogin, PasswordFault, RefreshError, Secret, SignInError, Tokens,
    },
    token::TokenVerifier,
};
use futures::future::BoxFuture;
use std::fmt::Debug;

/// A provider to try, and what is beyond the port.
pub trait Ground: Send + Sync {
    /// The provider.
    fn identity(&self) -> &dyn Identity;

    /// A verifier that trusts it.
    fn verifier(&self) -> &TokenVerifier;

    /// Somebody who was never registered; another one at every call.
    fn stranger(&self) -> NewLogin;

    /// Registers somebody and gives them this first password, in the provider's own way.
    fn with_password<'a>(
        &'a self,
        new: &'a NewLogin,
        password: &'a Secret,
    ) -> BoxFuture<'a, Result<(), String>>;

    /// Lets more time pass than a rotated refresh token is forgiven.
    fn pass_the_grace(&self) -> BoxFuture<'_, ()>;
}

/// One case: a sentence about the port, and how to find out whether it is true.
#[derive(Clone, Copy)]
pub struct Case {
    /// The sentence.
    pub name: &'static str,
    run: for<'a> fn(&'a dyn Ground) -> BoxFuture<'a, Outcome>,
}

impl Case {
    /// Runs the case.
    ///
    /// # Errors
    /// What was found instead.
    pub async fn run(&self, ground: &dyn Ground) -> Result<(), String> {
        (self.run)(ground).await.map_err(|Breach(why)| why)
    }
}

macro_rules! cases {
    ($($case:ident),* $(,)?) => {
        /// Every case.
        pub fn cases() -> Vec<Case> {
            vec![$(Case { name: stringify!($case), run: |ground| Box::pin($case(ground)) }),*]
        }
    };
}

cases! {
    registering_twice_answers_one_subject,
    a_person_signs_in_by_user_name_and_by_address_in_any_case,
    the_access_token_verifies_and_names_the_subject,
    a_wrong_password_and_an_unknown_login_look_alike,
    a_taken_name_is_refused,
    a_changed_password_replaces_the_old_one,
    a_short_password_is_refused,
    a_refresh_keeps_the_session_and_answers_another_token,
    a_rotated_token_stops_working_after_the_grace,
    a_forged_refresh_token_is_rejected,
    signing_out_everywhere_ends_every_session,
    a_disabled_person_cannot_sign_in_or_refresh,
    an_enabled_person_signs_in_again,
    a_forged_setup_token_is_refused,
    a_reset_request_for_nobody_is_no_error,
    an_unknown_subject_is_said,
}

const PASSWORD: &str = "Correct-Horse-7-Battery";
const OTHER_PASSWORD: &str = "Purple-Staple-8-Engine";

fn fine<T, E: Debug>(answer: Result<T, E>) -> Result<T, Breach> {
    answer.map_err(|error| Breach(format!("refused: {error:?}")))
}

/// Somebody with a password, and their subject.
struct Person {
    new: NewLogin,
    subject: String,
}

impl Person {
    async fn on(ground: &dyn Ground) -> Result<Self, Breach> {
        let new = ground.stranger();
        fine(ground.with_password(&new, &Secret::new(PASSWORD)).await)?;
        let subject = fine(ground.identity().register(&new).await)?.subject;
        Ok(Self { new, subject })
    }

    fn login(&self) -> Login {
        Login { institution: self.new.institution.clone(), name: self.new.logins.username.to_string() }
    }

    async fn sign_in(&self, ground: &dyn Ground, password: &str) -> Result<Tokens, SignInError> {
        ground.identity().sign_in(&self.login(), &Secret::new(password), None).await
    }
}

async fn registering_twice_answers_one_subject(ground: &dyn Ground) -> Outcome {
    let new = ground.stranger();
    let first = fine(ground.identity().register(&new).await)?;
    let second = fine(ground.identity().register(&new).await)?;
    same(first.subject, second.subject)?;
    same(second.issuer.as_str(), ground.identity().issuer())
}

async fn a_person_signs_in_by_user_name_and_by_address_in_any_case(ground: &dyn Ground) -> Outcome {
    let person = Person::on(ground).await?;
    let logins = &person.new.logins;
    for name in [logins.username.to_string(), logins.email.as_str().to_uppercase()] {
        let login = Login { name, ..person.login() };
        fine(ground.identity().sign_in(&login, &Secret::new(PASSWORD), None).await)?;
    }
    Ok(())
}

async fn the_access_token_verifies_and_names_the_subject(ground: &dyn Ground) -> Outcome {
    let person = Person::on(ground).await?;
    let tokens = fine(person.sign_in(ground, PASSWORD).await)?;
    let verified = fine(ground.verifier().verify(tokens.access_token.expose()).await)?;
    same(verified.subject.as_str(), person.subject.as_str())?;
    same(verified.issuer.as_str(), ground.identity().issuer())?;
    same(verified.session_id, Some(tokens.session_id))?;
    same(tokens.account.user_id, person.new.user_id)?;
    ensure(!verified.mfa && !tokens.mfa, || "a second factor is claimed".to_owned())
}

async fn a_wrong_password_and_an_unknown_login_look_alike(ground: &dyn Ground) -> Outcome {
    let person = Person::on(ground).await?;
    let unknown = Login { name: "nobody-at-all".to_owned(), ..person.login() };
    let nobody = ground.identity().sign_in(&unknown, &Secret::new(PASSWORD), None).await.map(drop);
    same(person.sign_in(ground, OTHER_PASSWORD).await.map(drop), Err(SignInError::Rejected))?;
    same(nobody, Err(SignInError::Rejected))
}

async fn a_taken_name_is_refused(ground: &dyn Ground) -> Outcome {
    let person = Person::on(ground).await?;
    let mut second = ground.stranger();
    second.logins.username = person.new.logins.username.clone();
    let refused = ground.identity().register(&second).await.map(drop);
    same(refused, Err(IdentityError::LoginTaken { field: "username" }))
}

async fn a_changed_password_replaces_the_old_one(ground: &dyn Ground) -> Outcome {
    let person = Person::on(ground).await?;
    let (old, new) = (Secret::new(PASSWORD), Secret::new(OTHER_PASSWORD));
    let wrong = ground.identity().change_password(&person.subject, &new, &new).await;
    same(wrong, Err(IdentityError::WrongPassword))?;
    fine(ground.identity().change_password(&person.subject, &old, &new).await)?;
    same(person.sign_in(ground, PASSWORD).await.map(drop), Err(SignInError::Rejected))?;
    fine(person.sign_in(ground, OTHER_PASSWORD).await).map(drop)
}

async fn a_short_password_is_refused(ground: &dyn Ground) -> Outcome {
    let person = Person::on(ground).await?;
    let (old, short) = (Secret::new(PASSWORD), Secret::new("Short-1"));
    let refused = ground.identity().change_password(&person.subject, &old, &short).await;
    same(refused, Err(IdentityError::Password(PasswordFault::Length)))
}

async fn a_refresh_keeps_the_session_and_answers_another_token(ground: &dyn Ground) -> Outcome {
    let person = Person::on(ground).await?;
    let first = fine(person.sign_in(ground, PASSWORD).await)?;
    let second = fine(ground.identity().refresh(&first.refresh_token).await)?;
    same(&second.session_id, &first.session_id)?;
    ensure(second.refresh_token != first.refresh_token, || "the refresh token was not rotated".to_owned())?;
    fine(ground.verifier().verify(second.access_token.expose()).await)?;
    fine(ground.identity().refresh(&second.refresh_token).await).map(drop)
}

async fn a_rotated_token_stops_working_after_the_grace(ground: &dyn Ground) -> Outcome {
    let person = Person::on(ground).await?;
    let first = fine(person.sign_in(ground, PASSWORD).await)?;
    fine(ground.identity().refresh(&first.refresh_token).await)?;
    ground.pass_the_grace().await;
    let again = ground.identity().refresh(&first.refresh_token).await.map(drop);
    let refused = matches!(again, Err(RefreshError::Rejected | RefreshError::Reused { .. }));
    ensure(refused, || format!("found {again:?}"))
}

async fn a_forged_refresh_token_is_rejected(ground: &dyn Ground) -> Outcome {
    for forged in ["", "x", "a.b.c", "a.b.c.d.e"] {
        let answer = ground.identity().refresh(&Secret::new(forged)).await.map(drop);
        same(answer, Err(RefreshError::Rejected))?;
    }
    Ok(())
}

async fn signing_out_everywhere_ends_every_session(ground: &dyn Ground) -> Outcome {
    let person = Person::on(ground).await?;
    let sessions =
        [fine(person.sign_in(ground, PASSWORD).await)?, fine(person.sign_in(ground, PASSWORD).await)?];
    fine(ground.identity().sign_out_everywhere(&person.subject).await)?;
    for tokens in sessions {
        let answer = ground.identity().refresh(&tokens.refresh_token).await.map(drop);
        same(answer, Err(RefreshError::Rejected))?;
    }
    fine(person.sign_in(ground, PASSWORD).await).map(drop)
}

async fn a_disabled_person_cannot_sign_in_or_refresh(ground: &dyn Ground) -> Outcome {
    let person = Person::on(ground).await?;
    let tokens = fine(person.sign_in(ground, PASSWORD).await)?;
    fine(ground.identity().disable(&person.subject).await)?;
    same(person.sign_in(ground, PASSWORD).await.map(drop), Err(SignInError::Rejected))?;
    let answer = ground.identity().refresh(&tokens.refresh_token).await.map(drop);
    same(answer, Err(RefreshError::Rejected))
}

async fn an_enabled_person_signs_in_again(ground: &dyn Ground) -> Outcome {
    let person = Person::on(ground).await?;
    fine(ground.identity().disable(&person.subject).await)?;
    fine(ground.identity().enable(&person.subject).await)?;
    fine(person.sign_in(ground, PASSWORD).await).map(drop)
}

async fn a_forged_setup_token_is_refused(ground: &dyn Ground) -> Outcome {
    let password = Secret::new(PASSWORD);
    let setup = ground.identity().set_password(&Secret::new("forged"), &password).await.map(drop);
    same(setup, Err(IdentityError::TokenInvalid))
}

async fn a_reset_request_for_nobody_is_no_error(ground: &dyn Ground) -> Outcome {
    let institution = ground.stranger().institution;
    let login = Login { institution, name: "nobody-at-all".to_owned() };
    fine(ground.identity().reset_request(&login).await).map(drop)
}

async fn an_unknown_subject_is_said(ground: &dyn Ground) -> Outcome {
    let nobody = "00000000-0000-0000-0000-000000000000";
    same(ground.identity().disable(nobody).await, Err(IdentityError::UnknownSubject))?;
    same(ground.identity().enable(nobody).await, Err(IdentityError::UnknownSubject))
}
