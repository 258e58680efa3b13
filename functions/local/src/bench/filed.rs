//! The index of near names in a store that is filled. Rows that hold one name are written with it; those that many
//! names share, by their common beginnings, are kept until all are known.

use super::Fault;
use cws_marketplace::near::{HEAD, NearRow, PAGE_NAMES, page, part};
use cws_store::{Key, Record, Writes, kind};
use cws_templates::similar::Keys;
use std::{collections::BTreeMap, sync::Mutex};

/// Names by the key that they are filed under, and whether they are of templates.
#[derive(Default)]
pub(super) struct Filed(Mutex<BTreeMap<(bool, String), Vec<String>>>);

impl Filed {
    /// Files a name.
    pub(super) fn file(
        &self,
        name: &str,
        whose: &str,
        of_template: bool,
        writes: &mut Writes,
    ) -> Result<(), Fault> {
        let mut kept = self.0.lock().map_err(|_| "the index of near names is lost")?;
        for key in Keys::of(name).filed {
            let entry = format!("{name}/{whose}");
            // The words at the end of a template's name are its own.
            if of_template && !key.starts_with("first-") {
                let row = NearRow::<true> { names: vec![entry], pages: 0 };
                writes.overwrite(Key::new(kind::TEMPLATE_NAME.part(&part(&key)), HEAD), &row, None)?;
            } else {
                kept.entry((of_template, key)).or_default().push(entry);
            }
        }
        Ok(())
    }

    /// The rows that were kept.
    pub(super) fn rows(&self) -> Result<Vec<Writes>, Fault> {
        let kept = self.0.lock().map_err(|_| "the index of near names is lost")?;
        let mut all = Vec::new();
        for ((of_template, key), names) in kept.iter() {
            all.extend(if *of_template { pages::<true>(key, names)? } else { pages::<false>(key, names)? });
        }
        Ok(all)
    }
}

/// Names in a row: a commit of a hundred such rows stays below its limit.
const IN_ROW: usize = PAGE_NAMES / 2;

/// The rows of one key.
fn pages<const TEMPLATES: bool>(key: &str, names: &[String]) -> Result<Vec<Writes>, Fault>
where
    NearRow<TEMPLATES>: Record,
{
    let partition = <NearRow<TEMPLATES> as Record>::KIND.part(&part(key));
    let full = names.len().saturating_sub(1) / IN_ROW;
    let mut all = Vec::new();
    for (number, names) in (0..).zip(names.chunks(IN_ROW)) {
        let last = number == u32::try_from(full)?;
        let sort = if last { HEAD.to_owned() } else { page(number) };
        let row = NearRow::<TEMPLATES> { names: names.to_vec(), pages: if last { number } else { 0 } };
        let mut writes = Writes::new();
        writes.overwrite(Key::new(partition.clone(), sort), &row, None)?;
        all.push(writes);
    }
    Ok(all)
}
