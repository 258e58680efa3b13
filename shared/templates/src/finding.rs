//! One thing a check has to say about a template: how bad, where, why, and the way out.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// How much a finding weighs. An error blocks publishing; a warning and an info do not.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Blocks publishing.
    Error,
    /// Lowers the score and is shown to readers.
    Warning,
    /// Advice.
    Info,
}

/// The part of the score that a finding counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// Secrets, scripts, weak defaults, images, policies: 40 % of the score.
    Security,
    /// Structure, parameters, shell quality: 30 %.
    Quality,
    /// Descriptions and learning material: 20 %.
    Documentation,
    /// Version, category, tags, licence: 10 %.
    Metadata,
}

/// What a check found at one place of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Finding {
    /// How much it weighs.
    pub level: Level,
    /// Stable code, `area.rule`; the part before the dot decides [`Finding::area`].
    pub code: Cow<'static, str>,
    /// JSON pointer (RFC 6901) into the template; empty for the whole.
    pub pointer: String,
    /// What is wrong. Never holds a found secret.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remediation: Option<String>,
}

impl Finding {
    /// A finding of a level; see [`Finding::error`], [`Finding::warning`] and [`Finding::info`].
    #[must_use]
    pub fn new(
        level: Level,
        code: impl Into<Cow<'static, str>>,
        pointer: &str,
        message: impl Into<String>,
    ) -> Self {
        let (pointer, message) = (cut(pointer), cut(&message.into()));
        Self { level, code: code.into(), pointer, message, remediation: None }
    }

    /// A finding that blocks publishing.
    #[must_use]
    pub fn error(code: &'static str, pointer: &str, message: impl Into<String>) -> Self {
        Self::new(Level::Error, code, pointer, message)
    }

    /// A finding that lowers the score.
    #[must_use]
    pub fn warning(code: &'static str, pointer: &str, message: impl Into<String>) -> Self {
        Self::new(Level::Warning, code, pointer, message)
    }

    /// Advice.
    #[must_use]
    pub fn info(code: &'static str, pointer: &str, message: impl Into<String>) -> Self {
        Self::new(Level::Info, code, pointer, message)
    }

    /// Adds the way out.
    #[must_use]
    pub fn fix(mut self, remediation: impl Into<String>) -> Self {
        self.remediation = Some(cut(&remediation.into()));
        self
    }

    /// The part of the score it counts against.
    #[must_use]
    pub fn area(&self) -> Area {
        match self.code.split('.').next().unwrap_or_default() {
            "secret" | "script" | "weak" | "iam" | "image" => Area::Security,
            "docs" => Area::Documentation,
            "metadata" => Area::Metadata,
            _ => Area::Quality,
        }
    }
}

/// Most bytes of a pointer, a message or a way out.
///
/// INVARIANT (bounded findings): findings are stored beside signatures in one row, so a template's own words are cut
/// where they become part of one, and control characters, which JSON writes six times as long, become spaces.
pub const MAX_TEXT_BYTES: usize = 240;

fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(MAX_TEXT_BYTES);
    let (kept, rest) = text.split_at(end);
    let mut plain: String = kept.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if !rest.is_empty() {
        plain.push('…');
    }
    plain
}

/// One step of a JSON pointer, escaped after RFC 6901.
#[must_use]
pub fn pointer_step(step: &str) -> String {
    format!("/{}", step.replace('~', "~0").replace('/', "~1"))
}
