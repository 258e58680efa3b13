//! `POST /marketplace/templates`: publishes a template that is new to its namespace.

use crate::{
    describe::{Described, Description},
    errors, examine,
    find::{Name, NamespaceAt, find_namespace},
    names::NewNames,
    pin::Audience,
    place,
    publish::{PublishedOut, READS, Submission},
    routes::template_channel_set::point,
    vouch::PublisherSignatureIn,
};
use cws_authz::Action;
use cws_model::{
    id::TemplateId,
    marketplace::{Namespace, TemplateFace, TemplateMeta, Visibility},
    text::{Line, Prose},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};
use cws_templates::{Template, TemplateName, name::slug};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most aliases of a template.
const ALIASES_MAX: usize = 8;

/// Names the route; never constructed.
pub enum TemplatePublish {}

/// A template and its first version.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishIn {
    /// Namespace that it is published in.
    pub namespace: Name,
    /// Name in the namespace; made from the template's `slug` or `name` when left out.
    pub name: Option<Name>,
    /// Semantic version; the template's own `version` when left out.
    #[schemars(length(max = 64))]
    pub version: Option<String>,
    /// The template, YAML. Exactly this text is stored, digested and signed.
    #[schemars(length(min = 1, max = 1_048_576))]
    pub template: String,
    /// Who may see it.
    #[serde(default)]
    pub visibility: Visibility,
    /// Display name; the template's `name` when left out.
    pub title: Option<Line<100>>,
    /// One or two sentences; the template's `description` when left out.
    pub description: Option<Prose<2000>>,
    /// Category, such as `machine-learning`; the template's when left out.
    pub category: Option<Line<50>>,
    /// Research domain; the template's when left out.
    pub domain: Option<Line<50>>,
    /// Words to find it by, at most 40; the template's keywords when left out.
    #[schemars(length(max = 40))]
    pub tags: Option<BTreeSet<Line<50>>>,
    /// Manual, Markdown; the template's `long_description` when left out.
    pub documentation: Option<Prose<65536>>,
    /// What is new in this version.
    #[serde(default)]
    pub changelog: Prose<4000>,
    /// Further names in the namespace, at most 8.
    #[serde(default)]
    #[schemars(length(max = 8))]
    pub aliases: BTreeSet<Name>,
    /// A channel that shall point to this version, such as `stable`.
    pub channel: Option<Name>,
    /// The publisher's own signature.
    pub publisher_signature: Option<PublisherSignatureIn>,
}

impl Route for TemplatePublish {
    const SPEC: Spec = Spec::post("template_publish", "/marketplace/templates")
        .summary("Publish a template")
        .requires(Action::TemplatePublish)
        .answers(&["ETag", "Location"])
        .status(201)
        .errors(&[
            errors::NAME_TAKEN,
            errors::NAME_TOO_CLOSE,
            errors::VERSION_EXISTS,
            errors::TEMPLATE_INVALID,
            errors::UNRESOLVABLE,
            errors::PUBLISHER_SIGNATURE,
            errors::TOO_MANY,
        ])
        .reads(READS)
        .writes(&[kind::TEMPLATE, kind::TEMPLATE_VERSION, kind::TEMPLATE_NAME, kind::TEMPLATE_BYTES])
        .calls(&["signer", "script_check"])
        .audit(AuditRule::Record("template.published"))
        .emits(&["template.published.v1"]);

