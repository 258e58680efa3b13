//! `POST /marketplace/namespaces`: takes a name that templates are published under.

use crate::{
    errors,
    find::Name,
    names::{NamespaceEntry, check_namespace},
    namespace::NamespaceOut,
    place,
    reserved::reserved,
};
use cws_authz::{Action, Resource, resource};
use cws_model::{
    identity::Role,
    marketplace::{Namespace, NamespaceMember, NamespaceRole, SignaturePolicy},
    text::Prose,
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Writes, kind};
use schemars::JsonSchema;
use serde::Deserialize;

/// Names the route; never constructed.
pub enum NamespaceCreate {}

/// A new namespace.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamespaceIn {
    /// Unique on the deployment.
    pub name: Name,
    /// Who publishes here, and what.
    #[serde(default)]
    pub description: Prose<1000>,
    /// Whether every version must carry a signature of its publisher.
    #[serde(default)]
    pub publisher_signatures: SignaturePolicy,
}

impl Route for NamespaceCreate {
    const SPEC: Spec = Spec::post("namespace_create", "/marketplace/namespaces")
        .summary("Take a namespace")
        .requires(Action::NamespaceCreate)
        .answers(&["ETag", "Location"])
        .status(201)
        .errors(&[errors::NAMESPACE_TAKEN, errors::NAMESPACE_RESERVED, errors::NAME_TOO_CLOSE])
        .writes(&[kind::NAMESPACE])
        .audit(AuditRule::Record("namespace.created"))
        .emits(&["namespace.created.v1"]);

    type Input = Input<Nothing, Nothing, NamespaceIn>;
    type Output = NamespaceOut;
    type Target = ();

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        let id = ctx.institution()?.clone();
        Ok(Found::new(Resource::Institution(resource::Institution { id }), ()))
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<NamespaceOut>, Problem> {
        let institution = ctx.institution()?.clone();
        let body = input.body;
        let name = body.name.as_str();
        let above = ctx.caller().principal.role == Some(Role::SystemAdmin);
        if let Some(word) = reserved(name).filter(|_| !above) {
            let detail = format!("`{name}` passes for `{word}`, which is kept for the deployment itself");
            return Err(Problem::new("namespace_reserved", detail));
        }
        let catalogue = ctx.catalogue();
        if catalogue.get::<Namespace>(Some(name), place::META).await?.value().is_some() {
            return Err(Problem::new("namespace_taken", format!("`{name}` exists")));
        }
        let near = check_namespace(ctx, name, &institution).await?;
        let (namespace, owner) = new_rows(ctx, body.clone(), institution.clone());
        let mut writes = Writes::new();
        writes.create(catalogue.key::<Namespace>(Some(name), place::META)?, &namespace)?;
        let member = place::member(ctx.caller().id());
        writes.create(catalogue.key::<NamespaceMember>(Some(name), &member)?, &owner)?;
        near.file(ctx, std::iter::once(name), institution.as_str(), &mut writes)?;
        let listed = catalogue.key::<NamespaceEntry>(Some(&place::first_part_of(name)), name)?;
        writes.create(listed, &NamespaceEntry { institution })?;
        let change = serde_json::json!({"publisher_signatures": namespace.publisher_signatures});
        Ok(Answer::json(NamespaceOut::new(namespace.clone(), vec![owner]))
            .writes(writes)
            .header("location", format!("/api/v2/marketplace/namespaces/{name}"))
            .event("namespace.created.v1", name, serde_json::json!({"namespace": name}))
            .about(name, change)
            .etag(Some(&ctx.revision())))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"name": "bern-lab", "description": "Hydrology at Bern."}))
    }
}

fn new_rows(
    ctx: &Ctx,
    body: NamespaceIn,
    institution: cws_model::InstitutionId,
) -> (Namespace, NamespaceMember) {
    let owner = ctx.caller().id().to_owned();
    let namespace = Namespace {
        name: body.name.as_str().to_owned(),
        institution,
        description: body.description,
        publisher_signatures: body.publisher_signatures,
        owner_count: 1,
        member_count: 1,
        key_count: 0,
        created_by: owner.clone(),
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    let member = NamespaceMember {
        user_id: owner.clone(),
        role: NamespaceRole::Owner,
        added_by: owner,
        added_at: ctx.now(),
        updated_at: ctx.now(),
    };
    (namespace, member)
}
