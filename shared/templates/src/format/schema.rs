//! The published JSON Schema of the format, made from the types.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::Template;

/// The JSON Schema (draft 2020-12) of a template, for editors and clients. Unknown keys are allowed.
#[must_use]
pub fn template_schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Template>();
    schema.insert("$id".into(), Value::from("urn:cloudworkstation:template:v1"));
    schema.insert("title".into(), Value::from("CloudWorkstation template"));
    schema.to_value()
}
