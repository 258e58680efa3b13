//! Machine images: ids belong to one region and age, so a template names a public SSM parameter instead.

use std::sync::LazyLock;

use regex::Regex;

use super::texts::Text;
use crate::finding::{Finding, pointer_step};
use crate::format::Template;

#[expect(clippy::expect_used, reason = "the pattern is a constant, and tests run it")]
static IMAGE_ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\bami-([0-9a-z]{8,17})\b").expect("constant pattern"));

const FIX: &str = "name a public SSM parameter for each architecture in `ami_config.ssm_parameters`";

pub(super) fn check(template: &Template, texts: &[Text]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = texts.iter().filter(|t| !t.prose).filter_map(hard_coded).collect();
    let Some(config) = &template.ami_config else { return findings };
    for (architecture, path) in &config.ssm_parameters {
        let pointer = format!("/ami_config/ssm_parameters{}", pointer_step(architecture));
        if !["x86_64", "arm64"].contains(&architecture.as_str()) {
            let message = format!("`{architecture}` is not x86_64 or arm64");
            findings.push(Finding::error("image.architecture", &pointer, message).fix("use EC2's names"));
        }
        if !path.starts_with('/') || path.chars().any(|c| c.is_whitespace() || c.is_control()) {
            let message = "this is not the path of an SSM parameter";
            findings.push(Finding::error("image.parameter_path", &pointer, message).fix(FIX));
        } else if !path.starts_with("/aws/service/") {
            let message = "this SSM parameter exists only in accounts that made it";
            findings.push(Finding::warning("image.private_parameter", &pointer, message).fix(FIX));
        }
    }
    findings
}

/// An id is flagged wherever it stands; beside an SSM parameter it would be stale, in a script it would be hidden.
fn hard_coded(text: &Text) -> Option<Finding> {
    let has_digit = |found: regex::Captures<'_>| {
        found.get(1).is_some_and(|id| id.as_str().bytes().any(|b| b.is_ascii_digit()))
    };
    IMAGE_ID.captures_iter(&text.text).any(has_digit).then(|| {
        Finding::error("image.hard_coded", &text.pointer, "the id of a machine image is written out").fix(FIX)
    })
}
