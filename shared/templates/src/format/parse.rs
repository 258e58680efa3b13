//! Reads template YAML under limits that hold before anything is built from it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_saphyr::{MergeKeyPolicy, Options, Spanned, budget, options};

use super::{ParameterValue, Template};
use crate::finding::{Finding, pointer_step};

/// Largest template in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Deepest nesting of lists and maps.
pub const MAX_DEPTH: usize = 32;
/// Most nodes: lists, maps, keys and scalars.
pub const MAX_NODES: usize = 10_000;

/// Why bytes are not a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// More than [`MAX_BYTES`].
    #[error("a template may have {MAX_BYTES} bytes, this one has {0}")]
    TooLarge(usize),
    /// Not UTF-8.
    #[error("a template must be UTF-8 text")]
    NotUtf8,
    /// Deeper than [`MAX_DEPTH`] or more than [`MAX_NODES`], or an anchor, an alias or a second document.
    #[error("line {line}: {limit}")]
    Limit {
        /// Which limit.
        limit: &'static str,
        /// Line, from 1; 0 when unknown.
        line: u64,
    },
    /// Not YAML, a duplicate key, a custom tag, or a value of the wrong type.
    #[error("line {line}, column {column}: {message}")]
    Yaml {
        /// Line, from 1; 0 when unknown.
        line: u64,
        /// Column, from 1; 0 when unknown.
        column: u64,
        /// What is wrong.
        message: String,
    },
    /// A required field is absent or empty.
    #[error("`{0}` is required")]
    Missing(&'static str),
}

/// A template with what was said beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The typed template.
    pub template: Template,
    /// JSON pointers of the keys that the format does not know, in the order of the text.
    pub unknown_keys: Vec<String>,
    /// Warnings about words that the format does not know where it knows several.
    pub unknown_words: Vec<Finding>,
    /// The whole document as JSON, unknown keys included; for checks that read every text.
    pub document: Value,
    /// The text itself, comments included.
    pub source: String,
}

impl Parsed {
    /// A warning for each unknown key, and for each word that the format does not know.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let keys = self.unknown_keys.iter().map(|pointer| unknown_key(pointer));
        keys.chain(self.unknown_words.iter().cloned()).collect()
    }
}

fn unknown_key(pointer: &str) -> Finding {
    let finding = Finding::warning(
        "metadata.unknown_key",
        pointer,
        format!("`{}` is not part of the format and has no effect", pointer.trim_start_matches('/')),
    );
    match pointer {
        "/ports" => finding.fix("move it to `instance_defaults.ports`"),
        "/minimum_size" => finding.fix("name an instance type in `instance_defaults.type`"),
        _ => finding.fix("remove it, or correct its spelling"),
    }
}

/// Reads a template. Unknown keys are reported, never refused.
///
/// # Errors
/// [`ParseError`]; its texts name the line and never repeat more than the offending word.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ParseError> {
    if bytes.len() > MAX_BYTES {
        return Err(ParseError::TooLarge(bytes.len()));
    }
    let source = std::str::from_utf8(bytes).map_err(|_| ParseError::NotUtf8)?;
    let mut unknown_keys = Vec::new();
    let mut template: Template =
        serde_saphyr::with_deserializer_from_str_with_options(source, limits(), |de| {
            serde_ignored::deserialize(de, |path| unknown_keys.push(pointer_of(&path)))
        })
        .map_err(|error| refusal(&error))?;
    let document: Value =
        serde_saphyr::from_str_with_options(source, limits()).map_err(|error| refusal(&error))?;
    keep_defaults_as_written(source, &mut template)?;
    require(&template)?;
    let unknown_words = super::words::unknown(&document);
    Ok(Parsed { template, unknown_keys, unknown_words, document, source: source.to_owned() })
}

/// INVARIANT (parser limits): anchors, aliases, merge keys, custom tags, duplicate keys and a second document
/// are refused, so what is built is never larger than what was sent.
fn limits() -> Options {
    options! {
        budget: budget! {
            max_anchors: 0,
            max_aliases: 0,
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: 4 * MAX_NODES,
            max_documents: 1,
            max_total_scalar_bytes: MAX_BYTES,
        },
        merge_keys: MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
        reject_tagged_field_names: true,
        emit_comments: false,
        with_snippet: false,
    }
}

fn refusal(error: &serde_saphyr::Error) -> ParseError {
    use serde_saphyr::budget::BudgetBreach as Breach;
    let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
    let limit = match error.without_snippet() {
        serde_saphyr::Error::Budget { breach, .. } => match breach {
            Breach::Anchors { .. } | Breach::Aliases { .. } => "anchors and aliases are not allowed",
            Breach::Depth { .. } => "nested deeper than 32 levels",
            Breach::Documents { .. } => "only one document is allowed",
            Breach::ScalarBytes { .. } => "too much text",
            _ => "more than 10000 nodes",
        },
        serde_saphyr::Error::MultipleDocuments { .. } => "only one document is allowed",
        other => return ParseError::Yaml { line, column, message: short(&other.to_string()) },
    };
    ParseError::Limit { limit, line }
}

fn short(message: &str) -> String {
    let one_line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.chars().take(200).collect()
}

fn pointer_of(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}/{index}", pointer_of(parent)),
        Path::Map { parent, key } => format!("{}{}", pointer_of(parent), pointer_step(key)),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => {
            pointer_of(parent)
        }
    }
}

fn require(template: &Template) -> Result<(), ParseError> {
    let fields = [("name", &template.name), ("description", &template.description), ("base", &template.base)];
    match fields.iter().find(|(_, text)| text.trim().is_empty()) {
        Some((field, _)) => Err(ParseError::Missing(field)),
        None => Ok(()),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Positions {
    #[serde(deserialize_with = "super::null_as_default")]
    parameters: BTreeMap<String, DefaultPosition>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct DefaultPosition {
    default: Option<Spanned<IgnoredAny>>,
}

/// A default of `3.10` reads as the number 3.1, and `yes` as true. The text that was written is put back.
fn keep_defaults_as_written(source: &str, template: &mut Template) -> Result<(), ParseError> {
    if template.parameters.is_empty() {
        return Ok(());
    }
    let positions: Positions =
        serde_saphyr::from_str_with_options(source, limits()).map_err(|error| refusal(&error))?;
    for (name, position) in positions.parameters {
        let Some(spanned) = position.default else { continue };
        let span = spanned.referenced.span();
        let (Some(start), Some(length)) = (span.byte_offset(), span.byte_len()) else { continue };
        let (Ok(start), Ok(length)) = (usize::try_from(start), usize::try_from(length)) else { continue };
        let written = source.get(start..start.saturating_add(length)).map(str::trim);
        let Some(parameter) = template.parameters.get_mut(&name) else { continue };
        let number_or_flag = matches!(
            parameter.default,
            Some(ParameterValue::Bool(_) | ParameterValue::Int(_) | ParameterValue::Float(_))
        );
        if let (true, Some(written)) = (number_or_flag, written.filter(|text| !text.is_empty())) {
            parameter.default = Some(ParameterValue::Text(written.to_owned()));
        }
    }
    Ok(())
}
