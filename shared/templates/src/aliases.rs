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
    ("rocky-linux-9-base", "amazon-linux-2023-base"),
    ("rocky-linux-9-conda-stack", "python-ml"),
    ("rstudio-research", "r-rstudio"),
    ("rstudio-server", "r-rstudio"),
    ("rstudio-server-environment", "r-rstudio"),
    ("server", "amazon-linux-2023-base"),
    ("ubuntu", "ubuntu-24-04-base"),
    ("ubuntu-22-04-server", "ubuntu-24-04-base"),
    ("ubuntu-24-04-desktop", "desktop-dcv"),
    ("ubuntu-24-04-server", "ubuntu-24-04-base"),
    ("ubuntu-data-science-workstation", "jupyter-datascience"),
    ("ubuntu-datascience", "jupyter-datascience"),
    ("ubuntu-desktop-gui", "desktop-dcv"),
    ("ultimate-workstation", "desktop-dcv"),
];

/// The template that answers to an old slug or display name, or to the bare name of a shipped one.
#[must_use]
pub fn lookup(slug_or_display_name: &str) -> Option<TemplateName> {
    let exact = slug_or_display_name.trim().to_lowercase();
    [exact.clone(), slug(&exact)].iter().find_map(|key| named(key))
}

fn named(key: &str) -> Option<TemplateName> {
    let alias = ALIASES.iter().find(|(old, _)| old == &key).map(|(_, name)| *name);
    let shipped = || crate::shipped::shipped().iter().find(|s| s.name == key).map(|s| s.name);
    alias.or_else(shipped).and_then(|name| TemplateName::new("cws", name).ok())
}
