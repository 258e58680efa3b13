//! Sort keys of versions: text whose byte order is the order of semantic versions.
//!
//! Numbers carry their length in front, so that 9 sorts before 10. A pre-release sorts before its
//! release, because `-` is below `~`; identifiers end in `!`, which is below every character that an
//! identifier may hold, so that a shorter list and a shorter word sort first. Build metadata has no
//! place in the order, so that versions with it are refused where they come in.

use semver::Version;
use thiserror::Error;

/// Longest version, characters.
pub const VERSION_MAX_CHARS: usize = 64;

/// Why a text is not a version that can be published.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VersionError {
    /// Not semantic versioning 2.0.0.
    #[error("must be a semantic version such as `1.4.0` or `2.0.0-rc.1`")]
    Form,
    /// Two versions that differ only in build metadata would be the same version.
    #[error("must have no build metadata (`+…`)")]
    Build,
    /// Too long.
    #[error("must have at most {VERSION_MAX_CHARS} characters")]
    Length,
}

/// Reads a version that may be published.
///
/// # Errors
/// [`VersionError`].
pub fn read_version(text: &str) -> Result<Version, VersionError> {
    if text.len() > VERSION_MAX_CHARS {
        return Err(VersionError::Length);
    }
    let version = Version::parse(text).map_err(|_| VersionError::Form)?;
    if version.build.is_empty() { Ok(version) } else { Err(VersionError::Build) }
}

/// The sort key of a version.
pub fn version_key(version: &Version) -> String {
    let core = [version.major, version.minor, version.patch].map(|n| number(&n.to_string())).join(".");
    if version.pre.is_empty() {
        return format!("{core}~");
    }
    let identifiers: String = version.pre.split('.').map(identifier).collect();
    format!("{core}-{identifiers}")
}

/// Numeric identifiers sort before others; `0` and `1` in front say which it is.
fn identifier(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_digit()) { format!("0{}!", number(text)) } else { format!("1{text}!") }
}

fn number(digits: &str) -> String {
    format!("{:02}{digits}", digits.len())
}

/// What `latest` is the highest of: releases before pre-releases, then by version.
pub fn rank(version: &Version) -> (bool, &Version) {
    (version.pre.is_empty(), version)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ascending, after section 11 of the semantic-versioning specification and beyond.
    const ASCENDING: &[&str] = &[
        "0.0.0-0",
        "0.0.0",
        "0.0.9",
        "0.0.10",
        "0.9.0",
        "0.10.0",
        "1.0.0-0",
        "1.0.0-1",
        "1.0.0-9",
        "1.0.0-10",
        "1.0.0-10.1",
        "1.0.0--",
        "1.0.0-0a",
        "1.0.0-A",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.1.0",
        "1.0.0-alpha.beta",
        "1.0.0-alpha-",
        "1.0.0-alpha-1",
        "1.0.0-alpha1",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.1-a",
        "1.0.1",
        "2.0.0",
        "10.0.0",
        "18446744073709551615.0.0",
    ];

    #[test]
    fn byte_order_is_the_order_of_versions() {
        let versions: Vec<Version> = ASCENDING.iter().map(|text| read_version(text).unwrap()).collect();
        for (i, a) in versions.iter().enumerate() {
            for (j, b) in versions.iter().enumerate() {
                assert_eq!(a.cmp(b), i.cmp(&j), "the list is in order: {a} {b}");
                assert_eq!(version_key(a).cmp(&version_key(b)), a.cmp(b), "{a} {b}");
            }
        }
    }

    #[test]
    fn build_metadata_and_long_versions_are_refused() {
        assert_eq!(read_version("1.0.0+build"), Err(VersionError::Build));
        assert_eq!(read_version("1.0"), Err(VersionError::Form));
        assert_eq!(read_version(&format!("1.0.0-{}", "a".repeat(60))), Err(VersionError::Length));
    }

    #[test]
    fn a_release_ranks_above_every_pre_release() {
        let (old, next) = (Version::new(1, 0, 0), Version::parse("2.0.0-rc.1").unwrap());
        assert!(rank(&old) > rank(&next));
    }
}
