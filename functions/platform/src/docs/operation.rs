//! One operation: what it needs, takes, answers and refuses, with an example to try.

use super::{
    Operation, errors,
    html::{escape, prose},
    schema::{self, shape},
};
use serde_json::Value;
use std::fmt::Write;

pub(super) fn write(out: &mut String, openapi: &Value, one: &Operation<'_>) {
    let id = escape(one.text("operationId"));
    let method = one.method.to_ascii_uppercase();
    let words = format!("{id} {} {} {}", one.path, method, one.text("summary")).to_lowercase();
    _ = write!(
        out,
        "<details class=\"op\" id=\"{id}\" data-words=\"{}\">\n<summary><b class=\"m {}\">{method}</b> \
         <code>{}</code> <span>{}</span></summary>\n",
        escape(&words),
        escape(one.method),
        escape(one.path),
        prose(one.text("summary"))
    );
    _ = writeln!(out, "<p>{}</p>", prose(one.text("description")));
    parameters(out, &one.value["parameters"]);
    body(out, &one.value["requestBody"]);
    _ = write!(out, "<h4>Try it</h4>\n<pre>{}</pre>\n", escape(&curl(openapi, one)));
    responses(out, &one.value["responses"]);
    out.push_str("</details>\n");
}

fn parameters(out: &mut String, parameters: &Value) {
    let Some(list) = parameters.as_array().filter(|list| !list.is_empty()) else { return };
    out.push_str("<h4>Parameters</h4>\n<table>\n<tr><th>name</th><th>in</th><th>type</th><th></th></tr>\n");
    for one in list {
        let text = |member: &str| one[member].as_str().unwrap_or_default();
        let needed = if one["required"] == true { " <em>required</em>" } else { "" };
        _ = writeln!(
            out,
            "<tr><td><code>{}</code>{needed}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(text("name")),
            escape(text("in")),
            shape(&one["schema"]),
            prose(text("description"))
        );
    }
    out.push_str("</table>\n");
}

fn body(out: &mut String, body: &Value) {
    for (kind, media) in body["content"].as_object().into_iter().flatten() {
        _ = writeln!(out, "<h4>Body <code>{}</code></h4>", escape(kind));
        schema::write(out, &media["schema"]);
        if let Some(example) = media.get("example") {
            _ = writeln!(out, "<pre>{}</pre>", escape(&pretty(example)));
        }
    }
}

fn responses(out: &mut String, responses: &Value) {
    out.push_str("<h4>Answers</h4>\n<table>\n");
    for (status, answer) in responses.as_object().into_iter().flatten() {
        let about = answer["description"].as_str().unwrap_or_default();
        let mut cell = String::new();
        if status.starts_with('2') {
            cell.push_str(&prose(about));
            for (kind, media) in answer["content"].as_object().into_iter().flatten() {
                _ = write!(cell, " <code>{}</code> {}", escape(kind), shape(&media["schema"]));
            }
        } else {
            for (code, about) in errors::split(about) {
                _ = write!(
                    cell,
                    "<div><a href=\"#error-{0}\"><code>{0}</code></a> {1}</div>",
                    escape(code),
                    prose(about)
                );
            }
        }
        _ = writeln!(out, "<tr><th>{}</th><td>{cell}</td></tr>", escape(status));
    }
    out.push_str("</table>\n");
}

/// A line to type; the address is taken from `$API`, the token from `$TOKEN`.
fn curl(openapi: &Value, one: &Operation<'_>) -> String {
    let mut line = String::from("curl");
    if one.method != "get" {
        _ = write!(line, " -X {}", one.method.to_ascii_uppercase());
    }
    let open = one.value["security"].as_array().is_some_and(Vec::is_empty);
    if !open && openapi["security"].is_array() {
        line.push_str(" -H \"Authorization: Bearer $TOKEN\"");
    }
    let header = |name: &str| {
        one.value["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|one| one["name"] == name && one["in"] == "header")
    };
    if header("If-Match") {
        line.push_str(" -H 'If-Match: *'");
    }
    if let Some((kind, media)) =
        one.value.pointer("/requestBody/content").and_then(Value::as_object).and_then(|all| all.iter().next())
    {
        _ = write!(line, " -H 'Content-Type: {kind}'");
        if let Some(example) = media.get("example") {
            let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
            _ = write!(line, " --data-binary '{}'", text.replace('\'', "'\\''"));
        }
    }
    _ = write!(line, " \"$API{}\"", one.path);
    line
}

fn pretty(example: &Value) -> String {
    match example {
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}