    type Input = Input<Nothing, Nothing, PublishIn>;
    type Output = PublishedOut;
    type Target = NamespaceAt;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_namespace(ctx, input.body.namespace.as_str()).await
    }

    async fn call(
        ctx: &Ctx,
        input: Self::Input,
        target: Self::Target,
    ) -> Result<Answer<PublishedOut>, Problem> {
        let body = input.body;
        let namespace = target.meta.into_value().ok_or_else(Problem::not_found)?;
        if body.aliases.len() > ALIASES_MAX {
            return Err(Problem::field("/aliases", format!("at most {ALIASES_MAX} aliases")));
        }
        let read = examine::read_apart(&body.template).await?;
        examine::check(&read.1)?;
        let name = name_of(&namespace, body.name.as_ref(), &read.0.template)?;
        let described = description(&body).or_from(&read.0.template)?;
        let id: TemplateId = ctx.id();
        let mut writes = Writes::new();
        let names = NewNames {
            namespace: &namespace.name,
            name: name.name(),
            aliases: &body.aliases,
            visibility: body.visibility,
        };
        names.claim(ctx, &id, &mut writes).await?;
        let mut meta = new_meta(ctx, id, &namespace, &name, &body, described);
        let submission = Submission {
            name,
            version: body.version.as_deref(),
            yaml: &body.template,
            changelog: body.changelog,
            audience: audience(&namespace, body.visibility),
            publisher: body.publisher_signature.as_ref(),
            policy: namespace.publisher_signatures,
        };
        let prepared = submission.prepare(ctx, read, &mut writes).await?;
        prepared.write(ctx, &meta.id, &mut writes).await?;
        let catalogue = ctx.catalogue();
        let part = Some(meta.id.as_str());
        let shown =
            Slot::<TemplateFace>::read(catalogue.key::<TemplateFace>(part, place::LATEST)?, None, ctx.now())?;
        prepared.note(&mut meta, &shown, &mut writes)?;
        if let Some(channel) = body.channel {
            point(&mut meta, &channel, prepared.row.version.clone())?;
        }
        writes.create(catalogue.key::<TemplateMeta>(Some(meta.id.as_str()), place::META)?, &meta)?;
        let change = prepared.change(&meta, true);
        Ok(Answer::json(prepared.answer(&meta)?)
            .writes(writes)
            .header("location", format!("/api/v2/marketplace/templates/{}", meta.id))
            .event("template.published.v1", meta.id.as_str(), change.clone())
            .about(meta.id.as_str(), change)
            .etag(Some(&ctx.revision())))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({
            "namespace": "bern-lab",
            "name": "river-models",
            "version": "1.0.0",
            "visibility": "institution",
            "category": "hydrology",
            "tags": ["hydrology", "python"],
            "changelog": "First version.",
            "template": EXAMPLE,
        }))
    }
}

/// A template that is really accepted.
pub const EXAMPLE: &str = "name: River models
description: Python tools for river and catchment models, on Ubuntu 24.04.
base: ubuntu-24.04
package_manager: apt
packages:
  system: [python3, python3-numpy, python3-scipy]
instance_defaults:
  type: t3.medium
";

fn name_of(
    namespace: &Namespace,
    given: Option<&Name>,
    template: &Template,
) -> Result<TemplateName, Problem> {
    let made = || template.slug.clone().unwrap_or_else(|| slug(&template.name));
    let name = given.map_or_else(made, |name| name.as_str().to_owned());
    TemplateName::new(&namespace.name, &name).map_err(|error| Problem::field("/name", error.to_string()))
}

fn description(body: &PublishIn) -> Description {
    Description {
        title: body.title.clone(),
        description: body.description.clone(),
        category: body.category.clone(),
        domain: body.domain.clone(),
        tags: body.tags.clone(),
        documentation: body.documentation.clone(),
    }
}

/// Who will see a template of a namespace.
pub fn audience(namespace: &Namespace, visibility: Visibility) -> Audience {
    Audience { visibility, institution: namespace.institution.clone(), namespace: namespace.name.clone() }
}

fn new_meta(
    ctx: &Ctx,
    id: TemplateId,
    namespace: &Namespace,
    name: &TemplateName,
    body: &PublishIn,
    described: Described,
) -> TemplateMeta {
    let author_name = ctx.caller().user.as_ref().map_or("CloudWorkstation", |user| user.full_name.as_str());
    TemplateMeta {
        id,
        namespace: namespace.name.clone(),
        name: name.name().to_owned(),
        institution: namespace.institution.clone(),
        visibility: body.visibility,
        title: described.title,
        description: described.description,
        category: described.category,
        domain: described.domain,
        tags: described.tags,
        aliases: body.aliases.iter().map(|alias| alias.as_str().to_owned()).collect(),
        author: ctx.caller().id().to_owned(),
        author_name: author_name.to_owned(),
        documentation: described.documentation,
        latest: None,
        channels: BTreeMap::new(),
        version_count: 0,
        deprecated: None,
        listed: true,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    }
}
