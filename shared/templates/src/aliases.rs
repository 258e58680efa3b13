//! Names that older tools and documents use for templates, and the template that answers to each today.

use crate::name::{TemplateName, slug};

/// Old slug, and the name in the namespace `cws` that replaces it. Sorted by slug.
pub const ALIASES: &[(&str, &str)] = &[
    ("amazon-linux-2023", "amazon-linux-2023-base"),
    ("amazon-linux-2023-server", "amazon-linux-2023-base"),
    ("amazonlinux", "amazon-linux-2023-base"),
    ("aws-deep-learning-ami", "deep-learning-gpu"),
    ("basic-research-apt", "ubuntu-24-04-base"),
    ("basic-ubuntu", "ubuntu-24-04-base"),
    ("bio", "bioinformatics"),
    ("collaborative-workspace", "jupyter-datascience"),
    ("deep-learning", "deep-learning-gpu"),
    ("generic-desktop", "desktop-dcv"),
    ("gis", "geospatial"),
    ("jupyter-data-science-lab", "jupyter-datascience"),
    ("jupyter-notebook-server", "jupyter-datascience"),
    ("python-ml-ami", "deep-learning-gpu"),
    ("python-ml-config", "python-ml"),
    ("python-ml-datasets", "python-ml"),
    ("python-ml-headless", "python-ml"),
    ("python-ml-workstation", "python-ml"),
    ("python-research", "python-ml"),
    ("qgis", "geospatial"),
    ("r", "r-rstudio"),
    ("r-environment", "r-rstudio"),
    ("r-research", "r-rstudio"),
    ("r-research-workstation", "r-rstudio"),
    ("r-workstation", "r-rstudio"),
    ("rocky-conda", "python-ml"),
    ("rocky-linux-9-conda-stack", "python-ml"),
    ("rstudio-research", "r-rstudio"),
    ("rstudio-server", "r-rstudio"),
    ("rstudio-server-environment", "r-rstudio"),
    ("server", "amazon-linux-2023-base"),
    ("ubuntu", "ubuntu-24-04-base"),
    ("ubuntu-22-04-desktop", "desktop-dcv"),
    ("ubuntu-22-04-server", "ubuntu-24-04-base"),
    ("ubuntu-24-04-desktop", "desktop-dcv"),
    ("ubuntu-24-04-server", "ubuntu-24-04-base"),
    ("ubuntu-data-science-workstation", "jupyter-datascience"),
    ("ubuntu-datascience", "jupyter-datascience"),
    ("ubuntu-desktop-gui", "desktop-dcv"),
    ("ultimate-workstation", "desktop-dcv"),
    ("web-dev", "ubuntu-24-04-base"),
];

/// Display names whose slug is none of the above, in lower case and as slugs, with the name that replaces them. Sorted.
pub const DISPLAY_NAMES: &[(&str, &str)] = &[
    ("basic research (apt)", "ubuntu-24-04-base"),
    ("basic research (dnf)", "amazon-linux-2023-base"),
    ("configurable-python-ml-environment", "python-ml"),
    ("python-ml-ami-optimized", "deep-learning-gpu"),
    ("python-ml-with-pre-loaded-datasets", "python-ml"),
    ("research server (dnf)", "amazon-linux-2023-base"),
    ("ubuntu-desktop-gui-only", "desktop-dcv"),
    ("ultimate-research-workstation", "desktop-dcv"),
    ("web-development", "ubuntu-24-04-base"),
];

/// Old slugs without a counterpart, and what to do instead. Sorted.
pub const WITHOUT_COUNTERPART: &[(&str, &str)] =
    &[("rocky-linux-9-base", "set `base: rocky` in the template itself, and name its own packages")];

/// The template that answers to an old slug or display name, or to the bare name of a shipped one.
#[must_use]
pub fn lookup(slug_or_display_name: &str) -> Option<TemplateName> {
    keys(slug_or_display_name).iter().find_map(|key| named(key))
}

/// What to do instead of using an old template that has no counterpart.
#[must_use]
pub fn instead(slug_or_display_name: &str) -> Option<&'static str> {
    let keys = keys(slug_or_display_name);
    let gone = WITHOUT_COUNTERPART.iter().find(|(old, _)| keys.iter().any(|key| key == old));
    gone.map(|(_, instead)| *instead)
}

fn keys(slug_or_display_name: &str) -> [String; 2] {
    let exact = slug_or_display_name.trim().to_lowercase();
    let slug = slug(&exact);
    [exact, slug]
}

fn named(key: &str) -> Option<TemplateName> {
    let known = ALIASES.iter().chain(DISPLAY_NAMES);
    let alias = known.into_iter().find(|(old, _)| old == &key).map(|(_, name)| *name);
    let shipped = || crate::shipped::shipped().iter().find(|s| s.name == key).map(|s| s.name);
    alias.or_else(shipped).and_then(|name| TemplateName::new("cws", name).ok())
}
