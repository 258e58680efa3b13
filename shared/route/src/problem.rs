//! What goes wrong, as RFC 9457 problem details: one part for the caller, one for the log.
//!
//! A problem has no `Display`: what is inside can not reach a caller by accident.

use crate::{
    Response,
    spec::{COMMON_ERRORS, ErrorCode, Spec},
};
use cws_model::InstitutionId;
use cws_store::{StoreError, Writes};
use serde::Serialize;
use serde_json::json;

type Inside = Box<dyn std::error::Error + Send + Sync>;

/// One field that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// JSON pointer into the body, or `?name` for the query, or `{name}` for the path.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

/// Why there is no answer.
#[derive(Debug)]
pub struct Problem {
    /// Stable code; its status is looked up.
    pub code: &'static str,
    /// For the caller.
    pub detail: String,
    /// Fields that were refused.
    pub errors: Vec<FieldError>,
    /// Further members of the body.
    pub extra: serde_json::Map<String, serde_json::Value>,
    /// Headers, such as `Retry-After`.
    pub headers: Vec<(&'static str, String)>,
    /// For the log alone.
    pub inside: Option<Inside>,
    /// Another commit was in the way: the shell runs the handler again.
    pub(crate) retry: bool,
    /// What is kept of the refusal.
    pub(crate) kept: Option<Box<Kept>>,
}

/// What a refusal leaves behind: a record in the audit log, and rows that change because of it.
#[derive(Debug)]
pub struct Kept {
    /// Such as `session.refused`.
    pub action: &'static str,
    /// In which institution.
    pub institution: InstitutionId,
    /// To whom or what.
    pub subject: Option<String>,
    /// What is known of it: never a secret, never personal data.
    pub change: Option<serde_json::Value>,
    /// Rows to write; their kinds are among those that the SPEC names.
    pub writes: Writes,
    /// Kept once a minute for each subject, however often it happens.
    pub coalesced: bool,
}

impl Problem {
    /// A problem with a code that the route's SPEC or the common list names.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            extra: serde_json::Map::new(),
            headers: Vec::new(),
            inside: None,
            retry: false,
            kept: None,
        }
    }

    /// The one 404, the same for what is not there and what may not be seen.
    pub fn not_found() -> Self {
        Self::new("not_found", "there is no such thing, or you may not see it")
    }

    /// A field of the body has a value it must not have.
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let mut problem = Self::new("invalid_field", "the request has a field with a value it must not have");
        problem.errors.push(FieldError { pointer: pointer.into(), detail });
        problem
    }

    /// The request cannot be read.
    pub fn malformed(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let mut problem = Self::new("malformed_request", "the request cannot be read");
        problem.errors.push(FieldError { pointer: pointer.into(), detail: detail.into() });
        problem
    }

    /// A fault of ours.
    pub fn internal(inside: impl Into<Inside>) -> Self {
        Self::new("internal_error", "something went wrong on our side").because(inside)
    }

    /// With what the log is to say.
    #[must_use]
    pub fn because(mut self, inside: impl Into<Inside>) -> Self {
        self.inside = Some(inside.into());
        self
    }

    /// With what is kept of it although nothing was done.
    #[must_use]
    pub fn keep(mut self, kept: Kept) -> Self {
        self.kept = Some(Box::new(kept));
        self
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With another refused field.
    #[must_use]
    pub fn and_field(mut self, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        self.errors.push(FieldError { pointer: pointer.into(), detail: detail.into() });
        self
    }

    /// With another member of the body.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.extra.insert(name.to_owned(), value);
        }
        self
    }

    /// What the code means for a route; a code that nobody declared is a fault of ours.
    pub fn declared(&self, spec: Option<&Spec>) -> Option<&'static ErrorCode> {
        let own = spec.map_or(&[][..], |spec| spec.errors);
        own.iter().chain(COMMON_ERRORS).find(|error| error.code == self.code)
    }

    /// The answer. INVARIANT (no leak): `inside` is not in it.
    pub fn into_response(self, spec: Option<&Spec>, request_id: &str) -> Response {
        let Some(declared) = self.declared(spec) else {
            tracing::error!(code = self.code, "a problem code is not declared");
            return Self::internal("undeclared problem code").into_response(None, request_id);
        };
        let mut body = json!({
            "type": format!("/docs#error-{}", self.code),
            "title": declared.about,
            "status": declared.status,
            "detail": self.detail,
            "code": self.code,
            "request_id": request_id,
        });
        if let Some(members) = body.as_object_mut() {
            if !self.errors.is_empty() {
                members.insert("errors".to_owned(), json!(self.errors));
            }
            members.extend(self.extra);
        }
        let mut response =
            Response::new(declared.status, "application/problem+json", body.to_string().into_bytes());
        response.header("cache-control", "no-store");
        for (name, value) in self.headers {
            response.header(name, value);
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Conflict { .. } => Self {
                retry: true,
                inside: Some(Box::new(error)),
                ..Self::new("conflict", "others changed the same thing at the same time; try again")
            },
            StoreError::Unknown(_) => {
                let detail = "it is not known whether the change was made; look, or send the same again with the \
                              same Idempotency-Key";
                Self { inside: Some(Box::new(error)), ..Self::new("unavailable", detail) }
                    .header("retry-after", "1")
            }
            StoreError::Throttled | StoreError::Unavailable(_) => {
                let detail = "the store does not answer; try again";
                Self { inside: Some(Box::new(error)), ..Self::new("unavailable", detail) }
                    .header("retry-after", "1")
            }
            StoreError::Full(_) => {
                let detail = "the store has no room left; nothing was changed";
                Self { inside: Some(Box::new(error)), ..Self::new("storage_full", detail) }
            }
            _ => Self::internal(error),
        }
    }
}
