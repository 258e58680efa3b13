//! `POST /institutions`: opens an institution on this deployment.

use crate::routes::institution_update::bounded;
use cws_authz::{Action, Resource};
use cws_model::{InstitutionId, identity::Institution, text::Line};
use cws_route::{Answer, AuditRule, Ctx, ErrorCode, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Writes, kind};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A new institution.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InstitutionNew {
    /// Slug, chosen once.
    pub id: InstitutionId,
    /// Full name.
    pub name: Line<200>,
    /// AWS Regions that its resources may be in.
    #[serde(default)]
    pub regions: BTreeSet<Line<32>>,
}

/// Names the route; never constructed.
pub enum InstitutionCreate {}

impl Route for InstitutionCreate {
    const SPEC: Spec = Spec::post("institution_create", "/institutions")
        .summary("Open an institution")
        .requires(Action::InstitutionCreate)
        .answers(&["ETag", "Location"])
        .status(201)
        .errors(&[ErrorCode::new(409, "institution_exists", "An institution has this id.")])
        .writes(&[kind::INSTITUTION])
        .audit(AuditRule::Record("institution.created"));

    type Input = Input<Nothing, Nothing, InstitutionNew>;
    type Output = Institution;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::new(Resource::System, ()))
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<Institution>, Problem> {
        let InstitutionNew { id, name, regions } = input.body;
        bounded("/regions", regions.len(), &regions)?;
        let slot = ctx.system().get::<Institution>(None, id.as_str()).await?;
        if slot.value().is_some() {
            return Err(
                Problem::new("institution_exists", format!("`{id}` exists")).and_field("/id", "is taken")
            );
        }
        let institution = Institution {
            id: id.clone(),
            name,
            regions: regions.iter().map(ToString::to_string).collect(),
            accepted_publishers: BTreeSet::new(),
            defaults: BTreeMap::new(),
            features: BTreeMap::new(),
            created_at: ctx.now(),
            updated_at: ctx.now(),
        };
        let mut writes = Writes::new();
        writes.put(&slot, &institution)?;
        let answer = Answer::json(institution).writes(writes).etag(Some(&ctx.revision()));
        let answer = answer.header("location", format!("/api/v2/institutions/{id}"));
        Ok(answer.about(id.as_str(), serde_json::Value::Null))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"id": "uni-bern", "name": "University of Bern", "regions": ["eu-central-2"]}))
    }
}
