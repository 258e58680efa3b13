//! `PATCH /institutions/{institution_id}`: changes an institution's settings.

use crate::routes::institution_view::{InstitutionPath, find_institution};
use cws_authz::Action;
use cws_model::{identity::Institution, text::Line};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most entries of a set or map of settings.
pub const ENTRIES_MAX: usize = 100;
/// Most bytes of a set or map of settings, as JSON: all of them fit into one row.
const BYTES_MAX: usize = 64 * 1024;

/// What changes; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InstitutionChange {
    /// Full name.
    #[serde(default)]
    pub name: Option<Line<200>>,
    /// AWS Regions, all of them.
    #[serde(default)]
    pub regions: Option<BTreeSet<Line<32>>>,
    /// Namespaces whose templates its people may launch, all of them; empty means every namespace.
    #[serde(default)]
    pub accepted_publishers: Option<BTreeSet<Line<64>>>,
    /// Defaults, all of them.
    #[serde(default)]
    pub defaults: Option<BTreeMap<String, serde_json::Value>>,
    /// Features, all of them.
    #[serde(default)]
    pub features: Option<BTreeMap<String, bool>>,
}

/// Names the route; never constructed.
pub enum InstitutionUpdate {}

impl Route for InstitutionUpdate {
    const SPEC: Spec = Spec::patch("institution_update", "/institutions/{institution_id}")
        .summary("Change an institution")
        .requires(Action::InstitutionUpdate)
        .writes(&[kind::INSTITUTION])
        .audit(AuditRule::Record("institution.updated"));

    type Input = Input<InstitutionPath, Nothing, InstitutionChange>;
    type Output = Institution;
    type Target = Slot<Institution>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_institution(ctx, &input.path.institution_id).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, slot: Self::Target) -> Result<Answer<Institution>, Problem> {
        ctx.check_match(&slot)?;
        let mut institution = slot.value().cloned().ok_or_else(Problem::not_found)?;
        let changed = apply(&mut institution, input.body)?;
        institution.updated_at = ctx.now();
        let mut writes = Writes::new();
        writes.put(&slot, &institution)?;
        let subject = institution.id.to_string();
        let answer = Answer::json(institution).writes(writes).etag(Some(&ctx.revision()));
        Ok(answer.about(subject, serde_json::json!({"fields": changed})))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"name": "University of Bern", "features": {"gpu": true}}))
    }
}

/// Applies a change and answers the names of the fields in it.
fn apply(institution: &mut Institution, change: InstitutionChange) -> Result<Vec<&'static str>, Problem> {
    let mut changed = Vec::new();
    if let Some(name) = change.name {
        institution.name = name;
        changed.push("name");
    }
    if let Some(regions) = change.regions {
        bounded("/regions", regions.len(), &regions)?;
        institution.regions = regions.iter().map(ToString::to_string).collect();
        changed.push("regions");
    }
    if let Some(accepted) = change.accepted_publishers {
        bounded("/accepted_publishers", accepted.len(), &accepted)?;
        institution.accepted_publishers = accepted.iter().map(ToString::to_string).collect();
        changed.push("accepted_publishers");
    }
    if let Some(defaults) = change.defaults {
        bounded("/defaults", defaults.len(), &defaults)?;
        institution.defaults = defaults;
        changed.push("defaults");
    }
    if let Some(features) = change.features {
        bounded("/features", features.len(), &features)?;
        institution.features = features;
        changed.push("features");
    }
    Ok(changed)
}

/// Holds a set or map of settings to what a row has room for.
///
/// # Errors
/// `invalid_field`.
pub fn bounded(pointer: &str, count: usize, value: &impl Serialize) -> Result<(), Problem> {
    if count > ENTRIES_MAX {
        return Err(Problem::field(pointer, format!("has more than {ENTRIES_MAX} entries")));
    }
    let bytes = serde_json::to_vec(value).map_err(Problem::internal)?.len();
    if bytes > BYTES_MAX {
        return Err(Problem::field(pointer, format!("has {bytes} bytes; the limit is {BYTES_MAX}")));
    }
    Ok(())
}
