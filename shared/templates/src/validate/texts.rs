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

/// Where texts for people stand; `*` is any one step, and what is below counts too. A path decides and not a key: a
/// parameter or variable may be called `description`, and its value goes into scripts all the same.
const PROSE: &[&str] = &[
    "name",
    "description",
    "long_description",
    "documentation",
    "prerequisites",
    "learning_resources",
    "maintainer",
    "parameters/*/description",
    "parameters/*/display_name",
    "parameters/*/impact",
    "services/*/description",
    "files/*/description",
    "marketplace/keywords",
    "marketplace/categories",
    "marketplace/badges",
    "marketplace/security_scan/findings",
    "marketplace/validation_tests",
];

fn is_prose(path: &[&str]) -> bool {
    let under = |pattern: &&str| {
        let mut steps = pattern.split('/');
        pattern.split('/').count() == path.len()
            && path.iter().all(|step| steps.next().is_some_and(|wanted| wanted == "*" || wanted == *step))
    };
    PROSE.iter().any(under)
}

pub(super) fn texts(document: &Value) -> Vec<Text> {
    let mut found = Vec::new();
    collect(document, &mut Vec::new(), ("", false), &mut found);
    found
}

fn collect<'a>(
    value: &'a Value,
    path: &mut Vec<&'a str>,
    (pointer, prose): (&str, bool),
    found: &mut Vec<Text>,
) {
    match value {
        Value::String(text) => {
            let named = path.iter().rev().find(|step| **step != ITEM);
            let key = named.map_or_else(String::new, |step| (*step).to_owned());
            found.push(Text { pointer: pointer.into(), key, text: text.clone(), prose });
        }
        Value::Array(items) => {
            path.push(ITEM);
            for (index, item) in items.iter().enumerate() {
                collect(item, path, (&format!("{pointer}/{index}"), prose), found);
            }
            path.pop();
        }
        Value::Object(members) => {
            for (name, member) in members {
                path.push(name);
                let below = (&*format!("{pointer}{}", pointer_step(name)), prose || is_prose(path));
                collect(member, path, below, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// The step of a path into a list. No key is empty where it matters.
const ITEM: &str = "";

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
