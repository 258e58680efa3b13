//! Bounded text: a limit belongs to the type, so that it is checked where text comes in.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use std::{borrow::Cow, fmt, str::FromStr};
use thiserror::Error;

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TextError {
    /// Too short or too long, counted in characters.
    #[error("must have {0} to {1} characters")]
    Length(usize, usize),
    /// Holds a control character, or starts or ends with white space.
    #[error("must hold no control characters and no white space at its ends")]
    Characters,
    /// Not of the form that the field asks for.
    #[error("{0}")]
    Form(&'static str),
}

/// What a line looks like: no control or hidden characters, no white space at its ends, and something to see first.
const LINE: &str = "^[^\\s\\x00-\\x1f\\x7f-\\x9f\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\u{e0000}-\u{e007f}\\u00ad\\u034f\\u200c\\u200d]([^\\x00-\\x1f\\x7f-\\x9f\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\u{e0000}-\u{e007f}]*[^\\s\\x00-\\x1f\\x7f-\\x9f\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\u{e0000}-\u{e007f}])?$";
/// What prose looks like: no control characters but those that end lines and indent, and no hidden ones.
const PROSE: &str = "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\u{e0000}-\u{e007f}]*$";

/// One line of 1 to `MAX` characters, without control characters and outer white space.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Line<const MAX: usize>(String);

/// Text of 0 to `MAX` characters that may have several lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> Line<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> Prose<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> FromStr for Line<MAX> {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        if text.is_empty() || text.chars().count() > MAX {
            Err(TextError::Length(1, MAX))
        } else if text.trim() != text
            || text.chars().any(|c| c.is_control() || is_hidden(c))
            || text.starts_with(is_faint)
        {
            Err(TextError::Characters)
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl<const MAX: usize> FromStr for Prose<MAX> {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        if text.chars().count() > MAX {
            Err(TextError::Length(0, MAX))
        } else if text.chars().any(|c| (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || is_hidden(c)) {
            Err(TextError::Characters)
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

/// Characters that show nothing and change how others are read: directions, tags, invisible operators. The joiners
/// that some scripts need are not among them.
const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Characters that are seen only together with others: a line of them would be blank.
const fn is_faint(c: char) -> bool {
    matches!(c, '\u{00ad}' | '\u{034f}' | '\u{200c}' | '\u{200d}')
}

/// A user name: 2 to 64 characters of a-z, 0-9, `.`, `_`, `-`, starting with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Username(String);

impl Username {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Username {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
        let starts = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !(2..=64).contains(&text.len()) {
            Err(TextError::Length(2, 64))
        } else if starts && text.bytes().all(inner) {
            Ok(Self(text.to_owned()))
        } else {
            Err(TextError::Form("must be a-z, 0-9, `.`, `_`, `-` and start with a letter or digit"))
        }
    }
}

/// An e-mail address, kept as written; compared in lower case. Limits of RFC 5321: 64 before the
/// `@`, 254 in all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Email(String);

impl Email {
    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two addresses are compared by.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for Email {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        const FORM: TextError = TextError::Form("must be an e-mail address such as `ada@example.org`");
        let (local, domain) = text.rsplit_once('@').ok_or(FORM)?;
        let plain =
            |part: &str| part.bytes().all(|b| b.is_ascii_graphic() && !b"\"(),:;<>@[\\]".contains(&b));
        let dotted = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
        let sized = (1..=64).contains(&local.len()) && text.len() <= 254;
        if sized && dotted && plain(local) && plain(domain) { Ok(Self(text.to_owned())) } else { Err(FORM) }
    }
}

impl<const MAX: usize> fmt::Display for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Line<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Prose<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Username {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<const MAX: usize> JsonSchema for Line<MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Line{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "minLength": 1, "maxLength": MAX, "pattern": LINE})
    }
}

impl<const MAX: usize> JsonSchema for Prose<MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Prose{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "maxLength": MAX, "pattern": PROSE})
    }
}

impl JsonSchema for Username {
    fn schema_name() -> Cow<'static, str> {
        "Username".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "minLength": 2, "maxLength": 64, "pattern": "^[a-z0-9][a-z0-9._-]*$"})
    }
}

impl JsonSchema for Email {
    fn schema_name() -> Cow<'static, str> {
        "Email".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "email", "maxLength": 254})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_short_and_single() {
        assert!("Ada Lovelace".parse::<Line<20>>().is_ok());
        for bad in ["", " ada", "ada\n", "a\tb", "123456789012345678901"] {
            assert!(bad.parse::<Line<20>>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_line_shows_what_it_holds() {
        for good in ["نام", "क्\u{200d}ष", "Zoë 🧬", "नमस्ते"] {
            assert!(good.parse::<Line<20>>().is_ok(), "{good:?}");
        }
        for bad in ["\u{200b}", "a\u{202e}b", "\u{e0041}b", "a\u{2066}b", "\u{200d}\u{200c}", "a\u{feff}"] {
            assert!(bad.parse::<Line<20>>().is_err(), "{bad:?}");
            assert_eq!(bad.parse::<Prose<20>>().is_err(), bad != "\u{200d}\u{200c}", "{bad:?}");
        }
    }

    #[test]
    fn an_address_is_an_address() {
        assert!("ada@example.org".parse::<Email>().is_ok());
        for bad in ["ada", "ada@", "@example.org", "a b@example.org", "ada@example", "ada@.org", "a@b@c.org"]
        {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
    }
}
