//! The public API document, OpenAPI 3.1, made from the table: nothing in it is written by hand.

use crate::{
    Spec, Table,
    input::InputSchemas,
    spec::{Access, COMMON_ERRORS, ErrorCode, Idempotency},
    table::Row,
};
use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ABOUT: &str = "Research computing as a service: people and their institutions, projects shared by role, and a \
marketplace of signed templates whose every change is in a log that anybody can verify.\n\nSign in with POST \
/api/v2/auth/sessions and send the access token as `Authorization: Bearer …`. In the lines to type, `$API` is the address \
of this server and `$TOKEN` that token.\n\nErrors are RFC 9457 problem details with a stable `code`. Lists answer \
`{items, next}`; send `next` as `cursor`. POST takes `Idempotency-Key`; PUT and PATCH take `If-Match`.";

/// The document.
pub fn document(table: &Table, version: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| {
        s.definitions_path = "/components/schemas".into();
        s.meta_schema = None;
    });
    let mut generator = SchemaGenerator::new(settings);
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for row in table.rows() {
        let path = row.spec().full_path().replace("+}", "}");
        let method = row.spec().method.as_str().to_ascii_lowercase();
        paths.entry(path).or_default().insert(method, operation(row, &mut generator));
    }
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Problem".to_owned(), problem_schema());
    let domains: BTreeSet<&str> = table.rows().iter().map(|row| row.domain).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "CloudWorkstation",
            "version": version,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "where this document came from"}],
        "tags": domains.iter().map(|name| json!({"name": name})).collect::<Vec<_>>(),
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "headers": headers(),
            "schemas": schemas,
        },
    })
}

fn operation(row: &Row, generator: &mut SchemaGenerator) -> Value {
    let spec = row.spec();
    let input = row.route.input(generator);
    let mut operation = json!({
        "operationId": spec.operation_id,
        "tags": [row.domain],
        "summary": spec.summary,
        "parameters": parameters(spec, &input),
        "responses": responses(spec, &row.route.output(generator)),
    });
    let Some(members) = operation.as_object_mut() else { return operation };
    match spec.access {
        Access::Undeclared => {}
        Access::Public(reason) => {
            members.insert("security".to_owned(), json!([]));
            members.insert("description".to_owned(), json!(format!("Open to anybody: {reason}.")));
        }
        Access::Action(action) => {
            members.insert("description".to_owned(), json!(format!("Needs the action `{action}`.")));
            members.insert("x-action".to_owned(), json!(action.as_str()));
        }
    }
    if let Some(schema) = input.body {
        members.insert("requestBody".to_owned(), request_body(spec, &schema, row.route.example()));
    }
    operation
}

fn request_body(spec: &Spec, schema: &Schema, example: Option<Value>) -> Value {
    let mut media = json!({"schema": schema});
    if let (Some(example), Some(media)) = (example, media.as_object_mut()) {
        media.insert("example".to_owned(), example);
    }
    let content: Map<String, Value> =
        spec.consumes.iter().map(|kind| ((*kind).to_owned(), media.clone())).collect();
    json!({"required": true, "content": content})
}

fn parameters(spec: &Spec, input: &InputSchemas) -> Vec<Value> {
    let mut list = fields(&input.path, "path");
    list.extend(fields(&input.query, "query"));
    if spec.if_match {
        list.push(header("If-Match", true, "The ETag that you read, or `*`."));
    }
    if !spec.is_write() && spec.headers.contains(&"ETag") {
        let schema = json!({"type": "string"});
        let about = "The ETag that you have, or `*`: what has not changed is answered with 304 and no body.";
        list.push(json!({
            "name": "If-None-Match", "in": "header", "required": false, "description": about, "schema": schema,
        }));
    }
    if repeats(spec) {
        list.push(header("Idempotency-Key", false, "Makes a repeat safe for 24 hours; 1 to 255 characters."));
    }
    list
}

fn header(name: &str, required: bool, about: &str) -> Value {
    let schema = json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"});
    json!({"name": name, "in": "header", "required": required, "description": about, "schema": schema})
}

