//! `GET /openapi.json`: the API as an OpenAPI 3.1 document.

use crate::document::ApiDocument;
use cws_cloud::Port;
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};

/// Names the route; never constructed.
pub enum OpenapiView {}

impl Route for OpenapiView {
    const SPEC: Spec = Spec::get("openapi_view", "/openapi.json")
        .summary("Read the OpenAPI document")
        .public("the document says how to sign in")
        .answers(&["ETag"])
        .calls(&[<dyn ApiDocument>::NAME])
        .cache("public, max-age=300");

    type Input = Input;
    type Output = serde_json::Map<String, serde_json::Value>;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    async fn call(ctx: &Ctx, _: Self::Input, (): ()) -> Result<Answer<Self::Output>, Problem> {
        let documents = ctx.port::<dyn ApiDocument>()?;
        let document = documents.openapi();
        Ok(Answer::bytes(document.bytes.clone()).header("etag", document.etag.clone()))
    }
}
