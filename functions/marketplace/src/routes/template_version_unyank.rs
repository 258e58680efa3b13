//! `POST /marketplace/templates/{template_id}/versions/{version}/unyank`: takes a yank back.

use super::template_version_yank::{STATE_READS, settle};
use crate::{
    errors,
    latest::{overtakes, show},
    record::Happening,
    version_at::{VersionAt, VersionPath, find_version},
    view::VersionOut,
};
use cws_authz::Action;
use cws_model::marketplace::VersionState;
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Writes, kind};

/// Path of the route.
const PATH: &str = "/marketplace/templates/{template_id}/versions/{version}/unyank";

/// Names the route; never constructed.
pub enum TemplateVersionUnyank {}

impl Route for TemplateVersionUnyank {
    const SPEC: Spec = Spec::post("template_version_unyank", PATH)
        .summary("Take a yank back: the version is offered again")
        .requires(Action::TemplateYank)
        .errors(&[errors::WRONG_STATE])
        .reads(STATE_READS)
        .writes(&[kind::TEMPLATE, kind::TEMPLATE_VERSION])
        .audit(AuditRule::Record("template.unyanked"))
        .emits(&["template.unyanked.v1"]);

    type Input = Input<VersionPath>;
    type Output = VersionOut;
    type Target = VersionAt;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_version(ctx, &input.path).await
    }

    async fn call(ctx: &Ctx, _: Self::Input, at: Self::Target) -> Result<Answer<VersionOut>, Problem> {
        let (meta, row) = at.both()?;
        if !matches!(row.state, VersionState::Yanked { .. }) {
            return Err(Problem::new("wrong_state", "the version is not yanked"));
        }
        let (mut meta, mut row) = (meta.clone(), row.clone());
        row.state = VersionState::Active;
        let mut writes = Writes::new();
        if overtakes(&row.version, meta.latest.as_ref()) {
            show(&ctx.catalogue(), &mut meta, Some(&row), &mut writes).await?;
        }
        settle(ctx, Happening::Unyanked, &at, (meta, row), writes).await
    }
}
