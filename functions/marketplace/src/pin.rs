//! Pins the parents and dependencies of a template: drives the resolver with what the caller may see.

use crate::{
    find::{memberships_to_view, template_resource},
    place, stored,
};
use cws_authz::Action;
use cws_model::{
    InstitutionId,
    id::TemplateId,
    marketplace::{TemplateMeta, TemplateNameClaim, TemplateVersion, VersionState, Visibility},
};
use cws_route::{Ctx, Problem};
use cws_store::{Scoped, Slot};
use cws_templates::{
    Template, TemplateName,
    resolve::{Candidate, Lock, Need, Resolution, ResolveError, Resolver},
};
use std::collections::BTreeMap;

/// Largest lock text, bytes: it shares a row with signatures and findings.
pub const LOCK_MAX_BYTES: usize = 100 * 1024;

/// For whom a version is pinned: everybody who sees it has to see all that it needs.
#[derive(Debug, Clone)]
pub struct Audience {
    /// Who will see the version.
    pub visibility: Visibility,
    /// Institution of its namespace.
    pub institution: InstitutionId,
    /// Its namespace.
    pub namespace: String,
}

impl Audience {
    /// Whether everybody in this audience sees the other template.
    fn sees(&self, other: &TemplateMeta) -> bool {
        let same_house = other.institution == self.institution;
        match (self.visibility, other.visibility) {
            (_, Visibility::Public) => true,
            (Visibility::Institution | Visibility::Private, Visibility::Institution) => same_house,
            (Visibility::Private, Visibility::Private) => other.namespace == self.namespace,
            _ => false,
        }
    }
}

/// What a template needs, pinned, and the ids of the templates in the lock.
#[derive(Debug)]
pub struct Pinned {
    /// The lock, and the templates that it names.
    pub resolution: Resolution,
    /// The canonical text of the lock.
    pub lock_text: String,
    /// Template ids by name.
    pub ids: BTreeMap<TemplateName, TemplateId>,
}

/// Pins what a template needs.
///
/// # Errors
/// `unresolvable`, or what the store says.
pub async fn pin(
    ctx: &Ctx,
    root: TemplateName,
    template: &Template,
    audience: &Audience,
) -> Result<Pinned, Problem> {
    let mut work = Work { ctx, catalogue: ctx.catalogue(), audience, ids: BTreeMap::new() };
    let mut resolver = Resolver::new(root, template).map_err(refused)?;
    loop {
        let needs = resolver.needs().map_err(refused)?;
        if needs.is_empty() {
            break;
        }
        for need in needs {
            work.answer(&mut resolver, need).await?;
        }
    }
    let resolution = resolver.finish().map_err(refused)?;
    let lock_text = lock_text(&resolution.lock)?;
    Ok(Pinned { resolution, lock_text, ids: work.ids })
}

fn lock_text(lock: &Lock) -> Result<String, Problem> {
    let text = String::from_utf8(lock.canonical_bytes()).map_err(Problem::internal)?;
    if text.len() > LOCK_MAX_BYTES {
        let detail = format!("its lock has {} bytes; the limit is {LOCK_MAX_BYTES}", text.len());
        return Err(Problem::new("unresolvable", detail));
    }
    Ok(text)
}

struct Work<'a> {
    ctx: &'a Ctx,
    catalogue: Scoped,
    audience: &'a Audience,
    ids: BTreeMap<TemplateName, TemplateId>,
}

impl Work<'_> {
    async fn answer(&mut self, resolver: &mut Resolver, need: Need) -> Result<(), Problem> {
        match need {
            Need::Candidates(name) => {
                let found = self.candidates(&name).await?;
                resolver.supply_candidates(name, found);
                Ok(())
            }
            Need::Bytes(digest) => {
                let bytes = stored::read(&self.catalogue, digest.as_str()).await?;
                resolver.supply_bytes(&digest, &bytes).map_err(refused)
            }
        }
    }

    /// The versions of a name, as if there were none where the caller may not see it.
    async fn candidates(&mut self, name: &TemplateName) -> Result<Vec<Candidate>, Problem> {
        let Some(meta) = self.seen(name).await? else { return Ok(Vec::new()) };
        if !self.audience.sees(&meta) {
            let detail = format!("`{name}` is seen by fewer people than what needs it");
            return Err(Problem::new("unresolvable", detail));
        }
        let versions = all_versions(&self.catalogue, &meta.id).await?;
        self.ids.insert(name.clone(), meta.id);
        versions
            .into_iter()
            .filter(|v| !matches!(v.state, VersionState::Revoked { .. }))
            .map(candidate)
            .collect()
    }

    async fn seen(&self, name: &TemplateName) -> Result<Option<TemplateMeta>, Problem> {
        let claim = self.catalogue.get::<TemplateNameClaim>(Some(name.namespace()), name.name()).await?;
        let Some(claim) = claim.into_value() else { return Ok(None) };
        let meta = self.catalogue.get::<TemplateMeta>(Some(claim.template_id.as_str()), place::META).await?;
        let Some(meta) = meta.into_value() else { return Ok(None) };
        let memberships = memberships_to_view(self.ctx, &meta).await?;
        let allowed = self.ctx.allows(Action::TemplateView, &template_resource(&meta), &memberships);
        Ok(allowed.then_some(meta))
    }
}

fn candidate(version: TemplateVersion) -> Result<Candidate, Problem> {
    let digest = version.digest.parse().map_err(|e: cws_templates::DigestError| Problem::internal(e))?;
    Ok(Candidate { yanked: !version.state.is_active(), version: version.version, digest })
}

/// Every version of a template, lowest first.
///
/// # Errors
/// What the store says.
pub async fn all_versions(catalogue: &Scoped, id: &TemplateId) -> Result<Vec<TemplateVersion>, Problem> {
    let mut versions = Vec::new();
    let mut after = None;
    loop {
        let page = catalogue
            .range::<TemplateVersion>(Some(id.as_str()), |range| range.limit(1000).after(after))
            .await?;
        versions.extend(page.slots.into_iter().filter_map(Slot::into_value));
        after = page.next;
        if after.is_none() {
            return Ok(versions);
        }
    }
}

/// What a refusal of the resolver is to the caller: faults of stored data are ours.
fn refused(error: ResolveError) -> Problem {
    match error {
        ResolveError::DigestMismatch(_)
        | ResolveError::Stored { .. }
        | ResolveError::Unfinished(_)
        | ResolveError::Source(_) => Problem::internal(error),
        _ => Problem::new("unresolvable", error.to_string()),
    }
}
