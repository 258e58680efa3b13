//! C2SP `signed-note`: a text, an empty line, and signature lines.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::key::{KEY_ID_BYTES, SIGNATURE_BYTES, VerifierKey, is_key_name};

/// The largest note this library reads, in bytes. Sixteen of the largest signatures in use fit.
pub const MAX_NOTE_BYTES: usize = 128 * 1024;

/// The most signatures a note may carry here; the format asks readers to accept at least 16.
pub const MAX_NOTE_SIGNATURES: usize = 32;

/// How every signature line begins: an em dash and a space.
const SIGNATURE_MARK: &str = "— ";

/// Why a text is no note, or a note cannot be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Over [`MAX_NOTE_BYTES`].
    #[error("a note has at most {MAX_NOTE_BYTES} bytes")]
    TooLarge,
    /// More signatures than [`MAX_NOTE_SIGNATURES`].
    #[error("a note has at most {MAX_NOTE_SIGNATURES} signatures")]
    TooManySignatures,
    /// Not a text, an empty line and at least one signature line, or a control character in it.
    #[error("not a signed note")]
    Format,
    /// None of the known keys signed it.
    #[error("the note carries no signature of a known key")]
    Unsigned,
    /// A signature under a known key's name and id does not hold.
    #[error("the signature of `{0}` does not hold")]
    BadSignature(String),
}

/// A note taken apart. Its text must not be used before [`SignedNote::signers`] has named who signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Signature {
    name: String,
    id: [u8; KEY_ID_BYTES],
    bytes: Vec<u8>,
}

impl SignedNote {
    /// Takes a note apart.
    ///
    /// # Errors
    /// The note is over a limit or not of the format.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge);
        }
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Format);
        }
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Format)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Format)?;
        if lines.split('\n').count() > MAX_NOTE_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        let signatures: Option<Vec<_>> = lines.split('\n').map(Signature::parse).collect();
        Ok(Self { text: format!("{text}\n"), signatures: signatures.ok_or(NoteError::Format)? })
    }

    /// What was signed, with its last newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Which of these keys signed the note. Signatures of unknown keys are passed over.
    ///
    /// # Errors
    /// No known key signed it, or a signature that claims a known key does not hold.
    pub fn signers<'k>(&self, known: &'k [VerifierKey]) -> Result<Vec<&'k VerifierKey>, NoteError> {
        let mut signers: Vec<&VerifierKey> = Vec::new();
        for signature in &self.signatures {
            let claims = |key: &&VerifierKey| key.name() == signature.name && key.id() == signature.id;
            for key in known.iter().filter(claims) {
                if !key.signed(self.text.as_bytes(), &signature.bytes) {
                    return Err(NoteError::BadSignature(signature.name.clone()));
                }
                if !signers.contains(&key) {
                    signers.push(key);
                }
            }
        }
        if signers.is_empty() { Err(NoteError::Unsigned) } else { Ok(signers) }
    }
}

impl Signature {
    fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix(SIGNATURE_MARK)?.split_once(' ')?;
        let signature = STANDARD.decode(signature).ok()?;
        let (id, bytes) = signature.split_first_chunk()?;
        let well_formed = is_key_name(name) && !bytes.is_empty();
        well_formed.then(|| Self { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
    }
}

/// The note of this text, which ends in a newline, with one signature.
pub(crate) fn write_note(text: &str, key: &VerifierKey, signature: &[u8; SIGNATURE_BYTES]) -> String {
    let mut bytes = key.id().to_vec();
    bytes.extend_from_slice(signature);
    format!("{text}\n{SIGNATURE_MARK}{} {}\n", key.name(), STANDARD.encode(bytes))
}
