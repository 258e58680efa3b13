//! `POST /marketplace/templates/{template_id}/deprecate`: says that a template should no longer be used.

use crate::{
    find::{TemplatePath, find_template, memberships_to_view, template_resource},
    place,
};
use cws_authz::Action;
use cws_model::{
    Timestamp,
    id::TemplateId,
    marketplace::{Deprecation, TemplateMeta, TemplateNameClaim},
    text::Line,
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};
use cws_templates::TemplateName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Names the route; never constructed.
pub enum TemplateDeprecate {}

/// Why, and what to use instead.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeprecateIn {
    /// Why; null takes the deprecation back.
    pub reason: Option<Line<500>>,
    /// What replaces it, `namespace/name`.
    pub replacement: Option<TemplateName>,
}

/// The template's state now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeprecatedOut {
    /// Template.
    pub id: TemplateId,
    /// Set while it should not be used.
    pub deprecated: Option<Deprecation>,
    /// When the template last changed.
    pub updated_at: Timestamp,
}

impl Route for TemplateDeprecate {
    const SPEC: Spec = Spec::post("template_deprecate", "/marketplace/templates/{template_id}/deprecate")
        .summary("Deprecate a template and name its replacement, or take that back")
        .requires(Action::TemplateDeprecate)
        .reads(&[kind::NAMESPACE, kind::TEMPLATE_NAME])
        .writes(&[kind::TEMPLATE])
        .audit(AuditRule::Record("template.deprecated"))
        .emits(&["template.deprecated.v1"]);

    type Input = Input<TemplatePath, Nothing, DeprecateIn>;
    type Output = DeprecatedOut;
    type Target = Slot<TemplateMeta>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_template(ctx, &input.path.template_id).await
    }

    async fn call(
        ctx: &Ctx,
        input: Self::Input,
        slot: Self::Target,
    ) -> Result<Answer<DeprecatedOut>, Problem> {
        let mut meta = slot.value().cloned().ok_or_else(Problem::not_found)?;
        let DeprecateIn { reason, replacement } = input.body;
        if reason.is_none() && replacement.is_some() {
            return Err(Problem::field(
                "/reason",
                "say why, or leave `replacement` out to take the deprecation back",
            ));
        }
        if let Some(replacement) = &replacement {
            check_replacement(ctx, &meta, replacement).await?;
        }
        let replacement = replacement.map(|name| name.to_string());
        meta.deprecated = reason.map(|reason| Deprecation { reason, replacement, at: ctx.now() });
        meta.updated_at = ctx.now();
        let mut writes = Writes::new();
        writes.put(&slot, &meta)?;
        let replacement = meta.deprecated.as_ref().and_then(|it| it.replacement.clone());
        let change = serde_json::json!({
            "template_id": meta.id, "deprecated": meta.deprecated.is_some(), "replacement": replacement,
        });
        let (id, updated_at) = (meta.id.clone(), meta.updated_at);
        Ok(Answer::json(DeprecatedOut { id: id.clone(), deprecated: meta.deprecated, updated_at })
            .writes(writes)
            .event("template.deprecated.v1", id.as_str(), change.clone())
            .about(id.as_str(), change))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"reason": "Ubuntu 22.04 is no longer maintained here."}))
    }
}

/// A replacement is another template that the caller sees.
async fn check_replacement(ctx: &Ctx, meta: &TemplateMeta, name: &TemplateName) -> Result<(), Problem> {
    let nothing =
        || Problem::field("/replacement", format!("there is no template `{name}`, or you may not see it"));
    let catalogue = ctx.catalogue();
    let claim = catalogue.get::<TemplateNameClaim>(Some(name.namespace()), name.name()).await?;
    let claim = claim.into_value().ok_or_else(nothing)?;
    if claim.template_id == meta.id {
        return Err(Problem::field("/replacement", "a template cannot replace itself"));
    }
    let other = catalogue.get::<TemplateMeta>(Some(claim.template_id.as_str()), place::META).await?;
    let other = other.into_value().ok_or_else(nothing)?;
    let memberships = memberships_to_view(ctx, &other).await?;
    if ctx.allows(Action::TemplateView, &template_resource(&other), &memberships) {
        Ok(())
    } else {
        Err(nothing())
    }
}
