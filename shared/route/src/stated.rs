//! Sizes that a schema states, held: a limit in the API document is a limit.
//!
//! Types check most of what comes in by themselves. A plain text or list says its sizes in the schema alone;
//! here they are read out of it once and asked for at every request.

use crate::{Problem, Request, input::InputSchemas};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How far schemas are followed into each other.
const FOLLOWED_MAX: usize = 8;

/// The sizes of what a route takes.
#[derive(Debug, Default)]
pub struct Stated {
    query: BTreeMap<String, Sizes>,
    body: Sizes,
}

/// The sizes of one value and of what is in it.
#[derive(Debug, Default, PartialEq)]
struct Sizes {
    chars: Bounds,
    items: Bounds,
    each: Option<Box<Sizes>>,
    members: BTreeMap<String, Sizes>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Bounds {
    min: Option<u64>,
    max: Option<u64>,
}

impl Stated {
    /// Reads the sizes out of schemas and of the definitions that they refer to.
    pub fn new(input: &InputSchemas, definitions: &Map<String, Value>) -> Self {
        let body = input.body.as_ref().map(|schema| Sizes::of(schema.as_value(), definitions, 0));
        let parameters = input.query.as_value()["properties"].as_object().into_iter().flatten();
        let query = parameters.map(|(name, schema)| (name.clone(), Sizes::of_parameter(schema, definitions)));
        Self { query: query.collect(), body: body.unwrap_or_default() }
    }

    /// Holds a request, which could be read, against the sizes.
    ///
    /// # Errors
    /// `malformed_request` for the query, `invalid_field` for the body, with a pointer to the value.
    pub fn check(&self, request: &Request) -> Result<(), Problem> {
        let pairs: Vec<(String, String)> = serde_html_form::from_str(&request.query).unwrap_or_default();
        for (name, text) in pairs {
            if let Some(sizes) = self.query.get(&name) {
                let chars = sizes.each.as_deref().unwrap_or(sizes).chars;
                let told = chars.told(text.chars().count(), "characters");
                told.map_or(Ok(()), |told| Err(Problem::malformed(format!("?{name}"), told)))?;
            }
        }
        if self.body == Sizes::default() {
            return Ok(());
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        self.body.check(&body, "")
    }
}

impl Sizes {
    /// Of a parameter. An empty one would be read as one that is not there, so unless it is plain text it has
    /// to say something.
    fn of_parameter(schema: &Value, definitions: &Map<String, Value>) -> Self {
        let mut sizes = Self::of(schema, definitions, 0);
        if !is_plain_text(schema, definitions) {
            let each = sizes.each.as_deref_mut().map(|each| &mut each.chars);
            let chars = each.unwrap_or(&mut sizes.chars);
            chars.min = chars.min.max(Some(1));
        }
        sizes
    }

    fn of(schema: &Value, definitions: &Map<String, Value>, followed: usize) -> Self {
        if followed > FOLLOWED_MAX {
            return Self::default();
        }
        let inner = |schema: &Value| Self::of(schema, definitions, followed + 1);
        if let Some(meant) = meant(schema, definitions) {
            return inner(meant);
        }
        let bounds = |min: &str, max: &str| Bounds { min: schema[min].as_u64(), max: schema[max].as_u64() };
        let members = schema["properties"].as_object().into_iter().flatten();
        Self {
            chars: bounds("minLength", "maxLength"),
            items: bounds("minItems", "maxItems"),
            each: schema.get("items").map(inner).filter(|each| *each != Self::default()).map(Box::new),
            members: members
                .map(|(name, schema)| (name.clone(), inner(schema)))
                .filter(|(_, sizes)| *sizes != Self::default())
                .collect(),
        }
    }

