//! Which templates a project uses: noted when it downloads or locks one, for recommendations.

use cws_model::{
    id::{ProjectId, TemplateId},
    marketplace::TemplateUse,
    project::Member,
};
use cws_route::{Ctx, Problem};
use cws_store::Writes;
use schemars::JsonSchema;
use semver::Version;
use serde::Deserialize;

/// For which project a template is taken.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UseQuery {
    /// A project that the caller is in: the template counts as used there, and shapes what is recommended to it.
    pub project_id: Option<ProjectId>,
}

/// Notes that a project uses a version.
///
/// # Errors
/// 404 when the caller is not in the project.
pub async fn note_use(
    ctx: &Ctx,
    project_id: Option<&ProjectId>,
    id: &TemplateId,
    version: &Version,
    writes: &mut Writes,
) -> Result<(), Problem> {
    let Some(project_id) = project_id else { return Ok(()) };
    let store = ctx.store()?;
    let member = store.get::<Member>(Some(project_id.as_str()), ctx.caller().id()).await?;
    if member.value().is_none() {
        return Err(Problem::not_found());
    }
    let slot = store.get::<TemplateUse>(Some(project_id.as_str()), id.as_str()).await?;
    let times = slot.value().map_or(0, |row| row.times).saturating_add(1);
    let row = TemplateUse { template_id: id.clone(), version: version.clone(), times, last_at: ctx.now() };
    writes.overwrite(slot.key().clone(), &row, None)?;
    Ok(())
}
