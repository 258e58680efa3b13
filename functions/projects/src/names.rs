//! Claims of project names: one row each, written in the commit that gives the name.
//!
//! An archived project gives its name back, and keeps it to be read: the claim, not the name, is what is
//! unique.

use crate::fault;
use cws_model::{id::ProjectId, text::Line};
use cws_route::Problem;
use cws_store::{Scoped, Slot, Writes, limits::SORT_MAX_BYTES, rows::ProjectNameClaim};
use unicode_normalization::UnicodeNormalization;

/// What two names are compared by: letters that only look different, case and runs of spaces do not count.
pub fn folded(name: &Line<100>) -> String {
    let lower: String = name.as_str().nfkc().collect::<String>().to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Claims a name. INVARIANT (one name, one project): the claim must be free in the same commit.
///
/// # Errors
/// `project_name_taken`.
pub async fn claim(
    store: &Scoped,
    writes: &mut Writes,
    id: &ProjectId,
    name: &Line<100>,
) -> Result<(), Problem> {
    let sort = folded(name);
    if sort.is_empty() || sort.len() > SORT_MAX_BYTES {
        return Err(Problem::field("/name", "is too long, or empty, once its letters are written out"));
    }
    let slot: Slot<ProjectNameClaim> = store.get(None, &sort).await?;
    if slot.value().is_some() {
        return Err(fault::name_taken());
    }
    Ok(writes.put(&slot, &ProjectNameClaim { project_id: id.clone() })?)
}

/// Gives a name back, if it is the project's.
///
/// # Errors
/// What the store says.
pub async fn release(
    store: &Scoped,
    writes: &mut Writes,
    id: &ProjectId,
    name: &Line<100>,
) -> Result<(), Problem> {
    let slot: Slot<ProjectNameClaim> = store.get(None, &folded(name)).await?;
    if slot.value().is_some_and(|claim| claim.project_id == *id) {
        writes.delete(&slot);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_the_same_are_the_same() {
        let fold = |text: &str| folded(&text.parse().unwrap());
        assert_eq!(fold("Coral Reef"), fold("CORAL   reef"));
        assert_eq!(fold("Caf\u{e9}"), fold("cafe\u{301}"));
        assert_eq!(fold("\u{ff32}eef"), fold("reef"));
        assert_ne!(fold("Reef 1"), fold("Reef 2"));
    }
}
