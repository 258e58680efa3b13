//! `GET /api/versions`: which versions of the API there are.

use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use schemars::JsonSchema;
use serde::Serialize;

/// Names the route; never constructed.
pub enum VersionIndex {}

/// The versions, in the shape that clients of the first version read.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VersionsOut {
    /// All of them, newest first.
    pub versions: Vec<VersionOut>,
    /// What a client should use.
    pub default_version: &'static str,
    /// The newest that will not change under a client.
    pub stable_version: &'static str,
    /// The newest.
    pub latest_version: &'static str,
    /// Where they are explained.
    pub docs_base_url: String,
}

/// One version.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VersionOut {
    /// Name, as it stands in paths.
    pub version: &'static str,
    /// `stable`.
    pub status: &'static str,
    /// Whether it is what a client should use.
    pub is_default: bool,
    /// Day on which its paths and shapes were fixed.
    pub release_date: &'static str,
    /// Where it is explained.
    pub docs_url: String,
}

impl Route for VersionIndex {
    const SPEC: Spec = Spec::get("version_index", "/api/versions")
        .summary("List the versions of the API")
        .public("a client asks before it knows how to sign in")
        .cache("public, max-age=300");

    type Input = Input;
    type Output = VersionsOut;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    async fn call(ctx: &Ctx, _: Self::Input, (): ()) -> Result<Answer<VersionsOut>, Problem> {
        let docs = format!("{}/docs", ctx.base_url().trim_end_matches('/'));
        let v2 = VersionOut {
            version: "v2",
            status: "stable",
            is_default: true,
            release_date: "2026-11-23",
            docs_url: docs.clone(),
        };
        Ok(Answer::json(VersionsOut {
            versions: vec![v2],
            default_version: "v2",
            stable_version: "v2",
            latest_version: "v2",
            docs_base_url: docs,
        }))
    }
}
