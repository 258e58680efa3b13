//! `GET /audit/{audit_id}/proof`.

use super::{audited, wait_for_log};
use crate::support::App;
use cws_route::audit::digest_hex;
use cws_translog::{ProofFile, VerifierKey};

#[test]
fn the_proof_of_a_record_holds_offline() {
    let app = App::start();
    let (auditor, _) = audited(&app, 3);
    wait_for_log(&app, &auditor);
    let record = auditor.get("/audit?limit=1").expect(200).json()["items"][0].clone();
    let proof = auditor.get(&format!("/audit/{}/proof", record["id"].as_str().unwrap())).expect(200);
    let body = proof.json();
    assert_eq!((&body["state"], &body["record"]), (&"included".into(), &record));

    let file: ProofFile = proof.field("proof_file").parse().unwrap();
    let key: VerifierKey = proof.field("verifier_key").parse().unwrap();
    let leaf = proof.field("leaf");
    let checkpoint = file.verify(leaf.as_bytes(), key.name(), std::slice::from_ref(&key)).unwrap();
    assert!(checkpoint.size() > file.index());
    assert_eq!(Some(file.index()), body["index"].as_u64());
    assert!(leaf.contains(&digest_hex(proof.field("stored_text").as_bytes())), "{leaf}");
    assert!(
        file.verify(leaf.replace("aud_", "aud-").as_bytes(), key.name(), std::slice::from_ref(&key)).is_err()
    );
}

#[test]
fn a_proof_of_another_institutions_record_is_as_if_there_were_none() {
    let app = App::start();
    let (auditor, _) = audited(&app, 1);
    let (stranger, _) = audited(&app, 1);
    let record = auditor.get("/audit?limit=1").expect(200).json();
    let id = record["items"][0]["id"].as_str().unwrap();
    let foreign = stranger.get(&format!("/audit/{id}/proof")).expect_problem(404, "not_found").json();
    let missing =
        stranger.get("/audit/aud_00000000000000000000000000/proof").expect_problem(404, "not_found").json();
    assert_eq!(foreign["detail"], missing["detail"]);
    stranger.get("/audit/nothing/proof").expect_problem(404, "not_found");
}
