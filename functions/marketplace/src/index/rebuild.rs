//! Builds the index anew from the store: at the first start, or after its file was lost.

use super::{
    load::{AT_ONCE, IndexError, Loader},
    walk::Walk,
};
use cws_model::Timestamp;
use cws_search::{Change, TemplateIndex};
use cws_store::Store;

/// Documents that are taken in at once.
const BATCH: usize = 1000;

/// Takes every template in, and says when that was. The index has to be empty, and nobody else may write
/// to it meanwhile. Answers how many there are.
///
/// # Errors
/// [`IndexError`]; an index that was not finished says so by having no time.
pub async fn rebuild(
    store: &dyn Store,
    index: &dyn TemplateIndex,
    now: Timestamp,
) -> Result<usize, IndexError> {
    let mut walk = Walk::everywhere(store);
    let mut loader = Loader::new(store, now);
    let mut waiting = Change::default();
    let mut count = 0;
    while let Some(ids) = walk.next_ids().await? {
        for ids in ids.chunks(AT_ONCE) {
            waiting.upsert.extend(loader.load(ids).await?.upsert);
        }
        if waiting.upsert.len() >= BATCH {
            count += waiting.upsert.len();
            index.apply(std::mem::take(&mut waiting)).await?;
        }
    }
    count += waiting.upsert.len();
    waiting.as_of_ms = Some(now.millis());
    index.apply(waiting).await?;
    Ok(count)
}
