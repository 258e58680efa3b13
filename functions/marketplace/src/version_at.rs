//! How routes find a version of a template.

use crate::{
    find::{find_shown, find_template},
    version_key::{read_version, version_key},
};
use cws_model::{
    id::TemplateId,
    marketplace::{TemplateMeta, TemplateVersion, VersionState},
};
use cws_route::{Answer, Ctx, Found, Problem};
use cws_store::Slot;
use schemars::JsonSchema;
use semver::Version;
use serde::Deserialize;

/// How long an answer about one version may be kept by whoever asked: it never changes.
pub const IMMUTABLE: &str = "private, max-age=31536000, immutable";

/// Path of a route about a version.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct VersionPath {
    /// The template.
    pub template_id: TemplateId,
    /// The version, such as `1.4.0`; where it is only read, `latest` or a channel such as `stable` too.
    #[schemars(length(min = 1, max = 64))]
    pub version: String,
}

/// A template, one of its versions, and how it was asked for.
#[derive(Debug)]
pub struct VersionAt {
    /// The template.
    pub meta: Slot<TemplateMeta>,
    /// The version.
    pub row: Slot<TemplateVersion>,
    /// Whether the version itself was named, so that the same path always answers the same.
    pub exact: bool,
}

impl VersionAt {
    /// The template and the version.
    ///
    /// # Errors
    /// 404, which finding it excludes.
    pub fn both(&self) -> Result<(&TemplateMeta, &TemplateVersion), Problem> {
        self.meta.value().zip(self.row.value()).ok_or_else(Problem::not_found)
    }

    /// Says how long the answer may be kept, if its path always means the same.
    pub fn keep<T>(&self, answer: Answer<T>) -> Answer<T> {
        if self.exact { answer.header("cache-control", IMMUTABLE) } else { answer }
    }
}

/// Finds the version that a path names or leads to: for routes that only show it.
///
/// # Errors
/// 404 when there is no such template or version.
pub async fn find_shown_version(ctx: &Ctx, path: &VersionPath) -> Result<Found<VersionAt>, Problem> {
    let found = find_shown(ctx, &path.template_id).await?;
    let version = found.value.value().and_then(|meta| named(meta, &path.version));
    with_version(ctx, found, version, read_version(&path.version).is_ok()).await
}

/// Finds the version that a path names: for routes that change its state.
///
/// # Errors
/// 404 when there is no such template or version.
pub async fn find_version(ctx: &Ctx, path: &VersionPath) -> Result<Found<VersionAt>, Problem> {
    let found = find_template(ctx, &path.template_id).await?;
    with_version(ctx, found, read_version(&path.version).ok(), true).await
}

fn named(meta: &TemplateMeta, text: &str) -> Option<Version> {
    match read_version(text) {
        Ok(version) => Some(version),
        Err(_) if text == "latest" => meta.latest.as_ref().map(|latest| latest.version.clone()),
        Err(_) => meta.channels.get(text).cloned(),
    }
}

/// INVARIANT (one 404): the version is looked up whether or not the caller may see the template, and a
/// version that is missing answers as a template that is.
async fn with_version(
    ctx: &Ctx,
    found: Found<Slot<TemplateMeta>>,
    version: Option<Version>,
    exact: bool,
) -> Result<Found<VersionAt>, Problem> {
    let Found { resource, memberships, grant, action, value: meta } = found;
    let id = meta.value().map(|meta| meta.id.to_string()).ok_or_else(Problem::not_found)?;
    let version = version.ok_or_else(Problem::not_found)?;
    let row = ctx.catalogue().get::<TemplateVersion>(Some(&id), &version_key(&version)).await?;
    if row.value().is_none() {
        return Err(Problem::not_found());
    }
    Ok(Found { resource, memberships, grant, action, value: VersionAt { meta, row, exact } })
}

/// What a caller is told who takes a version that is no longer offered.
pub fn warning(state: &VersionState) -> Option<String> {
    match state {
        VersionState::Active => None,
        VersionState::Yanked { reason, .. } => Some(format!("this version was yanked: {reason}")),
        VersionState::Revoked { reason, .. } => Some(format!("this version was revoked: {reason}")),
    }
}
