//! A laptop sends no mail: letters go to a file that only its owner reads.

use cws_cloud::mail::{Letter, Mail, MailError};
use futures::future::BoxFuture;
use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// Appends letters to `<data>/mail.log`, mode 0600.
#[derive(Debug)]
pub struct MailFile {
    path: PathBuf,
}

impl MailFile {
    /// In a data directory.
    pub fn in_dir(data: &Path) -> Self {
        Self { path: data.join("mail.log") }
    }

    fn append(&self, letter: &Letter) -> std::io::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(&self.path)?;
        let secret =
            letter.secret.as_ref().map(|secret| format!("{}\n\n", secret.expose())).unwrap_or_default();
        let (to, subject, about) = (letter.to.as_str(), &letter.subject, &letter.about);
        write!(file, "To: {to}\nSubject: {subject}\n\n{about}\n\n{secret}---\n")?;
        file.sync_data()
    }
}

impl Mail for MailFile {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move { self.append(letter).map_err(|error| MailError(error.to_string())) })
    }
}
