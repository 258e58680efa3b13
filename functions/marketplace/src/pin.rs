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
use cws_store::{Scoped, Slot, limits::GET_MAX_KEYS};
use cws_templates::{
    Template, TemplateName,
    resolve::{Candidate, Lock, Need, Resolution, ResolveError, Resolver},
};
use std::collections::{BTreeMap, BTreeSet};

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

/// What a template needs, pinned.
#[derive(Debug)]
pub struct Pinned {
    /// The lock, and the templates that it names.
    pub resolution: Resolution,
    /// The canonical text of the lock.
    pub lock_text: String,
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
    let work = Work { ctx, catalogue: ctx.catalogue(), audience };
    let mut resolver = Resolver::new(root, template).map_err(refused)?;
    loop {
        let needs = resolver.needs().map_err(refused)?;
        if needs.is_empty() {
            break;
        }
        work.answer(&mut resolver, needs).await?;
    }
    let resolution = resolver.finish().map_err(refused)?;
    let lock_text = lock_text(&resolution.lock)?;
    Ok(Pinned { resolution, lock_text })
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
}

impl Work<'_> {
    /// Answers all that is needed now, with as few reads as there are kinds of rows.
    async fn answer(&self, resolver: &mut Resolver, needs: Vec<Need>) -> Result<(), Problem> {
        let (mut names, mut digests) = (Vec::new(), Vec::new());
        for need in needs {
            match need {
                Need::Candidates(name) => names.push(name),
                Need::Bytes(digest) => digests.push(digest),
            }
        }
        for (name, meta) in self.seen(names).await? {
            self.supply(resolver, name, meta).await?;
        }
        let texts = stored::read_many(&self.catalogue, &digests).await?;
        for (digest, bytes) in digests.iter().zip(texts) {
            resolver.supply_bytes(digest, &bytes).map_err(refused)?;
        }
        Ok(())
    }

    /// The versions of a name, as if there were none where the caller may not see it. An alias leads to the name of its
    /// template, which is what counts.
    async fn supply(
        &self,
        resolver: &mut Resolver,
        name: TemplateName,
        meta: Option<TemplateMeta>,
    ) -> Result<(), Problem> {
        let Some(meta) = meta else {
            resolver.supply_candidates(name, Vec::new());
            return Ok(());
        };
        if !self.audience.sees(&meta) {
            let detail = format!("`{name}` is seen by fewer people than what needs it");
            return Err(Problem::new("unresolvable", detail));
        }
        let real = TemplateName::new(&meta.namespace, &meta.name).map_err(Problem::internal)?;
        let versions = all_versions(&self.catalogue, &meta.id).await?;
        let offered = versions.into_iter().filter(|v| !matches!(v.state, VersionState::Revoked { .. }));
        resolver.supply_name(name, real.clone());
        resolver.supply_candidates(real, offered.map(candidate).collect::<Result<_, _>>()?);
        Ok(())
    }

    /// The templates of these names that the caller may see.
    async fn seen(
        &self,
        names: Vec<TemplateName>,
    ) -> Result<Vec<(TemplateName, Option<TemplateMeta>)>, Problem> {
        let mut found = Vec::with_capacity(names.len());
        for names in names.chunks(GET_MAX_KEYS) {
            let places: Vec<_> = names.iter().map(|name| (Some(name.namespace()), name.name())).collect();
            let claims = self.catalogue.get_many::<TemplateNameClaim>(&places).await?;
            let ids: Vec<_> =
                claims.into_iter().map(|slot| slot.into_value().map(|claim| claim.template_id)).collect();
            let metas = self.metas(ids.iter().flatten().collect()).await?;
            for (name, id) in names.iter().zip(&ids) {
                let meta = id.as_ref().and_then(|id| metas.get(id));
                let allowed = match meta {
                    Some(meta) => self.allowed(meta).await?,
                    None => false,
                };
                found.push((name.clone(), meta.filter(|_| allowed).cloned()));
            }
        }
        Ok(found)
    }

    async fn metas(&self, ids: BTreeSet<&TemplateId>) -> Result<BTreeMap<TemplateId, TemplateMeta>, Problem> {
        let places: Vec<_> = ids.iter().map(|id| (Some(id.as_str()), place::META)).collect();
        let rows = self.catalogue.get_many::<TemplateMeta>(&places).await?;
        Ok(rows.into_iter().filter_map(Slot::into_value).map(|meta| (meta.id.clone(), meta)).collect())
    }

    async fn allowed(&self, meta: &TemplateMeta) -> Result<bool, Problem> {
        let memberships = memberships_to_view(self.ctx, meta).await?;
        Ok(self.ctx.allows(Action::TemplateView, &template_resource(meta), &memberships))
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
