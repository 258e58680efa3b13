//! Envelopes, statements, thresholds, and what one changed byte does.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use cws_templates::Digest;
use cws_templates::sign::{
    Envelope, MAX_SIGNED_BYTES, PAYLOAD_TYPE, PublicKey, SignError, Signature, VersionFacts, pae,
    statement_bytes, to_be_signed, verify, verify_version,
};

struct Signer(Ed25519KeyPair);

impl Signer {
    fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    fn key(&self) -> PublicKey {
        PublicKey::from_raw(self.0.public_key().as_ref()).unwrap()
    }

    fn sign(&self, payload: &[u8]) -> Signature {
        Signature::new(&self.key(), self.0.sign(&to_be_signed(payload).unwrap()).as_ref()).unwrap()
    }
}

const STORED: &[u8] = b"name: A\ndescription: B\nbase: ubuntu-24.04\n";

fn facts() -> VersionFacts {
    VersionFacts {
        template: "cws/python-ml".parse().unwrap(),
        version: "1.2.3".parse().unwrap(),
        lock_digest: Digest::of(b"lock"),
        published_at: "2026-01-02T03:04:05Z".into(),
    }
}

fn signed(signers: &[&Signer]) -> Envelope {
    let payload = statement_bytes(facts(), Digest::of(STORED)).unwrap();
    Envelope::new(PAYLOAD_TYPE, &payload, signers.iter().map(|s| s.sign(&payload)).collect())
}

