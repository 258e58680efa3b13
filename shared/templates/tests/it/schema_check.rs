//! A small reader of JSON Schema, enough for the published one: whether a value is allowed.

use serde_json::Value;

/// The first thing that a schema does not allow; nothing when all is well.
pub(crate) fn refused(root: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
    let Value::Object(rules) = schema else { return None };
    let say = |what: &str| Some(format!("{at}: {what}: {value} under {schema}"));
    if let Some(name) = rules.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("{name}"));
        return refused(root, target, value, at);
    }
    for one_of in ["anyOf", "oneOf"] {
        if let Some(choices) = rules.get(one_of).and_then(Value::as_array)
            && choices.iter().all(|choice| refused(root, choice, value, at).is_some())
        {
            return say(one_of);
        }
    }
    if rules.get("enum").and_then(Value::as_array).is_some_and(|words| !words.contains(value)) {
        return say("enum");
    }
    if rules.get("const").is_some_and(|only| only != value) {
        return say("const");
    }
    if rules.get("type").is_some_and(|kinds| !kinds_of(kinds).iter().any(|kind| is(kind, value))) {
        return say("type");
    }
    if rules
        .get("minimum")
        .and_then(Value::as_f64)
        .is_some_and(|least| value.as_f64().is_some_and(|n| n < least))
    {
        return say("minimum");
    }
    members(root, rules, value, at)
}

fn members(root: &Value, rules: &serde_json::Map<String, Value>, value: &Value, at: &str) -> Option<String> {
    match value {
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| {
            refused(root, rules.get("items").unwrap_or(&Value::Bool(true)), item, &format!("{at}/{index}"))
        }),
        Value::Object(object) => {
            let required = rules.get("required").and_then(Value::as_array);
            if let Some(missing) =
                required.into_iter().flatten().find(|name| !object.contains_key(name.as_str().unwrap()))
            {
                return Some(format!("{at}: {missing} is required"));
            }
            object.iter().find_map(|(name, member)| {
                let own = rules.get("properties").and_then(|all| all.get(name));
                let schema = own.or(rules.get("additionalProperties")).unwrap_or(&Value::Bool(true));
                refused(root, schema, member, &format!("{at}/{name}"))
            })
        }
        _ => None,
    }
}

fn kinds_of(kinds: &Value) -> Vec<&str> {
    match kinds {
        Value::String(kind) => vec![kind],
        other => other.as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect(),
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("an unknown type `{other}`"),
    }
}
