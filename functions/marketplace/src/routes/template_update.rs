//! `PATCH /marketplace/templates/{template_id}`: changes what describes a template, never a version.

use crate::{
    describe::{label, read_tags},
    find::{TemplatePath, find_template},
    place,
    view::TemplateOut,
};
use cws_authz::Action;
use cws_model::{
    marketplace::{TemplateFace, TemplateMeta, TemplateStats},
    text::{Line, Prose},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Names the route; never constructed.
pub enum TemplateUpdate {}

/// What shall change; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateIn {
    /// Display name.
    pub title: Option<Line<100>>,
    /// One or two sentences.
    pub description: Option<Prose<2000>>,
    /// Category; empty takes it away.
    pub category: Option<Prose<50>>,
    /// Research domain; empty takes it away.
    pub domain: Option<Prose<50>>,
    /// Words to find it by, at most 40.
    #[schemars(length(max = 40))]
    pub tags: Option<BTreeSet<Line<50>>>,
    /// Manual, Markdown.
    pub documentation: Option<Prose<65536>>,
}

impl Route for TemplateUpdate {
    const SPEC: Spec = Spec::patch("template_update", "/marketplace/templates/{template_id}")
        .summary("Change a template's description, tags and documentation")
        .requires(Action::TemplateUpdate)
        .reads(&[kind::NAMESPACE])
        .writes(&[kind::TEMPLATE])
        .audit(AuditRule::Record("template.updated"))
        .emits(&["template.updated.v1"]);

    type Input = Input<TemplatePath, Nothing, UpdateIn>;
    type Output = TemplateOut;
    type Target = Slot<TemplateMeta>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_template(ctx, &input.path.template_id).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, slot: Self::Target) -> Result<Answer<TemplateOut>, Problem> {
        ctx.check_match(&slot)?;
        let mut meta = slot.value().cloned().ok_or_else(Problem::not_found)?;
        let changed = apply(&mut meta, input.body)?;
        meta.updated_at = ctx.now();
        let mut writes = Writes::new();
        writes.put(&slot, &meta)?;
        let (catalogue, part) = (ctx.catalogue(), Some(meta.id.as_str()));
        let face = catalogue.get::<TemplateFace>(part, place::LATEST).await?.into_value();
        let stats =
            catalogue.get::<TemplateStats>(part, place::STATS).await?.into_value().unwrap_or_default();
        let change = serde_json::json!({"template_id": meta.id, "fields": changed});
        let subject = meta.id.to_string();
        Ok(Answer::json(TemplateOut::new(meta, face, stats))
            .writes(writes)
            .event("template.updated.v1", subject.clone(), change.clone())
            .about(subject, change)
            .etag(Some(&ctx.revision())))
    }

    fn example() -> Option<serde_json::Value> {
        Some(
            serde_json::json!({"description": "River and catchment models in Python.", "tags": ["hydrology"]}),
        )
    }
}

/// Changes what is given; answers the names of the fields.
fn apply(meta: &mut TemplateMeta, body: UpdateIn) -> Result<Vec<&'static str>, Problem> {
    let mut changed = Vec::new();
    if let Some(title) = body.title {
        meta.title = title;
        changed.push("title");
    }
    if let Some(description) = body.description {
        meta.description = description;
        changed.push("description");
    }
    if let Some(category) = body.category {
        meta.category = label(category.as_str());
        changed.push("category");
    }
    if let Some(domain) = body.domain {
        meta.domain = label(domain.as_str());
        changed.push("domain");
    }
    if let Some(tags) = body.tags {
        meta.tags = read_tags(&tags)?;
        changed.push("tags");
    }
    if let Some(documentation) = body.documentation {
        meta.documentation = documentation;
        changed.push("documentation");
    }
    Ok(changed)
}
