//! Bounds of what is judged, so that no template costs more than a few milliseconds of work: what is over a bound is
//! refused with the field named, and nothing else of that kind is looked at.

use super::texts::Text;
use crate::finding::Finding;
use crate::format::Template;

/// Most bytes of everything in a template that may run. EC2 takes 16 KiB of user-data; more is fetched by the script.
pub const MAX_SCRIPT_BYTES: usize = 128 * 1024;
/// Most lines of everything in a template that may run.
pub const MAX_SCRIPT_LINES: usize = 5_000;
/// Most parameters.
pub const MAX_PARAMETERS: usize = 200;
/// Most items of one list of packages, services, accounts or files.
pub const MAX_ITEMS: usize = 1_000;
/// Longest package specification, bytes.
pub const MAX_PACKAGE_BYTES: usize = 200;
/// Most parents and dependencies that one template names.
pub const MAX_REFERENCES: usize = 64;

/// Whether more may run than is looked at.
pub(super) fn scripts(texts: &[Text]) -> Option<Finding> {
    let (mut bytes, mut lines) = (0_usize, 0_usize);
    for text in texts.iter().filter(|text| !text.prose) {
        bytes += text.text.len();
        lines += text.text.lines().count();
        if bytes > MAX_SCRIPT_BYTES || lines > MAX_SCRIPT_LINES {
            let message = format!("more than {MAX_SCRIPT_BYTES} bytes or {MAX_SCRIPT_LINES} lines may run");
            return Some(
                Finding::error("structure.script_size", &text.pointer, message)
                    .fix("download what is large to a file whose SHA-256 is compared (`cws_fetch`)"),
            );
        }
    }
    None
}

/// Whether there are more parameters than are looked at.
pub(super) fn parameters(template: &Template) -> Option<Finding> {
    let count = template.parameters.len();
    (count > MAX_PARAMETERS).then(|| {
        let message = format!("a template has at most {MAX_PARAMETERS} parameters, this one has {count}");
        Finding::error("parameter.too_many", "/parameters", message).fix("remove some")
    })
}

/// Lists that are longer, and packages that are named by more, than is looked at.
pub(super) fn lists(template: &Template) -> Vec<Finding> {
    let mut findings = Vec::new();
    let packages = template.packages.lists().map(|(list, items)| (format!("/packages/{list}"), items.len()));
    let others = [
        ("/services".to_owned(), template.services.len()),
        ("/users".to_owned(), template.users.len()),
        ("/files".to_owned(), template.files.len()),
    ];
    for (pointer, count) in packages.into_iter().chain(others).filter(|(_, count)| *count > MAX_ITEMS) {
        let message = format!("a list has at most {MAX_ITEMS} items, this one has {count}");
        findings.push(Finding::error("structure.list_size", &pointer, message).fix("shorten it"));
    }
    for (list, items) in template.packages.lists() {
        let long = items.iter().enumerate().filter(|(_, item)| item.len() > MAX_PACKAGE_BYTES);
        findings.extend(long.map(|(index, _)| {
            let message = format!("the name of a package has at most {MAX_PACKAGE_BYTES} bytes");
            Finding::error("structure.package_name", &format!("/packages/{list}/{index}"), message)
                .fix("shorten it")
        }));
    }
    findings.extend(references(template));
    findings
}

/// Whether more parents and dependencies are named than are looked up.
pub fn references(template: &Template) -> Option<Finding> {
    let dependencies = template.marketplace.as_ref().map_or(0, |m| m.dependencies.len());
    let count = template.inherits.len() + dependencies;
    (count > MAX_REFERENCES).then(|| {
        let pointer =
            if template.inherits.len() > MAX_REFERENCES { "/inherits" } else { "/marketplace/dependencies" };
        let message = format!("a template names at most {MAX_REFERENCES} others, this one names {count}");
        Finding::error("structure.references", pointer, message).fix("name those that it needs itself")
    })
}
