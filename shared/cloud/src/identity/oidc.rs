//! The institution's own login service: an authorization code becomes an ID token (OpenID Connect
//! Core 1.0, section 3.1.3, with PKCE, RFC 7636). Cognito's hosted login is one of these too.

use super::{ExchangeError, Secret};
use cws_model::InstitutionId;
use futures::future::BoxFuture;
use serde::Deserialize;

/// A login service that an institution uses.
#[derive(Debug, Clone)]
pub struct OidcLogin {
    /// Whose it is.
    pub institution: InstitutionId,
    /// Issuer of its ID tokens; the verifier given beside this must trust it.
    pub issuer: String,
    /// This deployment's client there.
    pub client_id: String,
    /// Its secret, for a confidential client.
    pub client_secret: Option<Secret>,
    /// Token endpoint, `https`.
    pub token_url: String,
    /// Redirect addresses that may be named, exactly.
    pub redirect_uris: Vec<String>,
}

/// What an HTTP call answered.
#[derive(Clone)]
pub struct FormReply {
    /// HTTP status.
    pub status: u16,
    /// Body; holds tokens, so it has no `Debug`.
    pub body: Vec<u8>,
}

impl FormReply {
    /// Longest body that is read, bytes.
    pub const MAX_BYTES: usize = 64 * 1024;
}

/// Sends a form over HTTPS: the one call to the outside that an exchange needs.
pub trait FormPost: Send + Sync + 'static {
    /// Posts `application/x-www-form-urlencoded`, follows no redirect, ends within five seconds.
    ///
    /// # Errors
    /// What went wrong below HTTP, without the form in it.
    fn post<'a>(
        &'a self,
        url: &'a str,
        form: &'a [(&'a str, &'a str)],
    ) -> BoxFuture<'a, Result<FormReply, String>>;
}

#[derive(Deserialize)]
struct TokenReply {
    id_token: Secret,
}

impl OidcLogin {
    /// Buys an ID token for a code. The answer is not verified yet.
    ///
    /// # Errors
    /// `RedirectUnknown` before any call; `Rejected` when the service answers 4xx or no ID token;
    /// `Unavailable` when it does not answer or fails.
    pub async fn id_token(
        &self,
        post: &dyn FormPost,
        code: &Secret,
        redirect_uri: &str,
        verifier: &Secret,
    ) -> Result<Secret, ExchangeError> {
        if !self.redirect_uris.iter().any(|known| known == redirect_uri) {
            return Err(ExchangeError::RedirectUnknown);
        }
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", redirect_uri),
            ("client_id", self.client_id.as_str()),
            ("code_verifier", verifier.expose()),
        ];
        if let Some(secret) = &self.client_secret {
            form.push(("client_secret", secret.expose()));
        }
        let reply = post.post(&self.token_url, &form).await.map_err(ExchangeError::Unavailable)?;
        read_reply(&reply)
    }
}

fn read_reply(reply: &FormReply) -> Result<Secret, ExchangeError> {
    match reply.status {
        200 if reply.body.len() <= FormReply::MAX_BYTES => serde_json::from_slice::<TokenReply>(&reply.body)
            .map(|reply| reply.id_token)
            .map_err(|_| ExchangeError::Rejected),
        429 => Err(ExchangeError::Throttled),
        400..=499 => Err(ExchangeError::Rejected),
        status => Err(ExchangeError::Unavailable(format!("the login service answered {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::executor::block_on;
    use std::sync::Mutex;

    struct Service {
        status: u16,
        body: &'static str,
        seen: Mutex<Vec<(String, String)>>,
    }

    impl FormPost for Service {
        fn post<'a>(
            &'a self,
            _url: &'a str,
            form: &'a [(&'a str, &'a str)],
        ) -> BoxFuture<'a, Result<FormReply, String>> {
            *self.seen.lock().expect("lock") =
                form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let reply = FormReply { status: self.status, body: self.body.into() };
            Box::pin(async move { Ok(reply) })
        }
    }

    fn exchange(
        status: u16,
        body: &'static str,
        redirect: &str,
    ) -> (Result<Secret, ExchangeError>, Vec<String>) {
        let login = OidcLogin {
            institution: "uni-bern".parse().expect("slug"),
            issuer: "https://login.example.org".to_owned(),
            client_id: "cws".to_owned(),
            client_secret: Some(Secret::new("canary-client")),
            token_url: "https://login.example.org/token".to_owned(),
            redirect_uris: vec!["https://app.example.org/back".to_owned()],
        };
        assert!(!format!("{login:?}").contains("canary"));
        let service = Service { status, body, seen: Mutex::new(Vec::new()) };
        let answer =
            block_on(login.id_token(&service, &Secret::new("c0de"), redirect, &Secret::new("verifier")));
        let seen = service.seen.into_inner().expect("lock");
        (answer, seen.into_iter().map(|(name, value)| format!("{name}={value}")).collect())
    }

    const BACK: &str = "https://app.example.org/back";

    #[test]
    fn a_code_buys_an_id_token() {
        let (answer, seen) = exchange(200, r#"{"id_token":"a.b.c","access_token":"x"}"#, BACK);
        assert_eq!(answer, Ok(Secret::new("a.b.c")));
        for field in ["grant_type=authorization_code", "code=c0de", "code_verifier=verifier", "client_id=cws"]
        {
            assert!(seen.iter().any(|s| s == field), "{field} in {seen:?}");
        }
    }

    #[test]
    fn an_unregistered_redirect_address_is_refused_before_any_call() {
        for redirect in ["https://evil.example", "https://app.example.org/back/", "https://app.example.org"] {
            let (answer, seen) = exchange(200, r#"{"id_token":"a.b.c"}"#, redirect);
            assert_eq!((answer, seen), (Err(ExchangeError::RedirectUnknown), Vec::new()), "{redirect}");
        }
    }

    #[test]
    fn refusals_and_outages_of_the_service_are_told_apart() {
        assert_eq!(exchange(400, r#"{"error":"invalid_grant"}"#, BACK).0, Err(ExchangeError::Rejected));
        assert_eq!(exchange(200, r#"{"access_token":"x"}"#, BACK).0, Err(ExchangeError::Rejected));
        assert_eq!(exchange(429, "", BACK).0, Err(ExchangeError::Throttled));
        assert!(matches!(exchange(503, "", BACK).0, Err(ExchangeError::Unavailable(_))));
        assert!(matches!(exchange(302, "", BACK).0, Err(ExchangeError::Unavailable(_))));
    }
}
