//! Every error code with its status and meaning, at the place that the `type` of a problem leads to.

use super::{
    Operation,
    html::{escape, prose},
};
use cws_route::spec::COMMON_ERRORS;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// Refusals by the transport, before any route is found.
const BY_TRANSPORT: [(&str, &str, &str); 1] = [(
    "host_not_served",
    "421",
    "The server does not answer to that `Host`; it protects a laptop from web pages.",
)];

/// What is known of one code.
#[derive(Default)]
struct Code<'a> {
    status: BTreeSet<String>,
    meaning: BTreeSet<&'a str>,
    from: BTreeSet<&'a str>,
}

pub(super) fn write(out: &mut String, groups: &BTreeMap<&str, Vec<Operation<'_>>>) {
    let mut codes: BTreeMap<&str, Code<'_>> = BTreeMap::new();
    for common in COMMON_ERRORS {
        let code = codes.entry(common.code).or_default();
        code.status.insert(common.status.to_string());
        code.meaning.insert(common.about);
    }
    for (name, status, about) in BY_TRANSPORT {
        let code = codes.entry(name).or_default();
        code.status.insert(status.to_owned());
        code.meaning.insert(about);
    }
    for one in groups.values().flatten() {
        of_operation(one, &mut codes);
    }
    out.push_str("<section class=\"errors\">\n<h2 id=\"errors\">errors</h2>\n<dl>\n");
    for (name, code) in &codes {
        let statuses = code.status.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let meaning = code.meaning.iter().map(|text| prose(text)).collect::<Vec<_>>().join(" ");
        _ = write!(
            out,
            "<dt id=\"error-{0}\"><code>{0}</code> <small>{statuses}</small></dt>\n<dd>{meaning}",
            escape(name)
        );
        let common = COMMON_ERRORS.iter().any(|common| common.code == *name);
        for id in code.from.iter().filter(|_| !common) {
            _ = write!(out, " <a href=\"#{0}\">{0}</a>", escape(id));
        }
        out.push_str("</dd>\n");
    }
    out.push_str("</dl>\n</section>\n");
}

fn of_operation<'a>(one: &Operation<'a>, codes: &mut BTreeMap<&'a str, Code<'a>>) {
    let id = one.value["operationId"].as_str().unwrap_or_default();
    for (status, answer) in one.value["responses"].as_object().into_iter().flatten() {
        if status.starts_with('2') {
            continue;
        }
        for (name, meaning) in split(answer["description"].as_str().unwrap_or_default()) {
            let code = codes.entry(name).or_default();
            code.status.insert(status.clone());
            code.meaning.insert(meaning);
            code.from.insert(id);
        }
    }
}

/// The codes in the description of an answer, which reads `` `code`: meaning. `code`: meaning. ``
pub(super) fn split(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((code, after)) = begins_with_code(rest) {
        let end = next_code(after);
        let (meaning, next) = after.split_at_checked(end).unwrap_or((after, ""));
        found.push((code, meaning.trim()));
        rest = next.trim_start();
    }
    found
}

fn begins_with_code(text: &str) -> Option<(&str, &str)> {
    let (code, after) = text.strip_prefix('`')?.split_once("`: ")?;
    let is_code =
        !code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    is_code.then_some((code, after))
}

/// Where the next code begins, or the end.
fn next_code(text: &str) -> usize {
    let starts = text.match_indices(" `").map(|(at, _)| at);
    let mut codes =
        starts.filter(|at| text.get(at + 1..).is_some_and(|rest| begins_with_code(rest).is_some()));
    codes.next().unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_their_meanings_are_told_apart() {
        let text = "`not_found`: There is none. `invalid_field`: A field; `errors` names it. `gone`: Over.";
        let expected = [
            ("not_found", "There is none."),
            ("invalid_field", "A field; `errors` names it."),
            ("gone", "Over."),
        ];
        assert_eq!(split(text), expected);
        assert!(split("Done.").is_empty());
    }
}
