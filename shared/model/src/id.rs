//! Ids: a prefix that names the kind, then 26 characters that sort by time of creation.
//!
//! The 26 characters are 48 bits of milliseconds and 80 random bits in Crockford base 32, lower
//! case, so that an id sorts as text, reads aloud, and is not guessed.

use crate::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{borrow::Cow, cmp::Ordering, fmt, hash, marker::PhantomData, str::FromStr};
use thiserror::Error;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const BODY_CHARS: usize = 26;

/// A kind of id. Implemented by empty enums, one per entity, in the one list below.
pub trait Kind {
    /// What every id of this kind starts with, without the underscore.
    const PREFIX: &'static str;
    /// The schema name in the API documents, such as `UserId`.
    const NAME: &'static str;
}

/// Why a text is not an id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdError {
    /// It does not start with the prefix of the kind.
    #[error("must start with `{0}_`")]
    Prefix(&'static str),
    /// What follows the prefix is not 26 base-32 characters.
    #[error("must be `{0}_` and 26 characters of 0-9 and a-z without i, l, o, u")]
    Body(&'static str),
    /// Not a slug.
    #[error("must be 2 to 40 characters of a-z, 0-9 and single hyphens, starting and ending with none")]
    Slug,
}

/// An id of kind `K`, such as `usr_01kar2…`.
pub struct Id<K>(String, PhantomData<fn() -> K>);

impl<K: Kind> Id<K> {
    /// Makes an id from the time and ten random bytes.
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        Self(format!("{}_{}", K::PREFIX, body(now, random)), PhantomData)
    }

    /// The whole id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The 26 characters of an id: time first, so that text order is order of creation.
fn body(now: Timestamp, random: [u8; 10]) -> String {
    let millis = u128::from(now.millis().max(0).unsigned_abs() & 0xffff_ffff_ffff);
    let tail = random.iter().fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
    let bits = (millis << 80) | tail;
    (0..BODY_CHARS).rev().map(|place| digit(bits, place)).collect()
}

fn digit(bits: u128, place: usize) -> char {
    let value = (bits >> (place * 5)) & 31;
    ALPHABET.get(value as usize).map_or('0', |byte| char::from(*byte))
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let body = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .ok_or(IdError::Prefix(K::PREFIX))?;
        if body.len() == BODY_CHARS && body.bytes().all(|byte| ALPHABET.contains(&byte)) {
            Ok(Self(text.to_owned(), PhantomData))
        } else {
            Err(IdError::Body(K::PREFIX))
        }
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<K: Kind> JsonSchema for Id<K> {
    fn schema_name() -> Cow<'static, str> {
        K::NAME.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let pattern = format!("^{}_[0-9a-hjkmnp-tv-z]{{26}}$", K::PREFIX);
        json_schema!({"type": "string", "pattern": pattern})
    }
}

/// Declares kinds of ids: marker, alias, prefix. One list, so that prefixes stay distinct.
macro_rules! kinds {
    ($($(#[$doc:meta])* $marker:ident, $alias:ident, $prefix:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub enum $marker {}
            impl Kind for $marker {
                const PREFIX: &'static str = $prefix;
                const NAME: &'static str = stringify!($alias);
            }
            $(#[$doc])*
            pub type $alias = Id<$marker>;
        )*
        /// Every prefix in use; a test holds that none is a prefix of another.
        pub const PREFIXES: &[&str] = &[$($prefix),*];
    };
}

kinds! {
    /// A person or machine user.
    UserKind, UserId, "usr";
    /// A project: people, a budget, and what they run.
    ProjectKind, ProjectId, "prj";
    /// A template in the marketplace, over all its versions.
    TemplateKind, TemplateId, "tpl";
    /// A review of a template version.
    ReviewKind, ReviewId, "rev";
    /// A key that a publisher registered to sign with.
    PublisherKeyKind, PublisherKeyId, "pky";
    /// A signed-in session.
    SessionKind, SessionId, "ses";
    /// An event of the catalogue.
    EventKind, EventId, "evt";
    /// A record of the audit log.
    AuditKind, AuditId, "aud";
    /// One atomic write.
    CommitKind, CommitId, "com";
    /// A request, as it is named in answers and logs.
    RequestKind, RequestId, "req";
    /// A long-running operation.
    OperationKind, OperationId, "op";
}

/// An institution's id: a slug that its operator chose, such as `local` or `uni-bern`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct InstitutionId(String);

impl InstitutionId {
    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text is a slug of `min` to `max` characters: a-z, 0-9, single inner hyphens.
pub fn is_slug(text: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

impl FromStr for InstitutionId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if is_slug(text, 2, 40) { Ok(Self(text.to_owned())) } else { Err(IdError::Slug) }
    }
}

impl fmt::Display for InstitutionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for InstitutionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for InstitutionId {
    fn schema_name() -> Cow<'static, str> {
        "InstitutionId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "minLength": 2, "maxLength": 40, "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_sorts_by_its_time_and_reads_back() {
        let early = UserId::new(Timestamp::from_millis(1_000), [255; 10]);
        let late = UserId::new(Timestamp::from_millis(1_001), [0; 10]);
        assert!(early < late);
        assert_eq!(early.as_str().parse::<UserId>(), Ok(early));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let user = UserId::new(Timestamp::from_millis(1), [7; 10]);
        assert_eq!(user.as_str().parse::<ProjectId>(), Err(IdError::Prefix("prj")));
        assert_eq!("usr_short".parse::<UserId>(), Err(IdError::Body("usr")));
        assert_eq!("usr_0000000000000000000000000U".parse::<UserId>(), Err(IdError::Body("usr")));
    }

    #[test]
    fn no_prefix_starts_another() {
        for (i, a) in PREFIXES.iter().enumerate() {
            for (j, b) in PREFIXES.iter().enumerate() {
                assert!(i == j || !format!("{b}_").starts_with(&format!("{a}_")));
            }
        }
    }

    #[test]
    fn an_institution_is_a_slug() {
        assert!("uni-bern".parse::<InstitutionId>().is_ok());
        for bad in ["a", "-a", "a-", "A1", "a--b", "a#b", ""] {
            assert_eq!(bad.parse::<InstitutionId>(), Err(IdError::Slug), "{bad}");
        }
    }
}
