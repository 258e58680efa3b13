//! `GET /marketplace/templates/{template_id}/versions`: every version, newest first.

use crate::{
    find::{TemplatePath, find_shown},
    view::VersionOut,
};
use cws_authz::Action;
use cws_model::marketplace::{TemplateMeta, TemplateVersion};
use cws_route::{Answer, Ctx, Found, Input, ListOf, Listing, PageQuery, Problem, Route, Spec};
use cws_store::{Slot, kind};

/// Names the route; never constructed.
pub enum TemplateVersionList {}

impl Route for TemplateVersionList {
    const SPEC: Spec = Spec::get("template_version_list", "/marketplace/templates/{template_id}/versions")
        .summary("List a template's versions, highest first, yanked ones too")
        .requires(Action::TemplateView)
        .reads(&[kind::TEMPLATE, kind::TEMPLATE_VERSION, kind::NAMESPACE]);

    type Input = Input<TemplatePath, PageQuery>;
    type Output = ListOf<VersionOut>;
    type Target = Slot<TemplateMeta>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_shown(ctx, &input.path.template_id).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, _: Self::Target) -> Result<Answer<Self::Output>, Problem> {
        let (id, query, catalogue) = (input.path.template_id, input.query, ctx.catalogue());
        let listing =
            Listing::new(&catalogue, query.limit, query.cursor.as_deref(), &id).part(id.as_str()).reverse();
        let page = listing.page::<TemplateVersion>(ctx, |_| true).await?;
        let rows = page.items.into_iter().filter_map(Slot::into_value);
        let items = rows.map(|row| VersionOut::new(id.clone(), row)).collect();
        Ok(Answer::json(ListOf { items, next: page.next }))
    }
}
