//! `GET /marketplace/namespaces/{namespace}`: a namespace and who is in it.

use crate::{
    find::{NamespaceAt, NamespacePath, find_namespace},
    namespace::{NamespaceOut, members},
};
use cws_authz::Action;
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::kind;

/// Names the route; never constructed.
pub enum NamespaceView {}

impl Route for NamespaceView {
    const SPEC: Spec = Spec::get("namespace_view", "/marketplace/namespaces/{namespace}")
        .summary("View a namespace and its members")
        .requires(Action::NamespaceView)
        .answers(&["ETag"])
        .reads(&[kind::NAMESPACE]);

    type Input = Input<NamespacePath>;
    type Output = NamespaceOut;
    type Target = NamespaceAt;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_namespace(ctx, input.path.namespace.as_str()).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, at: Self::Target) -> Result<Answer<NamespaceOut>, Problem> {
        let members = members(&ctx.catalogue(), input.path.namespace.as_str()).await?;
        let revision = at.meta.revision().cloned();
        let namespace = at.meta.into_value().ok_or_else(Problem::not_found)?;
        Ok(Answer::json(NamespaceOut::new(namespace, members)).etag(revision.as_ref()))
    }
}
