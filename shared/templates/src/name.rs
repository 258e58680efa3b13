//! Names of templates and references to them: `namespace/name@semver-range`, and slugs of legacy display names.

use std::fmt;
use std::str::FromStr;

use semver::VersionReq;
use serde::{Deserialize, Serialize};

/// Shortest and longest namespace or name, in characters.
pub const NAME_LENGTH: std::ops::RangeInclusive<usize> = 2..=64;

/// Why a name or a reference is refused. The text shows what was given, cut to 80 characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Too short or too long.
    #[error("`{0}` must be 2 to 64 characters long")]
    Length(String),
    /// A character outside `a-z`, `0-9`, `-`, or a hyphen at an end or doubled.
    #[error("`{0}` may hold only a-z, 0-9 and single hyphens between them")]
    Characters(String),
    /// Not of the form `namespace/name`.
    #[error("`{0}` is not of the form namespace/name or namespace/name@range")]
    Form(String),
    /// An old template that nothing replaces.
    #[error("`{name}` has no counterpart here; {instead}")]
    Gone {
        /// What was named.
        name: String,
        /// The way out.
        instead: &'static str,
    },
    /// The range after `@` is not a semantic-version range.
    #[error("`{0}` is not a semantic-version range")]
    Range(String),
}

fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

/// Checks one namespace or name: `[a-z0-9-]{2,64}`, hyphens single and inside.
///
/// # Errors
/// [`NameError::Length`] or [`NameError::Characters`].
pub fn check_name(text: &str) -> Result<(), NameError> {
    if !NAME_LENGTH.contains(&text.chars().count()) {
        return Err(NameError::Length(shown(text)));
    }
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let hyphens_inside = !text.starts_with('-') && !text.ends_with('-') && !text.contains("--");
    if text.bytes().all(allowed) && hyphens_inside { Ok(()) } else { Err(NameError::Characters(shown(text))) }
}

/// A checked `namespace/name`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[a-z0-9](-?[a-z0-9]){1,63}/[a-z0-9](-?[a-z0-9]){1,63}$"))]
pub struct TemplateName {
    namespace: String,
    name: String,
}

impl TemplateName {
    /// A name in a namespace.
    ///
    /// # Errors
    /// [`NameError`] when either part breaks the rule of [`check_name`].
    pub fn new(namespace: &str, name: &str) -> Result<Self, NameError> {
        check_name(namespace)?;
        check_name(name)?;
        Ok(Self { namespace: namespace.to_owned(), name: name.to_owned() })
    }

    /// The part before the slash.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The part after the slash.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for TemplateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

impl FromStr for TemplateName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let (namespace, name) = text.split_once('/').ok_or_else(|| NameError::Form(shown(text)))?;
        Self::new(namespace, name)
    }
}

impl TryFrom<String> for TemplateName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<TemplateName> for String {
    fn from(name: TemplateName) -> Self {
        name.to_string()
    }
}

/// `namespace/name` with the range of versions that will do; no range means any release.
///
/// A pre-release is matched only by a range that names one (`>=2.0.0-rc.1`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct TemplateRef {
    /// Which template.
    pub template: TemplateName,
    /// Which of its versions.
    pub range: VersionReq,
}

impl fmt::Display for TemplateRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.template, self.range)
    }
}

impl FromStr for TemplateRef {
    type Err = NameError;

    /// Reads `namespace/name[@range]`. A legacy name without a slash is looked up in [`crate::aliases`].
    fn from_str(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        let (name, range) = text.split_once('@').map_or((text, None), |(n, r)| (n, Some(r)));
        let template = if name.contains('/') {
            name.parse()?
        } else {
            crate::aliases::lookup(name).ok_or_else(|| match crate::aliases::instead(name) {
                Some(instead) => NameError::Gone { name: shown(name), instead },
                None => NameError::Form(shown(text)),
            })?
        };
        let range = match range {
            None | Some("" | "*") => VersionReq::STAR,
            Some(range) => VersionReq::parse(range).map_err(|_| NameError::Range(shown(range)))?,
        };
        Ok(Self { template, range })
    }
}

impl TryFrom<String> for TemplateRef {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<TemplateRef> for String {
    fn from(reference: TemplateRef) -> Self {
        reference.to_string()
    }
}

/// The slug of a legacy display name, by the rule of the templates' first tool: "machine learning" becomes
/// `ml`, filler words and package-manager notes go, what is not a letter or digit becomes a single hyphen.
#[must_use]
pub fn slug(display_name: &str) -> String {
    let mut text = display_name.to_lowercase().replace("machine learning", "ml");
    for filler in ["(simplified)", "research", "basic", "(apt)", "(dnf)", "(ami)"] {
        text = text.replace(filler, "");
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_matches('-').to_owned()
}
