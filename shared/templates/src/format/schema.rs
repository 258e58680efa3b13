//! The published JSON Schema of the format, made from the types.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::Template;

/// The JSON Schema (draft 2020-12) of a template, for editors and clients. Unknown keys are allowed, and so is every
/// value that the parser reads: YAML's `1.0` as text, and nothing at all for a list or a map.
#[must_use]
pub fn template_schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Template>();
    schema.insert("$id".into(), Value::from("urn:cloudworkstation:template:v1"));
    schema.insert("title".into(), Value::from("CloudWorkstation template"));
    let mut schema = schema.to_value();
    widen(&mut schema);
    if let Some(root) = schema.as_object_mut() {
        root.insert("type".into(), Value::from("object"));
    }
    schema
}

/// What the parser reads besides the type that is meant.
fn also_read(kind: &str) -> &'static [&'static str] {
    match kind {
        "string" => &["number", "boolean"],
        "array" | "object" => &["null"],
        _ => &[],
    }
}

fn widen(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            // The words of an enumeration are words; `words::open` allows the others beside them.
            let words = members.contains_key("enum") || members.contains_key("const");
            if let Some(kind) = members.get_mut("type").filter(|_| !words) {
                widen_type(kind);
            }
            members.values_mut().for_each(widen);
        }
        Value::Array(items) => items.iter_mut().for_each(widen),
        _ => {}
    }
}

/// A property may be called `type`: only a word or a list of words is one of a schema.
fn widen_type(kind: &mut Value) {
    let mut kinds: Vec<String> = match &*kind {
        Value::String(word) => vec![word.clone()],
        Value::Array(words) => words.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => return,
    };
    for more in kinds.clone().iter().flat_map(|kind| also_read(kind)) {
        if !kinds.iter().any(|known| known == more) {
            kinds.push((*more).to_owned());
        }
    }
    *kind = match kinds.as_slice() {
        [one] => Value::from(one.as_str()),
        _ => Value::from(kinds),
    };
}
