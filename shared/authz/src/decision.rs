//! What the authorizer answers, and why it may fail.

use crate::{Action, ResourceKind};
use serde::Serialize;
use thiserror::Error;

/// Why the policies could not be loaded. Nothing is served without them.
#[derive(Debug, Error)]
pub enum AuthzError {
    /// The schema does not parse.
    #[error("authorization schema does not parse: {0}")]
    Schema(String),
    /// The policies do not parse.
    #[error("authorization policies do not parse: {0}")]
    Policies(String),
    /// A policy carries no `@id` or no `@description`.
    #[error("authorization policy `{0}` has no id or no description")]
    Unnamed(String),
    /// The policies do not fit the schema, or look further than one entity away.
    #[error("authorization policies do not fit the schema: {0}")]
    Invalid(String),
    /// The schema lacks an action of the product.
    #[error("authorization schema has no action `{0}`")]
    ActionMissing(Action),
}

/// Why a question could not be answered. The answer is then no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecisionError {
    /// The action is not asked of this kind of resource.
    #[error("action `{0}` is not asked of {1:?}")]
    WrongResource(Action, ResourceKind),
    /// The action gives or takes a role, and the question does not say which, or says what the
    /// action cannot do, such as a removal that leaves a role.
    #[error("action `{0}` is asked without a grant that fits it")]
    GrantUnfit(Action),
    /// The question does not fit the schema, or a policy failed while it was evaluated.
    #[error("policy evaluation failed: {0}")]
    Evaluation(String),
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether the caller may.
    pub allowed: bool,
    /// Ids of the policies that decided, sorted. Empty when nothing permitted it.
    pub policies: Vec<String>,
    /// What went wrong. INVARIANT (errors-deny): never empty and `allowed` at once.
    pub errors: Vec<DecisionError>,
}

impl Decision {
    /// A no that no policy gave.
    pub(crate) const fn denied() -> Self {
        Self { allowed: false, policies: Vec::new(), errors: Vec::new() }
    }

    /// A no because the question could not be answered.
    pub(crate) fn failed(error: DecisionError) -> Self {
        Self { errors: vec![error], ..Self::denied() }
    }
}

/// A policy that decided, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecidingPolicy {
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Whether it permits or forbids.
    pub permits: bool,
}

/// An answer with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Whether the caller may.
    pub allowed: bool,
    /// The policies that decided. Empty when nothing permitted it.
    pub policies: Vec<DecidingPolicy>,
    /// For a no: ways that would make it a yes, the smallest change of each kind; each line is one
    /// way. Empty when nothing that the caller could be given would.
    pub missing: Vec<String>,
}
