//! `GET /marketplace/templates/{template_id}/versions/{version}/lock`: what a version needs, pinned.

use crate::{
    latest::evidence_of,
    used::{UseQuery, note_use},
    version_at::{VersionAt, VersionPath, find_shown_version},
};
use cws_authz::Action;
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Writes, kind};
use cws_templates::{Digest, resolve::Lock};

/// Names the route; never constructed.
pub enum TemplateVersionLock {}

impl Route for TemplateVersionLock {
    const SPEC: Spec =
        Spec::get("template_version_lock", "/marketplace/templates/{template_id}/versions/{version}/lock")
            .summary("Read a version's lock: parents and dependencies with digests")
            .requires(Action::TemplateView)
            .answers(&["ETag"])
            .reads(&[kind::TEMPLATE, kind::TEMPLATE_VERSION, kind::NAMESPACE, kind::MEMBER])
            .writes(&[kind::TEMPLATE_USE]);

    type Input = Input<VersionPath, UseQuery>;
    type Output = Lock;
    type Target = VersionAt;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_shown_version(ctx, &input.path).await
    }

    /// The body is the very text whose SHA-256 the signed statement names.
    async fn call(ctx: &Ctx, input: Self::Input, at: Self::Target) -> Result<Answer<Lock>, Problem> {
        let (meta, row) = at.both()?;
        let evidence = evidence_of(&ctx.catalogue(), &meta.id, &row.version).await?;
        let mut writes = Writes::new();
        note_use(ctx, input.query.project_id.as_ref(), &meta.id, &row.version, &mut writes).await?;
        let etag = format!("\"{}\"", Digest::of(evidence.lock.as_bytes()));
        Ok(at.keep(Answer::bytes(evidence.lock.into_bytes())).header("etag", etag).writes(writes))
    }
}
