//! `GET /audit/{audit_id}/proof`: shows, offline too, that a record is in the log.

use super::audit_list::about;
use crate::{
    audit::rows::{leaf_of, stored_text},
    log::{Log, LogReader, read::ReadError, rows::StoredCheckpoint},
};
use cws_authz::Action;
use cws_cloud::{Port, signer::PublicKeys};
use cws_model::id::AuditId;
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec, audit::AuditRecord};
use cws_store::kind;
use cws_translog::{Checkpoint, Hash, ProofFile, VerifierKey, verify_inclusion};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Names the route; never constructed.
pub enum AuditProof {}

/// Path.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct AuditPath {
    /// The record.
    pub audit_id: AuditId,
}

/// How far a record has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProofState {
    /// It waits for its place, or for the checkpoint that covers it; at most 60 seconds.
    Pending,
    /// It is in the log, and the proof shows it.
    Included,
    /// It is not what was logged, or the log is damaged: verify the log.
    Broken,
}

/// A record and what shows that it is in the log.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AuditProofOut {
    /// How far it has come.
    pub state: ProofState,
    /// The record.
    pub record: AuditRecord,
    /// The record's text as it is stored; the leaf names its SHA-256.
    pub stored_text: String,
    /// The leaf: the bytes that are in the log.
    pub leaf: String,
    /// Its place in the log, from 0; null while it waits.
    pub index: Option<u64>,
    /// Hashes from the leaf up, base64; others' records are in it as hashes only.
    pub proof: Vec<String>,
    /// The signed checkpoint that the proof leads to.
    pub checkpoint: Option<String>,
    /// All of it as a `c2sp.org/tlog-proof@v1` file.
    pub proof_file: Option<String>,
    /// The key that signs the log: `<origin>+<id>+<base64>`.
    pub verifier_key: Option<String>,
}

impl Route for AuditProof {
    const SPEC: Spec = Spec::get("audit_proof", "/audit/{audit_id}/proof")
        .summary("Prove that an audit record is in the log")
        .requires(Action::AuditRead)
        .reads(&[kind::AUDIT, kind::LOG_HEAD, kind::LOG_TILE, kind::LOG_INDEX])
        .calls(&[<dyn PublicKeys>::NAME]);

    type Input = Input<AuditPath>;
    type Output = AuditProofOut;
    type Target = String;

    /// INVARIANT (tenancy): the record is looked up among the caller's institution's alone.
    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<String>, Problem> {
        let text = stored_text(&ctx.store()?, input.path.audit_id.as_str()).await?;
        let text = text.ok_or_else(Problem::not_found)?;
        Ok(Found::new(about(ctx.institution()?).resource, text))
    }

    async fn call(ctx: &Ctx, input: Self::Input, text: String) -> Result<Answer<AuditProofOut>, Problem> {
        let reader = LogReader::new(ctx.catalogue(), Log::Audit);
        let checkpoint = reader.checkpoint().await?.into_value();
        let index = reader.place(input.path.audit_id.as_str()).await?;
        let (record, leaf) =
            leaf_of(&text).ok_or_else(|| Problem::internal("an audit row is not an audit record"))?;
        let mut out = AuditProofOut {
            state: ProofState::Pending,
            record,
            stored_text: text,
            leaf,
            index,
            proof: Vec::new(),
            checkpoint: None,
            proof_file: None,
            verifier_key: None,
        };
        let covered = index.zip(checkpoint).filter(|(index, checkpoint)| *index < checkpoint.size);
        if let Some((index, checkpoint)) = covered {
            prove(ctx, &reader, index, checkpoint, &mut out).await?;
        }
        Ok(Answer::json(out))
    }
}

async fn prove(
    ctx: &Ctx,
    reader: &LogReader,
    index: u64,
    stored: StoredCheckpoint,
    out: &mut AuditProofOut,
) -> Result<(), Problem> {
    out.state = ProofState::Broken;
    let Some(head) = reader.head().await?.into_value() else { return Ok(()) };
    let public =
        ctx.port::<dyn PublicKeys>()?.public_key(Log::Audit.key()).await.map_err(Problem::internal)?;
    let key = VerifierKey::ed25519(&head.origin, &public).map_err(Problem::internal)?;
    out.verifier_key = Some(key.to_string());
    let Ok(checkpoint) = Checkpoint::open(&stored.note, &[key]) else { return Ok(()) };
    let proof = match reader.prove(index, &checkpoint).await {
        Ok(proof) => proof,
        Err(ReadError::Store(error)) => return Err(error.into()),
        Err(_) => return Ok(()),
    };
    let leaf = Hash::leaf(out.leaf.as_bytes());
    if verify_inclusion(&leaf, index, &checkpoint.head(), &proof).is_ok() {
        out.state = ProofState::Included;
    }
    out.proof = proof.iter().map(Hash::to_string).collect();
    let file = ProofFile::new(index, proof, stored.note.clone(), None).map_err(Problem::internal)?;
    out.proof_file = Some(file.to_string());
    out.checkpoint = Some(stored.note);
    Ok(())
}
