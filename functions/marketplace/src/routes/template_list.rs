//! `GET /marketplace/templates`: the templates that the caller may see.

use crate::{
    discover::{self, CALLS, READS, discover},
    filters::{TemplatePage, TemplateQuery, open},
};
use cws_authz::Action;
use cws_route::{Answer, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_search::Query;

/// Names the route; never constructed.
pub enum TemplateList {}

impl Route for TemplateList {
    const SPEC: Spec = Spec::get("template_list", "/marketplace/templates")
        .summary("List templates; deprecated ones only when asked for")
        .requires(Action::TemplateList)
        .reads(READS)
        .calls(CALLS);

    type Input = Input<Nothing, TemplateQuery>;
    type Output = TemplatePage;
    type Target = ();

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        discover::marketplace(ctx)
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<TemplatePage>, Problem> {
        let filters = input.query;
        let after = open(ctx, filters.cursor.as_deref(), &filters)?;
        let found = discover(ctx, Query { after, ..filters.clone().into_query() }).await?;
        Ok(Answer::json(TemplatePage::new(ctx, found, &filters)?))
    }
}
