//! Declarations of parameters, and their use.

use std::collections::BTreeSet;

use crate::finding::{Finding, pointer_step};
use crate::format::{Parameter, ParameterKind, Template};
use crate::parameters::{check_default, placeholders};

pub(super) fn check(template: &Template) -> Vec<Finding> {
    let mut findings = Vec::new();
    let used = used(template);
    for (name, parameter) in &template.parameters {
        let pointer = format!("/parameters{}", pointer_step(name));
        declaration(name, parameter, &pointer, &mut findings);
        if !used.contains(name) && template.inherits.is_empty() {
            let message = format!("nothing uses `{{{{.{name}}}}}`");
            findings.push(Finding::info("parameter.unused", &pointer, message).fix("use it or remove it"));
        }
    }
    for name in &used {
        let declared = template.parameters.contains_key(name) || template.variables.contains_key(name);
        let ours = name.starts_with(|c: char| c.is_ascii_lowercase());
        if !declared && ours && template.inherits.is_empty() {
            let message = format!("`{{{{.{name}}}}}` is no parameter and stays as it is");
            findings.push(Finding::warning("parameter.undeclared", "/parameters", message).fix("declare it"));
        }
    }
    findings
}

fn declaration(name: &str, parameter: &Parameter, pointer: &str, findings: &mut Vec<Finding>) {
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(letters) || name.len() > 64 {
        let finding =
            Finding::error("parameter.name", pointer, format!("`{name}` cannot be the name of a parameter"));
        findings.push(finding.fix("use letters, digits and _, a letter first, at most 64"));
    }
    if parameter.kind == ParameterKind::Choice && parameter.choices.is_empty() {
        findings
            .push(Finding::error("parameter.choices", pointer, "a choice needs choices").fix("list them"));
    }
    if let (Some(least), Some(greatest)) = (parameter.min, parameter.max)
        && least > greatest
    {
        findings.push(Finding::error("parameter.range", pointer, "min is greater than max").fix("swap them"));
    }
    if let Err(problem) = check_default(name, parameter) {
        let finding =
            Finding::error("parameter.default", pointer, format!("its default cannot be used: {problem}"));
        findings.push(finding.fix("correct the default or the rule"));
    }
    if parameter.required && parameter.default.is_some() {
        let message = "it is required and has a default";
        findings
            .push(Finding::info("parameter.required_default", pointer, message).fix("keep one of the two"));
    }
    if parameter.description.as_deref().unwrap_or_default().is_empty() {
        findings.push(
            Finding::info("docs.parameter", pointer, format!("`{name}` has no description"))
                .fix("say what it changes"),
        );
    }
}

fn used(template: &Template) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut add = |text: &str| names.extend(placeholders(text));
    let scripts = [&template.post_install, &template.user_data];
    scripts.into_iter().flatten().for_each(|text| add(text));
    for (_, list) in template.packages.lists() {
        list.iter().for_each(|text| add(text));
    }
    for service in &template.services {
        add(&service.name);
        service.config.iter().chain(service.environment.values()).for_each(|text| add(text));
        [&service.command, &service.user, &service.bind].into_iter().flatten().for_each(|text| add(text));
    }
    for user in &template.users {
        add(&user.name);
        user.groups.iter().chain(&user.shell).for_each(|text| add(text));
    }
    for file in &template.files {
        [&file.s3_bucket, &file.s3_key, &file.destination_path].into_iter().for_each(|text| add(text));
    }
    names
}
