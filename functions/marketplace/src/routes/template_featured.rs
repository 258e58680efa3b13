//! `GET /marketplace/featured`: what people rate best.

use crate::{
    discover::{self, CALLS, READS, discover},
    filters::{ShelfPage, ShelfQuery, open},
};
use cws_authz::Action;
use cws_route::{Answer, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_search::{Query, Sort};

/// Names the route; never constructed.
pub enum TemplateFeatured {}

impl Route for TemplateFeatured {
    const SPEC: Spec = Spec::get("template_featured", "/marketplace/featured")
        .summary("List templates rated 4.0 or better by at least five people, best first")
        .requires(Action::TemplateList)
        .reads(READS)
        .calls(CALLS);

    type Input = Input<Nothing, ShelfQuery>;
    type Output = ShelfPage;
    type Target = ();

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        discover::marketplace(ctx)
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<ShelfPage>, Problem> {
        let shelf = input.query;
        let after = open(ctx, shelf.cursor.as_deref(), &shelf)?;
        let query = Query { featured: true, sort: Sort::Rating, after, ..shelf.clone().into_query() };
        let found = discover(ctx, query).await?;
        Ok(Answer::json(ShelfPage::new(ctx, found, &shelf)?))
    }
}
