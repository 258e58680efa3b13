//! Signing keys in the data directory: one file per key, 32 bytes of Ed25519 seed, mode 0600.

pub mod file;

pub use file::KeyFileError;

use crate::identity::TokenKey;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use cws_cloud::{
    Entropy,
    clock::random,
    signer::{KeyName, MESSAGE_MAX_BYTES, PublicKeys, SignError, Signer},
};
use futures::future::BoxFuture;
use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

/// Length of a key file, bytes.
pub const SEED_BYTES: usize = 32;
/// File of the key that signs access tokens.
const TOKEN_FILE: &str = "token.key";

/// The deployment's keys, read once at start.
pub struct FileKeys {
    dir: PathBuf,
    pairs: BTreeMap<KeyName, Ed25519KeyPair>,
    token: TokenKey,
}

impl FileKeys {
    /// Opens the keys in a directory, making those that are missing. A key is never replaced: what
    /// it signed could not be verified any more.
    ///
    /// # Errors
    /// `KeyFileError` when a file has a wrong length, may be read by others, or cannot be used.
    pub fn open(dir: &Path, entropy: &dyn Entropy) -> Result<Self, KeyFileError> {
        file::private_dir(dir)?;
        let mut pairs = BTreeMap::new();
        for name in KeyName::ALL {
            let path = dir.join(format!("{}.key", name.as_str()));
            pairs.insert(name, pair(&path, &seed(&path, entropy)?)?);
        }
        let path = dir.join(TOKEN_FILE);
        let token = TokenKey::from_seed(&seed(&path, entropy)?).ok_or(KeyFileError::Rejected(path))?;
        Ok(Self { dir: dir.to_owned(), pairs, token })
    }

    /// The key that signs access tokens.
    pub fn token_key(&self) -> TokenKey {
        self.token.clone()
    }

    fn pair(&self, key: KeyName) -> Result<&Ed25519KeyPair, SignError> {
        self.pairs.get(&key).ok_or_else(|| SignError::Unavailable(key.as_str().to_owned()))
    }

    fn sign_now(&self, key: KeyName, message: &[u8]) -> Result<[u8; 64], SignError> {
        if message.len() > MESSAGE_MAX_BYTES {
            return Err(SignError::TooLong(message.len()));
        }
        let broken = || SignError::Unavailable(key.as_str().to_owned());
        let signature = self.pair(key)?.try_sign(message).map_err(|_| broken())?;
        signature.as_ref().try_into().map_err(|_| broken())
    }

    fn public_now(&self, key: KeyName) -> Result<[u8; 32], SignError> {
        let public = self.pair(key)?.public_key();
        public.as_ref().try_into().map_err(|_| SignError::Unavailable(key.as_str().to_owned()))
    }
}

impl PublicKeys for FileKeys {
    fn public_key(&self, key: KeyName) -> BoxFuture<'_, Result<[u8; 32], SignError>> {
        Box::pin(async move { self.public_now(key) })
    }
}

impl Signer for FileKeys {
    fn sign<'a>(&'a self, key: KeyName, message: &'a [u8]) -> BoxFuture<'a, Result<[u8; 64], SignError>> {
        Box::pin(async move { self.sign_now(key, message) })
    }
}

impl fmt::Debug for FileKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileKeys").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// The public half of a key that is kept in a directory; none when it is not there. Nothing is made: for
/// whoever only checks what was signed.
///
/// # Errors
/// `KeyFileError` when the file has a wrong length, may be read by others, or cannot be used.
pub fn public_key_in(dir: &Path, name: KeyName) -> Result<Option<[u8; 32]>, KeyFileError> {
    let path = dir.join(format!("{}.key", name.as_str()));
    let Some(bytes) = file::read_private(&path)? else { return Ok(None) };
    let found = bytes.len();
    let seed = bytes.try_into().map_err(|_| KeyFileError::Length { path: path.clone(), found })?;
    let public = pair(&path, &seed)?.public_key().as_ref().try_into().ok();
    public.map(Some).ok_or(KeyFileError::Rejected(path))
}

/// The seed in a file; a new one when there is none.
fn seed(path: &Path, entropy: &dyn Entropy) -> Result<[u8; SEED_BYTES], KeyFileError> {
    let bytes = match file::read_private(path)? {
        Some(bytes) => bytes,
        None => {
            let fresh = random::<SEED_BYTES>(entropy).to_vec();
            file::write_private(path, &fresh)?;
            fresh
        }
    };
    let found = bytes.len();
    bytes.try_into().map_err(|_| KeyFileError::Length { path: path.to_owned(), found })
}

fn pair(path: &Path, seed: &[u8; SEED_BYTES]) -> Result<Ed25519KeyPair, KeyFileError> {
    Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyFileError::Rejected(path.to_owned()))
}
