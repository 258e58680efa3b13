//! What a reader is told, and what the catalogue sorts by.

use crate::finding::Finding;
use crate::format::Template;

/// Least length of the two descriptions, in characters.
const DESCRIPTION: usize = 20;
const LONG_DESCRIPTION: usize = 200;

pub(super) fn check(template: &Template) -> Vec<Finding> {
    let mut findings = Vec::new();
    let length = |text: &str| text.trim().chars().count();
    if length(&template.description) < DESCRIPTION {
        let message = "the description says too little";
        findings.push(
            Finding::warning("docs.description", "/description", message).fix("write one or two sentences"),
        );
    }
    match template.long_description.as_deref().map(length) {
        None => {
            let message = "there is no long description";
            let finding = Finding::warning("docs.long_description", "/long_description", message);
            findings.push(finding.fix("say what it is for, what is inside and how to start"));
        }
        Some(count) if count < LONG_DESCRIPTION => {
            let message = "the long description says little";
            let finding = Finding::info("docs.long_description", "/long_description", message);
            findings.push(finding.fix("say what it is for, what is inside and how to start"));
        }
        Some(_) => {}
    }
    let mut absent = |missing: bool, code: &'static str, pointer: &str, what: &str| {
        if missing {
            findings.push(Finding::info(code, pointer, format!("there is no {what}")).fix("add it"));
        }
    };
    let empty = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().is_empty();
    absent(
        template.prerequisites.is_empty(),
        "docs.prerequisites",
        "/prerequisites",
        "list of prerequisites",
    );
    absent(
        template.learning_resources.is_empty(),
        "docs.learning",
        "/learning_resources",
        "learning resource",
    );
    absent(
        template.estimated_launch_time.is_none(),
        "docs.launch_time",
        "/estimated_launch_time",
        "launch time",
    );
    absent(empty(&template.category), "metadata.category", "/category", "category");
    absent(empty(&template.domain), "metadata.domain", "/domain", "research domain");
    absent(template.complexity.is_none(), "metadata.complexity", "/complexity", "complexity");
    absent(template.tags.is_empty(), "metadata.tags", "/tags", "tag");
    absent(empty(&template.maintainer), "metadata.maintainer", "/maintainer", "maintainer");
    let license = template.marketplace.as_ref().and_then(|m| m.license.clone());
    absent(empty(&license), "metadata.license", "/marketplace/license", "licence");
    findings
}
