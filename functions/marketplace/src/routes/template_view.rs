//! `GET /marketplace/templates/{template_id}`: one template with what its latest version shows.

use crate::{
    find::{TemplatePath, memberships_to_view, template_resource},
    place,
    view::TemplateOut,
};
use cws_authz::Action;
use cws_model::marketplace::{TemplateFace, TemplateMeta, TemplateStats};
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Slot, kind};

/// Names the route; never constructed.
pub enum TemplateView {}

/// The three rows of a template.
#[derive(Debug)]
pub struct TemplateRows {
    /// What describes it.
    pub meta: Slot<TemplateMeta>,
    /// What its latest version shows.
    pub face: Slot<TemplateFace>,
    /// Its numbers.
    pub stats: Slot<TemplateStats>,
}

impl Route for TemplateView {
    const SPEC: Spec = Spec::get("template_view", "/marketplace/templates/{template_id}")
        .summary("View a template and its latest version")
        .requires(Action::TemplateView)
        .answers(&["ETag"])
        .reads(&[kind::TEMPLATE, kind::NAMESPACE]);

    type Input = Input<TemplatePath>;
    type Output = TemplateOut;
    type Target = TemplateRows;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        let rows = read_rows(ctx, input.path.template_id.as_str()).await?;
        let meta = rows.meta.value().ok_or_else(Problem::not_found)?;
        let memberships = memberships_to_view(ctx, meta).await?;
        Ok(Found::new(template_resource(meta), rows).memberships(memberships))
    }

    /// The ETag is that of the template; ratings and downloads are numbers beside it and move without it.
    async fn call(_: &Ctx, _: Self::Input, rows: Self::Target) -> Result<Answer<TemplateOut>, Problem> {
        let revision = rows.meta.revision().cloned();
        let meta = rows.meta.into_value().ok_or_else(Problem::not_found)?;
        let stats = rows.stats.into_value().unwrap_or_default();
        Ok(Answer::json(TemplateOut::new(meta, rows.face.into_value(), stats)).etag(revision.as_ref()))
    }
}

/// Reads the three rows in one call.
async fn read_rows(ctx: &Ctx, id: &str) -> Result<TemplateRows, Problem> {
    let catalogue = ctx.catalogue();
    let keys = [
        catalogue.key::<TemplateMeta>(Some(id), place::META)?,
        catalogue.key::<TemplateFace>(Some(id), place::LATEST)?,
        catalogue.key::<TemplateStats>(Some(id), place::STATS)?,
    ];
    let mut items = catalogue.items_at(&keys).await?.into_iter();
    let [meta, face, stats] = keys;
    Ok(TemplateRows {
        meta: Slot::read(meta, items.next().flatten(), ctx.now())?,
        face: Slot::read(face, items.next().flatten(), ctx.now())?,
        stats: Slot::read(stats, items.next().flatten(), ctx.now())?,
    })
}
