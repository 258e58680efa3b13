//! `cws verify`: holds what is stored against what was signed.

use crate::world::HOME;
use cws_cloud::{Clock, signer::KeyName};
use cws_embedded::{
    checkpoint_file::notes_of, keys::public_key_in, sqlite::ReadOnlyStore, system::SystemClock,
};
use cws_platform::verify::{LogsCheck, Report, verify_logs, verify_template_offline};
use cws_route::audit::{AUDIT_LOG, TEMPLATE_LOG};
use std::{collections::BTreeMap, error::Error, fs, io, path::Path};

type Outcome = Result<Report, Box<dyn Error>>;

const LOGS: [(&str, KeyName); 2] = [(AUDIT_LOG, KeyName::AuditLog), (TEMPLATE_LOG, KeyName::TemplateLog)];

/// Checks both logs of a data directory, also against a copy of its checkpoints that was taken away, if
/// there is one. The server must be stopped: it holds the directory.
///
/// # Errors
/// When the directory or the copy cannot be read; faults are in the report.
pub async fn audit(data: &Path, outside: Option<&Path>) -> Outcome {
    if !data.join("cws.db").exists() {
        return Err(format!("there is no store in `{}`; say where with --data", data.display()).into());
    }
    let outside = outside.map(copies).transpose()?.unwrap_or_default();
    let public_keys = public_keys(&data.join("keys"))?;
    let store = ReadOnlyStore::open(data)?;
    let kept = notes(&data.join("checkpoints"))?;
    let check = LogsCheck { store, public_keys, kept, outside, now: SystemClock.now(), home: HOME.parse()? };
    Ok(verify_logs(&check).await?)
}

/// The public keys of the logs. INVARIANT (no fresh key): a missing key is not made, since a fresh one would
/// verify nothing and hide that the one that signed is gone.
fn public_keys(dir: &Path) -> Result<BTreeMap<&'static str, [u8; 32]>, Box<dyn Error>> {
    let mut keys = BTreeMap::new();
    for (log, name) in LOGS {
        let missing = || {
            format!(
                "the key `{}` is missing in `{}`: without it nothing that was signed can be checked; restore it \
                 from a backup",
                name.as_str(),
                dir.display()
            )
        };
        keys.insert(log, public_key_in(dir, name)?.ok_or_else(missing)?);
    }
    Ok(keys)
}

/// A copy that was taken away: one that holds nothing is no copy, but most likely a wrong path.
fn copies(dir: &Path) -> Result<BTreeMap<String, Vec<String>>, Box<dyn Error>> {
    let notes = notes(dir)?;
    if notes.values().all(Vec::is_empty) {
        return Err(format!("--checkpoints `{}`: there is no checkpoint in it", dir.display()).into());
    }
    Ok(notes)
}

/// The notes of each log in a directory of checkpoints. Nothing is made that is missing.
fn notes(dir: &Path) -> Result<BTreeMap<String, Vec<String>>, Box<dyn Error>> {
    let mut all = BTreeMap::new();
    for (log, _) in LOGS {
        let path = dir.join(format!("{log}.jsonl"));
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            text => text.map_err(|error| format!("`{}`: {error}", path.display()))?,
        };
        all.insert(log.to_owned(), notes_of(&text));
    }
    Ok(all)
}

/// Checks a downloaded template on files alone.
///
/// # Errors
/// When a file cannot be read; faults are in the report.
pub fn template(manifest: &Path, bundle: &Path, trust_root: &Path) -> Outcome {
    let read = |path: &Path| fs::read(path).map_err(|error| format!("`{}`: {error}", path.display()));
    Ok(verify_template_offline(&read(manifest)?, &read(bundle)?, &read(trust_root)?)?)
}
