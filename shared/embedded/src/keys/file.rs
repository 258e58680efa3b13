//! Files that hold a secret: readable by their owner alone, whole or not there.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Why a file with a secret cannot be used. The program does not start.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// Not the length of a key: cut off, or something else.
    #[error("`{}` has {found} bytes, a key has {expected}; restore it from a backup", path.display(), expected = super::SEED_BYTES)]
    Length {
        /// File.
        path: PathBuf,
        /// Its length.
        found: usize,
    },
    /// Not the text that it must hold.
    #[error("`{}` does not hold an operator key; remove it to get a new one", .0.display())]
    Form(PathBuf),
    /// Others may read or write it.
    #[error("`{}` may be used by others (mode {mode:o}); run `chmod go= {}`", path.display(), path.display())]
    Open {
        /// File.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The library refuses the key.
    #[error("`{}` is not a usable key", .0.display())]
    Rejected(PathBuf),
    /// The file system says no.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// File.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> KeyFileError + '_ {
    move |source| KeyFileError::Io { path: path.to_owned(), source }
}

/// Makes a directory that only its owner enters, if there is none.
pub(crate) fn private_dir(dir: &Path) -> Result<(), KeyFileError> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(io_error(dir))
}

/// What a file holds; `None` when there is no such file.
pub(crate) fn read_private(path: &Path) -> Result<Option<Vec<u8>>, KeyFileError> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error(path)(error)),
        Ok(metadata) => refuse_open(path, &metadata)?,
    }
    fs::read(path).map(Some).map_err(io_error(path))
}

#[cfg(unix)]
fn refuse_open(path: &Path, metadata: &fs::Metadata) -> Result<(), KeyFileError> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(KeyFileError::Open { path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
fn refuse_open(_path: &Path, _metadata: &fs::Metadata) -> Result<(), KeyFileError> {
    Ok(())
}

/// Writes a file for its owner alone.
///
/// INVARIANT (whole or absent): the bytes are on disk under another name before the name appears,
/// so a crash leaves the old file or the new one.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), KeyFileError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let temporary = path.with_file_name(name);
    write_synced(&temporary, bytes).map_err(io_error(&temporary))?;
    fs::rename(&temporary, path).map_err(io_error(path))?;
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sync_dir(dir).map_err(io_error(dir))
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A file that an interrupted start left may have any mode: begin anew.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync_dir(_dir: &Path) -> io::Result<()> {
    Ok(())
}
