//! The stored bytes of versions: cut into rows under their digest, and never changed.

use crate::place;
use cws_route::Problem;
use cws_store::{Expect, Item, Key, Op, Range, Scoped, StoreError, Value, Writes, kind};
use cws_templates::Digest;

/// Bytes in one row: with its keys it stays below the 400 KB that a row may have.
pub const CHUNK_MAX_BYTES: usize = 350 * 1024;

/// First pieces that are read at once: at most 7 MB.
const FIRST_AT_ONCE: usize = 20;

/// Writes the bytes of a digest. The same bytes may be there already: writing them again changes nothing.
///
/// # Errors
/// `Undeclared` when the route does not write such rows.
pub fn write(writes: &mut Writes, store: &Scoped, digest: &Digest, bytes: &[u8]) -> Result<(), StoreError> {
    let partition = store.partition(&kind::TEMPLATE_BYTES, Some(digest.as_str()))?;
    for (number, chunk) in bytes.chunks(CHUNK_MAX_BYTES).enumerate() {
        writes.op(Op::Put {
            key: Key::new(partition.clone(), place::chunk(number)),
            expect: Expect::Any,
            value: Value::Bytes(chunk.to_vec()),
            schema: 1,
            expires_at: None,
        });
    }
    Ok(())
}

/// Reads the bytes kept under a digest. They are not checked here: verification has to see what is stored.
///
/// # Errors
/// What the store says; `Corrupt` when there are none.
pub async fn read(store: &Scoped, digest: &str) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    let mut after = None;
    loop {
        let (items, next) =
            store.items(&kind::TEMPLATE_BYTES, Some(digest), |range: Range| range.after(after)).await?;
        for item in items {
            bytes.extend(piece(item)?);
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    if bytes.is_empty() { Err(corrupt("no bytes are stored under the digest")) } else { Ok(bytes) }
}

/// Reads the bytes kept under some digests, in their order. Most have one piece, and all first pieces come in one call.
///
/// # Errors
/// What the store says; `Corrupt` when there are none under one of them.
pub async fn read_many(store: &Scoped, digests: &[Digest]) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut texts = Vec::with_capacity(digests.len());
    for digests in digests.chunks(FIRST_AT_ONCE) {
        let key = |digest: &Digest| {
            Ok(Key::new(store.partition(&kind::TEMPLATE_BYTES, Some(digest.as_str()))?, place::chunk(0)))
        };
        let keys = digests.iter().map(key).collect::<Result<Vec<_>, StoreError>>()?;
        for (digest, item) in digests.iter().zip(store.items_at(&keys).await?) {
            let first = item.map(piece).transpose()?.unwrap_or_default();
            let whole = !first.is_empty() && first.len() < CHUNK_MAX_BYTES;
            texts.push(if whole { first } else { read(store, digest.as_str()).await? });
        }
    }
    Ok(texts)
}

/// Reads the bytes kept under a digest, and answers them only if they are its bytes.
///
/// # Errors
/// 500 when they were changed underneath.
pub async fn read_checked(store: &Scoped, digest: &str) -> Result<Vec<u8>, Problem> {
    let bytes = read(store, digest).await?;
    if Digest::of(&bytes).as_str() == digest {
        Ok(bytes)
    } else {
        Err(corrupt("the stored bytes are not those of their digest").into())
    }
}

fn piece(item: Item) -> Result<Vec<u8>, StoreError> {
    match item.value {
        Value::Bytes(bytes) => Ok(bytes),
        _ => Err(corrupt("not bytes")),
    }
}

fn corrupt(reason: &str) -> StoreError {
    StoreError::Corrupt { kind: kind::TEMPLATE_BYTES.prefix.to_owned(), reason: reason.to_owned() }
}
