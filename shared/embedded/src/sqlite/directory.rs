//! The data directory: who may open it, its lock, and the files in it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Why a store cannot be opened. Nothing was changed.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The directory or a file in it cannot be created or written.
    #[error("cannot use the data directory `{path}`: {source}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process has it open.
    #[error("the data directory `{path}` is in use by process {pid}; stop it or choose another directory")]
    InUse {
        /// The directory.
        path: PathBuf,
        /// Its process id, or `unknown`.
        pid: String,
    },
    /// The file was written by a newer program.
    #[error("`{path}` has schema version {found}; this program knows up to {known}: use a newer program")]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// Version found.
        found: u32,
        /// Highest version known here.
        known: u32,
    },
    /// The file is damaged, or another program's.
    #[error("`{path}` is not a usable store: {reason}; keep it aside and restore a backup")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The database refused to work, such as for lack of room.
    #[error("cannot open `{path}`: {reason}")]
    Database {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A thread could not be started.
    #[error("cannot start a thread of the store: {0}")]
    Thread(#[from] io::Error),
}

/// A data directory that this process has locked.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    /// Held open for as long as the store is: the operating system releases the lock with it, also
    /// when the process is killed.
    lock: File,
}

impl Directory {
    /// Creates the directory where it is missing, and locks it.
    pub(super) fn lock(path: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Directory { path: path.to_owned(), source };
        create(path).map_err(failed)?;
        let mut lock = private_file(&path.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(path, &mut lock)),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        write_pid(&mut lock).map_err(failed)?;
        let directory = Self { path: path.to_owned(), lock };
        private_file(&directory.database()).map_err(failed)?;
        sync(path).map_err(failed)?;
        Ok(directory)
    }

    /// Takes the lock of a directory that is only looked into: nothing is made or written. Without a lock
    /// file nobody has it open.
    pub(super) fn look(path: &Path) -> Result<Option<File>, OpenError> {
        let failed = |source| OpenError::Directory { path: path.to_owned(), source };
        let mut lock = match File::open(path.join("lock")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            lock => lock.map_err(failed)?,
        };
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Err(in_use(path, &mut lock)),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// The database file.
    pub(super) fn database(&self) -> PathBuf {
        self.path.join("cws.db")
    }

    /// Size of the database and its log, bytes.
    pub(super) fn size_bytes(&self) -> u64 {
        let size_of = |name: &str| fs::metadata(self.path.join(name)).map_or(0, |found| found.len());
        size_of("cws.db") + size_of("cws.db-wal")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // Closing the file is not enough: a child that is just being started still has it open.
        if let Err(e) = self.lock.unlock() {
            tracing::warn!(error = %e, "the lock of the data directory was not released");
        }
    }
}

fn in_use(path: &Path, lock: &mut File) -> OpenError {
    let mut text = String::new();
    let read = lock.read_to_string(&mut text);
    let pid = text.trim();
    let known = read.is_ok() && !pid.is_empty();
    OpenError::InUse { path: path.to_owned(), pid: if known { pid.to_owned() } else { "unknown".to_owned() } }
}

fn write_pid(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", std::process::id())
}

/// INVARIANT (private data): directory and files are the owner's alone.
#[cfg(unix)]
fn create(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Opens a file for reading and writing that only its owner may touch; creates it where missing.
/// SQLite gives its log the permissions of the database file.
#[cfg(unix)]
pub(super) fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let file =
        OpenOptions::new().create(true).truncate(false).read(true).write(true).mode(0o600).open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

#[cfg(not(unix))]
pub(super) fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)
}

/// Makes the names of new files in a directory durable.
#[cfg(unix)]
pub(super) fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}
