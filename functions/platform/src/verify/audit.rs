//! The whole audit log against every record and every checkpoint; and the template log's own tree.

use super::Report;
use crate::{
    audit::{
        Fault, FaultKind,
        check::{AuditCheck, Counts},
        heads::{Top, check_kept, check_top, removed, size_of},
        rows::Window,
    },
    log::{
        Log, LogReader,
        read::ReadError,
        rows::{StoredCheckpoint, checkpoint_sort, head_key},
    },
};
use cws_model::{InstitutionId, Timestamp, identity::Institution};
use cws_route::{
    answer::{LOG_SHARDS, log_pending_partition},
    audit::{AUDIT_PARTS, AuditLeaf, record_key},
};
use cws_store::{Consistency, Range, Reach, Record, Scoped, Store, StoreError, Value, kind, record::decode};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

const REACH: Reach = Reach {
    reads: &[kind::AUDIT, kind::LOG_HEAD, kind::LOG_TILE, kind::LOG_INDEX, kind::LOG_PENDING],
    writes: &[],
};

/// What a check of the logs starts from.
pub struct LogsCheck {
    /// State; nobody else should be writing to it.
    pub store: Arc<dyn Store>,
    /// Public key of a log: from the key files, not from the database that is being checked.
    pub public_keys: BTreeMap<&'static str, [u8; 32]>,
    /// Signed notes that the deployment keeps beside its database, by log.
    pub kept: BTreeMap<String, Vec<String>>,
    /// Signed notes that somebody took away from there at some time, by log; none is asked for.
    pub outside: BTreeMap<String, Vec<String>>,
    /// The time at which rows count as live.
    pub now: Timestamp,
    /// Any institution; completes the handle on the catalogue.
    pub home: InstitutionId,
}

impl LogsCheck {
    fn catalogue(&self) -> Scoped {
        Scoped::catalogue(self.store.clone(), self.home.clone(), REACH, self.now)
    }

    fn reader(&self, log: Log) -> LogReader {
        LogReader::new(self.catalogue(), log)
    }

    fn with(&self, log: Log, top: Option<Top>) -> AuditCheck {
        AuditCheck { pending: self.catalogue().beyond_tenants(), reader: self.reader(log), top }
    }

    /// Signed notes of a log from everywhere but the database; each once.
    fn copies(&self, log: Log) -> BTreeSet<&str> {
        let all = [&self.kept, &self.outside];
        all.into_iter().filter_map(|notes| notes.get(log.as_str())).flatten().map(String::as_str).collect()
    }

    async fn top(&self, log: Log, report: &mut Report) -> Result<Option<Top>, ReadError> {
        let mut faults = Vec::new();
        let reader = self.reader(log);
        let top = match self.public_keys.get(log.as_str()) {
            Some(public) => check_top(&reader, log, public, None, &mut faults).await?.top,
            None => {
                let detail = format!("the public key of log `{}` is not known", log.as_str());
                faults.push(Fault::new(FaultKind::CheckpointWrong, detail));
                None
            }
        };
        let copies = self.copies(log);
        match &top {
            Some(top) => {
                for note in &copies {
                    faults.extend(check_kept(&reader, top, note).await?);
                }
                self.history(log, top, (&reader, &copies), &mut faults).await?;
            }
            // A process that ended between keeping and storing the checkpoint of an empty log lost nothing.
            None if copies.iter().any(|note| size_of(note) != Some(0)) && faults.is_empty() => {
                let detail = format!("log `{}` is gone: checkpoints of it were kept elsewhere", log.as_str());
                faults.push(Fault::new(FaultKind::RolledBack, detail));
            }
            None => {}
        }
        report.checked(format!("{} checkpoints of log `{}` kept elsewhere", copies.len(), log.as_str()));
        report.add(faults);
        Ok(top)
    }

    /// Every checkpoint in the database's own history: it must hold, and must have been kept beside the
    /// database too. A note that is the same as one kept elsewhere was checked with that.
    async fn history(
        &self,
        log: Log,
        top: &Top,
        (reader, copies): (&LogReader, &BTreeSet<&str>),
        faults: &mut Vec<Fault>,
    ) -> Result<(), ReadError> {
        let kept: BTreeSet<u64> =
            self.kept.get(log.as_str()).into_iter().flatten().filter_map(|note| size_of(note)).collect();
        let (mut missing, mut newest) = (0_u64, 0);
        let partition = head_key(log, "checkpoint/").partition;
        let mut range = Range::prefix(partition, "checkpoint/");
        loop {
            let page = self.store.range(&range, Consistency::Strong).await?;
            for item in &page.items {
                let stored: StoredCheckpoint = decode(item)?;
                if item.key.sort != checkpoint_sort(stored.size) {
                    let detail =
                        format!("a checkpoint of {} leaves stands at `{}`", stored.size, item.key.sort);
                    faults.push(Fault::new(FaultKind::CheckpointWrong, detail));
                }
                if !copies.contains(stored.note.as_str()) {
                    faults.extend(check_kept(reader, top, &stored.note).await?);
                }
                if !kept.contains(&stored.size) {
                    (missing, newest) = (missing + 1, newest.max(stored.size));
                }
            }
            match page.next {
                Some(next) => range.after = Some(next),
                None => break,
            }
        }
        let current = top.checkpoint.size();
        if missing == 0 && !kept.contains(&current) {
            (missing, newest) = (1, current);
        }
        if missing > 0 {
            let log = log.as_str();
            faults.push(removed(&format!(
                "log `{log}` has {missing} checkpoints, up to {newest} leaves, that its copy lacks"
            )));
        }
        Ok(())
    }
}

