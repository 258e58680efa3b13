//! Proof files: they read back, prove offline, and no byte of them can be changed.

use cws_translog::{
    CheckpointError, Hash, MAX_EXTRA_BYTES, ProofError, ProofFile, ProofFileError, inclusion_proof,
};
use proptest::prelude::*;

use crate::fixture::{Log, ORIGIN, Signer, entry, flipped};

fn file(log: &Log, index: u64, extra: Option<Vec<u8>>) -> ProofFile {
    let proof = inclusion_proof(index, log.head.size, &log.tiles).unwrap();
    ProofFile::new(index, proof, log.signed(&Signer::of_the_log()), extra).unwrap()
}

fn proves(text: &str, index: u64) -> Result<(), ProofFileError> {
    let file: ProofFile = text.parse()?;
    file.verify(&entry(index), ORIGIN, &[Signer::of_the_log().key]).map(|_| ())
}

#[test]
fn a_proof_file_proves_its_record_and_no_other() {
    let log = Log::of(300);
    let text = file(&log, 41, None).to_string();
    assert_eq!(proves(&text, 41), Ok(()));
    assert_eq!(proves(&text, 42), Err(ProofError::Mismatch.into()));
    let opened = text.parse::<ProofFile>().unwrap().verify(&entry(41), ORIGIN, &[Signer::of_the_log().key]);
    assert_eq!(opened, Ok(log.checkpoint()));
}

#[test]
fn a_proof_file_has_the_lines_of_the_format() {
    let log = Log::of(3);
    let text = file(&log, 0, Some(b"extra".to_vec())).to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..3], ["c2sp.org/tlog-proof@v1", "extra ZXh0cmE=", "index 0"]);
    assert_eq!(lines[3], Hash::leaf(&entry(1)).to_string());
    assert_eq!(lines[4], Hash::leaf(&entry(2)).to_string());
    assert_eq!(lines[5..8], ["", ORIGIN, "3"]);
    assert!(lines[10].starts_with("— example.org/log ") && lines.len() == 11);
}

#[test]
fn the_only_record_of_a_log_needs_no_hashes() {
    let text = file(&Log::of(1), 0, None).to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nexample.org/log\n1\n"));
    assert_eq!(proves(&text, 0), Ok(()));
}

#[test]
fn every_flipped_bit_of_a_proof_file_fails() {
    let text = file(&Log::of(300), 41, None).to_string();
    for at in 0..text.len() {
        for bit in [0, 1, 5, 7] {
            let outcome = flipped(&text, at, bit).map(|text| proves(&text, 41));
            assert!(!matches!(outcome, Some(Ok(()))), "byte {at} bit {bit}");
        }
    }
}

#[test]
fn files_outside_the_format_or_over_a_limit_are_refused() {
    let log = Log::of(3);
    let text = file(&log, 2, None).to_string();
    for wrong in [
        String::new(),
        text.replace("@v1", "@v2"),
        text.replace("index 2", "index 02"),
        text.replace("index 2\n", ""),
        text.replace("index 2\n", "index 2\nextra AAAA\n"),
        text.replace("index 2\n", "extra AAA\nindex 2\n"),
        text.replace("index 2\n", "extra AAAA\nextra AAAA\nindex 2\n"),
        text.replacen("\n\n", "\n", 1),
        text.replace("index 2\n", "index 2\nAAAA\n"),
    ] {
        assert!(wrong != text && wrong.parse::<ProofFile>().is_err(), "{wrong}");
    }
    let signed = log.signed(&Signer::of_the_log());
    let of =
        |hashes, extra| ProofFile::new(0, vec![log.head.root; hashes], signed.clone(), Some(vec![0; extra]));
    assert!(of(56, MAX_EXTRA_BYTES).unwrap().to_string().parse::<ProofFile>().is_ok());
    assert_eq!(of(57, 0), Err(ProofFileError::TooLarge));
    assert_eq!(of(0, MAX_EXTRA_BYTES + 1), Err(ProofFileError::TooLarge));
    assert_eq!("x".repeat(1 << 20).parse::<ProofFile>(), Err(ProofFileError::TooLarge));
}

#[test]
fn a_proof_in_another_log_is_no_proof() {
    let file = file(&Log::of(3), 2, None);
    let error = CheckpointError::NotByTheLog("example.org/audit".to_owned());
    assert_eq!(file.verify(&entry(2), "example.org/audit", &[Signer::of_the_log().key]), Err(error.into()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn proof_files_read_back(size in 1_u64..400, at in any::<prop::sample::Index>(), extra in any::<Option<Vec<u8>>>()) {
        let index = u64::try_from(at.index(usize::try_from(size).unwrap())).unwrap();
        let file = file(&Log::of(size), index, extra);
        prop_assert_eq!(file.to_string().parse::<ProofFile>(), Ok(file.clone()));
        prop_assert_eq!(proves(&file.to_string(), index), Ok(()));
    }
}
