//! Versions as authors write them: `1.0` and `v2` mean `1.0.0` and `2.0.0`.

use semver::Version;

/// The version that a template's own text means; nothing when it is none.
#[must_use]
pub fn lenient(text: &str) -> Option<Version> {
    let text = text.trim();
    if let Ok(version) = Version::parse(text) {
        return Some(version);
    }
    let numbers: Vec<&str> = text.strip_prefix('v').unwrap_or(text).split('.').collect();
    match numbers.as_slice() {
        [major] => Version::parse(&format!("{major}.0.0")).ok(),
        [major, minor] => Version::parse(&format!("{major}.{minor}.0")).ok(),
        _ => Version::parse(text.strip_prefix('v')?).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_versions_are_filled_up_and_nonsense_is_none() {
        for (text, meant) in [
            ("1.0", "1.0.0"),
            ("2", "2.0.0"),
            ("v1.4", "1.4.0"),
            ("v1.2.3", "1.2.3"),
            ("1.2.3-rc.1", "1.2.3-rc.1"),
        ] {
            assert_eq!(lenient(text), Some(meant.parse().unwrap()), "{text}");
        }
        for text in ["", "one", "1.", "1.0.0.0", "01.2", "1.0-rc", "v"] {
            assert_eq!(lenient(text), None, "{text}");
        }
    }
}
