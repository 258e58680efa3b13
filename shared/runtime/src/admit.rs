//! Admitting a person by the account's operator: how the first administrator of a deployment comes to
//! be. Nobody reaches this over the API; it is invoked with the permission to invoke it, for somebody
//! who has an identity in the user pool already.
//!
//! The record, its claims, the directory entry and the audit record are one commit, as in the route that
//! does the same for an administrator.

use crate::{Failure, Settings, parts, unknown, variable};
use cws_aws::system::{SystemClock, SystemEntropy};
use cws_cloud::{Clock as _, clock};
use cws_model::{
    Id, InstitutionId, Timestamp,
    id::{AuditId, Kind as IdKind, UserId},
    identity::{Institution, Role, User, UserStatus},
    text::{Email, Line, Username},
};
use cws_route::{
    answer::log_leaf_key,
    audit::{self, AUDIT_LOG, AuditRecord, Outcome},
};
use cws_store::{
    Consistency, Expect, Key, Op, Record, Slot, Store, Value, Writes, kind,
    rows::{DirectoryEntry, UserNameClaim, directory_place},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Handler of the function.
pub const ADMIT_HANDLER: &str = "person_admit";

/// Who is to be admitted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdmitIn {
    institution: InstitutionId,
    /// Needed when the institution is new.
    institution_name: Option<Line<200>>,
    username: Username,
    email: Email,
    full_name: Line<200>,
    role: Role,
    /// For an external collaborator, who needs one: when access ends.
    access_expires_at: Option<Timestamp>,
    /// `sub` of the person in the user pool.
    subject: Line<255>,
}

/// Who was admitted.
#[derive(Debug, Serialize)]
pub(crate) struct Admitted {
    user_id: UserId,
    /// `false` when this identity had been admitted before: then nothing was changed.
    created: bool,
}

/// The function.
pub(crate) struct Admit {
    store: Arc<dyn Store>,
    entropy: SystemEntropy,
    issuer: String,
}

impl Admit {
    /// With the store and the issuer.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Failure> {
        if settings.handler != ADMIT_HANDLER {
            return Err(unknown(&settings.handler, &[ADMIT_HANDLER]).into());
        }
        let issuer = settings.need(variable::ISSUER)?.to_owned();
        Ok(Self { store: parts::store(settings)?, entropy: SystemEntropy::default(), issuer })
    }

    /// Admits somebody, once.
    pub(crate) async fn admit(&self, person: AdmitIn) -> Result<Admitted, Failure> {
        if (person.role == Role::External) != person.access_expires_at.is_some() {
            return Err("an external collaborator, and nobody else, has `access_expires_at`".into());
        }
        let now = SystemClock.now();
        let (part, sort) = directory_place(&self.issuer, &person.subject.to_string());
        let directory: Slot<DirectoryEntry> = self.read(kind::DIRECTORY.part(&part), &sort, now).await?;
        if let Some(entry) = directory.value() {
            return Ok(Admitted { user_id: entry.user_id.clone(), created: false });
        }
        let user = self.record(&person, now);
        let mut writes = Writes::new();
        self.institution(&mut writes, &person, now).await?;
        let institution = &person.institution;
        writes.create(Key::new(kind::USER.of(institution), user.id.as_str()), &user)?;
        let claim = UserNameClaim { user_id: user.id.clone() };
        for sort in [format!("name/{}", person.username), format!("email/{}", person.email.folded())] {
            writes.create(Key::new(kind::USER_NAME.of(institution), sort), &claim)?;
        }
        let entry = DirectoryEntry { institution: institution.clone(), user_id: user.id.clone() };
        writes.put(&directory, &entry)?;
        self.audit(&mut writes, &user, now)?;
        self.store.commit(&writes.into_commit(self.id(now))).await?;
        Ok(Admitted { user_id: user.id, created: true })
    }

    async fn institution(
        &self,
        writes: &mut Writes,
        person: &AdmitIn,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let id = person.institution.clone();
        let slot: Slot<Institution> = self.read(kind::INSTITUTION.part("all"), id.as_str(), now).await?;
        if slot.value().is_some() {
            return Ok(());
        }
        let name = person.institution_name.clone().ok_or("a new institution needs `institution_name`")?;
        let institution = Institution {
            id,
            name,
            regions: BTreeSet::new(),
            accepted_publishers: BTreeSet::new(),
            defaults: BTreeMap::new(),
            features: BTreeMap::new(),
            created_at: now,
            updated_at: now,
        };
        Ok(writes.put(&slot, &institution)?)
    }

    fn record(&self, person: &AdmitIn, now: Timestamp) -> User {
        User {
            id: self.id(now),
            institution: person.institution.clone(),
            username: person.username.clone(),
            email: person.email.clone(),
            full_name: person.full_name.clone(),
            role: person.role,
            status: UserStatus::Active,
            permissions: BTreeSet::new(),
            preferences: BTreeMap::new(),
            issuer: self.issuer.clone(),
            subject: person.subject.to_string(),
            access_expires_at: person.access_expires_at,
            mfa_enrolled: false,
            valid_after: None,
            created_at: now,
            updated_at: now,
        }
    }

    fn audit(&self, writes: &mut Writes, user: &User, now: Timestamp) -> Result<(), Failure> {
        let id: AuditId = self.id(now);
        let record = AuditRecord {
            id: id.clone(),
            at: now,
            institution: user.institution.clone(),
            actor_kind: "operator".to_owned(),
            actor: "operator".to_owned(),
            action: "user.created".to_owned(),
            route: ADMIT_HANDLER.to_owned(),
            subject: Some(user.id.to_string()),
            outcome: Outcome::Done,
            change: Some(serde_json::json!({"institution": user.institution, "role": user.role})),
            request_id: self.id(now),
        };
        let (row, leaf) = audit::texts(&record)?;
        writes.op(absent(audit::record_key(&user.institution, id.as_str()), row));
        writes.op(absent(log_leaf_key(AUDIT_LOG, id.as_str()), leaf));
        Ok(())
    }

    async fn read<T: Record>(
        &self,
        partition: String,
        sort: &str,
        now: Timestamp,
    ) -> Result<Slot<T>, Failure> {
        let key = Key::new(partition, sort);
        let items = self.store.get(std::slice::from_ref(&key), Consistency::Strong).await?;
        Ok(Slot::read(key, items.into_iter().next().flatten(), now)?)
    }

    fn id<K: IdKind>(&self, now: Timestamp) -> Id<K> {
        clock::new_id(now, &self.entropy)
    }
}

fn absent(key: Key, text: String) -> Op {
    Op::Put { key, expect: Expect::Absent, value: Value::Json(text), schema: 1, expires_at: None }
}
