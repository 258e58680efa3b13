//! `GET /health`: whether this deployment can work.

use crate::health::HealthProbe;
use cws_cloud::Port;
use cws_model::Timestamp;
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::kind;
use schemars::JsonSchema;
use serde::Serialize;

/// Names the route; never constructed.
pub enum HealthView {}

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// Everything that a request needs answers.
    Ok,
    /// The store does not answer; the status of the answer is 503.
    Unavailable,
}

/// The deployment's state.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HealthOut {
    /// How it is.
    pub status: HealthStatus,
    /// The store; null when it does not answer.
    pub store: Option<StoreOut>,
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
        let found = ctx.port::<dyn HealthProbe>()?.store().await;
        if let Err(error) = &found {
            tracing::error!(%error, "the store does not answer");
        }
        let store = found.ok().map(|health| StoreOut { adapter: health.adapter, schema: health.schema });
        let status = if store.is_some() { HealthStatus::Ok } else { HealthStatus::Unavailable };
        let out = HealthOut { status, store, version: env!("CARGO_PKG_VERSION"), time: ctx.now() };
        let code = if out.status == HealthStatus::Ok { 200 } else { 503 };
        Ok(Answer::json(out).status(code))
    }
}
