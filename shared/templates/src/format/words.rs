//! Fields that hold one of several words. A word that the format does not know has no effect and is warned about:
//! templates of other tools, and of later ones, are read all the same.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{DeserializeOwned, IntoDeserializer, value::Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{
    AmiStrategy, Complexity, ConnectionType, DependencyKind, FallbackStrategy, PackageManager, ParameterKind,
    ValidationStatus,
};
use crate::finding::{Finding, pointer_step};

/// Reads a known word; another one, or none, reads as nothing.
pub(super) fn known<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let word = Option::<String>::deserialize(deserializer)?;
    Ok(word.and_then(|word| read(&word).ok()))
}

/// Reads a known word; another one, or none, reads as the word that stands for nothing said.
pub(super) fn known_or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    known(deserializer).map(Option::unwrap_or_default)
}

fn read<T: DeserializeOwned>(word: &str) -> Result<T, Error> {
    T::deserialize(word.into_deserializer())
}

/// The schema of such a field: editors offer the known words, and any other is allowed.
pub(super) fn open<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let known = generator.subschema_for::<T>();
    json_schema!({"anyOf": [known, {"type": ["string", "null"]}]})
}

/// A warning for each word that the format does not know.
pub(super) fn unknown(document: &Value) -> Vec<Finding> {
    let mut found = Vec::new();
    check::<Complexity>(document, "/complexity", &mut found);
    check::<ConnectionType>(document, "/connection_type", &mut found);
    check::<ValidationStatus>(document, "/validation_status", &mut found);
    check::<PackageManager>(document, "/package_manager", &mut found);
    check::<AmiStrategy>(document, "/ami_config/strategy", &mut found);
    check::<FallbackStrategy>(document, "/ami_config/fallback_strategy", &mut found);
    let parameters = document.get("parameters").and_then(Value::as_object);
    for name in parameters.into_iter().flat_map(|parameters| parameters.keys()) {
        check::<ParameterKind>(document, &format!("/parameters{}/type", pointer_step(name)), &mut found);
    }
    let dependencies = document.pointer("/marketplace/dependencies").and_then(Value::as_array);
    for index in 0..dependencies.map_or(0, Vec::len) {
        check::<DependencyKind>(document, &format!("/marketplace/dependencies/{index}/type"), &mut found);
    }
    found
}

fn check<T: DeserializeOwned>(document: &Value, pointer: &str, found: &mut Vec<Finding>) {
    let Some(Value::String(word)) = document.pointer(pointer) else { return };
    if word.is_empty() {
        return;
    }
    if let Err(error) = read::<T>(word) {
        let message = format!("this word has no effect: {error}");
        found.push(Finding::warning("metadata.unknown_word", pointer, message).fix("use one of those words"));
    }
}
