//! `GET /institutions/{institution_id}`: one institution.

use cws_authz::{Action, Resource, resource};
use cws_model::{InstitutionId, identity::Institution};
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Slot, kind};
use schemars::JsonSchema;
use serde::Deserialize;

/// Path of a route about one institution.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct InstitutionPath {
    /// The institution.
    pub institution_id: InstitutionId,
}

/// Reads the institution that a path names.
///
/// # Errors
/// 404 when there is none.
pub async fn find_institution(ctx: &Ctx, id: &InstitutionId) -> Result<Found<Slot<Institution>>, Problem> {
    let slot = ctx.system().get::<Institution>(None, id.as_str()).await?;
    if slot.value().is_none() {
        return Err(Problem::not_found());
    }
    Ok(Found::new(Resource::Institution(resource::Institution { id: id.clone() }), slot))
}

/// Names the route; never constructed.
pub enum InstitutionView {}

impl Route for InstitutionView {
    const SPEC: Spec = Spec::get("institution_view", "/institutions/{institution_id}")
        .summary("View an institution")
        .requires(Action::InstitutionView)
        .answers(&["ETag"])
        .reads(&[kind::INSTITUTION]);

    type Input = Input<InstitutionPath>;
    type Output = Institution;
    type Target = Slot<Institution>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_institution(ctx, &input.path.institution_id).await
    }

    async fn call(_: &Ctx, _: Self::Input, slot: Self::Target) -> Result<Answer<Institution>, Problem> {
        let revision = slot.revision().cloned();
        Ok(Answer::json(slot.into_value().ok_or_else(Problem::not_found)?).etag(revision.as_ref()))
    }
}
