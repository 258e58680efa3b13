//! Every text of a document with its place, and the form of a script that rules look at.

use serde_json::Value;

use crate::finding::pointer_step;

/// A text and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// JSON pointer.
    pub(super) pointer: String,
    /// The key it is the value of; of the list, inside a list.
    pub(super) key: String,
    /// The text.
    pub(super) text: String,
    /// Whether it is written for people, so that a command in it is an example.
    pub(super) prose: bool,
}

/// Keys whose texts are for people.
const PROSE: &[&str] = &[
    "name",
    "display_name",
    "description",
    "long_description",
    "prerequisites",
    "learning_resources",
    "impact",
    "documentation",
    "maintainer",
    "keywords",
    "categories",
    "message",
    "details",
    "remediation",
];

pub(super) fn texts(document: &Value) -> Vec<Text> {
    let mut found = Vec::new();
    collect(document, "", "", false, &mut found);
    found
}

fn collect(value: &Value, pointer: &str, key: &str, prose: bool, found: &mut Vec<Text>) {
    match value {
        Value::String(text) => {
            found.push(Text { pointer: pointer.into(), key: key.into(), text: text.clone(), prose });
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &format!("{pointer}/{index}"), key, prose, found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let prose = prose || PROSE.contains(&name.as_str());
                collect(member, &format!("{pointer}{}", pointer_step(name)), name, prose, found);
            }
        }
        _ => {}
    }
}

/// A script with continued lines joined and comments gone, so that a rule sees what runs.
pub(super) fn running_text(script: &str) -> String {
    let joined = script.replace("\\\r\n", " ").replace("\\\n", " ");
    joined.lines().map(without_comment).collect::<Vec<_>>().join("\n")
}

/// The same without quotes and backslashes, so that `c"u"rl` reads as `curl`.
pub(super) fn unquoted(running: &str) -> String {
    running.replace(['"', '\'', '\\'], "").replace("${IFS}", " ").replace("$IFS", " ")
}

fn without_comment(line: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (None, '#') if before.is_whitespace() => return line.split_at(at).0,
            (None, '"' | '\'') if before != '\\' => quote = Some(c),
            (Some(open), _) if c == open => quote = None,
            _ => {}
        }
        before = c;
    }
    line
}
