//! The documentation page: one HTML text made of the OpenAPI document, that loads nothing from elsewhere.
//!
//! Style and script are in the page itself and allowed by their hashes; the policy allows nothing else.

mod errors;
mod html;
mod operation;
mod schema;

use crate::document::Document;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use html::{escape, prose};
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page and the policy that it must be served with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// HTML.
    pub html: Document,
    /// `Content-Security-Policy`.
    pub policy: String,
}

/// One operation of the document.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    value: &'a Value,
}

impl Operation<'_> {
    fn text(&self, member: &str) -> &str {
        self.value[member].as_str().unwrap_or_default()
    }
}

/// Makes the page of an OpenAPI document.
pub fn page(openapi: &Value) -> Page {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    Page { html: Document::new(render(openapi).into_bytes()), policy }
}

fn hash(text: &str) -> String {
    STANDARD.encode(digest(&SHA256, text.as_bytes()))
}

fn render(openapi: &Value) -> String {
    let info = &openapi["info"];
    let title = escape(info["title"].as_str().unwrap_or("API"));
    let version = escape(info["version"].as_str().unwrap_or_default());
    let groups = by_domain(openapi);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} API</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<nav aria-label=\"Contents\">\n"
    );
    navigation(&mut out, &groups);
    let about = info["description"].as_str().unwrap_or_default();
    _ = write!(
        out,
        "</nav>\n<main>\n<header>\n<h1>{title} <small>{version}</small></h1>\n{}\
         <p>The same as a document for programs: <a href=\"/openapi.json\">openapi.json</a></p>\n</header>\n",
        paragraphs(about)
    );
    for (domain, operations) in &groups {
        _ = write!(out, "<section class=\"domain\">\n<h2 id=\"domain-{0}\">{0}</h2>\n", escape(domain));
        for one in operations {
            operation::write(&mut out, openapi, one);
        }
        out.push_str("</section>\n");
    }
    schema::write_all(&mut out, openapi);
    errors::write(&mut out, &groups);
    _ = write!(out, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n");
    out
}

fn paragraphs(text: &str) -> String {
    text.split("\n\n").map(|part| format!("<p>{}</p>\n", prose(part))).collect()
}

fn navigation(out: &mut String, groups: &BTreeMap<&str, Vec<Operation<'_>>>) {
    out.push_str(
        "<label for=\"find\">Search</label>\n\
         <input id=\"find\" type=\"search\" placeholder=\"path, name or word\" autocomplete=\"off\">\n\
         <p id=\"found\" role=\"status\"></p>\n",
    );
    for (domain, operations) in groups {
        _ = write!(out, "<h2><a href=\"#domain-{0}\">{0}</a></h2>\n<ul>\n", escape(domain));
        for one in operations {
            let id = escape(one.text("operationId"));
            _ = writeln!(out, "<li data-op=\"{id}\"><a href=\"#{id}\">{id}</a></li>");
        }
        out.push_str("</ul>\n");
    }
    out.push_str("<h2><a href=\"#schemas\">schemas</a></h2>\n<h2><a href=\"#errors\">errors</a></h2>\n");
}

/// Operations by domain, and in a domain by path and method.
fn by_domain(openapi: &Value) -> BTreeMap<&str, Vec<Operation<'_>>> {
    let mut groups: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    for (path, methods) in openapi["paths"].as_object().into_iter().flatten() {
        for (method, value) in methods.as_object().into_iter().flatten() {
            let domain = value.pointer("/tags/0").and_then(Value::as_str).unwrap_or("other");
            groups.entry(domain).or_default().push(Operation { method, path, value });
        }
    }
    groups
}

#[cfg(test)]
mod tests;
