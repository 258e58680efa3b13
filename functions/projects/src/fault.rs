//! What the routes of projects refuse beyond the common errors. One place, so that every route says the
//! same.

use crate::roster::RosterError;
use cws_route::{ErrorCode, Problem};

/// A project that is closed.
pub const ARCHIVED: ErrorCode = ErrorCode::new(
    409,
    "project_archived",
    "The project is archived: it is kept to be read, and nothing in it changes.",
);
/// A name that another project has.
pub const NAME_TAKEN: ErrorCode = ErrorCode::new(
    409,
    "project_name_taken",
    "Another project of the institution has this name, in whatever case.",
);
/// The last one who answers for a project.
pub const LAST_OWNER: ErrorCode = ErrorCode::new(
    409,
    "last_owner",
    "A project keeps at least one owner: make somebody else an owner first.",
);
/// Somebody who is in already.
pub const MEMBER_EXISTS: ErrorCode =
    ErrorCode::new(409, "member_exists", "The person is in the project; change the role instead.");

/// The project is closed to change.
pub fn archived() -> Problem {
    Problem::new("project_archived", "the project is archived; nothing in it changes any more")
}

/// The name belongs to another project.
pub fn name_taken() -> Problem {
    Problem::new("project_name_taken", "another project has this name").and_field("/name", "is taken")
}

/// The person is in the project.
pub fn member_exists() -> Problem {
    Problem::new("member_exists", "the person is in the project; change the role instead")
        .and_field("/user_id", "is a member")
}

/// A change of who is in a project that is refused.
pub fn roster(error: RosterError) -> Problem {
    match error {
        RosterError::LastOwner => {
            Problem::new("last_owner", "this is the project's last owner; make somebody else an owner first")
        }
        RosterError::RoleTooHigh(highest) => {
            Problem::field("/role", format!("an external collaborator is at most `{}`", highest.as_str()))
        }
    }
}
