//! Repeats: the answer to a POST is stored in the commit that made it, and sent again.

use crate::{Caller, Idempotency, Problem, Request, Response, Spec, audit::digest_hex};
use base64::{Engine, engine::general_purpose::STANDARD};
use cws_model::Timestamp;
use cws_store::{Consistency, Key, Kind, Record, Slot, Store, StoreError, Writes, kind};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How long an answer is kept, seconds: 24 hours.
const KEPT_S: i64 = 24 * 3600;
/// Largest answer that is kept, bytes.
const KEPT_MAX_BYTES: usize = 128 * 1024;
/// Longest key, characters.
const KEY_MAX_CHARS: usize = 255;

/// A stored answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Stored {
    /// What was asked.
    fingerprint: String,
    /// What was answered; `None` when it held a secret or was too large to keep.
    answer: Option<StoredAnswer>,
    /// Whether it was too large.
    #[serde(default)]
    too_large: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct StoredAnswer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Record for Stored {
    const KIND: Kind = kind::IDEMPOTENCY;
}

/// A request that carries a key which has a meaning here.
pub(super) struct Claim {
    slot: Slot<Stored>,
    fingerprint: String,
    secret: bool,
}

/// Looks up the key of a request, if it has one that counts.
///
/// # Errors
/// A malformed key, a key used for another request, or what the store says.
pub(super) async fn claim(
    store: &Arc<dyn Store>,
    spec: &Spec,
    request: &Request,
    caller: &Caller,
    now: Timestamp,
) -> Result<Option<Claim>, Problem> {
    let secret = match spec.idempotency {
        Idempotency::None(_) => return Ok(None),
        Idempotency::Stored => false,
        Idempotency::SecretOnce => true,
    };
    let (Some(text), Some(institution)) = (request.header("idempotency-key"), caller.institution()) else {
        return Ok(None);
    };
    if text.is_empty() || text.len() > KEY_MAX_CHARS || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Problem::malformed("Idempotency-Key", "must be 1 to 255 visible ASCII characters"));
    }
    let name = digest_hex(format!("{}\n{}\n{text}", caller.id(), spec.operation_id).as_bytes());
    let part: String = name.chars().take(2).collect();
    let key = Key::new(kind::IDEMPOTENCY.of_part(institution, &part), name);
    let items = store.get(std::slice::from_ref(&key), Consistency::Strong).await?;
    let slot = Slot::<Stored>::read(key, items.into_iter().next().flatten(), now)?;
    let claim = Claim { slot, fingerprint: fingerprint(request), secret };
    match claim.slot.value() {
        Some(stored) if stored.fingerprint != claim.fingerprint => Err(Problem::new(
            "idempotency_key_reused",
            "this Idempotency-Key came before with another request",
        )),
        _ => Ok(Some(claim)),
    }
}

fn fingerprint(request: &Request) -> String {
    let mut text = serde_json::to_vec(&(&request.path_params, &request.query)).unwrap_or_default();
    text.extend_from_slice(&request.body);
    digest_hex(&text)
}

fn not_kept(too_large: bool) -> Problem {
    if too_large {
        let detail = "the request was done the first time; its answer was too large to keep";
        Problem::new("answer_not_kept", detail)
    } else {
        let detail = "the request was done the first time; its answer held a secret and is not kept";
        Problem::new("secret_delivered", detail)
    }
}

impl Claim {
    /// The stored answer, if this is a repeat.
    ///
    /// # Errors
    /// `secret_delivered` or `answer_not_kept` when the first answer could not be kept.
    pub(super) fn replay(&self) -> Option<Result<Response, Problem>> {
        let stored = self.slot.value()?;
        let Some(answer) = &stored.answer else { return Some(Err(not_kept(stored.too_large))) };
        let body = STANDARD.decode(&answer.body).unwrap_or_default();
        let mut response = Response { status: answer.status, headers: answer.headers.clone(), body };
        response.header("idempotency-replayed", "true");
        Some(Ok(response))
    }

    /// Stores the answer in the commit that makes it. INVARIANT (no stored secret): the body of a
    /// `SecretOnce` route is never written.
    pub(super) fn store(
        &self,
        writes: &mut Writes,
        response: &Response,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let too_large = !self.secret && response.body.len() > KEPT_MAX_BYTES;
        let answer = (!self.secret && !too_large).then(|| StoredAnswer {
            status: response.status,
            headers: response.headers.clone(),
            body: STANDARD.encode(&response.body),
        });
        let stored = Stored { fingerprint: self.fingerprint.clone(), answer, too_large };
        writes.put_until(&self.slot, &stored, Some(now.plus_seconds(KEPT_S)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cws_store::{Item, Op, Revision};

    /// What a repeat gets of an answer of so many bytes.
    fn repeated(size: usize, secret: bool) -> Result<Response, Problem> {
        let (now, key) = (Timestamp::from_millis(0), Key::new("ide#local#00", "x"));
        let slot = |item| Slot::<Stored>::read(key.clone(), item, now).unwrap();
        let claim = |slot| Claim { slot, fingerprint: "f".to_owned(), secret };
        let mut writes = Writes::new();
        let response = Response::new(201, "application/json", vec![b'x'; size]);
        claim(slot(None)).store(&mut writes, &response, now).unwrap();
        let Op::Put { value, schema, expires_at, .. } = writes.ops()[0].clone() else { panic!() };
        let item = Item { key: key.clone(), revision: Revision("c".to_owned()), schema, value, expires_at };
        claim(slot(Some(item))).replay().unwrap()
    }

    #[test]
    fn a_repeat_gets_the_answer_or_is_told_truly_why_not() {
        assert_eq!(repeated(KEPT_MAX_BYTES, false).unwrap().body.len(), KEPT_MAX_BYTES);
        assert_eq!(repeated(KEPT_MAX_BYTES + 1, false).unwrap_err().code, "answer_not_kept");
        for size in [1, KEPT_MAX_BYTES + 1] {
            assert_eq!(repeated(size, true).unwrap_err().code, "secret_delivered");
        }
    }
}
