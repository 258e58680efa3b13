//! Looks for dangerous commands in every text that may run.

use std::collections::HashSet;
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
    let files: Vec<&str> =
        downloaded.captures_iter(script).filter_map(|c| c.get(1)).map(|m| m.as_str()).collect();
    let run = first_run(&files, script.lines())?;
    let message = format!("`{run}` is downloaded and run without a check of its content");
    Some(Finding::warning("script.unverified_download", pointer, message).fix(VERIFY_FIX))
}

/// The first of these files that a line runs. Each line is read once, however many files there are.
fn first_run<'a>(files: &[&'a str], lines: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if files.is_empty() {
        return None;
    }
    let run: HashSet<&str> = lines.flat_map(files_run).collect();
    files.iter().copied().find(|file| run.contains(last_step(file)))
}

fn last_step(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Names of the files that a line runs, installs or makes executable.
fn files_run(line: &str) -> Vec<&str> {
    const RUNNERS: &[&str] =
        &["sh", "bash", "zsh", "python", "python3", "perl", "source", ".", "dpkg", "rpm", "gdebi"];
    const INSTALLERS: &[&str] = &["apt", "apt-get", "dnf", "yum", "pip", "pip3"];
    let mut words =
        line.split_whitespace().skip_while(|word| matches!(*word, "sudo" | "&&" | "env" | "then"));
    let Some(command) = words.next() else { return Vec::new() };
    let rest: Vec<&str> = words.collect();
    let named = last_step(command);
    let executable =
        command == "chmod" && rest.iter().any(|w| w.contains("+x") || w.starts_with("0755") || *w == "755");
    let mut files = Vec::new();
    if command.contains('/') {
        files.push(named);
    }
    if RUNNERS.contains(&named) || INSTALLERS.contains(&named) || executable {
        files.extend(rest.iter().map(|word| last_step(word)));
    }
    files.retain(|file| !file.is_empty());
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn each_line_is_read_once_however_many_files_are_downloaded() {
        let names: Vec<String> = (0..1000).map(|n| format!("/tmp/file{n}")).collect();
        let files: Vec<&str> = names.iter().map(String::as_str).collect();
        let read = Cell::new(0);
        let lines = vec!["echo nothing is run"; 1000];
        let counted = lines.into_iter().inspect(|_| read.set(read.get() + 1));
        assert_eq!(first_run(&files, counted), None);
        assert_eq!(read.get(), 1000);
    }

    #[test]
    fn what_is_run_installed_or_made_executable_is_found() {
        for line in [
            "bash /tmp/i.sh",
            "sudo bash i.sh",
            "/tmp/i.sh --yes",
            "chmod +x /tmp/i.sh",
            "chmod 755 i.sh",
            "apt-get install -y ./i.sh",
            "sudo env sh /tmp/i.sh",
        ] {
            assert_eq!(first_run(&["/tmp/i.sh"], line.lines()), Some("/tmp/i.sh"), "{line}");
        }
        for line in ["cat /tmp/i.sh", "i.sh", "bash /tmp/other.sh", "rm -f /tmp/i.sh"] {
            assert_eq!(first_run(&["/tmp/i.sh"], line.lines()), None, "{line}");
        }
    }
}
