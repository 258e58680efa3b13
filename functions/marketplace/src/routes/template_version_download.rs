//! `GET /marketplace/templates/{template_id}/versions/{version}/download`: the stored bytes, counted
//! once a day for each person.

use crate::{
    place, stored,
    used::{UseQuery, note_use},
    version_at::{VersionAt, VersionPath, find_shown_version},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use cws_authz::Action;
use cws_model::marketplace::{NamespaceMember, NamespaceRole, TemplateMeta, TemplateVersion, VersionState};
use cws_route::{Answer, Ctx, ErrorCode, Found, Input, Problem, Raw, Route, Spec};
use cws_store::{Key, Kind, Record, Slot, Writes, kind};
use serde::{Deserialize, Serialize};

/// Path of the route.
const PATH: &str = "/marketplace/templates/{template_id}/versions/{version}/download";

/// How long it is kept that somebody was counted: longer than the day.
const MARK_LIFETIME_S: i64 = 2 * 24 * 3600;

/// Names the route; never constructed.
pub enum TemplateVersionDownload {}

impl Route for TemplateVersionDownload {
    const SPEC: Spec = Spec::get("template_version_download", PATH)
        .summary("Download the bytes of a version")
        .requires(Action::TemplateDownload)
        .answers(&["ETag"])
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
        let counted = count(ctx, meta, row, &mut writes).await?;
        let project_id = input.query.project_id;
        note_use(ctx, project_id.as_ref(), &meta.id, &row.version, &mut writes).await?;
        let told =
            serde_json::json!({"template_id": meta.id, "version": row.version, "project_id": project_id});
        let mut answer = Answer::bytes(bytes).writes(writes);
        if counted {
            answer = answer.event("template.downloaded.v1", meta.id.as_str(), told);
        }
        let answer = answer
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

/// That a person's download of a version was counted on a day.
#[derive(Debug, Serialize, Deserialize)]
struct CountedToday {}

impl Record for CountedToday {
    const KIND: Kind = kind::TEMPLATE_COUNT;
}

/// Counts a download, in all and for the day, in one of several rows so that downloads do not meet; answers whether it
/// counts. INVARIANT (no bought numbers): a person counts once a day for a version, and who publishes in the namespace
/// does not count at all.
async fn count(
    ctx: &Ctx,
    meta: &TemplateMeta,
    row: &TemplateVersion,
    writes: &mut Writes,
) -> Result<bool, Problem> {
    let (catalogue, part, today) = (ctx.catalogue(), Some(meta.id.as_str()), ctx.now().day());
    let (person, namespace) = (ctx.caller().id(), Some(meta.namespace.as_str()));
    let mark = catalogue.key::<CountedToday>(part, &place::counted_today(&today, &row.version, person))?;
    let member = catalogue.key::<NamespaceMember>(namespace, &place::member(person))?;
    let mut items = catalogue.items_at(&[mark.clone(), member.clone()]).await?.into_iter();
    let mark = Slot::<CountedToday>::read(mark, items.next().flatten(), ctx.now())?;
    let member = Slot::<NamespaceMember>::read(member, items.next().flatten(), ctx.now())?;
    let publishes = member.value().is_some_and(|member| member.role >= NamespaceRole::Maintainer);
    if publishes || mark.value().is_some() {
        return Ok(false);
    }
    writes.put_until(&mark, &CountedToday {}, Some(ctx.now().plus_seconds(MARK_LIFETIME_S)))?;
    let partition = catalogue.partition(&kind::TEMPLATE_COUNT, part)?;
    let [random] = ctx.random::<1>();
    for period in [place::TOTAL.to_owned(), today] {
        let sort = place::count(&period, &row.version, random % place::COUNT_SHARDS);
        writes.add(Key::new(partition.clone(), sort), 1);
    }
    Ok(true)
}
