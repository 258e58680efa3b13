//! `PATCH /users/registry/{user_id}`: changes a person's record.
//!
//! One's own name and address are one's own to change; role, scopes and expiry are for somebody above. An
//! address resets a password, so changing one is guarded like changing a role, and the old address is told.

use crate::{
    fault::{self, HOLDS_PROJECTS, LAST_ADMINISTRATOR, LOGIN_TAKEN},
    names,
    session::still_open,
    standing,
    view::{UserOut, UserPath, beside, find_user},
};
use cws_authz::{Action, Grant};
use cws_cloud::{
    Port,
    identity::{Identity, Logins},
    mail::{Letter, Mail},
};
use cws_model::{
    Timestamp,
    identity::{Role, User},
    text::{Email, Line},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Most names that a person is given.
const SCOPES_MAX: usize = 64;

/// What changes; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// Name as the person writes it.
    #[serde(default)]
    pub full_name: Option<Line<200>>,
    /// Address.
    #[serde(default)]
    pub email: Option<Email>,
    /// Role in the institution.
    #[serde(default)]
    pub role: Option<Role>,
    /// Names for portals to read, all of them; nothing here decides by them.
    #[serde(default)]
    pub permissions: Option<BTreeSet<Line<64>>>,
    /// When the access of an external collaborator ends.
    #[serde(default)]
    pub access_expires_at: Option<Timestamp>,
}

impl UserChange {
    fn is_for_administrators(&self) -> bool {
        self.role.is_some() || self.permissions.is_some() || self.access_expires_at.is_some()
    }
}

/// Names the route; never constructed.
pub enum UserUpdate {}

impl Route for UserUpdate {
    const SPEC: Spec = Spec::patch("user_update", "/users/registry/{user_id}")
        .summary("Change a person's record")
        .requires(Action::UserUpdateProfile)
        .errors(&[LOGIN_TAKEN, LAST_ADMINISTRATOR, HOLDS_PROJECTS])
        .reads(standing::READS)
        .writes(&[kind::USER, kind::USER_NAME, kind::USER_ADMIN])
        .calls(&[<dyn Identity as Port>::NAME, <dyn Mail as Port>::NAME])
        .audit(AuditRule::Record("user.updated"));

    type Input = Input<UserPath, Nothing, UserChange>;
    type Output = UserOut;
    type Target = Slot<User>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        let found = find_user(ctx, &input.path.user_id).await?;
        let own = ctx.caller().id() == input.path.user_id.as_str();
        let held = found.value.value().map(|user| &user.email);
        let moves = input.body.email.as_ref().is_some_and(|email| Some(email) != held);
        if moves && !ctx.allows(Action::UserEmailChange, &found.resource, &[]) {
            return Ok(found.asking(Action::UserEmailChange));
        }
        if own && !input.body.is_for_administrators() {
            return Ok(found);
        }
        let role = found.value.value().map(|user| user.role);
        let to = input.body.role.or(role).unwrap_or(Role::External);
        let grant = Grant::institution(input.path.user_id.as_str(), role, to);
        Ok(found.asking(Action::UserUpdate).granting(grant))
    }

    async fn call(ctx: &Ctx, input: Self::Input, slot: Self::Target) -> Result<Answer<UserOut>, Problem> {
        ctx.check_match(&slot)?;
        let before = slot.value().cloned().ok_or_else(Problem::not_found)?;
        let store = ctx.store_of(&before.institution)?;
        let mut user = before.clone();
        let changed = apply(&mut user, input.body)?;
        user.updated_at = ctx.now();
        let mut writes = Writes::new();
        standing::administrators(ctx, &mut writes, Some(&before), &user).await?;
        if user.role == Role::External && before.role != Role::External {
            standing::runs_no_project(ctx, &mut writes, &before).await?;
        }
        if user.email.folded() != before.email.folded() {
            let claims = [("email", names::of_email(&user.email))];
            names::claim(&store, &mut writes, &user.id, &claims).await?;
            names::release(&store, &mut writes, &names::of_email(&before.email)).await?;
        }
        writes.put(&slot, &user)?;
        let subject = user.id.to_string();
        let change = serde_json::json!({"fields": changed, "role": user.role});
        let beside = beside(ctx, &user).await?;
        if user.email != before.email {
            still_open(ctx).await?;
            follow(ctx, &user).await?;
            tell(ctx, &before).await?;
        }
        let answer = Answer::json(UserOut::new(user, beside)).writes(writes).etag(Some(&ctx.revision()));
        Ok(answer.about(subject, change))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"full_name": "Ada King"}))
    }
}

/// Lets the identity provider follow the record. INVARIANT (registry is the truth): sign-in holds the name
/// against the record, whatever the provider knows.
async fn follow(ctx: &Ctx, user: &User) -> Result<(), Problem> {
    let logins = Logins { username: user.username.clone(), email: user.email.clone() };
    let set = ctx.port::<dyn Identity>()?.set_logins(&user.subject, &logins).await;
    set.map_err(|error| fault::identity(error, "/email", ctx.now()))
}

/// Tells the address before, whose reader may know nothing of the change. It names no new address.
async fn tell(ctx: &Ctx, before: &User) -> Result<(), Problem> {
    let letter = Letter {
        to: before.email.clone(),
        subject: "Your CloudWorkstation address was changed".to_owned(),
        secret: None,
        about: format!(
            "The account `{}` of `{}` no longer has this address, as of {}. If that was not you, tell your \
             administrator.",
            before.username,
            before.institution,
            ctx.now()
        ),
    };
    ctx.port::<dyn Mail>()?.send(&letter).await.map_err(Problem::internal)
}

/// Applies a change and answers the names of the fields in it.
fn apply(user: &mut User, change: UserChange) -> Result<Vec<&'static str>, Problem> {
    let mut changed = Vec::new();
    let given = change.access_expires_at.is_some();
    if let Some(full_name) = change.full_name {
        user.full_name = full_name;
        changed.push("full_name");
    }
    if let Some(email) = change.email {
        user.email = email;
        changed.push("email");
    }
    if let Some(role) = change.role {
        user.role = role;
        changed.push("role");
    }
    if let Some(permissions) = change.permissions {
        if permissions.len() > SCOPES_MAX {
            return Err(Problem::field("/permissions", format!("has more than {SCOPES_MAX} entries")));
        }
        user.permissions = permissions.iter().map(ToString::to_string).collect();
        changed.push("permissions");
    }
    if let Some(at) = change.access_expires_at {
        user.access_expires_at = Some(at);
        changed.push("access_expires_at");
    }
    match (user.role, user.access_expires_at) {
        (Role::External, None) => {
            Err(Problem::field("/access_expires_at", "an external collaborator needs one"))
        }
        (Role::External, Some(_)) => Ok(changed),
        _ if given => Err(Problem::field("/access_expires_at", "only an external collaborator has one")),
        _ => {
            user.access_expires_at = None;
            Ok(changed)
        }
    }
}
