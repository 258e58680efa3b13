//! `cws verify`: holds what is stored against what was signed.

use crate::world::HOME;
use cws_cloud::{
    Clock,
    signer::{KeyName, Signer},
};
use cws_embedded::{
    checkpoint_file::CheckpointFile,
    keys::FileKeys,
    sqlite::{Options, SqliteStore},
    system::{SystemClock, SystemEntropy},
};
use cws_platform::verify::{LogsCheck, Report, verify_logs, verify_template_offline};
use cws_route::audit::{AUDIT_LOG, TEMPLATE_LOG};
use std::{collections::BTreeMap, error::Error, fs, path::Path};

type Outcome = Result<Report, Box<dyn Error>>;

/// Checks both logs of a data directory. The server must be stopped: it holds the directory.
///
/// # Errors
/// When the directory cannot be read; faults are in the report.
pub async fn audit(data: &Path) -> Outcome {
    if !data.join("cws.db").exists() {
        return Err(format!("there is no store in `{}`; say where with --data", data.display()).into());
    }
    let store = SqliteStore::open(data, Options::default())?;
    let keys = FileKeys::open(&data.join("keys"), &SystemEntropy::default())?;
    let mirror = CheckpointFile::open(&data.join("checkpoints"))?;
    let mut public_keys = BTreeMap::new();
    let mut kept = BTreeMap::new();
    for (log, name) in [(AUDIT_LOG, KeyName::AuditLog), (TEMPLATE_LOG, KeyName::TemplateLog)] {
        public_keys.insert(log, keys.public_key(name).await?);
        kept.insert(log.to_owned(), mirror.notes(log)?);
    }
    let check = LogsCheck { store, public_keys, kept, now: SystemClock.now(), home: HOME.parse()? };
    Ok(verify_logs(&check).await?)
}

/// Checks a downloaded template on files alone.
///
/// # Errors
/// When a file cannot be read; faults are in the report.
pub fn template(manifest: &Path, bundle: &Path, trust_root: &Path) -> Outcome {
    let read = |path: &Path| fs::read(path).map_err(|error| format!("`{}`: {error}", path.display()));
    Ok(verify_template_offline(&read(manifest)?, &read(bundle)?, &read(trust_root)?)?)
}
