//! Claims of names, and the refusal of names that are too easily mistaken for others.
//!
//! In a namespace only names that look the same are refused: nobody imitates themselves. Across
//! namespaces a name is held against those of public templates alone, so that the refusal tells
//! nothing of what the caller may not see. The very same name in another namespace is no imitation:
//! the namespace tells them apart.

use crate::{find::Name, place};
use cws_model::{
    InstitutionId,
    id::TemplateId,
    marketplace::{TemplateNameClaim, Visibility},
};
use cws_route::{Ctx, Problem};
use cws_store::{Kind, Range, Record, Writes, kind};
use cws_templates::similar::{Kind as Likeness, Reason, closest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most names of a part that a new one is held against.
const COMPARED_MAX: u32 = 1000;

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
        self.check_others(ctx).await?;
        let catalogue = ctx.catalogue();
        let claim = TemplateNameClaim { template_id: id.clone(), name: self.name.to_owned() };
        for name in self.all() {
            writes.create(catalogue.key::<TemplateNameClaim>(Some(self.namespace), name)?, &claim)?;
        }
        if self.visibility == Visibility::Public {
            for part in place::name_index(self.name) {
                let sort = place::indexed_name(self.namespace, self.name);
                writes.create(catalogue.key::<TemplateNameClaim>(Some(&part), &sort)?, &claim)?;
            }
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
        let own = sorts(ctx, self.namespace).await?;
        let looks =
            |name: &str| closest(name, own.iter().map(String::as_str)).filter(|r| r.kind == Likeness::Folded);
        match self.all().find_map(looks) {
            Some(reason) => Err(too_close(&reason, self.namespace)),
            None => Ok(()),
        }
    }

    async fn check_others(&self, ctx: &Ctx) -> Result<(), Problem> {
        for name in self.all() {
            for part in place::name_index(name) {
                let indexed = sorts(ctx, &part).await?;
                let others = indexed.iter().filter_map(|sort| sort.split_once('/'));
                let others: Vec<_> = others.filter(|(_, namespace)| *namespace != self.namespace).collect();
                if let Some(reason) = closest(name, others.iter().map(|(other, _)| *other)) {
                    let namespace =
                        others.iter().find(|(other, _)| *other == reason.existing).map_or("", |(_, n)| n);
                    return Err(too_close(&reason, namespace));
                }
            }
        }
        Ok(())
    }
}

async fn sorts(ctx: &Ctx, part: &str) -> Result<Vec<String>, Problem> {
    let shape = |range: Range| range.limit(COMPARED_MAX);
    let (items, _) = ctx.catalogue().items(&kind::TEMPLATE_NAME, Some(part), shape).await?;
    Ok(items.into_iter().map(|item| item.key.sort).collect())
}

fn too_close(reason: &Reason, namespace: &str) -> Problem {
    said(reason, &format!("{namespace}/{}", reason.existing))
}

fn said(reason: &Reason, existing: &str) -> Problem {
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

/// Refuses a namespace whose name is too easily mistaken for another institution's.
///
/// # Errors
/// `name_too_close`.
pub async fn check_namespace(ctx: &Ctx, name: &str, institution: &InstitutionId) -> Result<(), Problem> {
    for part in place::name_index(name) {
        let shape = |range: Range| range.limit(COMPARED_MAX);
        let rows = ctx.catalogue().range::<NamespaceEntry>(Some(&part), shape).await?;
        let foreign =
            rows.slots.iter().filter(|slot| slot.value().is_some_and(|v| v.institution != *institution));
        if let Some(reason) = closest(name, foreign.map(|slot| slot.key().sort.as_str())) {
            return Err(said(&reason, &reason.existing));
        }
    }
    Ok(())
}
