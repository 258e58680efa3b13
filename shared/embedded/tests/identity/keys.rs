//! Key files and the operator's key.

use crate::world::{START_S, World, entropy};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use cws_cloud::signer::{KeyName, MESSAGE_MAX_BYTES, PublicKeys, SignError, Signer};
use cws_embedded::{
    identity::operator::{OperatorError, OperatorKey, ensure_operator_key, verify_operator},
    keys::{FileKeys, KeyFileError},
};
use cws_model::Timestamp;
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("file").permissions().mode() & 0o777
}

async fn operator(world: &World) -> Result<OperatorKey, OperatorError> {
    let now = Timestamp::from_millis(START_S * 1000);
    ensure_operator_key(world.dir.path(), &*world.store, now, &*entropy()).await
}

fn operator_text(world: &World) -> String {
    fs::read_to_string(world.dir.path().join("admin.key")).expect("file").trim_end().to_owned()
}

#[tokio::test]
async fn keys_are_made_once_for_their_owner_alone_and_sign_the_same_afterwards() {
    let dir = tempfile::tempdir().expect("directory");
    let keys = FileKeys::open(&dir.path().join("keys"), &*entropy()).expect("keys");
    assert_eq!(mode(&dir.path().join("keys")), 0o700);
    for file in ["registry.key", "template-log.key", "audit-log.key", "token.key"] {
        let path = dir.path().join("keys").join(file);
        assert_eq!((mode(&path), fs::metadata(&path).expect("file").len()), (0o600, 32), "{file}");
    }
    assert_eq!(fs::read_dir(dir.path().join("keys")).expect("list").count(), 4);
    let again = FileKeys::open(&dir.path().join("keys"), &*entropy()).expect("keys");
    assert_eq!(again.token_key().id(), keys.token_key().id());
    let mut publics = Vec::new();
    for name in KeyName::ALL {
        let public = again.public_key(name).await.expect("public key");
        let signature = keys.sign(name, b"message").await.expect("signature");
        assert!(UnparsedPublicKey::new(&ED25519, public).verify(b"message", &signature).is_ok());
        publics.push(public);
    }
    publics.dedup();
    assert_eq!(publics.len(), 3);
}

#[tokio::test]
async fn a_message_over_the_limit_of_kms_is_refused() {
    let dir = tempfile::tempdir().expect("directory");
    let keys = FileKeys::open(dir.path(), &*entropy()).err();
    assert!(keys.is_none(), "an existing directory is used as it is");
    let keys = FileKeys::open(dir.path(), &*entropy()).expect("keys");
    assert!(keys.sign(KeyName::Registry, &[0; MESSAGE_MAX_BYTES]).await.is_ok());
    let long = keys.sign(KeyName::Registry, &[0; MESSAGE_MAX_BYTES + 1]).await;
    assert!(matches!(long, Err(SignError::TooLong(4097))));
}

#[test]
fn a_key_of_a_wrong_length_stops_the_start_and_is_not_replaced() {
    for length in [0, 31, 33, 64] {
        let dir = tempfile::tempdir().expect("directory");
        FileKeys::open(dir.path(), &*entropy()).expect("keys");
        let path = dir.path().join("token.key");
        fs::write(&path, vec![1; length]).expect("write");
        let refused = FileKeys::open(dir.path(), &*entropy());
        assert!(matches!(refused, Err(KeyFileError::Length { found, .. }) if found == length));
        assert_eq!(fs::read(&path).expect("file").len(), length);
    }
}

#[test]
fn a_key_that_others_may_read_stops_the_start() {
    let dir = tempfile::tempdir().expect("directory");
    FileKeys::open(dir.path(), &*entropy()).expect("keys");
    let path = dir.path().join("registry.key");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("chmod");
    let refused = FileKeys::open(dir.path(), &*entropy()).expect_err("open to the group");
    assert!(refused.to_string().contains("chmod go="), "{refused}");
}

#[test]
fn what_an_interrupted_start_left_is_swept_aside() {
    let dir = tempfile::tempdir().expect("directory");
    fs::write(dir.path().join("token.key.new"), b"half").expect("write");
    FileKeys::open(dir.path(), &*entropy()).expect("keys");
    assert!(!dir.path().join("token.key.new").exists());
    assert_eq!(mode(&dir.path().join("token.key")), 0o600);
}

#[tokio::test]
async fn the_operator_key_is_made_at_the_first_start_and_kept() {
    let world = World::new();
    let made = operator(&world).await.expect("key");
    assert!(made.created && made.path.ends_with("admin.key"));
    assert_eq!(mode(&made.path), 0o600);
    let text = operator_text(&world);
    assert!(text.starts_with("cwsop_") && text.len() == 6 + 43, "{}", text.len());
    assert!(!operator(&world).await.expect("key").created);
    assert!(verify_operator(&*world.store, &text).await.expect("store"));
    let body = text.strip_prefix("cwsop_").expect("prefix");
    for wrong in
        ["", "cwsop_", body, &format!("{text}="), &format!("cwsop_{}", "A".repeat(43)), &text.to_uppercase()]
    {
        assert!(!verify_operator(&*world.store, wrong).await.expect("store"), "{wrong}");
    }
}

#[tokio::test]
async fn the_file_decides_which_operator_key_works() {
    let world = World::new();
    operator(&world).await.expect("key");
    let first = operator_text(&world);
    fs::remove_file(world.dir.path().join("admin.key")).expect("remove");
    assert!(operator(&world).await.expect("key").created);
    let second = operator_text(&world);
    assert!(!verify_operator(&*world.store, &first).await.expect("store"));
    assert!(verify_operator(&*world.store, &second).await.expect("store"));
    fs::write(world.dir.path().join("admin.key"), &first).expect("write");
    assert!(!operator(&world).await.expect("key").created);
    assert!(verify_operator(&*world.store, &first).await.expect("store"));
    fs::write(world.dir.path().join("admin.key"), "cwsop_short").expect("write");
    assert!(matches!(operator(&world).await, Err(OperatorError::File(KeyFileError::Form(_)))));
}

#[tokio::test]
async fn without_an_operator_key_nothing_is_one() {
    let world = World::new();
    let formed = format!("cwsop_{}", "A".repeat(43));
    assert!(!verify_operator(&*world.store, &formed).await.expect("store"));
}
