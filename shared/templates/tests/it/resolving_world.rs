//! Small worlds of templates for the resolver.

use cws_templates::resolve::{Lock, Resolution, ResolveError, resolve};
use cws_templates::{Template, parse};

use crate::catalogue::Catalogue;

/// The YAML of a template with these parents and these other needs.
pub(crate) fn yaml(label: &str, inherits: &[&str], needs: &[(&str, &str)]) -> String {
    let mut text = format!("name: {label}\ndescription: d\nbase: ubuntu-24.04\ninherits: {inherits:?}\n");
    if !needs.is_empty() {
        text.push_str("marketplace:\n  dependencies:\n");
        for (name, kind) in needs {
            let (name, range) = name.split_once('@').unwrap_or((name, "*"));
            text.push_str(&format!("    - {{name: {name:?}, version: {range:?}, type: {kind}}}\n"));
        }
    }
    text
}

pub(crate) fn template(inherits: &[&str]) -> Template {
    parse(yaml("Root", inherits, &[]).as_bytes()).unwrap().template
}

/// A catalogue of `name version [parents]`.
pub(crate) fn world(published: &[(&str, &str, &[&str])]) -> Catalogue {
    let mut catalogue = Catalogue::default();
    for (name, version, inherits) in published {
        catalogue.publish(name, version, &yaml(&format!("{name} {version}"), inherits, &[]));
    }
    catalogue
}

pub(crate) fn run(
    inherits: &[&str],
    lock: Option<&Lock>,
    world: &Catalogue,
) -> Result<Resolution, ResolveError> {
    resolve("us/root".parse().unwrap(), &template(inherits), lock, world)
}

/// `name version` of each entry.
pub(crate) fn pinned(resolution: &Resolution) -> Vec<String> {
    resolution.lock.entries.iter().map(|e| format!("{} {}", e.template, e.version)).collect()
}
