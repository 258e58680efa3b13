//! The rows of people and projects, as `user_create`, `project_create` and `member_add` write them.

use super::{
    Fault,
    seed::{self, Census},
};
use cws_identity::names::{of_email, of_username};
use cws_model::{
    InstitutionId,
    id::{ProjectId, UserId},
    identity::{Role, User, UserProject, UserStatus},
    project::{Member, Project, ProjectRole, ProjectStatus},
};
use cws_projects::names::folded;
use cws_store::{
    Key, Writes, kind,
    rows::{DirectoryEntry, ProjectNameClaim, UserActive, UserNameClaim, directory_place},
};
use std::collections::{BTreeMap, BTreeSet};

/// Makes the rows of an institution's people.
pub(super) struct People {
    pub(super) home: InstitutionId,
    /// Issuer of their tokens.
    pub(super) issuer: String,
    pub(super) census: Census,
}

impl People {
    /// A person, with the names that are claimed, the way from a token, and the place in a project.
    pub(super) fn person(&self, n: u64) -> Result<Writes, Fault> {
        let user = self.user(n)?;
        let mut writes = Writes::new();
        let claim = UserNameClaim { user_id: user.id.clone() };
        for sort in [of_username(&user.username), of_email(&user.email)] {
            writes.create(Key::new(kind::USER_NAME.of(&self.home), sort), &claim)?;
        }
        let (part, sort) = directory_place(&user.issuer, &user.subject);
        let entry = DirectoryEntry { institution: self.home.clone(), user_id: user.id.clone() };
        writes.create(Key::new(kind::DIRECTORY.part(&part), sort), &entry)?;
        let active = UserActive { at: seed::made_at(n).plus_seconds(3600) };
        writes.create(Key::new(kind::USER_ACTIVE.of(&self.home), user.id.as_str()), &active)?;
        writes.create(Key::new(kind::USER.of(&self.home), user.id.as_str()), &user)?;
        let project = self.census.project_of(n);
        writes.extend(seat(&self.home, project, &user.id, self.census.role_of(n))?);
        Ok(writes)
    }

    fn user(&self, n: u64) -> Result<User, Fault> {
        let (id, word): (UserId, _) = (seed::id(n), seed::word(n));
        Ok(User {
            subject: id.to_string(),
            id,
            institution: self.home.clone(),
            username: word.parse()?,
            email: format!("{word}@example.org").parse()?,
            full_name: format!("Person {word}").parse()?,
            role: Role::Researcher,
            status: UserStatus::Active,
            permissions: BTreeSet::new(),
            preferences: BTreeMap::new(),
            issuer: self.issuer.clone(),
            access_expires_at: None,
            mfa_enrolled: false,
            valid_after: None,
            created_at: seed::made_at(n),
            updated_at: seed::made_at(n),
        })
    }

    /// A project and its name. The benchmark's own person, who joins later, is counted.
    pub(super) fn project(&self, n: u64) -> Result<Writes, Fault> {
        let id: ProjectId = seed::id(n);
        let word = seed::word(n);
        let project = Project {
            id: id.clone(),
            institution: self.home.clone(),
            name: format!("The {word} study").parse()?,
            description: format!("What the {word} group does together.").parse()?,
            tags: BTreeMap::from([("grant".to_owned(), format!("G-{n}"))]),
            status: ProjectStatus::Active,
            created_by: seed::id(n),
            owner_count: 1,
            member_count: u32::try_from(self.census.members_of(n) + 1)?,
            created_at: seed::made_at(n),
            updated_at: seed::made_at(n),
            archived_at: None,
        };
        let mut writes = Writes::new();
        let claim = ProjectNameClaim { project_id: id.clone() };
        writes.create(Key::new(kind::PROJECT_NAME.of(&self.home), folded(&project.name)), &claim)?;
        writes.create(Key::new(kind::PROJECT.of(&self.home), id.as_str()), &project)?;
        Ok(writes)
    }
}

/// A person's place in a project, found from both sides.
pub(super) fn seat(
    home: &InstitutionId,
    project: u64,
    user_id: &UserId,
    role: ProjectRole,
) -> Result<Writes, Fault> {
    let (project_id, at): (ProjectId, _) = (seed::id(project), seed::made_at(project).plus_seconds(600));
    let member = Member {
        project_id: project_id.clone(),
        user_id: user_id.clone(),
        role,
        added_by: seed::id(project),
        added_at: at,
        updated_at: at,
    };
    let index = UserProject { project_id: project_id.clone(), role, since: at };
    let mut writes = Writes::new();
    writes.create(Key::new(kind::MEMBER.of_part(home, project_id.as_str()), user_id.as_str()), &member)?;
    writes
        .create(Key::new(kind::USER_PROJECT.of_part(home, user_id.as_str()), project_id.as_str()), &index)?;
    Ok(writes)
}
