//! The identity port, method by method: where each is done.

use super::EmbeddedIssuer;
use cws_cloud::{
    identity::{
        Account, Delivery, ExchangeError, Identity, IdentityError, Login, Logins, MfaEnrollment, MfaVerified,
        NewLogin, OneTimeToken, RefreshError, Registration, Secret, Session, SignInError, Tokens,
    },
    stage::Stage,
};
use cws_model::InstitutionId;
use futures::future::BoxFuture;
use std::sync::Arc;

type Answer<'a, T> = BoxFuture<'a, Result<T, IdentityError>>;

impl Identity for EmbeddedIssuer {
    fn issuer(&self) -> &str {
        &self.config.issuer_url
    }

    fn held_back(&self, stage: &Stage) -> Option<Arc<dyn Identity>> {
        let rows = super::rows::Rows { stage: Some(stage.clone()), ..self.rows.clone() };
        Some(Arc::new(Self { rows, ..self.clone() }))
    }

    fn register<'a>(&'a self, login: &'a NewLogin) -> Answer<'a, Registration> {
        Box::pin(self.register_account(login))
    }

    fn set_logins<'a>(&'a self, subject: &'a str, logins: &'a Logins) -> Answer<'a, ()> {
        Box::pin(self.rename_account(subject, logins))
    }

    fn set_password<'a>(&'a self, setup: &'a Secret, new: &'a Secret) -> Answer<'a, Account> {
        Box::pin(self.first_password(setup, new))
    }

    fn change_password<'a>(&'a self, subject: &'a str, old: &'a Secret, new: &'a Secret) -> Answer<'a, ()> {
        Box::pin(self.other_password(subject, old, new))
    }

    fn reset_request<'a>(&'a self, login: &'a Login) -> Answer<'a, Delivery> {
        Box::pin(self.begin_reset(login))
    }

    fn reset_confirm<'a>(
        &'a self,
        login: Option<&'a Login>,
        reset: &'a Secret,
        new: &'a Secret,
    ) -> Answer<'a, Account> {
        Box::pin(self.finish_reset(login, reset, new))
    }

    fn sign_in<'a>(
        &'a self,
        login: &'a Login,
        password: &'a Secret,
        code: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Tokens, SignInError>> {
        Box::pin(self.open_session(login, password, code))
    }

    fn exchange_code<'a>(
        &'a self,
        institution: &'a InstitutionId,
        code: &'a Secret,
        redirect_uri: &'a str,
        verifier: &'a Secret,
    ) -> BoxFuture<'a, Result<Tokens, ExchangeError>> {
        Box::pin(self.exchange(institution, code, redirect_uri, verifier))
    }

    fn refresh<'a>(&'a self, refresh_token: &'a Secret) -> BoxFuture<'a, Result<Tokens, RefreshError>> {
        Box::pin(self.rotate(refresh_token))
    }

    fn sessions<'a>(&'a self, subject: &'a str) -> Answer<'a, Vec<Session>> {
        Box::pin(self.open_sessions(subject))
    }

    fn sign_out<'a>(&'a self, subject: &'a str, session_id: &'a str) -> Answer<'a, ()> {
        Box::pin(self.end_session(subject, session_id))
    }

    fn sign_out_everywhere<'a>(&'a self, subject: &'a str) -> Answer<'a, ()> {
        Box::pin(async move { self.change(subject, |row| row.generation += 1).await.map(drop) })
    }

    fn disable<'a>(&'a self, subject: &'a str) -> Answer<'a, ()> {
        let off = |row: &mut super::rows::Credential| {
            row.disabled = true;
            row.generation += 1;
        };
        Box::pin(async move { self.change(subject, off).await.map(drop) })
    }

    fn enable<'a>(&'a self, subject: &'a str) -> Answer<'a, ()> {
        Box::pin(async move { self.change(subject, |row| row.disabled = false).await.map(drop) })
    }

    fn mfa_enroll<'a>(&'a self, subject: &'a str, signed_in_with_mfa: bool) -> Answer<'a, MfaEnrollment> {
        Box::pin(self.enroll_factor(subject, signed_in_with_mfa))
    }

    fn mfa_verify<'a>(
        &'a self,
        subject: &'a str,
        code: &'a Secret,
        session_id: Option<&'a str>,
    ) -> Answer<'a, MfaVerified> {
        Box::pin(self.verify_factor(subject, code, session_id))
    }

    fn mfa_reset<'a>(&'a self, subject: &'a str) -> Answer<'a, ()> {
        let off = |row: &mut super::rows::Credential| {
            row.factor = None;
            row.factor_pending = None;
            row.generation += 1;
        };
        Box::pin(async move { self.change(subject, off).await.map(drop) })
    }

    fn setup_again<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<OneTimeToken>> {
        Box::pin(async move { self.another_setup_token(subject).await.map(Some) })
    }

    fn jwks(&self) -> Answer<'_, serde_json::Value> {
        Box::pin(async { Ok(self.mint.key.jwks()) })
    }
}
