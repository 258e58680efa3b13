//! The index of near names: for a new name, the names that it may be mistaken for, without reading all.
//!
//! Names are filed under keys (`cws_templates::similar::Keys`); under each key there is a row with the names, the
//! newest in `head` and the others in pages that are full and never change.
//!
//! INVARIANT (one of two near names): a claim is committed only if every row that it asked is still as it was read,
//! and two near names meet in a row that one of them writes. So of two claims at the same time one comes too late,
//! runs again, and sees the other.

use cws_route::{Ctx, Problem};
use cws_store::{Kind, Record, Slot, StoreError, Writes, kind, limits::GET_MAX_KEYS};
use cws_templates::similar::Keys;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Names in a row before it is put aside as a page. With 64 + 64 characters a name that is 52 KB, so that the rows of
/// nine names and a template of a mebibyte fit into the four of one commit.
pub const PAGE_NAMES: usize = 400;
/// Sort of the row that is written.
pub const HEAD: &str = "head";

/// The index of public templates: names and aliases, each with its namespace.
pub type NearTemplates = Near<true>;
/// The index of namespaces: each with its institution.
pub type NearNamespaces = Near<false>;

/// Names that are filed under one key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearRow<const TEMPLATES: bool> {
    /// `<name>/<whose>`, oldest first.
    pub names: Vec<String>,
    /// How many full pages there are.
    pub pages: u32,
}

impl Record for NearRow<true> {
    const KIND: Kind = kind::TEMPLATE_NAME;
}

impl Record for NearRow<false> {
    const KIND: Kind = kind::NAMESPACE;
}

/// Part of a key's rows. No namespace can be called so.
pub fn part(key: &str) -> String {
    format!("~near-{key}")
}

/// Sort of a full page.
pub fn page(number: u32) -> String {
    format!("page/{number:06}")
}

/// What is filed near some names, as it was read.
#[derive(Debug)]
pub struct Near<const TEMPLATES: bool> {
    heads: BTreeMap<String, Slot<NearRow<TEMPLATES>>>,
    found: BTreeSet<String>,
}

impl<const TEMPLATES: bool> Near<TEMPLATES>
where
    NearRow<TEMPLATES>: Record,
{
    /// Reads what is filed near these names.
    ///
    /// # Errors
    /// What the store says.
    pub async fn read(ctx: &Ctx, names: impl Iterator<Item = &str>) -> Result<Self, Problem> {
        let keys: BTreeSet<String> = names.flat_map(|name| Keys::of(name).asked).collect();
        let mut near = Self { heads: BTreeMap::new(), found: BTreeSet::new() };
        let heads: Vec<(String, String)> =
            keys.into_iter().map(|key| (part(&key), HEAD.to_owned())).collect();
        let mut pages = Vec::new();
        for ((part, _), slot) in heads.iter().zip(rows(ctx, &heads).await?) {
            let count = slot.value().map_or(0, |row: &NearRow<TEMPLATES>| row.pages);
            pages.extend((0..count).map(|number| (part.clone(), page(number))));
            near.take(&slot);
            near.heads.insert(part.clone(), slot);
        }
        rows(ctx, &pages).await?.iter().for_each(|slot| near.take(slot));
        Ok(near)
    }

    fn take(&mut self, slot: &Slot<NearRow<TEMPLATES>>) {
        self.found.extend(slot.value().into_iter().flat_map(|row| row.names.iter().cloned()));
    }

    /// Each name that was found, and whose it is.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.found.iter().filter_map(|entry| entry.split_once('/'))
    }

    /// Files names, and holds the commit to all that was read.
    ///
    /// # Errors
    /// What the store says.
    pub fn file<'a>(
        &self,
        ctx: &Ctx,
        names: impl Iterator<Item = &'a str>,
        whose: &str,
        writes: &mut Writes,
    ) -> Result<(), StoreError> {
        let mut new: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for name in names {
            for key in Keys::of(name).filed {
                new.entry(part(&key)).or_default().push(format!("{name}/{whose}"));
            }
        }
        for (part, head) in &self.heads {
            let Some(more) = new.remove(part) else {
                writes.check(head);
                continue;
            };
            let mut row = head.value().cloned().unwrap_or_default();
            if row.names.len() + more.len() > PAGE_NAMES {
                let key = ctx.catalogue().key::<NearRow<TEMPLATES>>(Some(part), &page(row.pages))?;
                writes.create(key, &NearRow { names: std::mem::take(&mut row.names), pages: 0 })?;
                row.pages += 1;
            }
            row.names.extend(more);
            writes.put(head, &row)?;
        }
        Ok(())
    }
}

async fn rows<T: Record>(ctx: &Ctx, places: &[(String, String)]) -> Result<Vec<Slot<T>>, Problem> {
    let mut slots = Vec::with_capacity(places.len());
    for places in places.chunks(GET_MAX_KEYS) {
        let places: Vec<(Option<&str>, &str)> =
            places.iter().map(|(part, sort)| (Some(part.as_str()), sort.as_str())).collect();
        slots.extend(ctx.catalogue().get_many::<T>(&places).await?);
    }
    Ok(slots)
}
