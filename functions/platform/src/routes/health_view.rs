//! `GET /health`: whether this deployment can work.

use crate::health::{BackgroundHealth, HealthProbe};
use cws_cloud::Port;
use cws_model::Timestamp;
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::kind;
use schemars::JsonSchema;
use serde::Serialize;

/// Names the route; never constructed.
pub enum HealthView {}

/// How it is: a deployment that cannot work answers 503 and no such thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// Everything works.
    Ok,
    /// Requests are answered, but a part of the work in the background is stuck; see `background`.
    Degraded,
}

/// The deployment's state.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HealthOut {
    /// How it is.
    pub status: HealthStatus,
    /// The store.
    pub store: StoreOut,
    /// The work in the background of this process; null where it goes on elsewhere.
    pub background: Option<BackgroundHealth>,
    /// Version of the program.
    pub version: &'static str,
    /// Time at the deployment.
    pub time: Timestamp,
}

/// The store.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StoreOut {
    /// `sqlite` or `dynamodb`.
    pub adapter: &'static str,
    /// Schema version of the stored data.
    pub schema: u32,
}

impl Route for HealthView {
    const SPEC: Spec = Spec::get("health_view", "/health")
        .summary("See whether the deployment can work")
        .public("monitors carry no credential, and it names no data")
        .reads(&[kind::META])
        .calls(&[<dyn HealthProbe>::NAME]);

    type Input = Input;
    type Output = HealthOut;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    async fn call(ctx: &Ctx, _: Self::Input, (): ()) -> Result<Answer<HealthOut>, Problem> {
        let probe = ctx.port::<dyn HealthProbe>()?;
        let health = probe.store().await.map_err(|error| {
            Problem::new("unavailable", "the store does not answer").because(error).header("retry-after", "1")
        })?;
        let store = StoreOut { adapter: health.adapter, schema: health.schema };
        let background = probe.background(ctx.now());
        let stuck = background.as_ref().is_some_and(BackgroundHealth::is_stuck);
        let status = if stuck { HealthStatus::Degraded } else { HealthStatus::Ok };
        let version = env!("CARGO_PKG_VERSION");
        Ok(Answer::json(HealthOut { status, store, background, version, time: ctx.now() }))
    }
}
