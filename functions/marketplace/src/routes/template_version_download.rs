//! `GET /marketplace/templates/{template_id}/versions/{version}/download`: the stored bytes, counted.

use crate::{
    place, stored,
    used::{UseQuery, note_use},
    version_at::{VersionAt, VersionPath, find_shown_version},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use cws_authz::Action;
use cws_model::marketplace::{TemplateMeta, TemplateVersion, VersionState};
use cws_route::{Answer, Ctx, ErrorCode, Found, Input, Problem, Raw, Route, Spec};
use cws_store::{Key, Writes, kind};

/// Path of the route.
const PATH: &str = "/marketplace/templates/{template_id}/versions/{version}/download";

/// Names the route; never constructed.
pub enum TemplateVersionDownload {}

impl Route for TemplateVersionDownload {
    const SPEC: Spec = Spec::get("template_version_download", PATH)
        .summary("Download the bytes of a version")
        .requires(Action::TemplateDownload)
        .errors(&[ErrorCode::new(
            410,
            "version_revoked",
            "The version was revoked for security; its bytes are not given out.",
        )])
        .reads(&[kind::TEMPLATE, kind::TEMPLATE_VERSION, kind::TEMPLATE_BYTES, kind::NAMESPACE, kind::MEMBER])
        .writes(&[kind::TEMPLATE_COUNT, kind::TEMPLATE_USE])
        .produces("application/yaml")
        .emits(&["template.downloaded.v1"]);

    type Input = Input<VersionPath, UseQuery>;
    type Output = Raw;
    type Target = VersionAt;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_shown_version(ctx, &input.path).await
    }

    /// INVARIANT (same bytes): what is sent is what was published, or nothing.
    async fn call(ctx: &Ctx, input: Self::Input, at: Self::Target) -> Result<Answer<Raw>, Problem> {
        let (meta, row) = at.both()?;
        if let VersionState::Revoked { reason, .. } = &row.state {
            return Err(Problem::new("version_revoked", format!("revoked: {reason}")));
        }
        let bytes = stored::read_checked(&ctx.catalogue(), &row.digest).await?;
        let mut writes = Writes::new();
        count(ctx, meta, row, &mut writes)?;
        let project_id = input.query.project_id;
        note_use(ctx, project_id.as_ref(), &meta.id, &row.version, &mut writes).await?;
        let told =
            serde_json::json!({"template_id": meta.id, "version": row.version, "project_id": project_id});
        let answer = Answer::bytes(bytes)
            .writes(writes)
            .event("template.downloaded.v1", meta.id.as_str(), told)
            .header("etag", format!("\"{}\"", row.digest))
            .header("content-digest", content_digest(&row.digest)?)
            .header(
                "content-disposition",
                format!("attachment; filename=\"{}-{}.yml\"", meta.name, row.version),
            );
        Ok(match row.state {
            VersionState::Active => at.keep(answer),
            _ => answer
                .header("warning", "299 - \"this version was yanked; the version's own record says why\""),
        })
    }
}

/// RFC 9530.
fn content_digest(digest: &str) -> Result<String, Problem> {
    let raw = hex::decode(digest).map_err(Problem::internal)?;
    Ok(format!("sha-256=:{}:", STANDARD.encode(raw)))
}

/// Counts a download, in all and for the day, in one of several rows so that downloads do not meet.
fn count(ctx: &Ctx, meta: &TemplateMeta, row: &TemplateVersion, writes: &mut Writes) -> Result<(), Problem> {
    let partition = ctx.catalogue().partition(&kind::TEMPLATE_COUNT, Some(meta.id.as_str()))?;
    let [random] = ctx.random::<1>();
    for period in [place::TOTAL.to_owned(), ctx.now().day()] {
        let sort = place::count(&period, &row.version, random % place::COUNT_SHARDS);
        writes.add(Key::new(partition.clone(), sort), 1);
    }
    Ok(())
}
