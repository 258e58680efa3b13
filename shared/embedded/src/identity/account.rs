//! Accounts: registering, renaming, and finding who a login name belongs to.
//!
//! INVARIANT (one name, one account): a name leads to one subject, by a row that is written with
//! the condition that it is free or already leads there.

use super::{
    EmbeddedIssuer,
    rows::{
        Credential, External, Pointer, RowError, TRIES, credential_key, external_key, login_key, one_time_key,
    },
};
use cws_cloud::identity::{ExternalIdentity, IdentityError, Login, Logins, NewLogin, Registration};
use cws_model::{InstitutionId, id::UserId};
use cws_store::{Expect, Op, Slot, Writes};

/// Longest login name, bytes: RFC 5321's limit of an address.
const LOGIN_MAX_BYTES: usize = 254;

/// A name as it is looked up; `None` when nobody can have it.
fn folded(name: &str) -> Option<String> {
    let plain = (1..=LOGIN_MAX_BYTES).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_graphic());
    plain.then(|| name.to_ascii_lowercase())
}

/// The names of a person as they are looked up, with the field each is from.
fn names(logins: &Logins) -> [(&'static str, String); 2] {
    [("username", logins.username.as_str().to_owned()), ("email", logins.email.folded())]
}

impl EmbeddedIssuer {
    /// The credential of a subject; an impossible subject has none.
    pub(super) async fn credential(&self, subject: &str) -> Result<Slot<Credential>, IdentityError> {
        let known: UserId = subject.parse().map_err(|_| IdentityError::UnknownSubject)?;
        let slot = self.rows.get::<Credential>(credential_key(known.as_str())).await?;
        if slot.value().is_some() { Ok(slot) } else { Err(IdentityError::UnknownSubject) }
    }

    /// Changes a credential, deciding again while others are in the way.
    pub(super) async fn change(
        &self,
        subject: &str,
        change: impl Fn(&mut Credential),
    ) -> Result<Credential, IdentityError> {
        for _ in 0..TRIES {
            let slot = self.credential(subject).await?;
            let mut row = slot.value().cloned().ok_or(IdentityError::UnknownSubject)?;
            change(&mut row);
            let mut writes = Writes::new();
            writes.put(&slot, &row).map_err(RowError::from)?;
            if self.rows.commit(writes).await? {
                return Ok(row);
            }
        }
        Err(IdentityError::Throttled)
    }

    /// Who a login belongs to.
    pub(super) async fn subject_of(&self, login: &Login) -> Result<Option<String>, RowError> {
        let Some(name) = folded(&login.name) else { return Ok(None) };
        let slot = self.rows.get::<Pointer>(login_key(&login.institution, &name)).await?;
        Ok(slot.into_value().map(|pointer| pointer.subject))
    }

    pub(super) async fn register_account(&self, new: &NewLogin) -> Result<Registration, IdentityError> {
        for _ in 0..TRIES {
            let slot = self.rows.get::<Credential>(credential_key(new.user_id.as_str())).await?;
            let subject = new.user_id.to_string();
            if slot.value().is_some_and(|row| row.activated_at.is_some()) {
                return Ok(Registration { issuer: self.config.issuer_url.clone(), subject, setup: None });
            }
            for (field, name) in names(&new.logins) {
                self.free_name(&new.institution, field, &name, &subject).await?;
            }
            let mut writes = Writes::new();
            let mut row = fresh_row(new);
            row.disabled = slot.value().is_some_and(|row| row.disabled);
            let old_token = slot.value().and_then(|row| row.one_time.clone());
            let setup = match new.external {
                None => Some(self.setup_token(&mut row, old_token, &mut writes)?),
                Some(_) => None,
            };
            self.link_external(new, &subject, &mut writes).await?;
            writes.put(&slot, &row).map_err(RowError::from)?;
            if self.rows.commit(writes).await? {
                return Ok(Registration { issuer: self.config.issuer_url.clone(), subject, setup });
            }
        }
        Err(IdentityError::Throttled)
    }

    /// Leads an external identity here. One that leads to an account nobody ever used may be led
    /// elsewhere: it is what a registration left whose person was never committed.
    async fn link_external(
        &self,
        new: &NewLogin,
        subject: &str,
        writes: &mut Writes,
    ) -> Result<(), IdentityError> {
        let Some(who) = &new.external else { return Ok(()) };
        if !self.takes(&new.institution, &who.issuer) {
            return Err(IdentityError::NotConfigured("a login service of this issuer"));
        }
        let slot = self.rows.get::<Pointer>(external_key(&new.institution, who)).await?;
        if let Some(owner) = slot.value().filter(|pointer| pointer.subject != subject) {
            let row = self.rows.get::<Credential>(credential_key(&owner.subject)).await?;
            if row.value().is_some_and(|row| row.activated_at.is_some()) {
                return Err(IdentityError::LoginTaken { field: "external" });
            }
            writes.check(&row);
        }
        Ok(writes.put(&slot, &Pointer { subject: subject.to_owned() }).map_err(RowError::from)?)
    }

    /// Whether somebody of this issuer can ever come in: through the institution's login service, or with the
    /// issuer's own access tokens.
    fn takes(&self, institution: &InstitutionId, issuer: &str) -> bool {
        let logins = self.external.iter().flat_map(|external| &external.logins);
        let mut own = logins.filter(|login| login.institution == *institution);
        own.any(|login| login.issuer == issuer) || self.also_trusted.iter().any(|also| also == issuer)
    }

    /// The subject of an external identity.
    pub(super) async fn subject_of_external(
        &self,
        institution: &InstitutionId,
        who: &ExternalIdentity,
    ) -> Result<Option<String>, RowError> {
        let slot = self.rows.get::<Pointer>(external_key(institution, who)).await?;
        Ok(slot.into_value().map(|pointer| pointer.subject))
    }

    async fn free_name(
        &self,
        institution: &InstitutionId,
        field: &'static str,
        name: &str,
        subject: &str,
    ) -> Result<Slot<Pointer>, IdentityError> {
        let slot = self.rows.get::<Pointer>(login_key(institution, name)).await?;
        match slot.value() {
            Some(owner) if owner.subject != subject => Err(IdentityError::LoginTaken { field }),
            _ => Ok(slot),
        }
    }

    /// Makes names lead to a subject, as part of a commit.
    pub(super) async fn bind_names(
        &self,
        row: &Credential,
        logins: &Logins,
        writes: &mut Writes,
    ) -> Result<(), IdentityError> {
        let subject = row.user_id.to_string();
        for (field, name) in names(logins) {
            let slot = self.free_name(&row.institution, field, &name, &subject).await?;
            writes.put(&slot, &Pointer { subject: subject.clone() }).map_err(RowError::from)?;
        }
        Ok(())
    }

    pub(super) async fn rename_account(&self, subject: &str, logins: &Logins) -> Result<(), IdentityError> {
        for _ in 0..TRIES {
            let slot = self.credential(subject).await?;
            let old = slot.value().cloned().ok_or(IdentityError::UnknownSubject)?;
            let mut writes = Writes::new();
            if old.password.is_some() {
                self.bind_names(&old, logins, &mut writes).await?;
                self.release_names(&old, logins, &mut writes).await?;
            }
            let moved = old.password.is_some() && old.email != logins.email;
            let mut row =
                Credential { username: logins.username.clone(), email: logins.email.clone(), ..old };
            if let Some(hash) = row.one_time.take_if(|_| moved) {
                // A letter that went to the old address opens nothing any more.
                writes.op(Op::Delete { key: one_time_key(&hash), expect: Expect::Any });
            }
            writes.put(&slot, &row).map_err(RowError::from)?;
            if self.rows.commit(writes).await? {
                return Ok(());
            }
        }
        Err(IdentityError::Throttled)
    }

    /// Frees the old names that are not among the new ones.
    async fn release_names(
        &self,
        old: &Credential,
        new: &Logins,
        writes: &mut Writes,
    ) -> Result<(), IdentityError> {
        let kept = names(new).map(|(_, name)| name);
        for (_, name) in names(&old.logins()) {
            if !kept.contains(&name) {
                let slot = self.rows.get::<Pointer>(login_key(&old.institution, &name)).await?;
                writes.delete(&slot);
            }
        }
        Ok(())
    }
}

fn fresh_row(new: &NewLogin) -> Credential {
    Credential {
        institution: new.institution.clone(),
        user_id: new.user_id.clone(),
        username: new.logins.username.clone(),
        email: new.logins.email.clone(),
        password: None,
        one_time: None,
        reset_requested_at: None,
        disabled: false,
        generation: 0,
        factor: None,
        factor_pending: None,
        external: new
            .external
            .as_ref()
            .map(|who| External { issuer: who.issuer.clone(), subject: who.subject.clone() }),
        activated_at: None,
    }
}
