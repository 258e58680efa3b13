//! The API's authorizer: says who is calling, and nothing about what they may do. Its answer may be
//! kept for a minute and serves every route, so it allows them all; the shell decides.

use crate::{Failure, Settings, event::AuthorizerEvent, identity, unknown};
use cws_aws::{HttpsFetcher, system::SystemClock};
use cws_cloud::token::{TokenError, TokenVerifier};
use serde_json::{Value, json};
use std::sync::Arc;

/// The message that API Gateway turns into 401; any other failure becomes 500.
const UNAUTHORIZED: &str = "Unauthorized";

/// The function.
pub(crate) struct Authorizer {
    verifier: TokenVerifier,
}

impl Authorizer {
    /// With the deployment's issuer.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Failure> {
        if settings.handler != crate::AUTHORIZER_HANDLER {
            return Err(unknown(&settings.handler, &[crate::AUTHORIZER_HANDLER]).into());
        }
        let fetcher = Arc::new(HttpsFetcher::new()?);
        Ok(Self { verifier: TokenVerifier::new(vec![settings.issuer()?], fetcher, Arc::new(SystemClock)) })
    }

    /// INVARIANT (deny by default): no answer but a verified token's allows anything.
    pub(crate) async fn decide(&self, event: AuthorizerEvent) -> Result<Value, Failure> {
        let Some(token) = bearer(&event) else { return Err(UNAUTHORIZED.into()) };
        match self.verifier.verify(token).await {
            Ok(verified) => Ok(json!({
                "principalId": verified.subject,
                "policyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{
                        "Effect": "Allow",
                        "Action": "execute-api:Invoke",
                        "Resource": every_route(&event.method_arn),
                    }],
                },
                "context": identity::to_context(&verified),
            })),
            Err(error @ TokenError::KeysUnavailable) => {
                tracing::error!(%error, "the issuer does not answer");
                Err(error.into())
            }
            Err(error) => {
                tracing::info!(%error, "a token was refused");
                Err(UNAUTHORIZED.into())
            }
        }
    }
}

fn bearer(event: &AuthorizerEvent) -> Option<&str> {
    let (_, value) = event.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"))?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// `arn:…:<api>/<stage>/GET/api/…` → `arn:…:<api>/<stage>/*`.
fn every_route(method_arn: &str) -> String {
    let mut parts = method_arn.splitn(3, '/');
    match (parts.next(), parts.next()) {
        (Some(api), Some(stage)) => format!("{api}/{stage}/*"),
        _ => method_arn.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn event(name: &str, value: &str) -> AuthorizerEvent {
        AuthorizerEvent {
            headers: BTreeMap::from([(name.to_owned(), value.to_owned())]),
            ..AuthorizerEvent::default()
        }
    }

    #[test]
    fn a_bearer_token_is_found_whatever_the_case() {
        assert_eq!(bearer(&event("Authorization", "Bearer a.b.c")), Some("a.b.c"));
        assert_eq!(bearer(&event("authorization", "bearer  a.b.c")), Some("a.b.c"));
        assert_eq!(bearer(&event("Authorization", "Basic eDp5")), None);
        assert_eq!(bearer(&event("X-Authorization", "Bearer a.b.c")), None);
    }

    #[test]
    fn an_answer_holds_for_the_whole_stage_and_no_further() {
        let arn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2/v/GET/api/v2/users/me";
        assert_eq!(every_route(arn), "arn:aws:execute-api:eu-central-1:123456789012:a1b2/v/*");
        assert_eq!(every_route("nothing"), "nothing");
    }
}
