//! Rows as DynamoDB items, and back.

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use cws_model::Timestamp;
use cws_store::{Item, Key, Revision, StoreError, Value};
use std::collections::HashMap;

/// The attribute that DynamoDB's own sweep of expired items reads.
pub const TTL_ATTRIBUTE: &str = "exp";

/// An item as the SDK has it.
pub(super) type Attributes = HashMap<String, AttributeValue>;

/// A string attribute.
pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
pub(super) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The two key attributes.
pub(super) fn key_attributes(key: &Key) -> Attributes {
    HashMap::from([("pk".to_owned(), text(&key.partition)), ("sk".to_owned(), text(&key.sort))])
}

/// A whole item.
pub(super) fn item_attributes(item: Item) -> Attributes {
    let mut attributes = key_attributes(&item.key);
    attributes.insert("rev".to_owned(), text(item.revision.0));
    attributes.insert("sv".to_owned(), number(item.schema));
    let (name, value) = match item.value {
        Value::Json(json) => ("j", text(json)),
        Value::Bytes(bytes) => ("b", AttributeValue::B(Blob::new(bytes))),
        Value::Count(count) => ("n", number(count)),
    };
    attributes.insert(name.to_owned(), value);
    if let Some(at) = item.expires_at {
        attributes.insert("x".to_owned(), number(at.millis()));
        // Rounded up, so that the sweep never comes before the instant.
        attributes.insert(TTL_ATTRIBUTE.to_owned(), number(at.millis().saturating_add(999).div_euclid(1000)));
    }
    attributes
}

/// Reads an item.
///
/// # Errors
/// `Corrupt` when an attribute is missing or of another type.
pub(super) fn read(mut attributes: Attributes) -> Result<Item, StoreError> {
    let partition = take_text(&mut attributes, "pk", "")?;
    let kind = partition.split('#').next().unwrap_or_default().to_owned();
    let sort = take_text(&mut attributes, "sk", &kind)?;
    let revision = Revision(take_text(&mut attributes, "rev", &kind)?);
    let schema = parse(attributes.get("sv")).ok_or_else(|| corrupt(&kind, "no schema version"))?;
    let expires_at = match attributes.get("x") {
        None => None,
        stored => Some(parse(stored).ok_or_else(|| corrupt(&kind, "an expiry that is no number"))?),
    };
    Ok(Item {
        value: take_value(&mut attributes, &kind)?,
        key: Key { partition, sort },
        revision,
        schema,
        expires_at: expires_at.map(Timestamp::from_millis),
    })
}

fn take_value(attributes: &mut Attributes, kind: &str) -> Result<Value, StoreError> {
    if let Some(AttributeValue::S(json)) = attributes.remove("j") {
        return Ok(Value::Json(json));
    }
    if let Some(AttributeValue::B(bytes)) = attributes.remove("b") {
        return Ok(Value::Bytes(bytes.into_inner()));
    }
    parse(attributes.get("n")).map(Value::Count).ok_or_else(|| corrupt(kind, "no value"))
}

fn take_text(attributes: &mut Attributes, name: &str, kind: &str) -> Result<String, StoreError> {
    match attributes.remove(name) {
        Some(AttributeValue::S(text)) => Ok(text),
        _ => Err(corrupt(kind, &format!("no attribute `{name}`"))),
    }
}

fn parse<T: std::str::FromStr>(attribute: Option<&AttributeValue>) -> Option<T> {
    attribute?.as_n().ok()?.parse().ok()
}

fn corrupt(kind: &str, reason: &str) -> StoreError {
    StoreError::Corrupt { kind: kind.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(value: Value, expires_at: Option<i64>) -> Item {
        Item {
            key: Key::new("usr#local", "usr_1"),
            revision: Revision("com_1".to_owned()),
            schema: 3,
            value,
            expires_at: expires_at.map(Timestamp::from_millis),
        }
    }

    #[test]
    fn every_value_reads_back_as_it_was_written() {
        for value in [
            Value::Json(String::new()),
            Value::Json("{\"a\": \"é\"}".to_owned()),
            Value::Bytes(vec![0, 255]),
            Value::Bytes(Vec::new()),
            Value::Count(i64::MIN),
        ] {
            let stored = item(value, Some(1_795_430_000_123));
            assert_eq!(read(item_attributes(stored.clone())).unwrap(), stored);
        }
    }

    #[test]
    fn the_sweep_never_comes_before_the_instant() {
        let attributes = item_attributes(item(Value::Count(1), Some(1_001)));
        assert_eq!(attributes.get(TTL_ATTRIBUTE), Some(&number(2)));
        assert_eq!(item_attributes(item(Value::Count(1), Some(1_000))).get(TTL_ATTRIBUTE), Some(&number(1)));
        assert!(!item_attributes(item(Value::Count(1), None)).contains_key(TTL_ATTRIBUTE));
    }

    #[test]
    fn a_broken_item_names_its_kind_and_never_its_key() {
        for name in ["sk", "rev", "sv", "j", "x"] {
            let mut attributes = item_attributes(item(Value::Json("1".to_owned()), Some(1)));
            attributes.insert(name.to_owned(), AttributeValue::Bool(true));
            let error = read(attributes).unwrap_err();
            assert!(matches!(&error, StoreError::Corrupt { kind, .. } if kind == "usr"), "{name}: {error}");
            assert!(!error.to_string().contains("usr_1"), "{error}");
        }
    }
}