    fn check(&self, value: &Value, pointer: &str) -> Result<(), Problem> {
        match value {
            Value::String(text) => self.chars.check(text.chars().count(), "characters", pointer),
            Value::Array(items) => {
                self.items.check(items.len(), "entries", pointer)?;
                let Some(each) = &self.each else { return Ok(()) };
                items
                    .iter()
                    .enumerate()
                    .try_for_each(|(at, item)| each.check(item, &format!("{pointer}/{at}")))
            }
            Value::Object(members) => self.members.iter().try_for_each(|(name, sizes)| {
                members.get(name).map_or(Ok(()), |member| sizes.check(member, &format!("{pointer}/{name}")))
            }),
            _ => Ok(()),
        }
    }
}

fn is_plain_text(schema: &Value, definitions: &Map<String, Value>) -> bool {
    let schema = meant(schema, definitions).unwrap_or(schema);
    let text = schema["type"] == "string"
        || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&json!("string")));
    text && ["format", "pattern", "enum"].iter().all(|rule| schema.get(rule).is_none())
}

/// What a schema stands for: one that it refers to, or the one choice besides null.
fn meant<'a>(schema: &'a Value, definitions: &'a Map<String, Value>) -> Option<&'a Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        return definitions.get(reference.rsplit('/').next()?);
    }
    let mut choices = schema["anyOf"].as_array()?.iter().filter(|choice| choice["type"] != "null");
    match (choices.next(), choices.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

impl Bounds {
    fn check(self, size: usize, unit: &str, pointer: &str) -> Result<(), Problem> {
        self.told(size, unit).map_or(Ok(()), |told| Err(Problem::field(pointer, told)))
    }

    /// What is wrong with a size, if anything is.
    fn told(self, size: usize, unit: &str) -> Option<String> {
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        match self {
            Self { max: Some(max), .. } if size > max => Some(format!("must have at most {max} {unit}")),
            Self { min: Some(min), .. } if size < min => Some(format!("must have at least {min} {unit}")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::{JsonSchema, SchemaGenerator};

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is of interest")]
    struct Part {
        #[schemars(length(min = 2, max = 4))]
        name: String,
        #[schemars(extend("format" = "date-time"))]
        since: Option<String>,
        limit: Option<u32>,
        q: Option<String>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is of interest")]
    struct Whole {
        part: Option<Part>,
        #[schemars(length(max = 2), inner(length(max = 3)))]
        words: Vec<String>,
        free: serde_json::Value,
    }

    fn refused(query: &str, body: &Value) -> Option<String> {
        let mut generator = SchemaGenerator::default();
        let body_schema = generator.subschema_for::<Whole>();
        let nothing = generator.subschema_for::<()>();
        let query_schema = schemars::schema_for!(Part);
        let input = InputSchemas { path: nothing, query: query_schema, body: Some(body_schema) };
        let stated = Stated::new(&input, &generator.take_definitions(true));
        let body = body.to_string().into_bytes();
        let request = Request { query: query.to_owned(), body, ..Request::default() };
        stated.check(&request).err().map(|problem| problem.errors[0].pointer.clone())
    }

    #[test]
    fn a_size_at_the_limit_is_taken_and_one_beyond_is_named() {
        let good = json!({"part": {"name": "äöüé"}, "words": ["abc", "d"], "free": "a long text", "more": 1});
        assert_eq!(refused("name=ab&name=abcd&other=x", &good), None);
        assert_eq!(refused("name=a", &good).as_deref(), Some("?name"));
        assert_eq!(refused("name=abcde", &good).as_deref(), Some("?name"));
        for (pointer, value) in [
            ("/part/name", json!({"part": {"name": "äöüéi"}})),
            ("/part/name", json!({"part": {"name": ""}})),
            ("/words", json!({"words": ["a", "b", "c"]})),
            ("/words/1", json!({"words": ["a", "bcde"]})),
        ] {
            assert_eq!(refused("", &value).as_deref(), Some(pointer), "{value}");
        }
        assert_eq!(refused("", &json!({"part": null, "words": 7})), None);
        assert_eq!(refused("since=&limit=1", &good).as_deref(), Some("?since"));
        assert_eq!(refused("limit=", &good).as_deref(), Some("?limit"));
        assert_eq!(refused("q=", &good), None);
    }
}
