//! Walks every template there is: for building the index anew and for counting. Never for a request.
//!
//! The store has no scan. Every namespace stands in an index of names, in the part of its first two
//! characters, and every template in the list of its namespace's names.

use crate::place;
use cws_model::{id::TemplateId, marketplace::TemplateNameClaim};
use cws_store::{Consistency, Range, Store, StoreError, key::read_all, kind, record::decode};
use std::collections::VecDeque;

/// What a name may begin with.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
/// Names that are read at once.
const NAMES_AT_ONCE: u32 = 500;

/// A walk over all templates.
pub struct Walk<'a> {
    store: &'a dyn Store,
    parts: VecDeque<String>,
    namespaces: VecDeque<String>,
    after: Option<String>,
}

impl<'a> Walk<'a> {
    /// Over every namespace.
    pub fn everywhere(store: &'a dyn Store) -> Self {
        let pairs = LETTERS.chars().flat_map(|one| LETTERS.chars().map(move |two| [one, two]));
        let parts = pairs.map(|pair| place::first_part(&pair.iter().collect::<String>())).collect();
        Self { store, parts, namespaces: VecDeque::new(), after: None }
    }

    /// Over one namespace.
    pub fn of_namespace(store: &'a dyn Store, namespace: &str) -> Self {
        let namespaces = VecDeque::from([namespace.to_owned()]);
        Self { store, parts: VecDeque::new(), namespaces, after: None }
    }

    /// The next templates, at most 500; none when all were met.
    ///
    /// # Errors
    /// What the store says.
    pub async fn next_ids(&mut self) -> Result<Option<Vec<TemplateId>>, StoreError> {
        loop {
            let Some(namespace) = self.namespaces.front() else {
                let Some(part) = self.parts.pop_front() else { return Ok(None) };
                self.namespaces = self.namespaces_in(&part).await?;
                continue;
            };
            let partition = kind::TEMPLATE_NAME.part(namespace);
            let range = Range::all(partition).limit(NAMES_AT_ONCE).after(self.after.take());
            let page = self.store.range(&range, Consistency::Strong).await?;
            self.after = page.next;
            if self.after.is_none() {
                self.namespaces.pop_front();
            }
            let mut ids = Vec::new();
            for item in &page.items {
                let claim = decode::<TemplateNameClaim>(item)?;
                // The other rows are aliases, which lead to a template that has a row of its own.
                ids.extend((claim.name == item.key.sort).then_some(claim.template_id));
            }
            if !ids.is_empty() {
                return Ok(Some(ids));
            }
        }
    }

    async fn namespaces_in(&self, part: &str) -> Result<VecDeque<String>, StoreError> {
        let range = Range::all(kind::NAMESPACE.part(part)).limit(1000);
        let items = read_all(self.store, range, Consistency::Strong).await?;
        Ok(items.into_iter().map(|item| item.key.sort).collect())
    }
}
