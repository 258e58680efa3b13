//! `GET /marketplace/namespaces/{namespace}/keys`: the keys that a namespace signs with.

use crate::{
    find::{NamespaceAt, NamespacePath, find_namespace},
    place,
};
use cws_authz::Action;
use cws_model::marketplace::PublisherKey;
use cws_route::{Answer, Ctx, Found, Input, ListOf, Listing, PageQuery, Problem, Route, Spec};
use cws_store::{Slot, kind};

/// Names the route; never constructed.
pub enum PublisherKeyList {}

impl Route for PublisherKeyList {
    const SPEC: Spec = Spec::get("publisher_key_list", "/marketplace/namespaces/{namespace}/keys")
        .summary("List a namespace's keys, revoked ones too")
        .requires(Action::PublisherKeyList)
        .reads(&[kind::NAMESPACE]);

    type Input = Input<NamespacePath, PageQuery>;
    type Output = ListOf<PublisherKey>;
    type Target = NamespaceAt;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_namespace(ctx, input.path.namespace.as_str()).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, _: NamespaceAt) -> Result<Answer<Self::Output>, Problem> {
        let name = input.path.namespace.as_str();
        let (catalogue, query) = (ctx.catalogue(), input.query);
        let listing = Listing::new(&catalogue, query.limit, query.cursor.as_deref(), &name)
            .part(name)
            .prefix(place::KEYS);
        let page = listing.page::<PublisherKey>(ctx, |_| true).await?;
        let items = page.items.into_iter().filter_map(Slot::into_value).collect();
        Ok(Answer::json(ListOf { items, next: page.next }))
    }
}
