//! What search is held against: reading every template from the store and looking for the words in it.

use super::{Fault, load::Run, seed::Sheet, site::Site};
use cws_marketplace::{index::walk::Walk, place};
use cws_model::{id::TemplateId, marketplace::TemplateMeta};
use cws_store::{Consistency, Key, Store, StoreError, kind, limits::GET_MAX_KEYS, record::decode};
use std::time::Instant;

/// Scans.
const SCANS: u64 = 3;

/// Scans for words that are there.
pub(super) async fn measure(site: &Site) -> Result<Run, Fault> {
    let mut run = Run::default();
    let began = Instant::now();
    for n in 0..SCANS {
        let sheet = Sheet::of(site.census.shown_template(n));
        let began = Instant::now();
        let found = scan(site.world.store.as_ref(), &[sheet.tool, sheet.field]).await?;
        run.took_ns.push(u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX));
        if found == 0 {
            return Err(format!("a scan for `{} {}` finds nothing", sheet.tool, sheet.field).into());
        }
    }
    run.elapsed = began.elapsed();
    Ok(run)
}

/// How many templates have all words.
async fn scan(store: &dyn Store, words: &[&str]) -> Result<usize, StoreError> {
    let mut walk = Walk::everywhere(store);
    let mut found = 0;
    while let Some(ids) = walk.next_ids().await? {
        for ids in ids.chunks(GET_MAX_KEYS) {
            let key = |id: &TemplateId| Key::new(kind::TEMPLATE.part(id.as_str()), place::META);
            let keys: Vec<Key> = ids.iter().map(key).collect();
            for item in store.get(&keys, Consistency::Strong).await?.into_iter().flatten() {
                found += usize::from(has_all(&decode(&item)?, words));
            }
        }
    }
    Ok(found)
}

fn has_all(meta: &TemplateMeta, words: &[&str]) -> bool {
    let texts = [meta.name.as_str(), meta.title.as_str(), meta.description.as_str()].map(str::to_lowercase);
    words.iter().all(|word| texts.iter().any(|text| text.contains(word)) || meta.tags.contains(*word))
}
