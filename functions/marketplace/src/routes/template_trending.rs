//! `GET /marketplace/trending`: what people download these days.

use crate::{
    discover::{self, CALLS, Discovered, READS, discover},
    filters::{ShelfPage, ShelfQuery, open},
};
use cws_authz::Action;
use cws_route::{Answer, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_search::{Key, Query, Sort};

/// Names the route; never constructed.
pub enum TemplateTrending {}

impl Route for TemplateTrending {
    const SPEC: Spec = Spec::get("template_trending", "/marketplace/trending")
        .summary("List templates by their downloads of the last 7 days")
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
        let query = Query { sort: Sort::Trending, after, ..shelf.clone().into_query() };
        let found = downloaded(discover(ctx, query).await?);
        Ok(Answer::json(ShelfPage::new(ctx, found, &shelf)?))
    }
}

/// The list ends where the templates begin that nobody downloaded lately.
fn downloaded(mut found: Discovered) -> Discovered {
    found.items.retain(|item| item.downloads_recent > 0);
    found.next = found.next.filter(|next| matches!(next.key, Key::Number(negated) if negated < 0));
    found
}
