//! Looks for dangerous commands in every text that may run.

use std::sync::LazyLock;

use regex::Regex;

use super::rule::{Ready, ready};
use super::script_rules::{RULES, VERIFIED, VERIFY_FIX};
use super::texts::{Text, running_text, unquoted};
use crate::finding::Finding;

static READY: LazyLock<Vec<Ready>> = LazyLock::new(|| ready(RULES));

#[expect(clippy::expect_used, reason = "the patterns are constants, and tests run every one")]
static DOWNLOADED: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    [
        Regex::new(
            r"\b(?:curl|wget)\b[^\n;|]*\s(?:-[a-zA-Z]*[oO]|--output|--output-document)[ =]*([^\s;|&]+)",
        )
        .expect("constant pattern"),
        Regex::new(VERIFIED).expect("constant pattern"),
    ]
});

pub(super) fn check(texts: &[Text]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for text in texts.iter().filter(|text| !text.prose) {
        let running = running_text(&text.text);
        let bare = unquoted(&running);
        findings.extend(READY.iter().filter_map(|rule| rule.look(&[&running, &bare], &text.pointer)));
        findings.extend(unverified_download(&bare, &text.pointer));
    }
    findings
}

/// A file that is downloaded and then run, in a script that compares no checksum and no signature.
fn unverified_download(script: &str, pointer: &str) -> Option<Finding> {
    let [downloaded, verified] = &*DOWNLOADED;
    if verified.is_match(script) {
        return None;
    }
    let run = downloaded.captures_iter(script).filter_map(|c| c.get(1)).find(|file| {
        let file = file.as_str().rsplit('/').next().unwrap_or_default();
        !file.is_empty() && script.lines().any(|line| runs(line, file))
    })?;
    let message = format!("`{}` is downloaded and run without a check of its content", run.as_str());
    Some(Finding::warning("script.unverified_download", pointer, message).fix(VERIFY_FIX))
}

/// Whether a line runs or installs the file of this name.
fn runs(line: &str, file: &str) -> bool {
    let mut words =
        line.split_whitespace().skip_while(|word| matches!(*word, "sudo" | "&&" | "env" | "then"));
    let Some(command) = words.next() else { return false };
    let names_file = |word: &str| word.rsplit('/').next() == Some(file);
    let runner = ["sh", "bash", "zsh", "python", "python3", "perl", "source", ".", "dpkg", "rpm", "gdebi"];
    let installer = ["apt", "apt-get", "dnf", "yum", "pip", "pip3"];
    let known = |list: &[&str]| list.contains(&command.rsplit('/').next().unwrap_or(command));
    let rest: Vec<&str> = words.collect();
    let executable =
        command == "chmod" && rest.iter().any(|w| w.contains("+x") || w.starts_with("0755") || *w == "755");
    (names_file(command) && command.contains('/'))
        || ((known(&runner) || known(&installer) || executable) && rest.iter().any(|w| names_file(w)))
}
