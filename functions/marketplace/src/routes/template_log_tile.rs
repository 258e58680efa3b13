//! `GET /marketplace/log/tile/{path+}`: a tile or entry bundle of the template log.

use crate::log::tile;
use cws_route::{Answer, Ctx, Found, Input, Problem, Raw, Route, Spec};
use cws_store::kind;
use cws_translog::TilePath;
use schemars::JsonSchema;
use serde::Deserialize;

/// Names the route; never constructed.
pub enum TemplateLogTile {}

/// Path.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct TileAt {
    /// Level and index as C2SP tlog-tiles writes them, such as `0/x001/067` or `entries/000.p/12`.
    #[schemars(length(min = 5, max = 60))]
    pub path: String,
}

impl Route for TemplateLogTile {
    const SPEC: Spec = Spec::get("template_log_tile", "/marketplace/log/tile/{path+}")
        .summary("Read a tile or entry bundle of the template log (C2SP tlog-tiles)")
        .public("anybody may check the whole log; records about what is not public name nothing")
        .reads(&[kind::LOG_HEAD, kind::LOG_TILE])
        .produces("application/octet-stream");

    type Input = Input<TileAt>;
    type Output = Raw;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    /// A full tile never changes; a partial one is the beginning of what is there later.
    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<Raw>, Problem> {
        let path: TilePath = format!("tile/{}", input.path.path).parse().map_err(|_| Problem::not_found())?;
        let bytes = tile(&ctx.catalogue(), &path).await?.ok_or_else(Problem::not_found)?;
        let cache = if path.is_full() { "public, max-age=31536000, immutable" } else { "public, max-age=60" };
        Ok(Answer::bytes(bytes).header("cache-control", cache))
    }
}