#[test]
fn the_encoding_is_that_of_the_dsse_specification() {
    let encoded = pae("http://example.com/HelloWorld", b"hello world");
    assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

#[test]
fn a_signed_version_verifies_and_says_what_it_is() {
    let registry = Signer::new(1);
    let statement = verify_version(STORED, &signed(&[&registry]), &[registry.key()], 1).unwrap();
    assert_eq!(statement.predicate, facts());
    assert_eq!(statement.subject[0].name, "cws/python-ml@1.2.3");
    assert_eq!(registry.key().key_id(), Digest::of(registry.key().raw()).as_str());
    assert_eq!(registry.key().key_id().len(), 64);
}

#[test]
fn any_changed_byte_of_the_stored_bytes_fails() {
    let registry = Signer::new(1);
    let envelope = signed(&[&registry]);
    for at in 0..STORED.len() {
        for bit in 0..8 {
            let mut bytes = STORED.to_vec();
            bytes[at] ^= 1 << bit;
            let result = verify_version(&bytes, &envelope, &[registry.key()], 1);
            assert!(matches!(result, Err(SignError::Digest { .. })), "byte {at}");
        }
    }
    for bytes in [&STORED[1..], &STORED[..STORED.len() - 1], &[STORED, b"\n"].concat()] {
        assert!(verify_version(bytes, &envelope, &[registry.key()], 1).is_err());
    }
}

#[test]
fn any_changed_byte_of_the_envelope_fails() {
    let registry = Signer::new(1);
    let whole = serde_json::to_vec(&signed(&[&registry])).unwrap();
    let good: Envelope = serde_json::from_slice(&whole).unwrap();
    assert!(verify_version(STORED, &good, &[registry.key()], 1).is_ok());
    for at in 0..whole.len() {
        for byte in [whole[at] ^ 1, whole[at] ^ 0x20, whole[at] ^ 0x80, b'A', b'=', b'"'] {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            if bytes == whole {
                continue;
            }
            let verified = serde_json::from_slice::<Envelope>(&bytes)
                .is_ok_and(|envelope| verify_version(STORED, &envelope, &[registry.key()], 1).is_ok());
            assert!(!verified, "byte {at} as {byte:#x}: {}", String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn any_changed_bit_of_payload_and_signature_fails() {
    use base64::Engine;
    let base64 = base64::engine::general_purpose::STANDARD;
    let registry = Signer::new(1);
    let good = signed(&[&registry]);
    let payload = good.payload_bytes().unwrap();
    let signature = base64.decode(&good.signatures[0].sig).unwrap();
    for at in 0..payload.len() * 8 {
        let mut bytes = payload.clone();
        bytes[at / 8] ^= 1 << (at % 8);
        let envelope = Envelope { payload: base64.encode(&bytes), ..good.clone() };
        assert!(matches!(verify(&envelope, &[registry.key()], 1), Err(SignError::Forged(_))), "bit {at}");
    }
    for at in 0..signature.len() * 8 {
        let mut bytes = signature.clone();
        bytes[at / 8] ^= 1 << (at % 8);
        let mut envelope = good.clone();
        envelope.signatures[0].sig = base64.encode(&bytes);
        assert!(matches!(verify(&envelope, &[registry.key()], 1), Err(SignError::Forged(_))), "bit {at}");
    }
}

#[test]
fn a_threshold_counts_distinct_keys() {
    let (one, two) = (Signer::new(1), Signer::new(2));
    let keys = [one.key(), two.key()];
    let twice = signed(&[&one, &one]);
    assert_eq!(verify(&twice, &keys, 2), Err(SignError::Threshold { found: 1, needed: 2 }));
    assert_eq!(verify(&twice, &[one.key(), one.key()], 2), Err(SignError::Threshold { found: 1, needed: 2 }));
    assert!(verify(&signed(&[&one, &two]), &keys, 2).is_ok());
    assert_eq!(verify(&signed(&[]), &keys, 0), Err(SignError::Threshold { found: 0, needed: 1 }));
}

#[test]
fn an_unknown_key_counts_for_nothing_and_a_forged_one_refuses_all() {
    let (one, stranger) = (Signer::new(1), Signer::new(9));
    let both = signed(&[&stranger, &one]);
    assert!(verify(&both, &[one.key()], 1).is_ok());
    assert!(matches!(
        verify(&signed(&[&stranger]), &[one.key()], 1),
        Err(SignError::Threshold { found: 0, .. })
    ));
    let mut forged = signed(&[&stranger]);
    forged.signatures[0].keyid = one.key().key_id();
    assert!(matches!(verify(&forged, &[one.key()], 1), Err(SignError::Forged(_))));
    let mut shortened = signed(&[&one]);
    shortened.signatures[0].keyid.truncate(16);
    assert!(matches!(verify(&shortened, &[one.key()], 1), Err(SignError::Threshold { found: 0, .. })));
}

#[test]
fn another_payload_type_or_statement_is_refused() {
    let one = Signer::new(1);
    let payload = statement_bytes(facts(), Digest::of(STORED)).unwrap();
    let other = Envelope::new("text/plain", &payload, vec![one.sign(&payload)]);
    assert_eq!(verify_version(STORED, &other, &[one.key()], 1), Err(SignError::PayloadType));
    let text = String::from_utf8(payload).unwrap();
    for (from, to) in [
        ("python-ml@1.2.3", "python-ml@1.2.4"),
        ("/Statement/v1", "/Statement/v0"),
        ("version:v1", "version:v2"),
        ("\"subject\":[{", "\"extra\":1,\"subject\":[{"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        let envelope = Envelope::new(PAYLOAD_TYPE, changed.as_bytes(), vec![one.sign(changed.as_bytes())]);
        assert_eq!(verify_version(STORED, &envelope, &[one.key()], 1), Err(SignError::Statement), "{from}");
    }
}

#[test]
fn what_is_signed_has_at_most_4096_bytes() {
    let fit = MAX_SIGNED_BYTES - pae(PAYLOAD_TYPE, &[b'x'; 1000]).len() + 1000;
    assert_eq!(to_be_signed(&vec![b'x'; fit]).unwrap().len(), MAX_SIGNED_BYTES);
    assert_eq!(to_be_signed(&vec![b'x'; fit + 1]), Err(SignError::TooLarge(MAX_SIGNED_BYTES + 1)));
    let mut long = facts();
    long.published_at = "9".repeat(4096);
    assert!(matches!(statement_bytes(long, Digest::of(STORED)), Err(SignError::TooLarge(_))));
    assert_eq!(PublicKey::from_raw(&[0; 31]), Err(SignError::KeyLength));
}
