//! Which version a template shows, and what that version shows of itself.

use crate::{
    examine, place, stored,
    version_key::{rank, version_key},
};
use cws_model::{
    id::TemplateId,
    marketplace::{LatestVersion, TemplateFace, TemplateMeta, TemplateVersion, VersionEvidence},
};
use cws_route::Problem;
use cws_store::{Scoped, Slot, Writes};
use cws_templates::{Template, parse, resolve::Lock};
use semver::Version;
use serde_json::value::to_raw_value;

/// Largest template that is shown as JSON, bytes.
pub const SHOWN_MAX_BYTES: usize = 200 * 1024;

/// Whether a version takes the place of the one that is shown.
pub fn overtakes(version: &Version, shown: Option<&LatestVersion>) -> bool {
    shown.is_none_or(|shown| rank(version) > rank(&shown.version))
}

/// Version, digest and time of a version.
pub fn summary(row: &TemplateVersion) -> LatestVersion {
    LatestVersion { version: row.version.clone(), digest: row.digest.clone(), published_at: row.published_at }
}

/// What a version shows of itself.
///
/// # Errors
/// 500 when the evidence cannot be read.
pub fn face(
    row: &TemplateVersion,
    evidence: &VersionEvidence,
    template: &Template,
) -> Result<TemplateFace, Problem> {
    let lock: Lock = serde_json::from_str(&evidence.lock).map_err(Problem::internal)?;
    let document = to_raw_value(template).map_err(Problem::internal)?;
    let fits = document.get().len() <= SHOWN_MAX_BYTES;
    Ok(TemplateFace {
        latest: summary(row),
        size_bytes: row.size_bytes,
        score: row.score,
        changelog: row.changelog.clone(),
        template: fits.then_some(document),
        dependencies: examine::dependencies(&lock),
        signature: serde_json::from_str(&evidence.envelope).map_err(Problem::internal)?,
    })
}

/// Writes what a template shows now, and says it in its `meta`. `None` takes the face away.
///
/// # Errors
/// What the store says.
pub async fn show(
    catalogue: &Scoped,
    meta: &mut TemplateMeta,
    version: Option<&TemplateVersion>,
    writes: &mut Writes,
) -> Result<(), Problem> {
    let slot = catalogue.get::<TemplateFace>(Some(meta.id.as_str()), place::LATEST).await?;
    meta.latest = version.map(summary);
    let Some(row) = version else {
        writes.delete(&slot);
        return Ok(());
    };
    let evidence = evidence_of(catalogue, &meta.id, &row.version).await?;
    let bytes = stored::read_checked(catalogue, &row.digest).await?;
    let template = parse(&bytes).map_err(Problem::internal)?.template;
    writes.put(&slot, &face(row, &evidence, &template)?)?;
    Ok(())
}

/// The evidence of a version.
///
/// # Errors
/// 404 when there is no such version.
pub async fn evidence_of(
    catalogue: &Scoped,
    id: &TemplateId,
    version: &Version,
) -> Result<VersionEvidence, Problem> {
    let slot = catalogue.get::<VersionEvidence>(Some(&place::evidence(id)), &version_key(version)).await?;
    slot.into_value().ok_or_else(Problem::not_found)
}

/// The highest version that is offered, leaving one out: releases before pre-releases.
///
/// # Errors
/// What the store says.
pub async fn highest_active(
    catalogue: &Scoped,
    id: &TemplateId,
    without: &Version,
) -> Result<Option<TemplateVersion>, Problem> {
    let mut fallback = None;
    let mut after = None;
    loop {
        let shape = |range: cws_store::Range| range.reverse().after(after);
        let page = catalogue.range::<TemplateVersion>(Some(id.as_str()), shape).await?;
        let rows = page.slots.into_iter().filter_map(Slot::into_value);
        for row in rows.filter(|row| row.state.is_active() && row.version != *without) {
            if row.version.pre.is_empty() {
                return Ok(Some(row));
            }
            fallback.get_or_insert(row);
        }
        after = page.next;
        if after.is_none() {
            return Ok(fallback);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cws_model::Timestamp;

    fn shown(text: &str) -> LatestVersion {
        LatestVersion {
            version: text.parse().unwrap(),
            digest: String::new(),
            published_at: Timestamp::default(),
        }
    }

    #[test]
    fn the_highest_release_is_shown_and_a_pre_release_only_until_there_is_one() {
        let overtakes = |new: &str, old: &str| overtakes(&new.parse().unwrap(), Some(&shown(old)));
        assert!(overtakes("1.10.0", "1.9.0"));
        assert!(!overtakes("1.9.0", "1.10.0"));
        assert!(!overtakes("2.0.0-rc.1", "1.0.0"));
        assert!(overtakes("1.0.0", "2.0.0-rc.1"));
        assert!(overtakes("2.0.0-rc.2", "2.0.0-rc.1"));
        assert!(super::overtakes(&"0.1.0-a".parse().unwrap(), None));
    }
}
