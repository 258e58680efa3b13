//! What a launch may choose.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{is_false, null_as_default, words};

/// The type of a parameter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    /// Text, kept as written: `3.10` stays `3.10`.
    #[default]
    #[serde(alias = "str")]
    String,
    /// A whole number.
    #[serde(alias = "integer")]
    Int,
    /// `true` or `false`.
    #[serde(alias = "boolean")]
    Bool,
    /// One of `choices`, kept as written.
    Choice,
    /// Several texts.
    List,
}

/// A value as a launch or a template gives it. In YAML a default is kept as the text that was written.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum ParameterValue {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction; no parameter takes one, because `3.10` would read as `3.1`.
    Float(f64),
    /// Text.
    Text(String),
    /// Several texts.
    List(Vec<String>),
}

impl<'de> Deserialize<'de> for ParameterValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

/// Reads the items of a list as texts, so that YAML keeps `1.10` as it was written.
struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = ParameterValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false, a number, a text or a list of texts")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(ParameterValue::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(ParameterValue::Int(number))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
        i64::try_from(number).map(ParameterValue::Int).map_err(|_| E::custom("the number is too large"))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(ParameterValue::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(ParameterValue::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = items.next_element()? {
            texts.push(text);
        }
        Ok(ParameterValue::List(texts))
    }
}

impl From<&str> for ParameterValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// One thing that a launch may choose.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Parameter {
    /// Name, if it is repeated inside; the key of the map counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its type.
    #[serde(rename = "type", deserialize_with = "words::known_or_default")]
    #[schemars(schema_with = "words::open::<ParameterKind>")]
    pub kind: ParameterKind,
    /// Value when the launch gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<ParameterValue>,
    /// What a choice may be.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Least whole number, or least length of a text or list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Greatest whole number, or greatest length of a text or list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// Regular expression that the whole text, or every text of a list, matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Whether a launch must give it when there is no default.
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
    /// Label in a form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Heading in a form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Place in a form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<i64>,
    /// Not shown in a form.
    #[serde(skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// When a form shows it, as its author wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditional: Option<String>,
    /// What choosing it costs or changes, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<String>,
}
