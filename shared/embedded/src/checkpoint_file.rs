//! Signed checkpoints in append-only files, one a log: the second place in which a rollback of the
//! database shows. Give the directory to another owner, or copy it off the machine, to make it stronger.

use cws_cloud::mirror::{CheckpointCopies, CheckpointMirror, MirrorError, is_log_name};
use futures::future::BoxFuture;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Longest line that is looked for at the end of a file, bytes: a note is under 1 KiB.
const LINE_MAX_BYTES: u64 = 16 * 1024;

/// Checkpoints in a directory: `<dir>/<log>.jsonl`, one JSON string a line, mode 0600.
#[derive(Debug)]
pub struct CheckpointFile {
    dir: PathBuf,
    writing: Mutex<()>,
}

impl CheckpointFile {
    /// Keeps checkpoints in this directory, which is made for its owner alone if there is none.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be made.
    pub fn open(dir: &Path) -> Result<Self, MirrorError> {
        crate::keys::file::private_dir(dir).map_err(|e| unavailable("all", &e))?;
        Ok(Self { dir: dir.to_owned(), writing: Mutex::new(()) })
    }

    /// The file of a log.
    ///
    /// # Errors
    /// `LogName`.
    pub fn path(&self, log: &str) -> Result<PathBuf, MirrorError> {
        if is_log_name(log) {
            Ok(self.dir.join(format!("{log}.jsonl")))
        } else {
            Err(MirrorError::LogName(log.to_owned()))
        }
    }

    /// Every note that was kept of a log, oldest first; none when there is no file.
    ///
    /// # Errors
    /// `LogName` or `Unavailable`.
    pub fn notes(&self, log: &str) -> Result<Vec<String>, MirrorError> {
        match fs::read_to_string(self.path(log)?) {
            Ok(text) => Ok(notes_of(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(unavailable(log, &error)),
        }
    }

    fn keep_now(&self, log: &str, note: &str) -> Result<(), MirrorError> {
        let path = self.path(log)?;
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let last = last_note(&path).map_err(|e| unavailable(log, &e))?;
        if last.as_deref() == Some(note) {
            return Ok(());
        }
        append(&path, note).map_err(|e| unavailable(log, &e))
    }
}

impl CheckpointCopies for CheckpointFile {
    fn latest<'a>(&'a self, log: &'a str) -> BoxFuture<'a, Result<Option<String>, MirrorError>> {
        Box::pin(async move { last_note(&self.path(log)?).map_err(|e| unavailable(log, &e)) })
    }
}

impl CheckpointMirror for CheckpointFile {
    fn keep<'a>(&'a self, log: &'a str, note: &'a str) -> BoxFuture<'a, Result<(), MirrorError>> {
        Box::pin(async move { self.keep_now(log, note) })
    }
}

/// The notes in the text of such a file. A line that was cut off by a crash, which can only be the last
/// and was never answered for, is left out; any other line that cannot be read is given as it stands, so
/// that whoever checks it sees that it is no checkpoint.
pub fn notes_of(text: &str) -> Vec<String> {
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.split('\n').filter(|line| !line.is_empty()).map(note_of).collect()
}

fn note_of(line: &str) -> String {
    serde_json::from_str(line).unwrap_or_else(|_| line.to_owned())
}

fn unavailable(log: &str, error: &dyn std::error::Error) -> MirrorError {
    MirrorError::Unavailable { log: log.to_owned(), reason: error.to_string() }
}

/// The last whole line.
fn last_note(path: &Path) -> io::Result<Option<String>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LINE_MAX_BYTES)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let text = String::from_utf8_lossy(&tail);
    let whole = text.rsplit_once('\n').map(|(whole, _)| whole);
    Ok(whole.and_then(|whole| whole.rsplit('\n').find(|line| !line.is_empty())).map(note_of))
}

/// INVARIANT (append only): a file is only ever made longer, but for a line that a crash cut off, which
/// is taken away first so that the next one begins on a line of its own.
fn append(path: &Path, note: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let end = whole_bytes(&mut file)?;
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    let mut line = serde_json::to_string(note)?;
    line.push('\n');
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

/// Length of the file up to its last line end.
fn whole_bytes(file: &mut File) -> io::Result<u64> {
    let length = file.metadata()?.len();
    let start = length.saturating_sub(LINE_MAX_BYTES);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let lines = tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    Ok(start + u64::try_from(lines).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back_in_order_and_twice_is_once() {
        let dir = tempfile::tempdir().unwrap();
        let mirror = CheckpointFile::open(dir.path()).unwrap();
        assert_eq!(last_note(&mirror.path("audit").unwrap()).unwrap(), None);
        for note in ["one\n\n— a b\n", "two", "two"] {
            mirror.keep_now("audit", note).unwrap();
        }
        assert_eq!(mirror.notes("audit").unwrap(), ["one\n\n— a b\n", "two"]);
        assert_eq!(last_note(&mirror.path("audit").unwrap()).unwrap().as_deref(), Some("two"));
        assert!(mirror.notes("templates").unwrap().is_empty());
    }

    #[test]
    fn a_line_that_a_crash_cut_off_is_passed_over_and_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let mirror = CheckpointFile::open(dir.path()).unwrap();
        let path = mirror.path("audit").unwrap();
        mirror.keep_now("audit", "one").unwrap();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"\"tw").unwrap();
        assert_eq!(last_note(&path).unwrap().as_deref(), Some("one"));
        assert_eq!(notes_of(&fs::read_to_string(&path).unwrap()), ["one"]);
        mirror.keep_now("audit", "two").unwrap();
        assert_eq!(mirror.notes("audit").unwrap(), ["one", "two"]);
    }

    #[test]
    fn a_log_cannot_be_named_out_of_the_directory() {
        let dir = tempfile::tempdir().unwrap();
        let mirror = CheckpointFile::open(dir.path()).unwrap();
        for bad in ["../audit", "", "a/b", "Audit", "audit.jsonl"] {
            assert!(mirror.path(bad).is_err(), "{bad}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let mirror = CheckpointFile::open(&dir.path().join("checkpoints")).unwrap();
        mirror.keep_now("audit", "one").unwrap();
        let mode = fs::metadata(mirror.path("audit").unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
