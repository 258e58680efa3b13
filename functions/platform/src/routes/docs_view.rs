//! `GET /docs`: the API explained on one page that loads nothing from elsewhere.

use crate::document::ApiDocument;
use cws_cloud::Port;
use cws_route::{Answer, Ctx, Found, Input, Problem, Raw, Route, Spec};

/// Names the route; never constructed.
pub enum DocsView {}

impl Route for DocsView {
    const SPEC: Spec = Spec::get("docs_view", "/docs")
        .summary("Read the API documentation as a page")
        .public("the page says how to sign in")
        .answers(&["ETag"])
        .calls(&[<dyn ApiDocument>::NAME])
        .produces("text/html; charset=utf-8")
        .cache("public, max-age=300");

    type Input = Input;
    type Output = Raw;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    async fn call(ctx: &Ctx, _: Self::Input, (): ()) -> Result<Answer<Raw>, Problem> {
        let documents = ctx.port::<dyn ApiDocument>()?;
        let page = documents.page();
        Ok(Answer::bytes(page.html.bytes.clone())
            .header("etag", page.html.etag.clone())
            .header("content-security-policy", page.policy.clone())
            .header("referrer-policy", "no-referrer"))
    }
}
