//! Published numbers: the eight-leaf tree every RFC 6962 implementation is tested with, and signed-note's examples.

use cws_translog::{Hash, NoteError, SignedNote, VerifierKey};

use crate::fixture::Log;

const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn eight_leaves() -> Log {
    let mut log = Log::empty();
    for leaf in LEAVES {
        log.add(&[hex::decode(leaf).unwrap()]);
    }
    log
}

fn hexes(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| hex::encode(hash.as_bytes())).collect()
}

#[test]
fn the_roots_of_the_well_known_tree_are_the_published_ones() {
    let log = eight_leaves();
    for (size, root) in (0..).zip(ROOTS) {
        let found = cws_translog::root_at(size, 8, &log.tiles).unwrap();
        assert_eq!(hexes(&[found]), [root], "size {size}");
    }
    assert_eq!(hexes(&[log.head.root]), [ROOTS[8]]);
}

#[test]
fn the_proofs_of_the_well_known_tree_are_the_published_ones() {
    let log = eight_leaves();
    let inclusion = cws_translog::inclusion_proof(5, 8, &log.tiles).unwrap();
    assert_eq!(
        hexes(&inclusion),
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
    let consistency = cws_translog::consistency_proof(6, 8, &log.tiles).unwrap();
    assert_eq!(
        hexes(&consistency),
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
}

const FOO: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const FOO_NOTE: &str = "This is an example message.\n\n\
    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

#[test]
fn the_example_of_the_signed_note_format_verifies() {
    let key: VerifierKey = FOO.parse().unwrap();
    assert_eq!((key.name(), hex::encode(key.id()).as_str()), ("example.com/foo", "530d903a"));
    assert_eq!(key.to_string(), FOO);
    let note = SignedNote::parse(FOO_NOTE).unwrap();
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.signers(std::slice::from_ref(&key)).unwrap(), [&key]);
}

#[test]
fn the_note_of_the_go_checksum_database_documentation_verifies() {
    let key: VerifierKey =
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
    let note = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    assert_eq!(SignedNote::parse(note).unwrap().signers(&[key]).map(|keys| keys.len()), Ok(1));
    let foo: VerifierKey = FOO.parse().unwrap();
    assert_eq!(SignedNote::parse(note).unwrap().signers(&[foo]), Err(NoteError::Unsigned));
}
