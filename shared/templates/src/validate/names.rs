//! Names inside a template: accounts, services, ports, references, instance types.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::format::Template;
use crate::name::TemplateRef;
use crate::parameters::placeholders;
use crate::render::{is_account, is_unit};

/// Instance types that other tools' tables list, and EC2 does not have.
const NOT_IN_EC2: &[&str] = &["g4dn.large", "g5g.large", "g4dn.medium", "g5.large"];

pub(super) fn check(template: &Template) -> Vec<Finding> {
    let mut findings = Vec::new();
    users(template, &mut findings);
    services(template, &mut findings);
    ports(template, &mut findings);
    references(template, &mut findings);
    instance_type(template, &mut findings);
    findings
}

fn users(template: &Template, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    for (index, user) in template.users.iter().enumerate() {
        let pointer = format!("/users/{index}/name");
        if !is_account(&user.name) && placeholders(&user.name).is_empty() {
            let message = format!("`{}` is not a login name", user.name);
            let finding = Finding::error("structure.user_name", &pointer, message);
            findings.push(finding.fix("use a-z, 0-9, - and _, a letter first, at most 32"));
        } else if ["root", "daemon", "bin", "sys", "nobody", "sshd"].contains(&user.name.as_str()) {
            let message = format!("`{}` belongs to the system", user.name);
            findings
                .push(Finding::error("structure.user_reserved", &pointer, message).fix("use another name"));
        }
        if !seen.insert(&user.name) {
            let message = format!("`{}` is listed twice", user.name);
            findings.push(Finding::warning("structure.user_twice", &pointer, message).fix("keep one"));
        }
    }
}

fn services(template: &Template, findings: &mut Vec<Finding>) {
    let mut names = BTreeSet::new();
    let mut ports = BTreeSet::new();
    for (index, service) in template.services.iter().enumerate() {
        let pointer = format!("/services/{index}");
        if !is_unit(&service.name) && placeholders(&service.name).is_empty() {
            let message = format!("`{}` is not the name of a service", service.name);
            let finding = Finding::error("structure.service_name", &format!("{pointer}/name"), message);
            findings.push(finding.fix("use letters, digits and ._@-"));
        }
        if !names.insert(&service.name) {
            let message = format!("`{}` is listed twice", service.name);
            findings.push(Finding::error("structure.service_twice", &pointer, message).fix("keep one"));
        }
        if service.port.is_some_and(|port| port > 0 && !ports.insert(port)) {
            let message = format!("port {} is used by two services", service.port.unwrap_or(0));
            findings.push(
                Finding::error("structure.port_twice", &format!("{pointer}/port"), message)
                    .fix("use another port"),
            );
        }
        if service.command.as_deref().is_some_and(|c| c.trim().is_empty() || c.trim().contains('\n')) {
            let message = "a command is one line";
            findings.push(
                Finding::error("structure.command_line", &format!("{pointer}/command"), message)
                    .fix("put longer work in a script"),
            );
        }
    }
}

fn ports(template: &Template, findings: &mut Vec<Finding>) {
    let Some(defaults) = &template.instance_defaults else { return };
    let mut seen = BTreeSet::new();
    for (index, port) in defaults.ports.iter().enumerate() {
        let pointer = format!("/instance_defaults/ports/{index}");
        if *port == 0 {
            findings
                .push(Finding::error("structure.port", &pointer, "a port is 1 to 65535").fix("correct it"));
        }
        if !seen.insert(*port) {
            let message = format!("port {port} is listed twice");
            findings.push(Finding::warning("structure.port_repeated", &pointer, message).fix("keep one"));
        }
    }
    for service in &template.services {
        let port = service.port.unwrap_or(0);
        if port > 0 && service.starts() && !seen.contains(&port) {
            let message =
                format!("port {port} of `{}` is not among the ports that are forwarded", service.name);
            findings.push(
                Finding::info("structure.port_not_forwarded", "/instance_defaults/ports", message)
                    .fix("list it"),
            );
        }
    }
}

fn references(template: &Template, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    let inherits =
        template.inherits.iter().enumerate().map(|(i, text)| (format!("/inherits/{i}"), text.clone()));
    let dependencies =
        template.marketplace.iter().flat_map(|m| m.dependencies.iter().enumerate()).map(|(i, d)| {
            let range = d.version.as_deref().map(|v| format!("@{v}")).unwrap_or_default();
            (format!("/marketplace/dependencies/{i}"), format!("{}{range}", d.name))
        });
    for (pointer, text) in inherits.chain(dependencies) {
        match text.parse::<TemplateRef>() {
            Err(error) => {
                let finding = Finding::error("structure.reference", &pointer, error.to_string());
                findings.push(finding.fix("write namespace/name@^1"));
            }
            Ok(reference) if reference.range == semver::VersionReq::STAR => {
                let message =
                    format!("any version of `{}` will do, also one that breaks this", reference.template);
                findings.push(
                    Finding::info("structure.reference_open", &pointer, message).fix("name a range, as @^1"),
                );
                seen.insert(reference.template);
            }
            Ok(reference) => {
                if !seen.insert(reference.template.clone()) {
                    let message = format!("`{}` is named twice", reference.template);
                    findings.push(
                        Finding::warning("structure.reference_twice", &pointer, message).fix("keep one"),
                    );
                }
            }
        }
    }
}

fn instance_type(template: &Template, findings: &mut Vec<Finding>) {
    let legacy = template.ami_config.iter().flat_map(|a| a.instance_types.values());
    let types = template.instance_defaults.iter().filter_map(|d| d.instance_type.as_ref()).chain(legacy);
    for name in types {
        let form = name.split_once('.').is_some_and(|(family, size)| {
            let word = |t: &str| {
                !t.is_empty() && t.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            };
            word(family) && word(size)
        });
        if !form || NOT_IN_EC2.contains(&name.as_str()) {
            let message = format!("`{name}` is not an EC2 instance type");
            let finding = Finding::error("structure.instance_type", "/instance_defaults/type", message);
            findings.push(finding.fix("name one as `t3.large`"));
        }
    }
}
