//! Checkpoints: their text, who may sign them, what may be signed next, and every byte of them.

use cws_translog::{
    AdvanceError, Checkpoint, CheckpointError, Hash, KeyError, MAX_NOTE_BYTES, NoteError, SignedNote,
    TreeHead, VerifierKey, advance, consistency_proof,
};

use crate::fixture::{Log, ORIGIN, Signer, flipped};

fn open(note: &str) -> Result<Checkpoint, CheckpointError> {
    Checkpoint::open(note, &[Signer::of_the_log().key])
}

#[test]
fn a_checkpoint_is_origin_size_and_root() {
    let head =
        TreeHead { size: 20_852_163, root: "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=".parse().unwrap() };
    let checkpoint = Checkpoint::new("example.com/behind-the-sofa", head).unwrap();
    let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    assert_eq!(checkpoint.text(), text);
    assert_eq!(Checkpoint::parse(text), Ok(checkpoint));
}

#[test]
fn a_signed_checkpoint_opens() {
    let log = Log::of(300);
    assert_eq!(open(&log.signed(&Signer::of_the_log())), Ok(log.checkpoint()));
}

#[test]
fn every_flipped_bit_of_a_signed_checkpoint_fails() {
    let note = Log::of(300).signed(&Signer::of_the_log());
    for at in 0..note.len() {
        for bit in 0..8 {
            let opened = flipped(&note, at, bit).map(|note| open(&note));
            assert!(!matches!(opened, Some(Ok(_))), "byte {at} bit {bit}");
        }
    }
}

#[test]
fn a_cut_or_lengthened_checkpoint_fails() {
    let note = Log::of(3).signed(&Signer::of_the_log());
    for (cut, _) in note.char_indices() {
        let (kept, _) = note.split_at(cut);
        assert!(open(kept).is_err(), "cut at {cut}");
    }
    for wrong in [format!("{note}\n"), format!("\n{note}"), format!("{note}x"), note.replace('\n', "\r\n")] {
        assert!(open(&wrong).is_err());
    }
}

#[test]
fn texts_that_say_more_or_otherwise_are_refused() {
    let root = Hash::leaf(b"");
    let empty = Hash::empty_root();
    for (text, error) in [
        (format!("log\n5\n{root}\nextension\n"), CheckpointError::Lines),
        (format!("log\n5\n{root}"), CheckpointError::Lines),
        (format!("log\n5\n{root}\n\n"), CheckpointError::Lines),
        ("log\n5\n".to_owned(), CheckpointError::Lines),
        (format!("\n5\n{root}\n"), CheckpointError::Origin),
        (format!("{}\n5\n{root}\n", "o".repeat(256)), CheckpointError::Origin),
        (format!("log\n05\n{root}\n"), CheckpointError::Size),
        (format!("log\n+5\n{root}\n"), CheckpointError::Size),
        (format!("log\n-5\n{root}\n"), CheckpointError::Size),
        (format!("log\n5 \n{root}\n"), CheckpointError::Size),
        (format!("log\n72057594037927937\n{root}\n"), CheckpointError::Size),
        (format!("log\n18446744073709551616\n{root}\n"), CheckpointError::Size),
        (format!("log\n0\n{root}\n"), CheckpointError::Root),
        ("log\n5\nAAAA\n".to_owned(), CheckpointError::Root),
        (format!("log\n5\n{}\n", root.to_string().replace('=', "")), CheckpointError::Root),
    ] {
        assert_eq!(Checkpoint::parse(&text), Err(error), "{text:?}");
    }
    assert!(Checkpoint::parse(&format!("log\n0\n{empty}\n")).is_ok());
    for origin in ["two\nlines", "two words", "a+b", "tab\t"] {
        assert_eq!(Checkpoint::empty(origin), Err(CheckpointError::Origin));
    }
}

#[test]
fn only_a_key_named_like_the_log_makes_its_checkpoint() {
    let log = Log::of(5);
    let (own, other, namesake) =
        (Signer::of_the_log(), Signer::named("example.org/other", 8), Signer::named(ORIGIN, 9));
    let text = log.checkpoint().text();
    let by_other = note(&text, &[(&other, other.sign(text.as_bytes()))]);
    let known = [own.key.clone(), other.key.clone()];
    assert_eq!(Checkpoint::open(&by_other, &known), Err(CheckpointError::NotByTheLog(ORIGIN.to_owned())));
    assert_eq!(open(&by_other), Err(NoteError::Unsigned.into()));
    assert_eq!(open(&log.signed(&namesake)), Err(NoteError::Unsigned.into()));
    assert_eq!(Checkpoint::open(&log.signed(&own), &[]), Err(NoteError::Unsigned.into()));
}

/// A note written line by line, independently of the library.
fn note(text: &str, signatures: &[(&Signer, [u8; 64])]) -> String {
    use base64::Engine;
    let line = |(signer, signature): &(&Signer, [u8; 64])| {
        let bytes = [&signer.key.id()[..], signature].concat();
        format!("— {} {}\n", signer.key.name(), base64::engine::general_purpose::STANDARD.encode(bytes))
    };
    format!("{text}\n{}", signatures.iter().map(line).collect::<String>())
}

