//! Schemas: a short name for the shape of a value, and a table of an object's members.

use super::html::{escape, prose};
use serde_json::Value;
use std::fmt::Write;

/// Deepest nesting of members that is written out in place.
const DEPTH_MAX: usize = 4;

/// Every named schema, at the place that links lead to.
pub(super) fn write_all(out: &mut String, openapi: &Value) {
    out.push_str("<section class=\"schemas\">\n<h2 id=\"schemas\">schemas</h2>\n");
    for (name, schema) in
        openapi.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten()
    {
        let name = escape(name);
        _ = writeln!(
            out,
            "<details class=\"schema\" id=\"schema-{name}\">\n<summary><code>{name}</code></summary>"
        );
        write(out, schema);
        out.push_str("</details>\n");
    }
    out.push_str("</section>\n");
}

/// A schema: its members if it is an object, or its shape.
pub(super) fn write(out: &mut String, schema: &Value) {
    if let Some(about) = schema["description"].as_str() {
        _ = writeln!(out, "<p>{}</p>", prose(about));
    }
    if schema["properties"].is_object() {
        out.push_str("<table>\n");
        members(out, schema, "", 0);
        out.push_str("</table>\n");
    } else {
        _ = writeln!(out, "<p>{}</p>", shape(schema));
    }
}

fn members(out: &mut String, schema: &Value, before: &str, depth: usize) {
    let required = |name: &str| schema["required"].as_array().into_iter().flatten().any(|one| one == name);
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{before}{name}");
        let needed = if required(name) { " <em>required</em>" } else { "" };
        _ = writeln!(
            out,
            "<tr><td><code>{}</code>{needed}</td><td>{}</td><td>{}</td></tr>",
            escape(&path),
            shape(member),
            prose(member["description"].as_str().unwrap_or_default())
        );
        if depth < DEPTH_MAX {
            members(out, member, &format!("{path}."), depth + 1);
            members(out, &member["items"], &format!("{path}[]."), depth + 1);
        }
    }
}

/// The shape of a value in a few words; a named schema is a link.
pub(super) fn shape(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a href=\"#schema-{0}\">{0}</a>", escape(name));
    }
    for (member, between) in [("anyOf", " or "), ("oneOf", " or "), ("allOf", " and ")] {
        if let Some(parts) = schema[member].as_array() {
            return parts.iter().map(shape).collect::<Vec<_>>().join(between);
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(|value| code(&value.to_string())).collect::<Vec<_>>().join(" or ");
    }
    if let Some(value) = schema.get("const") {
        return code(&value.to_string());
    }
    let names = match &schema["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "any".to_owned(),
    };
    let mut text = escape(&names);
    if schema["items"].is_object() {
        text = format!("{text} of {}", shape(&schema["items"]));
    }
    text.push_str(&bounds(schema));
    text
}

fn bounds(schema: &Value) -> String {
    const BOUNDS: [(&str, &str); 7] = [
        ("format", ""),
        ("minimum", "≥ "),
        ("maximum", "≤ "),
        ("minLength", "characters ≥ "),
        ("maxLength", "characters ≤ "),
        ("maxItems", "items ≤ "),
        ("pattern", ""),
    ];
    let said = BOUNDS.iter().filter_map(|(member, word)| {
        let value = schema.get(member)?;
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some(if *member == "pattern" { code(&value) } else { format!("{word}{}", escape(&value)) })
    });
    let said = said.collect::<Vec<_>>().join(", ");
    if said.is_empty() { said } else { format!(" <small>{said}</small>") }
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}