/// The fields of an object schema as parameters.
fn fields(schema: &Schema, place: &str) -> Vec<Value> {
    let whole = schema.as_value();
    let required: BTreeSet<&str> =
        whole["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let Some(properties) = whole["properties"].as_object() else { return Vec::new() };
    properties
        .iter()
        .map(|(name, property)| {
            let mut shape = property.clone();
            let about = shape.as_object_mut().and_then(|object| object.remove("description"));
            let mut parameter = json!({
                "name": name,
                "in": place,
                "required": place == "path" || required.contains(name.as_str()),
                "schema": without_null(shape),
            });
            if let (Some(about), Some(object)) = (about, parameter.as_object_mut()) {
                object.insert("description".to_owned(), about);
            }
            parameter
        })
        .collect()
}

/// A parameter that may be left out is not one that may be `null`.
fn without_null(mut schema: Value) -> Value {
    let Some(object) = schema.as_object_mut() else { return schema };
    if let Some(kinds) = object.get_mut("type").and_then(Value::as_array_mut) {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(choices) = object.get_mut("anyOf").and_then(Value::as_array_mut) {
        choices.retain(|choice| choice["type"] != "null");
        if let [only] = choices.as_slice() {
            return only.clone();
        }
    }
    if let Some(values) = object.get_mut("enum").and_then(Value::as_array_mut) {
        values.retain(|value| !value.is_null());
    }
    schema
}

/// Whether `Idempotency-Key` has a meaning.
fn repeats(spec: &Spec) -> bool {
    !matches!(spec.idempotency, Idempotency::None(_)) && matches!(spec.access, Access::Action(_))
}

/// Headers of answers, described once.
fn headers() -> Value {
    let text = |about: &str| json!({"description": about, "schema": {"type": "string"}});
    let seconds = json!({"type": "integer", "minimum": 0});
    json!({
        "X-Request-Id": text("Names this request in the log and in the audit record; quote it."),
        "ETag": text("The state that was answered, for `If-Match` and `If-None-Match`."),
        "Location": text("Where the new thing is."),
        "Idempotency-Replayed": text("`true` when this is the answer to an earlier request with the same key."),
        "Retry-After": {"description": "When to try again, in seconds.", "schema": seconds},
        "WWW-Authenticate": text("How to authenticate."),
    })
}

/// References to headers, as an answer names them.
fn header_references<'a>(names: impl IntoIterator<Item = &'a str>) -> Value {
    let of = |name: &str| (name.to_owned(), json!({"$ref": format!("#/components/headers/{name}")}));
    Value::Object(std::iter::once("X-Request-Id").chain(names).map(of).collect())
}

fn responses(spec: &Spec, output: &Schema) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert(spec.status.to_string(), success(spec, output));
    if !spec.is_write() && spec.headers.contains(&"ETag") {
        let headers = header_references(["ETag"]);
        map.insert("304".to_owned(), json!({"description": "It has not changed.", "headers": headers}));
    }
    let mut by_status: BTreeMap<u16, Vec<&ErrorCode>> = BTreeMap::new();
    for error in spec.errors.iter().chain(COMMON_ERRORS.iter().filter(|error| may_answer(spec, error))) {
        by_status.entry(error.status).or_default().push(error);
    }
    for (status, errors) in by_status {
        map.insert(status.to_string(), failure(status, &errors));
    }
    map
}

fn failure(status: u16, errors: &[&ErrorCode]) -> Value {
    let about: Vec<String> =
        errors.iter().map(|error| format!("`{}`: {}", error.code, error.about)).collect();
    let headers = header_references(match status {
        401 => Some("WWW-Authenticate"),
        429 | 503 => Some("Retry-After"),
        _ => None,
    });
    let body = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
    json!({"description": about.join(" "), "headers": headers, "content": body})
}

fn success(spec: &Spec, output: &Schema) -> Value {
    let replayed = repeats(spec).then_some("Idempotency-Replayed");
    let headers = header_references(spec.headers.iter().copied().chain(replayed));
    let mut answer = json!({"description": "Done.", "headers": headers});
    if let (false, Some(object)) = (matches!(spec.status, 204 | 202), answer.as_object_mut()) {
        object.insert("content".to_owned(), json!({spec.produces: {"schema": output}}));
    }
    answer
}

/// Whether a common error can come from a route at all.
fn may_answer(spec: &Spec, error: &ErrorCode) -> bool {
    let signed_in = matches!(spec.access, Access::Action(_));
    match error.code {
        "unauthenticated" | "forbidden" => signed_in,
        "precondition_required" | "precondition_failed" => spec.if_match,
        "conflict" | "storage_full" => spec.is_write(),
        "unsupported_media_type" | "body_too_large" => spec.is_write(),
        "idempotency_key_reused" => repeats(spec),
        "answer_not_kept" => repeats(spec) && matches!(spec.idempotency, Idempotency::Stored),
        "secret_delivered" => matches!(spec.idempotency, Idempotency::SecretOnce),
        "invalid_cursor" => !spec.is_write(),
        "method_not_allowed" | "body_too_slow" | "host_not_served" => false,
        _ => true,
    }
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457 problem details.",
        "required": ["type", "title", "status", "detail", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
            "request_id": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                },
            },
        },
        "additionalProperties": true,
    })
}
