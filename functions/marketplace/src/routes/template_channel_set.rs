//! `PUT /marketplace/templates/{template_id}/channels/{channel}`: points a channel at a version.

use crate::{
    errors,
    find::{Name, find_template},
    version_key::{read_version, version_key},
};
use cws_authz::Action;
use cws_model::{
    id::TemplateId,
    marketplace::{TemplateMeta, TemplateVersion},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most channels of a template.
const CHANNELS_MAX: usize = 16;

/// Names the route; never constructed.
pub enum TemplateChannelSet {}

/// Path.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ChannelPath {
    /// The template.
    pub template_id: TemplateId,
    /// The channel, such as `stable`.
    pub channel: Name,
}

/// The version that the channel shall point to.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelIn {
    /// A version that is offered; null takes the channel away.
    #[schemars(length(max = 64))]
    pub version: Option<String>,
}

/// All channels of the template.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChannelsOut {
    /// Template.
    pub id: TemplateId,
    /// Channel to version.
    pub channels: BTreeMap<String, Version>,
}

impl Route for TemplateChannelSet {
    const SPEC: Spec =
        Spec::put("template_channel_set", "/marketplace/templates/{template_id}/channels/{channel}")
            .summary("Point a channel at a version")
            .requires(Action::TemplateChannelSet)
            .without_if_match()
            .errors(&[errors::WRONG_STATE, errors::TOO_MANY])
            .reads(&[kind::NAMESPACE, kind::TEMPLATE_VERSION])
            .writes(&[kind::TEMPLATE])
            .audit(AuditRule::Record("template.channel_set"))
            .emits(&["template.channel_set.v1"]);

    type Input = Input<ChannelPath, Nothing, ChannelIn>;
    type Output = ChannelsOut;
    type Target = Slot<TemplateMeta>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_template(ctx, &input.path.template_id).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, slot: Self::Target) -> Result<Answer<ChannelsOut>, Problem> {
        let mut meta = slot.value().cloned().ok_or_else(Problem::not_found)?;
        let channel = input.path.channel;
        let version = match &input.body.version {
            Some(text) => Some(offered(ctx, &meta.id, text).await?),
            None => None,
        };
        match version.clone() {
            Some(version) => point(&mut meta, &channel, version)?,
            None => drop(meta.channels.remove(channel.as_str())),
        }
        meta.updated_at = ctx.now();
        let mut writes = Writes::new();
        writes.put(&slot, &meta)?;
        let change =
            serde_json::json!({"template_id": meta.id, "channel": channel.as_str(), "version": version});
        Ok(Answer::json(ChannelsOut { id: meta.id.clone(), channels: meta.channels })
            .writes(writes)
            .event("template.channel_set.v1", meta.id.as_str(), change.clone())
            .about(meta.id.as_str(), change))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"version": "1.0.0"}))
    }
}

async fn offered(ctx: &Ctx, id: &TemplateId, text: &str) -> Result<Version, Problem> {
    let version = read_version(text).map_err(|error| Problem::field("/version", error.to_string()))?;
    let row = ctx.catalogue().get::<TemplateVersion>(Some(id.as_str()), &version_key(&version)).await?;
    match row.value() {
        None => Err(Problem::field("/version", format!("there is no version {version}"))),
        Some(row) if !row.state.is_active() => {
            Err(Problem::new("wrong_state", "a channel points to a version that is offered"))
        }
        Some(_) => Ok(version),
    }
}

/// Points a channel at a version. `latest` is what the versions themselves say, so it is none.
///
/// # Errors
/// `too_many`, or `invalid_field` for `latest`.
pub fn point(meta: &mut TemplateMeta, channel: &Name, version: Version) -> Result<(), Problem> {
    if channel.as_str() == "latest" {
        return Err(Problem::field("/channel", "`latest` always means the highest release"));
    }
    meta.channels.insert(channel.as_str().to_owned(), version);
    if meta.channels.len() > CHANNELS_MAX {
        let detail = format!("a template has at most {CHANNELS_MAX} channels");
        return Err(Problem::new("too_many", detail).with("limit", CHANNELS_MAX));
    }
    Ok(())
}