#[test]
fn unknown_signatures_are_passed_over_and_false_ones_of_known_keys_are_not() {
    let (own, witness) = (Signer::of_the_log(), Signer::named("witness.example", 8));
    let text = Log::of(5).checkpoint().text();
    let good = (&own, own.sign(text.as_bytes()));
    let false_one = (&witness, own.sign(text.as_bytes()));
    let with_false = note(&text, &[good, false_one]);
    assert!(open(&with_false).is_ok());
    let known = [own.key.clone(), witness.key.clone()];
    let error = NoteError::BadSignature("witness.example".to_owned());
    assert_eq!(Checkpoint::open(&with_false, &known), Err(error.into()));
}

#[test]
fn sixteen_signatures_are_read_and_thirty_three_are_not() {
    let own = Signer::of_the_log();
    let text = Log::of(5).checkpoint().text();
    let signatures = |count| vec![(&own, own.sign(text.as_bytes())); count];
    assert!(open(&note(&text, &signatures(16))).is_ok());
    assert!(open(&note(&text, &signatures(32))).is_ok());
    assert_eq!(open(&note(&text, &signatures(33))), Err(NoteError::TooManySignatures.into()));
    assert_eq!(open(&"x".repeat(MAX_NOTE_BYTES + 1)), Err(NoteError::TooLarge.into()));
}

#[test]
fn a_note_with_a_control_character_is_refused_even_if_it_was_signed() {
    let own = Signer::of_the_log();
    for text in ["tab\t\n", "return\r\n", "nul\0\n", "escape\u{1b}\n"] {
        let signed = note(text, &[(&own, own.sign(text.as_bytes()))]);
        assert_eq!(SignedNote::parse(&signed), Err(NoteError::Format), "{text:?}");
    }
    let plain = note("plain\n", &[(&own, own.sign(b"plain\n"))]);
    assert!(SignedNote::parse(&plain).unwrap().signers(&[own.key]).is_ok());
}

#[test]
fn a_signature_by_another_key_or_over_other_bytes_is_not_attached() {
    let (own, other) = (Signer::of_the_log(), Signer::named("example.org/other", 8));
    let unsigned = advance(&Checkpoint::empty(ORIGIN).unwrap(), Log::of(5).head, &[]).unwrap();
    let bytes = unsigned.to_be_signed();
    assert!(bytes.len() < 400 && unsigned.checkpoint().text().as_bytes() == bytes);
    assert!(unsigned.attach(&own.key, &own.sign(&bytes)).is_ok());
    assert!(unsigned.attach(&own.key, &other.sign(&bytes)).is_err());
    assert!(unsigned.attach(&other.key, &other.sign(&bytes)).is_err());
    assert!(unsigned.attach(&own.key, &own.sign(b"other bytes")).is_err());
}

#[test]
fn a_log_only_advances_to_a_head_that_contains_the_last_one() {
    let log = Log::of(300);
    let old = Log::of(200).checkpoint();
    let proof = consistency_proof(200, 300, &log.tiles).unwrap();
    assert_eq!(advance(&old, log.head, &proof).unwrap().checkpoint(), &log.checkpoint());
    assert!(advance(&log.checkpoint(), log.head, &[]).is_ok());

    let rollback = advance(&log.checkpoint(), old.head(), &[]);
    assert_eq!(rollback, Err(AdvanceError::Rollback { old: 300, new: 200 }));
    let fork = Err(AdvanceError::Fork { old: 200, new: 300 });
    let other = TreeHead { size: 300, root: Hash::leaf(b"other") };
    assert_eq!(advance(&old, other, &proof), fork);
    assert_eq!(advance(&old, log.head, &proof[1..]), fork);
    let same_size = TreeHead { size: 200, root: Hash::leaf(b"other") };
    assert_eq!(advance(&old, same_size, &[]), Err(AdvanceError::Fork { old: 200, new: 200 }));
}

#[test]
fn verifier_keys_read_back_and_strangers_to_the_format_are_refused() {
    let key = Signer::of_the_log().key;
    let text = key.to_string();
    assert_eq!(text.parse(), Ok(key.clone()));
    assert_eq!(serde_json::from_str::<VerifierKey>(&serde_json::to_string(&key).unwrap()).unwrap(), key);
    for at in 0..text.len() {
        let read = flipped(&text, at, 0).map(|text| text.parse::<VerifierKey>());
        assert!(!matches!(read, Some(Ok(_))), "byte {at}");
    }
    assert_eq!("a b+00000000+AQ==".parse::<VerifierKey>(), Err(KeyError::Format));
    assert_eq!(VerifierKey::ed25519("a b", &[0; 32]), Err(KeyError::Name));
    assert_eq!(VerifierKey::ed25519("a+b", &[0; 32]), Err(KeyError::Name));
    assert_eq!(VerifierKey::ed25519("", &[0; 32]), Err(KeyError::Name));
    let cosigner = "witness+00000000+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(cosigner.parse::<VerifierKey>(), Err(KeyError::Type));
}

#[test]
fn a_head_is_stored_as_size_and_base64() {
    let head = TreeHead::empty();
    let json = r#"{"size":0,"root":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}"#;
    assert_eq!(serde_json::to_string(&head).unwrap(), json);
    assert_eq!(serde_json::from_str::<TreeHead>(json).unwrap(), head);
}
