//! What a route states about itself. Everything else that has to know a route is made from this.

use crate::Method;
use cws_authz::Action;
use cws_store::{Kind, Reach};

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing was stated: such a route does not build.
    Undeclared,
    /// Whoever may do this to the route's target.
    Action(Action),
    /// Anybody, with the reason why.
    Public(&'static str),
}

/// What happens when a POST comes again with the same `Idempotency-Key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotency {
    /// The stored answer is sent again.
    Stored,
    /// The answer holds a secret, which is never stored: a repeat is told that it was delivered.
    SecretOnce,
    /// The header has no meaning here, with the reason why.
    None(&'static str),
}

/// What the audit log keeps of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditRule {
    /// A record of this kind, such as `project.created`.
    Record(&'static str),
    /// Nothing, with the reason why.
    None(&'static str),
}

/// An error that a route may answer beyond the common ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    /// HTTP status.
    pub status: u16,
    /// Stable snake_case code.
    pub code: &'static str,
    /// When it happens.
    pub about: &'static str,
}

impl ErrorCode {
    /// An error code.
    pub const fn new(status: u16, code: &'static str, about: &'static str) -> Self {
        Self { status, code, about }
    }
}

/// Body limit of a route that says nothing else, bytes.
pub const BODY_MAX_BYTES: usize = 1024 * 1024;

/// A route's statement about itself.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// The name everywhere: file, test, handler, function, log field.
    pub operation_id: &'static str,
    /// Method.
    pub method: Method,
    /// Path with `{parameters}`; under `/api/v2` unless it is one of the few outside.
    pub path: &'static str,
    /// One line for the API document.
    pub summary: &'static str,
    /// Who may call.
    pub access: Access,
    /// Status of success.
    pub status: u16,
    /// Errors beyond the common ones.
    pub errors: &'static [ErrorCode],
    /// Kinds of rows it reads.
    pub reads: &'static [Kind],
    /// Kinds of rows it writes.
    pub writes: &'static [Kind],
    /// Ports it calls.
    pub calls: &'static [&'static str],
    /// Types of events that it puts into the outbox.
    pub emits: &'static [&'static str],
    /// Largest body, bytes.
    pub body_max_bytes: usize,
    /// Repeats.
    pub idempotency: Idempotency,
    /// Audit.
    pub audit: AuditRule,
    /// Whether `If-Match` is required.
    pub if_match: bool,
    /// Media type of the answer.
    pub produces: &'static str,
    /// Media types of the body.
    pub consumes: &'static [&'static str],
    /// What the answer may be kept for, `Cache-Control`.
    pub cache: &'static str,
    /// Headers of success that tell a client something: `ETag`, `Location`.
    pub headers: &'static [&'static str],
}

impl Spec {
    const fn new(method: Method, operation_id: &'static str, path: &'static str) -> Self {
        let reads_only = matches!(method, Method::Get);
        Self {
            operation_id,
            method,
            path,
            summary: "",
            access: Access::Undeclared,
            status: 200,
            errors: &[],
            reads: &[],
            writes: &[],
            calls: &[],
            emits: &[],
            body_max_bytes: BODY_MAX_BYTES,
            idempotency: match method {
                Method::Post => Idempotency::Stored,
                _ => Idempotency::None("the method repeats by itself"),
            },
            audit: if reads_only { AuditRule::None("reads only") } else { AuditRule::Record(operation_id) },
            if_match: false,
            produces: "application/json",
            consumes: &["application/json"],
            cache: "no-store",
            headers: &[],
        }
    }

    /// A GET.
    pub const fn get(operation_id: &'static str, path: &'static str) -> Self {
        Self::new(Method::Get, operation_id, path)
    }

    /// A POST; `Idempotency-Key` is honoured unless it says otherwise.
    pub const fn post(operation_id: &'static str, path: &'static str) -> Self {
        Self::new(Method::Post, operation_id, path)
    }

    /// A PUT; asks for `If-Match`.
    pub const fn put(operation_id: &'static str, path: &'static str) -> Self {
        Self { if_match: true, headers: &["ETag"], ..Self::new(Method::Put, operation_id, path) }
    }

    /// A PATCH; asks for `If-Match`.
    pub const fn patch(operation_id: &'static str, path: &'static str) -> Self {
        Self { if_match: true, headers: &["ETag"], ..Self::new(Method::Patch, operation_id, path) }
    }

    /// A DELETE.
    pub const fn delete(operation_id: &'static str, path: &'static str) -> Self {
        Self { status: 204, ..Self::new(Method::Delete, operation_id, path) }
    }

    /// One line for the API document.
    #[must_use]
    pub const fn summary(self, summary: &'static str) -> Self {
        Self { summary, ..self }
    }

    /// The action that the caller must be allowed on the target.
    #[must_use]
    pub const fn requires(self, action: Action) -> Self {
        Self { access: Access::Action(action), ..self }
    }

    /// Open to anybody, and why.
    #[must_use]
    pub const fn public(self, reason: &'static str) -> Self {
        Self { access: Access::Public(reason), ..self }
    }

