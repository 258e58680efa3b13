//! `POST /users/registry`: adds a person, and answers the token that sets the first password. A person with an
//! external identity has none: they sign in at the institution's login service, or call with its tokens.
//!
//! INVARIANT (one identity, one person): the directory row of (issuer, subject) must be free, so two
//! issuers that assert the same e-mail address are two people and never one.

use crate::{
    fault::{self, LOGIN_TAKEN, NOT_CONFIGURED},
    names, standing,
    view::{Beside, UserOut, person_place},
};
use cws_authz::{Action, Grant, Resource, resource};
use cws_cloud::{
    Port,
    identity::{ExternalIdentity, Identity, IdentityError, Logins, NewLogin, Registration},
};
use cws_model::{
    InstitutionId, Timestamp,
    id::UserId,
    identity::{Institution, Role, User, UserStatus},
    text::{Email, Line, Username},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Idempotency, Input, Nothing, Problem, Route, Spec};
use cws_store::{
    Writes, kind,
    rows::{DirectoryEntry, directory_place},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A new person.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserNew {
    /// Institution; the caller's when left out.
    #[serde(default)]
    pub institution: Option<InstitutionId>,
    /// Unique in the institution.
    pub username: Username,
    /// Unique in the institution.
    pub email: Email,
    /// Name as the person writes it.
    pub full_name: Line<200>,
    /// Role in the institution.
    #[serde(default = "researcher")]
    pub role: Role,
    /// For an external collaborator, who needs one: when access ends.
    #[serde(default)]
    pub access_expires_at: Option<Timestamp>,
    /// Who the person is at the institution's own login service, if sign-in goes through that.
    #[serde(default)]
    pub external_identity: Option<External>,
}

/// Issuer and subject: the pair that a person is known by.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct External {
    /// As in the `iss` claim.
    pub issuer: Line<512>,
    /// As in the `sub` claim.
    pub subject: Line<255>,
}

fn researcher() -> Role {
    Role::Researcher
}

/// The person and the token that sets the first password.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UserCreated {
    /// The person.
    #[serde(flatten)]
    pub user: UserOut,
    /// Shown once: send it with a password to `/auth/password`.
    pub setup_token: Option<String>,
    /// When the token stops working.
    pub setup_token_expires_at: Option<Timestamp>,
}

/// Names the route; never constructed.
pub enum UserCreate {}

impl Route for UserCreate {
    const SPEC: Spec = Spec::post("user_create", "/users/registry")
        .summary("Add a person")
        .requires(Action::UserCreate)
        .answers(&["ETag", "Location"])
        .status(201)
        .errors(&[LOGIN_TAKEN, NOT_CONFIGURED])
        .reads(&[kind::INSTITUTION])
        .writes(&[kind::USER, kind::USER_NAME, kind::USER_ADMIN, kind::DIRECTORY])
        .calls(&[<dyn Identity as Port>::NAME])
        .idempotency(Idempotency::SecretOnce)
        .audit(AuditRule::Record("user.created"))
        .emits(&["user.created.v1"]);

    type Input = Input<Nothing, Nothing, UserNew>;
    type Output = UserCreated;
    type Target = InstitutionId;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<InstitutionId>, Problem> {
        let own = ctx.institution()?;
        let id = input.body.institution.clone().unwrap_or_else(|| own.clone());
        let slot = ctx.system().get::<Institution>(None, id.as_str()).await?;
        if slot.value().is_none() {
            return Err(Problem::not_found());
        }
        let user_id: UserId = ctx.id_of_request()?;
        let grant = Grant::institution(user_id.as_str(), None, input.body.role);
        Ok(Found::new(Resource::Institution(resource::Institution { id: id.clone() }), id).granting(grant))
    }

