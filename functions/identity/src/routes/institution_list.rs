//! `GET /institutions`: the institutions that the caller may see.

use cws_authz::{Action, Resource, resource};
use cws_model::identity::Institution;
use cws_route::{Answer, Ctx, Found, Input, ListOf, Listing, Nothing, PageQuery, Problem, Route, Spec};
use cws_store::{Slot, kind};

/// Names the route; never constructed.
pub enum InstitutionList {}

impl Route for InstitutionList {
    const SPEC: Spec = Spec::get("institution_list", "/institutions")
        .summary("List institutions")
        .requires(Action::InstitutionList)
        .reads(&[kind::INSTITUTION]);

    type Input = Input<Nothing, PageQuery>;
    type Output = ListOf<Institution>;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::new(Resource::System, ()))
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<Self::Output>, Problem> {
        let store = ctx.system();
        let sees = |row: &Institution| {
            let resource = Resource::Institution(resource::Institution { id: row.id.clone() });
            ctx.allows(Action::InstitutionView, &resource, &[])
        };
        let listing = Listing::new(&store, input.query.limit, input.query.cursor.as_deref(), &());
        let mut page = listing.page(ctx, sees).await?;
        let items = page.items.drain(..).filter_map(Slot::into_value).collect();
        Ok(Answer::json(ListOf { items, next: page.next }))
    }
}