    /// Status of success.
    #[must_use]
    pub const fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// Errors beyond the common ones.
    #[must_use]
    pub const fn errors(self, errors: &'static [ErrorCode]) -> Self {
        Self { errors, ..self }
    }

    /// Kinds of rows it reads.
    #[must_use]
    pub const fn reads(self, reads: &'static [Kind]) -> Self {
        Self { reads, ..self }
    }

    /// Kinds of rows it writes.
    #[must_use]
    pub const fn writes(self, writes: &'static [Kind]) -> Self {
        Self { writes, ..self }
    }

    /// Ports it calls.
    #[must_use]
    pub const fn calls(self, calls: &'static [&'static str]) -> Self {
        Self { calls, ..self }
    }

    /// Types of events that it puts into the outbox.
    #[must_use]
    pub const fn emits(self, emits: &'static [&'static str]) -> Self {
        Self { emits, ..self }
    }

    /// Largest body, bytes.
    #[must_use]
    pub const fn body_max_bytes(self, body_max_bytes: usize) -> Self {
        Self { body_max_bytes, ..self }
    }

    /// What a repeat does.
    #[must_use]
    pub const fn idempotency(self, idempotency: Idempotency) -> Self {
        Self { idempotency, ..self }
    }

    /// What the audit log keeps.
    #[must_use]
    pub const fn audit(self, audit: AuditRule) -> Self {
        Self { audit, ..self }
    }

    /// A PUT or PATCH that overwrites without looking, such as a marker with one possible value.
    #[must_use]
    pub const fn without_if_match(self) -> Self {
        Self { if_match: false, headers: &[], ..self }
    }

    /// Media type of the answer.
    #[must_use]
    pub const fn produces(self, produces: &'static str) -> Self {
        Self { produces, ..self }
    }

    /// Media types of the body; the first is the usual one.
    #[must_use]
    pub const fn consumes(self, consumes: &'static [&'static str]) -> Self {
        Self { consumes, ..self }
    }

    /// How long the answer may be kept.
    #[must_use]
    pub const fn cache(self, cache: &'static str) -> Self {
        Self { cache, ..self }
    }

    /// Headers of success that tell a client something.
    #[must_use]
    pub const fn answers(self, headers: &'static [&'static str]) -> Self {
        Self { headers, ..self }
    }

    /// The full path: `/api/v2` in front of all but the few that stand outside.
    pub fn full_path(&self) -> String {
        const OUTSIDE: [&str; 7] =
            ["/api/", "/openapi.json", "/asyncapi.json", "/docs", "/health", "/metrics", "/.well-known/"];
        if OUTSIDE.iter().any(|prefix| self.path.starts_with(prefix)) {
            self.path.to_owned()
        } else {
            format!("/api/v2{}", self.path)
        }
    }

    /// What handles of this route may reach.
    pub const fn reach(&self) -> Reach {
        Reach { reads: self.reads, writes: self.writes }
    }

    /// Whether it was said who may call.
    pub const fn declares_access(&self) -> bool {
        !matches!(self.access, Access::Undeclared)
    }

    /// Whether it changes anything.
    pub const fn is_write(&self) -> bool {
        !matches!(self.method, Method::Get)
    }
}

/// Errors that every route may answer, and two that come before a route is found.
pub const COMMON_ERRORS: &[ErrorCode] = &[
    ErrorCode::new(
        400,
        "malformed_request",
        "The body, path or query cannot be read; `errors` names the field.",
    ),
    ErrorCode::new(
        400,
        "invalid_cursor",
        "The cursor is forged, expired, or belongs to another caller or query.",
    ),
    ErrorCode::new(401, "unauthenticated", "No valid credential came with the request."),
    ErrorCode::new(403, "forbidden", "You may see this, but not do that to it."),
    ErrorCode::new(404, "not_found", "There is no such thing, or you may not see it."),
    ErrorCode::new(405, "method_not_allowed", "The path exists, the method does not."),
    ErrorCode::new(408, "body_too_slow", "The body did not come in time."),
    ErrorCode::new(409, "conflict", "Others changed the same thing at the same time, four times in a row."),
    ErrorCode::new(409, "secret_delivered", "The first answer to this key held a secret; it is not kept."),
    ErrorCode::new(
        409,
        "answer_not_kept",
        "The first request with this key was done; its answer was too large to keep.",
    ),
    ErrorCode::new(412, "precondition_failed", "`If-Match` is not the current ETag."),
    ErrorCode::new(413, "body_too_large", "The body is over the limit of the route."),
    ErrorCode::new(415, "unsupported_media_type", "The body has another media type than the route reads."),
    ErrorCode::new(421, "host_not_served", "The server does not answer to that `Host`."),
    ErrorCode::new(422, "idempotency_key_reused", "The key was used before with another request."),
    ErrorCode::new(422, "invalid_field", "A field has a value that it must not have; `errors` names it."),
    ErrorCode::new(428, "precondition_required", "`If-Match` is missing; `*` overwrites whatever is there."),
    ErrorCode::new(500, "internal_error", "A fault of ours; quote the request id."),
    ErrorCode::new(503, "unavailable", "Something that this needs does not answer; try again."),
    ErrorCode::new(507, "storage_full", "The store has no room left; nothing was changed."),
];