    async fn call(ctx: &Ctx, input: Self::Input, id: InstitutionId) -> Result<Answer<UserCreated>, Problem> {
        let new = input.body;
        check_expiry(ctx, &new)?;
        let store = ctx.store_of(&id)?;
        let user_id: UserId = ctx.id_of_request()?;
        let mut writes = Writes::new();
        let claims =
            [("username", names::of_username(&new.username)), ("email", names::of_email(&new.email))];
        names::claim(&store, &mut writes, &user_id, &claims).await?;
        let registration = register(ctx, &id, &user_id, &new).await?;
        let user = record(ctx, &id, user_id, &new, &registration);
        writes.create(store.key::<User>(None, user.id.as_str())?, &user)?;
        standing::administrators(ctx, &mut writes, None, &user).await?;
        let (part, sort) = directory_place(&registration.issuer, &registration.subject);
        let entry = DirectoryEntry { institution: id.clone(), user_id: user.id.clone() };
        writes.create(ctx.system().key::<DirectoryEntry>(Some(&part), &sort)?, &entry)?;
        if let Some(external) = &new.external_identity {
            find_by(ctx, &mut writes, external, &entry).await?;
        }
        let (part, sort) = person_place(&user.id);
        writes.create(ctx.system().key::<DirectoryEntry>(Some(&part), &sort)?, &entry)?;
        let subject = user.id.to_string();
        let role = user.role;
        let change = serde_json::json!({"institution": id, "role": role});
        let setup = registration.setup;
        let created = UserCreated {
            user: UserOut::new(user, Beside { projects: Some(Vec::new()), last_active_at: None }),
            setup_token_expires_at: setup.as_ref().map(|setup| setup.expires_at),
            setup_token: setup.map(|setup| setup.token.expose().to_owned()),
        };
        let answer = Answer::json(created).writes(writes).etag(Some(&ctx.revision()));
        let answer = answer.header("location", format!("/api/v2/users/registry/{subject}"));
        let data = serde_json::json!({"user_id": subject, "role": role});
        Ok(answer.event("user.created.v1", subject.clone(), data).about(subject, change))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"username": "ada", "email": "ada@example.org", "full_name": "Ada Lovelace"}))
    }
}

/// Lets access tokens of the person's own issuer lead to the record. INVARIANT (no merging): a pair of issuer
/// and subject that leads to somebody leads there for ever.
async fn find_by(
    ctx: &Ctx,
    writes: &mut Writes,
    external: &External,
    entry: &DirectoryEntry,
) -> Result<(), Problem> {
    let (part, sort) = directory_place(external.issuer.as_str(), external.subject.as_str());
    let slot = ctx.system().get::<DirectoryEntry>(Some(&part), &sort).await?;
    if slot.value().is_some() {
        let detail = "the external identity belongs to another account";
        return Err(Problem::new("login_taken", detail).and_field("/external_identity/subject", detail));
    }
    Ok(writes.put(&slot, entry)?)
}

fn check_expiry(ctx: &Ctx, new: &UserNew) -> Result<(), Problem> {
    match (new.role, new.access_expires_at) {
        (Role::External, None) => {
            Err(Problem::field("/access_expires_at", "an external collaborator needs one"))
        }
        (Role::External, Some(at)) if at <= ctx.now() => {
            Err(Problem::field("/access_expires_at", "must lie in the future"))
        }
        (Role::External, _) | (_, None) => Ok(()),
        (_, Some(_)) => Err(Problem::field("/access_expires_at", "only an external collaborator has one")),
    }
}

async fn register(
    ctx: &Ctx,
    institution: &InstitutionId,
    user_id: &UserId,
    new: &UserNew,
) -> Result<Registration, Problem> {
    let external = new.external_identity.as_ref().map(|external| ExternalIdentity {
        issuer: external.issuer.to_string(),
        subject: external.subject.to_string(),
    });
    let login = NewLogin {
        institution: institution.clone(),
        user_id: user_id.clone(),
        logins: Logins { username: new.username.clone(), email: new.email.clone() },
        external,
    };
    let registered = ctx.port::<dyn Identity>()?.register(&login).await;
    registered.map_err(|error| match error {
        IdentityError::NotConfigured(_) => {
            let detail = "nobody of this issuer can sign in: it is no login service of the institution, and its \
                          tokens are not trusted";
            fault::identity(error, "", ctx.now()).and_field("/external_identity/issuer", detail)
        }
        IdentityError::LoginTaken { field: "external" } => {
            let detail = "the external identity belongs to another account";
            Problem::new("login_taken", detail).and_field("/external_identity/subject", detail)
        }
        other => fault::identity(other, "/username", ctx.now()),
    })
}

fn record(
    ctx: &Ctx,
    institution: &InstitutionId,
    id: UserId,
    new: &UserNew,
    registration: &Registration,
) -> User {
    User {
        id,
        institution: institution.clone(),
        username: new.username.clone(),
        email: new.email.clone(),
        full_name: new.full_name.clone(),
        role: new.role,
        status: UserStatus::Active,
        permissions: BTreeSet::new(),
        preferences: BTreeMap::new(),
        issuer: registration.issuer.clone(),
        subject: registration.subject.clone(),
        access_expires_at: new.access_expires_at,
        mfa_enrolled: false,
        valid_after: None,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    }
}
