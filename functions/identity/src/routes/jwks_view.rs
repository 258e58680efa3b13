//! `GET /.well-known/jwks.json`: the keys that access tokens are verified with.

use crate::fault;
use cws_cloud::{Port, identity::Identity};
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use schemars::JsonSchema;
use serde::Serialize;

/// A JWK set, RFC 7517.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<serde_json::Map<String, serde_json::Value>>,
}

/// Names the route; never constructed.
pub enum JwksView {}

impl Route for JwksView {
    const SPEC: Spec = Spec::get("jwks_view", "/.well-known/jwks.json")
        .summary("View the token keys")
        .public("public keys are for everybody who verifies a token")
        .calls(&[<dyn Identity as Port>::NAME])
        .cache("public, max-age=300");

    type Input = Input;
    type Output = JwkSet;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    async fn call(ctx: &Ctx, _: Self::Input, (): ()) -> Result<Answer<JwkSet>, Problem> {
        let set = ctx.port::<dyn Identity>()?.jwks().await.map_err(|e| fault::identity(e, "", ctx.now()))?;
        let keys = set
            .get("keys")
            .and_then(serde_json::Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|key| key.as_object().cloned());
        Ok(Answer::json(JwkSet { keys: keys.collect() }))
    }
}