/// Checks both logs, and every audit record of every institution against its log.
///
/// # Errors
/// What the store says; faults are in the report.
pub async fn verify_logs(check: &LogsCheck) -> Result<Report, ReadError> {
    let mut report = verify_audit(check).await?;
    let top = check.top(Log::Templates, &mut report).await?;
    let tree = check.with(Log::Templates, top);
    for bundle in 0..tree.bundles() {
        let mut faults = Vec::new();
        tree.bundle(bundle, &mut faults).await?;
        report.add(faults);
    }
    report.checked(format!("{} leaves of the template log", tree.signed()));
    Ok(report)
}

/// Checks the audit log whole: tree, checkpoints, copies kept elsewhere, every leaf against its record, every
/// record against the log. Holds one bundle of leaves or one page of records at a time.
///
/// # Errors
/// What the store says; faults are in the report.
pub async fn verify_audit(check: &LogsCheck) -> Result<Report, ReadError> {
    let mut report = Report::default();
    let mut named = institutions(check.store.as_ref()).await?;
    let top = check.top(Log::Audit, &mut report).await?;
    let audit = check.with(Log::Audit, top);
    let mut counts = Counts::default();
    leaves(check, &audit, &mut named, (&mut counts, &mut report)).await?;
    waiting(check, &mut named, &mut report).await?;
    for institution in &named {
        records(check, &audit, institution, (&mut counts, &mut report)).await?;
    }
    report.checked(format!("{} leaves of the audit log", counts.leaves));
    report.checked(format!("{} audit records in {} institutions", counts.records, named.len()));
    if counts.pending > 0 {
        report.checked(format!("{} of them wait for the next checkpoint", counts.pending));
    }
    Ok(report)
}

async fn leaves(
    check: &LogsCheck,
    audit: &AuditCheck,
    named: &mut BTreeSet<InstitutionId>,
    (counts, report): (&mut Counts, &mut Report),
) -> Result<(), ReadError> {
    for bundle in 0..=audit.bundles() {
        let mut faults = Vec::new();
        let mut by_institution: BTreeMap<InstitutionId, Vec<(u64, AuditLeaf)>> = BTreeMap::new();
        let is_last = bundle == audit.bundles();
        let leaves =
            if is_last { audit.tail(&mut faults).await? } else { audit.bundle(bundle, &mut faults).await? };
        for (index, text) in leaves {
            counts.leaves += 1;
            match serde_json::from_str::<AuditLeaf>(&text) {
                Ok(leaf) => by_institution.entry(leaf.institution.clone()).or_default().push((index, leaf)),
                Err(_) => {
                    let detail = format!("the leaf at {index} is no audit leaf");
                    faults.push(Fault::new(FaultKind::LeafChanged, detail).at(index));
                }
            }
        }
        for (institution, leaves) in by_institution {
            audit.leaves(&scoped(check, &institution), &leaves, &mut faults).await?;
            named.insert(institution);
        }
        report.add(faults);
    }
    Ok(())
}

async fn records(
    check: &LogsCheck,
    audit: &AuditCheck,
    institution: &InstitutionId,
    (counts, report): (&mut Counts, &mut Report),
) -> Result<(), ReadError> {
    let store = scoped(check, institution);
    for part in 0..AUDIT_PARTS {
        let mut after = None;
        loop {
            let mut faults = Vec::new();
            let from = (part, after.take());
            after = audit.records(&store, &Window::default(), from, (counts, &mut faults)).await?;
            report.add(faults);
            if after.is_none() {
                break;
            }
        }
    }
    Ok(())
}

/// A leaf that waits must have its record: a record that is deleted before it is logged shows here.
async fn waiting(
    check: &LogsCheck,
    named: &mut BTreeSet<InstitutionId>,
    report: &mut Report,
) -> Result<(), ReadError> {
    for shard in 0..LOG_SHARDS {
        let range = Range::all(log_pending_partition(Log::Audit.as_str(), shard));
        for item in cws_store::key::read_all(check.store.as_ref(), range, Consistency::Strong).await? {
            let leaf = match &item.value {
                Value::Json(text) => serde_json::from_str::<AuditLeaf>(text).ok(),
                _ => None,
            };
            let id = item.key.sort.clone();
            let Some(leaf) = leaf.filter(|leaf| leaf.id.as_str() == id) else {
                let detail = format!("what waits at `{id}` to be logged is no leaf of that record");
                report.add([Fault::new(FaultKind::LeafChanged, detail).about(id)]);
                continue;
            };
            let key = record_key(&leaf.institution, &id);
            let found = check.store.get(std::slice::from_ref(&key), Consistency::Strong).await?;
            if found.into_iter().flatten().next().is_none() {
                let detail = format!("record `{id}`, which waits to be logged, was deleted");
                report.add([Fault::new(FaultKind::RecordDeleted, detail).about(id)]);
            }
            named.insert(leaf.institution);
        }
    }
    Ok(())
}

fn scoped(check: &LogsCheck, institution: &InstitutionId) -> Scoped {
    Scoped::institution(check.store.clone(), institution.clone(), REACH, check.now)
}

/// Every institution that there is.
async fn institutions(store: &dyn Store) -> Result<BTreeSet<InstitutionId>, StoreError> {
    let range = Range::all(Institution::KIND.part("all"));
    let items = cws_store::key::read_all(store, range, Consistency::Strong).await?;
    items.iter().map(|item| decode::<Institution>(item).map(|institution| institution.id)).collect()
}
