//! Error codes that several routes of the marketplace answer.

use cws_route::ErrorCode;

/// Namespace names that are taken.
pub const NAMESPACE_TAKEN: ErrorCode = ErrorCode::new(409, "namespace_taken", "The namespace exists.");
/// Namespace names that only the operator may take.
pub const NAMESPACE_RESERVED: ErrorCode = ErrorCode::new(
    422,
    "namespace_reserved",
    "The name is, or passes for, one that is kept for the deployment itself.",
);
/// Template names that are taken.
pub const NAME_TAKEN: ErrorCode =
    ErrorCode::new(409, "name_taken", "The namespace has a template or alias of that name.");
/// Names like others.
pub const NAME_TOO_CLOSE: ErrorCode = ErrorCode::new(
    409,
    "name_too_close",
    "The name is too easily mistaken for an existing one, which `existing` names where the caller may know it.",
);
/// Versions that exist.
pub const VERSION_EXISTS: ErrorCode =
    ErrorCode::new(409, "version_exists", "The version was published before; versions never change.");
/// Templates that cannot be read or have errors.
pub const TEMPLATE_INVALID: ErrorCode = ErrorCode::new(
    422,
    "template_invalid",
    "The template cannot be read or its validation found errors; `errors` lists them.",
);
/// Parents and dependencies that cannot be pinned.
pub const UNRESOLVABLE: ErrorCode = ErrorCode::new(
    422,
    "unresolvable",
    "A parent or dependency is missing, hidden, circular, too deep or in conflict.",
);
/// Signatures of publishers.
pub const PUBLISHER_SIGNATURE: ErrorCode = ErrorCode::new(
    422,
    "publisher_signature_invalid",
    "The publisher's signature is missing where it is required, by a key that is not registered, or wrong.",
);
/// States of versions.
pub const WRONG_STATE: ErrorCode =
    ErrorCode::new(409, "wrong_state", "The version is not in a state that allows this.");
/// Owners.
pub const LAST_OWNER: ErrorCode = ErrorCode::new(409, "last_owner", "A namespace keeps at least one owner.");
/// Too many of something.
pub const TOO_MANY: ErrorCode =
    ErrorCode::new(409, "too_many", "The limit of this list is reached; `limit` says it.");
