//! The one `authenticate`: from a credential to a caller with its record in the registry.

use crate::{Caller, Problem, request::Credential};
use cws_authz::Principal;
use cws_cloud::token::{TokenVerifier, VerifiedToken};
use cws_model::{
    InstitutionId, Timestamp,
    identity::{User, UserStatus},
};
use cws_store::{
    Consistency, Key, Record, Slot, Store, StoreError, kind,
    rows::{DirectoryEntry, directory_place},
};
use futures::future::BoxFuture;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// How many directory entries are kept in the process. They never change, so they never go stale.
const DIRECTORY_KEPT: usize = 100_000;

/// Whether a token is the operator's credential. Only a laptop has one.
pub trait OperatorCheck: Send + Sync + 'static {
    /// Answers without a store read for text of another form.
    fn is_operator<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<bool, StoreError>>;
}

/// Turns credentials into callers.
pub struct Authenticate {
    verifier: TokenVerifier,
    operator: Option<Arc<dyn OperatorCheck>>,
    directory: Mutex<HashMap<(String, String), DirectoryEntry>>,
}

impl Authenticate {
    /// With trusted issuers, and on a laptop the operator's credential.
    pub fn new(verifier: TokenVerifier, operator: Option<Arc<dyn OperatorCheck>>) -> Self {
        Self { verifier, operator, directory: Mutex::new(HashMap::new()) }
    }

    /// Verifies a bearer token without looking up whose it is: all that an authorizer function does.
    ///
    /// # Errors
    /// 401; 503 when the keys of its issuer cannot be had now.
    pub async fn verify(&self, token: &str) -> Result<VerifiedToken, Problem> {
        self.verifier.verify(token).await.map_err(|error| {
            let problem = if error.is_ours() { no_keys() } else { refused() };
            problem.because(Box::new(error))
        })
    }

    /// Finds the caller. INVARIANT (freshness): the registry row is read strongly on every request, so
    /// a lost role, a deactivation or a sign-out takes effect on the next one.
    ///
    /// # Errors
    /// 401 without a valid credential.
    pub async fn caller(
        &self,
        store: &Arc<dyn Store>,
        credential: &Credential,
        from_loopback: bool,
        home: &InstitutionId,
        now: Timestamp,
    ) -> Result<Caller, Problem> {
        let token = match credential {
            Credential::None => {
                return Err(Problem::new("unauthenticated", "send `Authorization: Bearer <access token>`")
                    .header("www-authenticate", "Bearer"));
            }
            Credential::Bearer(text) if self.is_operator(text).await? => {
                return if from_loopback { Ok(Caller::operator(home.clone())) } else { Err(not_from_here()) };
            }
            Credential::Bearer(text) => self.verify(text).await?,
            Credential::Verified(token) => token.as_ref().clone(),
        };
        let user = match hinted(store, &token, now).await? {
            Some(user) => user,
            None => self.listed(store, &token, now).await?.ok_or_else(refused)?,
        };
        admit(&token, user)
    }

    /// The person whom the directory names.
    async fn listed(
        &self,
        store: &Arc<dyn Store>,
        token: &VerifiedToken,
        now: Timestamp,
    ) -> Result<Option<User>, Problem> {
        let Some(entry) = self.lookup(store, token).await? else { return Ok(None) };
        read(store, kind::USER.of(&entry.institution), entry.user_id.as_str(), now).await
    }

    /// Whether a credential is worth more than a look: the operator's, or a token that verifies. Reads no row of a
    /// person, so it does not say that the caller may do anything.
    pub async fn is_plausible(&self, credential: &Credential) -> bool {
        match credential {
            Credential::None => false,
            Credential::Verified(_) => true,
            Credential::Bearer(text) => {
                self.is_operator(text).await.unwrap_or(true) || self.verify(text).await.is_ok()
            }
        }
    }

    async fn is_operator(&self, token: &str) -> Result<bool, Problem> {
        match &self.operator {
            Some(check) => Ok(check.is_operator(token).await?),
            None => Ok(false),
        }
    }

    async fn lookup(
        &self,
        store: &Arc<dyn Store>,
        token: &VerifiedToken,
    ) -> Result<Option<DirectoryEntry>, Problem> {
        let place = (token.issuer.clone(), token.subject.clone());
        if let Some(entry) = self.kept().get(&place) {
            return Ok(Some(entry.clone()));
        }
        let (part, sort) = directory_place(&token.issuer, &token.subject);
        let entry =
            read::<DirectoryEntry>(store, kind::DIRECTORY.part(&part), &sort, Timestamp::default()).await?;
        if let Some(entry) = &entry {
            let mut kept = self.kept();
            if kept.len() >= DIRECTORY_KEPT {
                kept.clear();
            }
            kept.insert(place, entry.clone());
        }
        Ok(entry)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), DirectoryEntry>> {
        self.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The person whom the token names, which saves looking into the directory. INVARIANT (hints): the person's own record
/// must say that this issuer and subject are theirs; else the directory decides.
async fn hinted(
    store: &Arc<dyn Store>,
    token: &VerifiedToken,
    now: Timestamp,
) -> Result<Option<User>, Problem> {
    let (Some(institution), Some(id)) = (&token.institution_hint, &token.user_hint) else { return Ok(None) };
    let user = read::<User>(store, kind::USER.of(institution), id.as_str(), now).await?;
    Ok(user.filter(|user| user.issuer == token.issuer && user.subject == token.subject))
}

async fn read<T: Record>(
    store: &Arc<dyn Store>,
    partition: String,
    sort: &str,
    now: Timestamp,
) -> Result<Option<T>, Problem> {
    let key = Key::new(partition, sort);
    let items = store.get(std::slice::from_ref(&key), Consistency::Strong).await?;
    Ok(Slot::read(key, items.into_iter().next().flatten(), now)?.into_value())
}

/// Holds a verified token against the registry.
fn admit(token: &VerifiedToken, user: User) -> Result<Caller, Problem> {
    let too_old = user.valid_after.is_some_and(|after| token.issued_at < after);
    if user.status != UserStatus::Active || too_old {
        return Err(refused());
    }
    let mut principal = Principal::of(user.id.as_str(), user.institution.clone(), user.role);
    principal.mfa = token.mfa;
    principal.mfa_enrolled = user.mfa_enrolled;
    principal.auth_time = Some(token.auth_time);
    principal.access_expires_at = user.access_expires_at;
    Ok(Caller {
        principal,
        // A token of another issuer belongs to no session here, and the identity port knows people by the record.
        session_id: token.session_id.clone().filter(|_| token.issuer == user.issuer),
        subject: Some(user.subject.clone()),
        user: Some(user),
    })
}

/// The right key from the wrong place: its holder is told, who would otherwise look for the fault in the key.
fn not_from_here() -> Problem {
    let detail = "the operator's key counts on the server's own machine only, sent straight to it and not through a \
                  proxy; sign in as a person instead";
    Problem { detail: detail.to_owned(), ..refused() }
}

fn no_keys() -> Problem {
    Problem::new("unavailable", "the keys of the token's issuer cannot be had now; try again")
        .header("retry-after", "10")
}

fn refused() -> Problem {
    Problem::new("unauthenticated", "the access token is not valid; sign in again")
        .header("www-authenticate", "Bearer error=\"invalid_token\"")
}
