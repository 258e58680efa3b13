//! The templates that come with the product: the marketplace's first content, published and signed at first start.

/// One shipped template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// Always `cws`.
    pub namespace: &'static str,
    /// Its name, and that of its file.
    pub name: &'static str,
    /// Its bytes, as they are published.
    pub yaml: &'static str,
}

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$(Shipped {
            namespace: "cws",
            name: $name,
            yaml: include_str!(concat!("../../../templates/cws/", $name, ".yaml")),
        }),*]
    };
}

/// Parents stand before their children, so that publishing in this order resolves.
const SHIPPED: &[Shipped] = shipped![
    "ubuntu-24-04-base",
    "amazon-linux-2023-base",
    "python-ml",
    "deep-learning-gpu",
    "r-rstudio",
    "jupyter-datascience",
    "bioinformatics",
    "geospatial",
    "computational-chemistry",
    "social-science-statistics",
    "julia-hpc",
    "desktop-dcv",
];

/// Every shipped template, parents first.
#[must_use]
pub fn shipped() -> &'static [Shipped] {
    SHIPPED
}
