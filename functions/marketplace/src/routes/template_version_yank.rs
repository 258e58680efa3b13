//! `POST /marketplace/templates/{template_id}/versions/{version}/yank`: nothing new resolves to it any more.
//!
//! Who pinned it still gets it, with a warning: a running project is not broken by a yank.

use crate::{
    errors,
    latest::{evidence_of, highest_active, show},
    record::{About, Happening, LogRecord},
    version_at::{VersionAt, VersionPath, find_version},
    view::VersionOut,
};
use cws_authz::Action;
use cws_model::{
    marketplace::{TemplateMeta, TemplateVersion, VersionState},
    text::Line,
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Kind, Writes, kind};
use cws_templates::sign::Envelope;
use schemars::JsonSchema;
use serde::Deserialize;

/// Names the route; never constructed.
pub enum TemplateVersionYank {}

/// Why.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct YankIn {
    /// Why it should not be used; whoever pinned it reads this.
    pub reason: Line<500>,
}

/// Kinds of rows that a change of state reads besides those that it writes.
pub const STATE_READS: &[Kind] = &[kind::NAMESPACE, kind::TEMPLATE_BYTES];

impl Route for TemplateVersionYank {
    const SPEC: Spec =
        Spec::post("template_version_yank", "/marketplace/templates/{template_id}/versions/{version}/yank")
            .summary("Yank a version: nothing new resolves to it")
            .requires(Action::TemplateYank)
            .errors(&[errors::WRONG_STATE])
            .reads(STATE_READS)
            .writes(&[kind::TEMPLATE, kind::TEMPLATE_VERSION])
            .audit(AuditRule::Record("template.yanked"))
            .emits(&["template.yanked.v1"]);

    type Input = Input<VersionPath, Nothing, YankIn>;
    type Output = VersionOut;
    type Target = VersionAt;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_version(ctx, &input.path).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, at: Self::Target) -> Result<Answer<VersionOut>, Problem> {
        let (meta, row) = at.both()?;
        if !row.state.is_active() {
            return Err(Problem::new("wrong_state", "the version is not offered as it is"));
        }
        let (mut meta, mut row) = (meta.clone(), row.clone());
        row.state = VersionState::Yanked { reason: input.body.reason, at: ctx.now() };
        // INVARIANT (channels): a channel never points to a version that is not offered.
        meta.channels.retain(|_, version| *version != row.version);
        let mut writes = Writes::new();
        if meta.latest.as_ref().is_some_and(|latest| latest.version == row.version) {
            let catalogue = ctx.catalogue();
            let next = highest_active(&catalogue, &meta.id, &row.version).await?;
            show(&catalogue, &mut meta, next.as_ref(), &mut writes).await?;
        }
        settle(ctx, Happening::Yanked, &at, (meta, row), writes).await
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"reason": "Its disk fills up within a day; use 1.0.1."}))
    }
}

/// Writes a version's new state, its record in the log, and what the template shows now.
///
/// # Errors
/// What the store says.
pub async fn settle(
    ctx: &Ctx,
    kind: Happening,
    at: &VersionAt,
    (mut meta, row): (TemplateMeta, TemplateVersion),
    mut writes: Writes,
) -> Result<Answer<VersionOut>, Problem> {
    let evidence = evidence_of(&ctx.catalogue(), &meta.id, &row.version).await?;
    let envelope: Envelope = serde_json::from_str(&evidence.envelope).map_err(Problem::internal)?;
    let statement = envelope.payload_bytes().map_err(Problem::internal)?;
    let about = About::new(&meta, &row.version, &row.digest, &statement);
    LogRecord::of_version(kind, about, ctx.now()).add(ctx, &mut writes)?;
    meta.updated_at = ctx.now();
    writes.put(&at.row, &row)?;
    writes.put(&at.meta, &meta)?;
    let change = serde_json::json!({
        "template_id": meta.id, "namespace": meta.namespace, "name": meta.name, "version": row.version,
        "digest": row.digest,
    });
    let event = if kind == Happening::Yanked { "template.yanked.v1" } else { "template.unyanked.v1" };
    Ok(Answer::json(VersionOut::new(meta.id.clone(), row))
        .writes(writes)
        .event(event, meta.id.as_str(), change.clone())
        .about(meta.id.as_str(), change))
}
