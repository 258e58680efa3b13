//! Rules about who is in a project. Pure: a project in, the changed project out.
//!
//! INVARIANT (an owner always): a project has at least one owner. The counts stand in the project's own
//! row and that row is rewritten only as it was read, so two owners who leave at once cannot both.

use cws_model::{
    Timestamp,
    identity::Role,
    project::{Project, ProjectRole},
};
use thiserror::Error;

/// Why a change of who is in a project is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RosterError {
    /// Nobody would answer for the project any more.
    #[error("the last owner of a project stays")]
    LastOwner,
    /// People with this role in the institution hold no role above the one named.
    #[error("the role is above `{}`", .0.as_str())]
    RoleTooHigh(ProjectRole),
}

/// The highest role in a project for somebody with this role in the institution. An external
/// collaborator works in a project and runs none: its access ends by itself.
pub const fn highest_for(role: Role) -> ProjectRole {
    match role {
        Role::External => ProjectRole::Member,
        _ => ProjectRole::Owner,
    }
}

/// Holds a role against what the person may hold.
///
/// # Errors
/// `RoleTooHigh`.
pub fn check_role(person: Role, role: ProjectRole) -> Result<(), RosterError> {
    let highest = highest_for(person);
    if role <= highest { Ok(()) } else { Err(RosterError::RoleTooHigh(highest)) }
}

/// The project with somebody's role given (from none), changed, or taken (to none).
///
/// # Errors
/// `LastOwner`.
pub fn changed(
    project: &Project,
    from: Option<ProjectRole>,
    to: Option<ProjectRole>,
    now: Timestamp,
) -> Result<Project, RosterError> {
    let owns = |role: Option<ProjectRole>| u32::from(role == Some(ProjectRole::Owner));
    let is_in = |role: Option<ProjectRole>| u32::from(role.is_some());
    let mut after = project.clone();
    after.owner_count = (project.owner_count + owns(to)).saturating_sub(owns(from));
    after.member_count = (project.member_count + is_in(to)).saturating_sub(is_in(from));
    after.updated_at = now;
    if after.owner_count == 0 { Err(RosterError::LastOwner) } else { Ok(after) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cws_model::project::ProjectStatus;
    use std::collections::BTreeMap;

    fn project(owner_count: u32, member_count: u32) -> Project {
        Project {
            id: cws_model::Id::new(Timestamp::default(), [1; 10]),
            institution: "local".parse().unwrap(),
            name: "Reef".parse().unwrap(),
            description: "".parse().unwrap(),
            tags: BTreeMap::new(),
            status: ProjectStatus::Active,
            created_by: cws_model::Id::new(Timestamp::default(), [2; 10]),
            owner_count,
            member_count,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            archived_at: None,
        }
    }

    #[test]
    fn the_counts_follow_who_is_in() {
        use ProjectRole::{Member, Owner, Viewer};
        let now = Timestamp::from_millis(5);
        for (from, to, owners, members) in [
            (None, Some(Viewer), 2, 6),
            (None, Some(Owner), 3, 6),
            (Some(Member), Some(Viewer), 2, 5),
            (Some(Member), Some(Owner), 3, 5),
            (Some(Owner), Some(Member), 1, 5),
            (Some(Owner), Some(Owner), 2, 5),
            (Some(Viewer), None, 2, 4),
            (Some(Owner), None, 1, 4),
        ] {
            let after = changed(&project(2, 5), from, to, now).unwrap();
            assert_eq!((after.owner_count, after.member_count), (owners, members), "{from:?} {to:?}");
            assert_eq!(after.updated_at, now);
        }
    }

    #[test]
    fn the_last_owner_neither_leaves_nor_steps_down() {
        let alone = project(1, 3);
        for to in [None, Some(ProjectRole::Manager), Some(ProjectRole::Viewer)] {
            let refused = changed(&alone, Some(ProjectRole::Owner), to, Timestamp::default());
            assert_eq!(refused, Err(RosterError::LastOwner));
        }
        assert!(
            changed(&alone, Some(ProjectRole::Owner), Some(ProjectRole::Owner), Timestamp::default()).is_ok()
        );
        assert!(changed(&alone, Some(ProjectRole::Member), None, Timestamp::default()).is_ok());
    }

    #[test]
    fn an_external_collaborator_is_at_most_a_member() {
        use ProjectRole::{Manager, Member, Owner, Viewer};
        for (role, good) in [(Viewer, true), (Member, true), (Manager, false), (Owner, false)] {
            assert_eq!(check_role(Role::External, role).is_ok(), good, "{role:?}");
            assert_eq!(check_role(Role::Researcher, role), Ok(()));
        }
    }
}
