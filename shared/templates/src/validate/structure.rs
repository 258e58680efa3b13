//! Whether the parts of a template fit together.

use semver::Version;

use crate::finding::{Finding, pointer_step};
use crate::format::{PackageManager, Template};
use crate::render::{OsFamily, RenderError, trial};
use crate::version::lenient;

pub(super) fn check(template: &Template) -> Vec<Finding> {
    let mut findings = Vec::new();
    if template.name.chars().count() > 100 || template.name.chars().any(char::is_control) {
        let message = "a name has at most 100 characters, on one line";
        findings.push(Finding::error("structure.name", "/name", message).fix("shorten it"));
    }
    if OsFamily::of(&template.base).is_none() {
        let message = format!("`{}` is not a base that can be set up", template.base);
        let finding = Finding::error("structure.base", "/base", message);
        findings.push(finding.fix("use ubuntu-24.04, debian, amazonlinux-2023, rocky, rhel or ami-based"));
    }
    packages(template, &mut findings);
    version(template, &mut findings);
    idle(template, &mut findings);
    disk(template, &mut findings);
    files(template, &mut findings);
    if template.user_data.as_deref().is_some_and(|text| text.trim_start().starts_with("#cloud-config")) {
        let message = "user_data is bash here, not cloud-config";
        findings.push(
            Finding::error("structure.cloud_config", "/user_data", message).fix("write it as a script"),
        );
    }
    rendering(template, &mut findings);
    findings
}

fn packages(template: &Template, findings: &mut Vec<Finding>) {
    let packages = &template.packages;
    let manager = template.package_manager;
    let mut conflict = |pointer: &str, message: String, fix: &str| {
        findings.push(Finding::error("structure.package_manager", pointer, message).fix(fix));
    };
    for (list, items) in packages.lists() {
        let pointer = format!("/packages/{list}");
        let system = matches!(manager, Some(PackageManager::Apt | PackageManager::Dnf));
        if system && (list == "conda" || list == "spack") && !items.is_empty() {
            let word = manager.map_or("", PackageManager::as_str);
            conflict(
                &pointer,
                format!("package_manager `{word}` does not install {list} packages"),
                "set package_manager to the list's name",
            );
        }
        if manager == Some(PackageManager::Ami) && !items.is_empty() {
            conflict(
                &pointer,
                "package_manager `ami` installs nothing".to_owned(),
                "remove the list, or name another manager",
            );
        }
    }
    let by_apt = OsFamily::of(&template.base).is_none_or(OsFamily::uses_apt);
    let other = match manager {
        Some(PackageManager::Apt) => !by_apt,
        Some(PackageManager::Dnf) => by_apt && template.base != "ami-based",
        _ => false,
    };
    if other {
        let word = manager.map_or("", PackageManager::as_str);
        conflict(
            "/package_manager",
            format!("base `{}` has no {word}", template.base),
            "name the base's own manager",
        );
    }
    if !packages.conda.is_empty() && !packages.spack.is_empty() {
        let message = "conda and spack packages in one template may shadow each other";
        findings.push(
            Finding::warning("structure.two_stacks", "/packages", message).fix("keep one of the lists"),
        );
    }
    for (list, items) in packages.lists() {
        let mut seen = std::collections::BTreeSet::new();
        for (index, item) in items.iter().enumerate() {
            if !seen.insert(crate::merge::bare_name(item)) {
                let message = format!("`{}` is listed twice", crate::merge::bare_name(item));
                let pointer = format!("/packages/{list}/{index}");
                findings.push(Finding::warning("structure.package_twice", &pointer, message).fix("keep one"));
            }
        }
    }
}

fn version(template: &Template, findings: &mut Vec<Finding>) {
    match template.version.as_deref() {
        None => {
            let message = "there is no version";
            findings.push(Finding::warning("metadata.version", "/version", message).fix("add one, as 1.0.0"));
        }
        Some(text) if Version::parse(text).is_ok() => {}
        Some(text) => {
            let short: String = text.chars().take(40).collect();
            let finding = match lenient(text) {
                Some(meant) => {
                    let message = format!("`{short}` is read as {meant}");
                    Finding::warning("metadata.version", "/version", message).fix(format!("write {meant}"))
                }
                None => {
                    let message = format!("`{short}` is not a semantic version");
                    Finding::error("metadata.version", "/version", message).fix("write it as 1.0.0")
                }
            };
            findings.push(finding);
        }
    }
}

fn idle(template: &Template, findings: &mut Vec<Finding>) {
    let Some(idle) = &template.idle_detection else {
        if template.inherits.is_empty() {
            let message = "a forgotten machine would run, and cost, without end";
            let finding = Finding::warning("structure.no_idle_rule", "/idle_detection", message);
            findings.push(finding.fix("enable idle detection with a threshold"));
        }
        return;
    };
    let thresholds =
        [idle.idle_threshold_minutes, idle.hibernate_threshold_minutes, idle.check_interval_minutes];
    if thresholds.contains(&Some(0)) {
        let message = "minutes must be at least 1";
        findings.push(Finding::error("structure.idle_minutes", "/idle_detection", message).fix("correct it"));
    }
    if let (Some(idle), Some(hibernate)) = (idle.idle_threshold_minutes, idle.hibernate_threshold_minutes)
        && hibernate < idle
    {
        let message = "a machine would hibernate before it counts as idle";
        findings.push(
            Finding::warning("structure.idle_order", "/idle_detection", message)
                .fix("raise the hibernate threshold"),
        );
    }
}

fn disk(template: &Template, findings: &mut Vec<Finding>) {
    let size = template.instance_defaults.as_ref().and_then(|d| d.root_volume_gb);
    if size.is_some_and(|gib| !(8..=16_384).contains(&gib)) {
        let message = "a root disk has 8 to 16384 GiB";
        let finding = Finding::error("structure.disk", "/instance_defaults/root_volume_gb", message);
        findings.push(finding.fix("correct it"));
    }
}

fn files(template: &Template, findings: &mut Vec<Finding>) {
    for (index, file) in template.files.iter().enumerate() {
        if file.checksum.as_deref().unwrap_or_default().is_empty() {
            let pointer = format!("/files/{index}/checksum");
            let message = "the content of the file is not checked";
            findings
                .push(Finding::warning("structure.file_checksum", &pointer, message).fix("add its SHA-256"));
        }
    }
}

/// Tries to write the script. A value that only a launch knows is stood in for.
fn rendering(template: &Template, findings: &mut Vec<Finding>) {
    let error = |pointer: &str, message: String| {
        Finding::error("structure.unsafe_text", pointer, message).fix("use a plain name, path or version")
    };
    match trial(template) {
        Err(refused @ RenderError::Text { what, .. }) => {
            findings.push(error(field_of(what), refused.to_string()))
        }
        Err(refused @ RenderError::Condition(_)) => findings.push(error("/files", refused.to_string())),
        Err(RenderError::Parameters(errors)) => {
            for refused in errors {
                let (member, below) = match template.parameters.contains_key(&refused.name) {
                    true => ("/parameters", "/default"),
                    false => ("/variables", ""),
                };
                let pointer = format!("{member}{}{below}", pointer_step(&refused.name));
                findings.push(error(&pointer, refused.to_string()));
            }
        }
        // An unknown base is reported with its field.
        Err(RenderError::Base(_)) | Ok(_) => {}
    }
}

/// The member of a template that a refused text stands in.
fn field_of(what: &str) -> &'static str {
    match what {
        "package" => "/packages",
        "account" | "group" => "/users",
        "path" | "bucket" | "object key" | "owner" | "checksum" | "mode" => "/files",
        _ => "/services",
    }
}
