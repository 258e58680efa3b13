//! `GET /asyncapi.json`: the events as an AsyncAPI 3.0 document.

use crate::document::ApiDocument;
use cws_cloud::Port;
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};

/// Names the route; never constructed.
pub enum AsyncapiView {}

impl Route for AsyncapiView {
    const SPEC: Spec = Spec::get("asyncapi_view", "/asyncapi.json")
        .summary("Read the AsyncAPI document of the events")
        .answers(&["ETag"])
        .public("the document says what events there are and holds none")
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
        let document = documents.asyncapi();
        Ok(Answer::bytes(document.bytes.clone()).header("etag", document.etag.clone()))
    }
}
