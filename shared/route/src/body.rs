//! Bodies: media type, nesting and JSON, checked before anything is built from them.

use crate::{Problem, Request, Spec};
use serde::de::DeserializeOwned;

/// Deepest nesting of arrays and objects.
pub const DEPTH_MAX: usize = 32;

/// The media type of the request, without parameters, in lower case.
fn media_type(request: &Request) -> Option<String> {
    let value = request.header("content-type")?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// Checks that the body is of a kind that the route reads.
///
/// # Errors
/// `unsupported_media_type`.
pub fn check_media_type(spec: &Spec, request: &Request) -> Result<(), Problem> {
    let given = media_type(request);
    if given.as_deref().is_some_and(|given| spec.consumes.contains(&given)) {
        return Ok(());
    }
    let wanted = spec.consumes.join("` or `");
    Err(Problem::new("unsupported_media_type", format!("send `Content-Type: {wanted}`"))
        .header("accept-post", spec.consumes.join(", ")))
}

/// A route without a body takes an empty one, or an empty object.
///
/// # Errors
/// `malformed_request` when something else came.
pub fn read_nothing<T: DeserializeOwned>(request: &Request) -> Result<T, Problem> {
    if request.body.is_empty() { read_json(b"{}") } else { read_object(&request.body) }
}

/// Reads a body: a JSON object. What is read into would take an array as well, its members by position.
///
/// # Errors
/// `malformed_request` with a pointer to the field.
pub fn read_object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    match bytes.trim_ascii_start().first() {
        Some(b'{') => read_json(bytes),
        _ => Err(Problem::malformed("", "must be a JSON object")),
    }
}

/// Reads JSON of at most 32 levels.
///
/// # Errors
/// `malformed_request` with a pointer to the field.
pub fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if deepest(bytes) > DEPTH_MAX {
        return Err(Problem::malformed("", format!("nested deeper than {DEPTH_MAX} levels")));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer_of(error.path());
        Problem::malformed(pointer, error.inner().to_string())
    })?;
    reader.end().map_err(|error| Problem::malformed("", error.to_string()))?;
    Ok(value)
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let escaped = |text: &str| text.replace('~', "~0").replace('/', "~1");
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", escaped(key))),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// Deepest nesting of a JSON text, counted without building anything.
fn deepest(bytes: &[u8]) -> usize {
    let (mut depth, mut most, mut in_text, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                most = most.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its type is of interest")]
        count: u8,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only its type is of interest")]
        list: Vec<Inner>,
    }

    #[test]
    fn the_field_that_cannot_be_read_is_named() {
        let refused = read_json::<Outer>(br#"{"list":[{"count":1},{"count":"x"}]}"#).unwrap_err();
        assert_eq!(refused.errors[0].pointer, "/list/1/count");
        let unknown = read_json::<Outer>(br#"{"list":[],"owner":"me"}"#).unwrap_err();
        assert!(unknown.errors[0].detail.contains("owner"), "{unknown:?}");
    }

    #[test]
    fn members_have_names_and_not_only_places() {
        assert!(read_object::<Inner>(br#" {"count":1}"#).is_ok());
        for other in ["[1]", "7", "null", "", "  ", "\u{feff}{}"] {
            assert_eq!(
                read_object::<Inner>(other.as_bytes()).unwrap_err().code,
                "malformed_request",
                "{other}"
            );
        }
    }

    #[test]
    fn level_32_is_read_and_level_33_is_not() {
        let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read_json::<serde_json::Value>(nested(32).as_bytes()).is_ok());
        assert!(read_json::<serde_json::Value>(nested(33).as_bytes()).is_err());
        assert!(read_json::<serde_json::Value>(b"\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"").is_ok());
    }

    #[test]
    fn what_follows_the_value_is_refused() {
        assert!(read_json::<serde_json::Value>(b"{} {}").is_err());
        assert!(read_json::<serde_json::Value>(b"").is_err());
    }
}
