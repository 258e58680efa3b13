//! Claims of names, and the refusal of names that are too easily mistaken for others.
//!
//! In a namespace only names that look the same are refused: nobody imitates themselves. Across
//! namespaces a name is held against those of public templates alone, so that the refusal tells
//! nothing of what the caller may not see. The very same name in another namespace is no imitation:
//! the namespace tells them apart.

use crate::{
    find::Name,
    near::{NearNamespaces, NearTemplates},
    place,
    reserved::reserved,
};
use cws_model::{
    InstitutionId,
    id::TemplateId,
    marketplace::{TemplateNameClaim, Visibility},
};
use cws_route::{Ctx, Problem};
use cws_store::{Kind, Range, Record, Writes, kind, limits::GET_MAX_KEYS};
use cws_templates::{
    Digest,
    similar::{Kind as Likeness, Reason, closest},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most rows that a claim of names may take of a commit. Eight aliases fit, unless most end in versions.
const CLAIMED_MAX: usize = 78;

/// Names of a namespace that are read at once.
const READ_AT_ONCE: u32 = 1000;

/// The names that a template is about to take.
#[derive(Debug)]
pub struct NewNames<'a> {
    /// Namespace.
    pub namespace: &'a str,
    /// Name.
    pub name: &'a str,
    /// Further names.
    pub aliases: &'a BTreeSet<Name>,
    /// Who will see the template.
    pub visibility: Visibility,
}

impl NewNames<'_> {
    fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name)
            .chain(self.aliases.iter().map(Name::as_str).filter(|alias| *alias != self.name))
    }

    /// Claims the names, unless they are taken or too close to others.
    ///
    /// # Errors
    /// `name_taken`, `name_too_close`.
    pub async fn claim(&self, ctx: &Ctx, id: &TemplateId, writes: &mut Writes) -> Result<(), Problem> {
        self.check_free(ctx).await?;
        self.check_own(ctx).await?;
        let near = self.check_others(ctx).await?;
        let catalogue = ctx.catalogue();
        let claim = TemplateNameClaim { template_id: id.clone(), name: self.name.to_owned() };
        for name in self.all() {
            writes.create(catalogue.key::<TemplateNameClaim>(Some(self.namespace), name)?, &claim)?;
        }
        if self.visibility == Visibility::Public {
            near.file(ctx, self.all(), self.namespace, writes)?;
            if writes.ops().len() > CLAIMED_MAX {
                let detail =
                    "the names are filed in more places than one commit has room for; leave out aliases";
                return Err(Problem::new("too_many", detail).with("limit", CLAIMED_MAX));
            }
            let mark = catalogue.key::<PublicNamespace>(Some(place::PUBLIC_NAMESPACES), self.namespace)?;
            writes.overwrite(mark, &PublicNamespace {}, None)?;
        }
        Ok(())
    }

    async fn check_free(&self, ctx: &Ctx) -> Result<(), Problem> {
        let places: Vec<_> = self.all().map(|name| (Some(self.namespace), name)).collect();
        let slots = ctx.catalogue().get_many::<TemplateNameClaim>(&places).await?;
        match self.all().zip(slots).find(|(_, slot)| slot.value().is_some()) {
            // Whoever publishes in a namespace sees every template in it, so this gives nothing away.
            Some((name, slot)) => {
                Err(Problem::new("name_taken", format!("`{}/{name}` exists", self.namespace))
                    .with("template_id", slot.value().map(|claim| &claim.template_id)))
            }
            None => Ok(()),
        }
    }

    async fn check_own(&self, ctx: &Ctx) -> Result<(), Problem> {
        let own = own_names(ctx, self.namespace).await?;
        let looks =
            |name: &str| closest(name, own.iter().map(String::as_str)).filter(|r| r.kind == Likeness::Folded);
        match self.all().find_map(looks) {
            Some(reason) => Err(too_close(&reason, self.namespace)),
            None => Ok(()),
        }
    }

    async fn check_others(&self, ctx: &Ctx) -> Result<NearTemplates, Problem> {
        let near = NearTemplates::read(ctx, self.all()).await?;
        for name in self.all() {
            let mut others = near.names().filter(|(_, namespace)| *namespace != self.namespace);
            let close = others.find_map(|(other, namespace)| Some((closest(name, [other])?, namespace)));
            if let Some((reason, namespace)) = close {
                return Err(too_close(&reason, namespace));
            }
        }
        Ok(near)
    }
}

/// Every name and alias in a namespace.
async fn own_names(ctx: &Ctx, namespace: &str) -> Result<Vec<String>, Problem> {
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let shape = |range: Range| range.limit(READ_AT_ONCE).after(after);
        let (items, next) = ctx.catalogue().items(&kind::TEMPLATE_NAME, Some(namespace), shape).await?;
        names.extend(items.into_iter().map(|item| item.key.sort));
        after = next;
        if after.is_none() {
            return Ok(names);
        }
    }
}

/// That a namespace holds something public, so that its name is no secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PublicNamespace {}

impl Record for PublicNamespace {
    const KIND: Kind = kind::TEMPLATE_NAME;
}

/// Which of these namespaces hold something public.
///
/// # Errors
/// What the store says.
pub async fn public_among(ctx: &Ctx, namespaces: &BTreeSet<&str>) -> Result<BTreeSet<String>, Problem> {
    let places: Vec<_> = namespaces.iter().map(|name| (Some(place::PUBLIC_NAMESPACES), *name)).collect();
    let mut public = BTreeSet::new();
    for places in places.chunks(GET_MAX_KEYS) {
        let marks = ctx.catalogue().get_many::<PublicNamespace>(places).await?;
        let found = marks.iter().filter(|mark| mark.value().is_some());
        public.extend(found.map(|mark| mark.key().sort.clone()));
    }
    Ok(public)
}

/// A namespace as anybody may read it: by its name once it holds something public, and by a digest until then, so that
/// who knows the name recognises it and nobody else learns it.
pub fn shown_namespace(name: &str, public: bool) -> String {
    if public { name.to_owned() } else { format!("sha256:{}", Digest::of(name.as_bytes())) }
}

fn too_close(reason: &Reason, namespace: &str) -> Problem {
    let existing = format!("{namespace}/{}", reason.existing);
    let detail =
        format!("it {} compared with `{existing}`; choose a name that nobody mistakes for it", reason.kind);
    Problem::new("name_too_close", detail).with("existing", existing).with("difference", reason.kind)
}

/// A namespace in the index of names.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NamespaceEntry {
    /// Whose it is.
    pub institution: InstitutionId,
}

impl Record for NamespaceEntry {
    const KIND: Kind = kind::NAMESPACE;
}

/// Refuses a namespace whose name is too easily mistaken for another institution's, and answers what it is held
/// against. Which name that is stays unsaid: a namespace may hold nothing that the caller may see.
///
/// # Errors
/// `name_too_close`.
pub async fn check_namespace(
    ctx: &Ctx,
    name: &str,
    institution: &InstitutionId,
) -> Result<NearNamespaces, Problem> {
    let near = NearNamespaces::read(ctx, std::iter::once(name)).await?;
    let others =
        near.names().filter(|(other, whose)| *whose != institution.as_str() || reserved(other).is_some());
    match closest(name, others.map(|(other, _)| other)) {
        None => Ok(near),
        Some(reason) => {
            let detail = format!("it {} compared with one that exists; choose another name", reason.kind);
            Err(Problem::new("name_too_close", detail).with("difference", reason.kind))
        }
    }
}
