//! Letters to people: a line about something, and the secret that it is about, if any.

use crate::{Port, identity::Secret};
use cws_model::text::Email;
use futures::future::BoxFuture;
use thiserror::Error;

/// A letter.
#[derive(Debug, Clone)]
pub struct Letter {
    /// To whom.
    pub to: Email,
    /// Subject line.
    pub subject: String,
    /// What it is sent for; a notice holds none.
    pub secret: Option<Secret>,
    /// What to do with it, or what happened.
    pub about: String,
}

/// Why a letter was not sent.
#[derive(Debug, Error)]
#[error("the letter was not sent: {0}")]
pub struct MailError(pub String);

/// Sends letters.
pub trait Mail: Send + Sync + 'static {
    /// Hands a letter over.
    ///
    /// # Errors
    /// When it could not be.
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>>;
}

impl Port for dyn Mail {
    const NAME: &'static str = "mail";
}
