//! Handles that reach only so far: an institution's rows, the catalogue, or (for the program itself)
//! everything. A route can name neither another institution nor a kind of row that its SPEC does not.

use crate::{
    Consistency, Item, Key, Range, Record, Slot, Store, StoreError,
    kind::{Kind, Owner},
};
use cws_model::{InstitutionId, Timestamp};
use std::sync::Arc;

/// What a handle may reach.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// Kinds that may be read.
    pub reads: &'static [Kind],
    /// Kinds that may be written. A kind that may be written may be read.
    pub writes: &'static [Kind],
}

impl Reach {
    fn reads(&self, kind: &Kind) -> bool {
        self.reads.contains(kind) || self.writes.contains(kind)
    }

    /// Whether conditions on this key's kind are declared: what may be read may be held as it was read.
    pub fn checks_prefix(&self, prefix: &str) -> bool {
        self.writes_prefix(prefix) || self.reads.iter().any(|kind| kind.prefix == prefix)
    }

    /// Whether operations on this key's kind are declared.
    pub fn writes_prefix(&self, prefix: &str) -> bool {
        self.writes.iter().any(|kind| kind.prefix == prefix)
    }
}

/// A handle on the rows of one institution, or on the catalogue.
#[derive(Clone)]
pub struct Scoped {
    store: Arc<dyn Store>,
    institution: InstitutionId,
    owner: Owner,
    reach: Reach,
    now: Timestamp,
}

/// One page of typed rows.
#[derive(Debug)]
pub struct Rows<T> {
    /// The live rows, in order.
    pub slots: Vec<Slot<T>>,
    /// Sort key to continue after.
    pub next: Option<String>,
}

impl Scoped {
    /// A handle on one institution's rows.
    pub fn institution(
        store: Arc<dyn Store>,
        institution: InstitutionId,
        reach: Reach,
        now: Timestamp,
    ) -> Self {
        Self { store, institution, owner: Owner::Institution, reach, now }
    }

    /// A handle on the catalogue.
    pub fn catalogue(
        store: Arc<dyn Store>,
        institution: InstitutionId,
        reach: Reach,
        now: Timestamp,
    ) -> Self {
        Self { store, institution, owner: Owner::Catalogue, reach, now }
    }

    /// The same handle on system rows: for the shell, consumers, and the routes that administer
    /// institutions. Named so that a reader stops here.
    #[must_use]
    pub fn beyond_tenants(&self) -> Self {
        Self { owner: Owner::System, ..self.clone() }
    }

    /// The institution.
    pub fn institution_id(&self) -> &InstitutionId {
        &self.institution
    }

    /// The time at which rows count as live or expired.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The partition of a kind; `part` is the shard or the parent id.
    ///
    /// INVARIANT (tenancy): an institution's kind always carries the institution of this handle.
    ///
    /// # Errors
    /// `Undeclared` when the kind is beyond this handle.
    pub fn partition(&self, kind: &Kind, part: Option<&str>) -> Result<String, StoreError> {
        if kind.owner != self.owner || !self.reach.reads(kind) {
            return Err(StoreError::Undeclared { verb: "reads", kind: kind.prefix });
        }
        Ok(match (kind.owner, part) {
            (Owner::Institution, None) => kind.of(&self.institution),
            (Owner::Institution, Some(part)) => kind.of_part(&self.institution, part),
            (_, part) => kind.part(part.unwrap_or("all")),
        })
    }

    /// The key of a record.
    ///
    /// # Errors
    /// `Undeclared` when the kind is beyond this handle.
    pub fn key<T: Record>(&self, part: Option<&str>, sort: &str) -> Result<Key, StoreError> {
        Ok(Key::new(self.partition(&T::KIND, part)?, sort))
    }

    /// Reads one row.
    ///
    /// # Errors
    /// What the store says.
    pub async fn get<T: Record>(&self, part: Option<&str>, sort: &str) -> Result<Slot<T>, StoreError> {
        let key = self.key::<T>(part, sort)?;
        let item = self.store.get(std::slice::from_ref(&key), Consistency::Strong).await?.into_iter().next();
        Slot::read(key, item.flatten(), self.now)
    }

    /// Reads many rows of one kind; `places` are (part, sort), at most 100, distinct.
    ///
    /// # Errors
    /// What the store says.
    pub async fn get_many<T: Record>(
        &self,
        places: &[(Option<&str>, &str)],
    ) -> Result<Vec<Slot<T>>, StoreError> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let keys =
            places.iter().map(|(part, sort)| self.key::<T>(*part, sort)).collect::<Result<Vec<_>, _>>()?;
        let items = self.store.get(&keys, Consistency::Strong).await?;
        keys.into_iter().zip(items).map(|(key, item)| Slot::read(key, item, self.now)).collect()
    }

    /// Reads a page of live rows of one partition.
    ///
    /// # Errors
    /// What the store says.
    pub async fn range<T: Record>(
        &self,
        part: Option<&str>,
        shape: impl FnOnce(Range) -> Range,
    ) -> Result<Rows<T>, StoreError> {
        let range = shape(Range::all(self.partition(&T::KIND, part)?));
        let page = self.store.range(&range, Consistency::Strong).await?;
        let slots = page
            .items
            .into_iter()
            .filter(|item| item.is_live(self.now))
            .map(|item| Slot::read(item.key.clone(), Some(item), self.now))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Rows { slots, next: page.next })
    }

    /// Reads a page of raw items: counters and bytes.
    ///
    /// # Errors
    /// What the store says.
    pub async fn items(
        &self,
        kind: &Kind,
        part: Option<&str>,
        shape: impl FnOnce(Range) -> Range,
    ) -> Result<(Vec<Item>, Option<String>), StoreError> {
        let range = shape(Range::all(self.partition(kind, part)?));
        let page = self.store.range(&range, Consistency::Strong).await?;
        Ok((page.items.into_iter().filter(|item| item.is_live(self.now)).collect(), page.next))
    }

    /// Reads one raw item.
    ///
    /// # Errors
    /// What the store says.
    pub async fn item(
        &self,
        kind: &Kind,
        part: Option<&str>,
        sort: &str,
    ) -> Result<Option<Item>, StoreError> {
        let key = Key::new(self.partition(kind, part)?, sort);
        let item = self.store.get(std::slice::from_ref(&key), Consistency::Strong).await?.into_iter().next();
        Ok(item.flatten().filter(|item| item.is_live(self.now)))
    }

    /// Reads rows of several kinds in one call, at most 100 distinct keys made by `key`; `Slot::read`
    /// turns each into its type, and takes an expired one for none.
    ///
    /// # Errors
    /// `Undeclared` when a key is beyond this handle, or what the store says.
    pub async fn items_at(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        keys.iter().try_for_each(|key| self.check_reach(key))?;
        self.store.get(keys, Consistency::Strong).await
    }

    /// INVARIANT (tenancy): a key that came from elsewhere is held to the same bounds as one made here.
    fn check_reach(&self, key: &Key) -> Result<(), StoreError> {
        let declared = self.reach.reads.iter().chain(self.reach.writes);
        let kind = declared.into_iter().find(|kind| kind.prefix == key.kind() && kind.owner == self.owner);
        let kind = kind.ok_or(StoreError::Undeclared { verb: "reads", kind: "a key of another handle" })?;
        let own = kind.of(&self.institution);
        let inside =
            key.partition.strip_prefix(&own).is_some_and(|rest| rest.is_empty() || rest.starts_with('#'));
        if kind.owner != Owner::Institution || inside {
            return Ok(());
        }
        Err(StoreError::Undeclared { verb: "reads", kind: kind.prefix })
    }
}
