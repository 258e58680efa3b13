//! Audit rows by time: an id sorts by time, so a window of time is a stretch of each part.

use cws_model::{Timestamp, id::AuditId};
use cws_route::audit::{AuditLeaf, AuditRecord, digest_hex, part_of};
use cws_store::{Item, Scoped, Span, StoreError, Value, kind};

/// A window of time; an open end is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// From, included.
    pub since: Option<Timestamp>,
    /// To, excluded.
    pub until: Option<Timestamp>,
}

impl Window {
    /// The sort keys in it.
    pub fn span(&self) -> Span {
        let lowest = |at: Timestamp| AuditId::new(at, [0; 10]).to_string();
        let from = self.since.map_or_else(|| "aud_".to_owned(), lowest);
        // `~` sorts after every character of an id.
        let to = self.until.map_or_else(|| "aud_~".to_owned(), lowest);
        Span::Between(from, to)
    }

    /// Whether a record of this id lies in it.
    pub fn holds(&self, id: &str) -> bool {
        match self.span() {
            Span::Between(from, to) => from.as_str() <= id && id < to.as_str(),
            _ => true,
        }
    }
}

/// The stored text of a record: the bytes that its leaf has the digest of.
///
/// # Errors
/// What the store says, or a row that is no text.
pub async fn stored_text(store: &Scoped, id: &str) -> Result<Option<String>, StoreError> {
    store.item(&kind::AUDIT, Some(&part_of(id)), id).await?.map(text_of).transpose()
}

/// The text in a row.
///
/// # Errors
/// `Corrupt` when it is no text.
pub fn text_of(item: Item) -> Result<String, StoreError> {
    match item.value {
        Value::Json(text) => Ok(text),
        _ => Err(StoreError::Corrupt { kind: kind::AUDIT.prefix.to_owned(), reason: "not JSON".to_owned() }),
    }
}

/// The leaf that a stored text has, if it is a record's text.
pub fn leaf_of(text: &str) -> Option<(AuditRecord, String)> {
    let record: AuditRecord = serde_json::from_str(text).ok()?;
    let leaf = AuditLeaf {
        id: record.id.clone(),
        institution: record.institution.clone(),
        digest: digest_hex(text.as_bytes()),
    };
    Some((record, serde_json::to_string(&leaf).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_its_start_and_not_its_end() {
        let at = |millis| AuditId::new(Timestamp::from_millis(millis), [9; 10]).to_string();
        let window =
            Window { since: Some(Timestamp::from_millis(1_000)), until: Some(Timestamp::from_millis(2_000)) };
        assert!(window.holds(&at(1_000)) && window.holds(&at(1_999)));
        assert!(!window.holds(&at(999)) && !window.holds(&at(2_000)));
        assert!(Window::default().holds(&at(i64::MAX / 2)));
    }
}
