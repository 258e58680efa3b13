//! `POST /marketplace/templates/{template_id}/versions`: publishes another version.

use super::template_publish::{EXAMPLE, audience};
use crate::{
    errors, examine,
    find::{Name, TemplatePath, find_template},
    place,
    publish::{PublishedOut, READS, Submission},
    routes::template_channel_set::point,
    vouch::PublisherSignatureIn,
};
use cws_authz::Action;
use cws_model::{
    marketplace::{Namespace, TemplateFace, TemplateMeta},
    text::Prose,
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};
use cws_templates::TemplateName;
use schemars::JsonSchema;
use serde::Deserialize;

/// Names the route; never constructed.
pub enum TemplateVersionPublish {}

/// Another version.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionIn {
    /// Semantic version; the template's own `version` when left out.
    #[schemars(length(max = 64))]
    pub version: Option<String>,
    /// The template, YAML. Exactly this text is stored, digested and signed.
    #[schemars(length(min = 1, max = 1_048_576))]
    pub template: String,
    /// What is new in this version.
    #[serde(default)]
    pub changelog: Prose<4000>,
    /// A channel that shall point to this version, such as `beta`.
    pub channel: Option<Name>,
    /// The publisher's own signature.
    pub publisher_signature: Option<PublisherSignatureIn>,
}

impl Route for TemplateVersionPublish {
    const SPEC: Spec =
        Spec::post("template_version_publish", "/marketplace/templates/{template_id}/versions")
            .summary("Publish another version of a template")
            .requires(Action::TemplateVersionPublish)
            .answers(&["Location"])
            .status(201)
            .errors(&[
                errors::VERSION_EXISTS,
                errors::TEMPLATE_INVALID,
                errors::UNRESOLVABLE,
                errors::PUBLISHER_SIGNATURE,
                errors::TOO_MANY,
            ])
            .reads(READS)
            .writes(&[kind::TEMPLATE, kind::TEMPLATE_VERSION, kind::TEMPLATE_BYTES])
            .calls(&["signer", "script_check"])
            .audit(AuditRule::Record("template.published"))
            .emits(&["template.published.v1"]);

    type Input = Input<TemplatePath, Nothing, VersionIn>;
    type Output = PublishedOut;
    type Target = Slot<TemplateMeta>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_template(ctx, &input.path.template_id).await
    }

    async fn call(
        ctx: &Ctx,
        input: Self::Input,
        slot: Self::Target,
    ) -> Result<Answer<PublishedOut>, Problem> {
        let mut meta = slot.value().cloned().ok_or_else(Problem::not_found)?;
        let body = input.body;
        let catalogue = ctx.catalogue();
        let namespace = catalogue.get::<Namespace>(Some(&meta.namespace), place::META).await?;
        let namespace = namespace.into_value().ok_or_else(Problem::not_found)?;
        let submission = Submission {
            name: TemplateName::new(&meta.namespace, &meta.name).map_err(Problem::internal)?,
            version: body.version.as_deref(),
            yaml: &body.template,
            changelog: body.changelog,
            audience: audience(&namespace, meta.visibility),
            publisher: body.publisher_signature.as_ref(),
            policy: namespace.publisher_signatures,
        };
        let mut writes = Writes::new();
        let read = examine::read_apart(&body.template).await?;
        examine::check(&read.1)?;
        submission.check_new(ctx, &meta.id, &read.0.template).await?;
        let prepared = submission.prepare(ctx, read, &mut writes).await?;
        prepared.write(ctx, &meta.id, &mut writes).await?;
        let shown = catalogue.get::<TemplateFace>(Some(meta.id.as_str()), place::LATEST).await?;
        prepared.note(&mut meta, &shown, &mut writes)?;
        if let Some(channel) = body.channel {
            point(&mut meta, &channel, prepared.row.version.clone())?;
        }
        meta.updated_at = ctx.now();
        writes.put(&slot, &meta)?;
        let change = prepared.change(&meta, false);
        let location = format!("/api/v2/marketplace/templates/{}/versions/{}", meta.id, prepared.row.version);
        Ok(Answer::json(prepared.answer(&meta)?)
            .writes(writes)
            .header("location", location)
            .event("template.published.v1", meta.id.as_str(), change.clone())
            .about(meta.id.as_str(), change))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"version": "1.1.0", "changelog": "Newer packages.", "template": EXAMPLE}))
    }
}
