//! The events of this domain.

use cws_model::{id::UserId, identity::Role};
use cws_route::events::{EventKind, Events};
use schemars::JsonSchema;
use serde::Deserialize;

/// Somebody came into the registry.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct UserCreated {
    /// The person.
    pub user_id: UserId,
    /// Their role in the institution.
    pub role: Role,
}

/// Something happened to a person's record.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct UserTouched {
    /// The person.
    pub user_id: UserId,
}

/// All of them.
pub const EVENTS: Events = Events {
    domain: "identity",
    kinds: &[
        EventKind::of::<UserCreated>("user.created.v1", "A person was added to the registry."),
        EventKind::of::<UserTouched>("user.deactivated.v1", "A person may no longer sign in."),
        EventKind::of::<UserTouched>("user.reactivated.v1", "A person may sign in again."),
    ],
};
