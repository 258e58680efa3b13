//! `GET /marketplace/templates/{template_id}/versions/{version}/verification`: every check, done now.

use crate::{
    check::{BytesCheck, EnvelopeCheck, PublisherCheck, Subject},
    latest::evidence_of,
    log::{self, Log, Standing},
    place, stored,
    version_at::{VersionAt, VersionPath, find_shown_version, warning},
    vouch::registry_key,
};
use cws_authz::Action;
use cws_cloud::signer::PublicKeys;
use cws_model::{
    Timestamp,
    id::TemplateId,
    marketplace::{PublisherKey, VersionState},
};
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{StoreError, kind};
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

/// Path of the route.
const PATH: &str = "/marketplace/templates/{template_id}/versions/{version}/verification";

/// Names the route; never constructed.
pub enum TemplateVersionVerify {}

/// Whether a record is in the log yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogState {
    /// It waits to be taken in, a minute at most.
    Pending,
    /// It is in the log.
    Included,
}

/// The version's record in the template log.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LogCheck {
    /// Whether it is in the log yet.
    pub state: LogState,
    /// The record: its exact text is the entry whose hash is in the log.
    pub entry: String,
    /// Where it stands in the log, from 0.
    pub index: Option<u64>,
    /// Name of the log.
    pub origin: Option<String>,
    /// A `c2sp.org/tlog-proof@v1` file that proves it offline.
    pub proof: Option<String>,
    /// Whether the record tells of this version and the proof holds under the log's key.
    pub valid: bool,
    /// Why not.
    pub problem: Option<String>,
}

/// What was checked.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VerificationOut {
    /// Template.
    pub template_id: TemplateId,
    /// Namespace.
    pub namespace: String,
    /// Name in the namespace.
    pub name: String,
    /// Version.
    pub version: Version,
    /// When it was published.
    pub published_at: Timestamp,
    /// Whether it is offered.
    #[serde(flatten)]
    pub state: VersionState,
    /// Said when the version is no longer offered.
    pub warning: Option<String>,
    /// Whether everything below holds. While the log is `pending` it is false.
    pub verified: bool,
    /// The stored bytes.
    pub bytes: BytesCheck,
    /// The registry's signature.
    pub registry: EnvelopeCheck,
    /// The publisher's signature; null when there is none.
    pub publisher: Option<PublisherCheck>,
    /// The record in the template log.
    pub log: LogCheck,
}

impl Route for TemplateVersionVerify {
    const SPEC: Spec = Spec::get("template_version_verify", PATH)
        .summary("Verify a version: bytes, signatures, log proof")
        .requires(Action::TemplateView)
        .reads(&[
            kind::TEMPLATE,
            kind::TEMPLATE_VERSION,
            kind::TEMPLATE_BYTES,
            kind::NAMESPACE,
            kind::LOG_HEAD,
            kind::LOG_TILE,
            kind::LOG_INDEX,
        ])
        .calls(&["public_keys"]);

    type Input = Input<VersionPath>;
    type Output = VerificationOut;
    type Target = VersionAt;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_shown_version(ctx, &input.path).await
    }

    async fn call(ctx: &Ctx, _: Self::Input, at: Self::Target) -> Result<Answer<VerificationOut>, Problem> {
        let (meta, row) = at.both()?;
        let catalogue = ctx.catalogue();
        let signer = ctx.port::<dyn PublicKeys>()?;
        let evidence = evidence_of(&catalogue, &meta.id, &row.version).await?;
        let bytes = stored_bytes(ctx, &row.digest).await?;
        let subject = Subject { meta, row, evidence: &evidence, bytes: &bytes };
        let publisher = match &evidence.publisher {
            Some(kept) => {
                let key =
                    catalogue.get::<PublisherKey>(Some(&meta.namespace), &place::key(&kept.key)).await?;
                Some(subject.publisher(kept, key.value()))
            }
            None => None,
        };
        let (stored, registry) = (subject.bytes(), subject.registry(&registry_key(signer.as_ref()).await?));
        let log = check_log(ctx, signer.as_ref(), &subject).await?;
        let signed = publisher.as_ref().is_none_or(|it| it.signature.valid)
            && publisher.is_some() == row.publisher_signed;
        Ok(Answer::json(VerificationOut {
            template_id: meta.id.clone(),
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
            version: row.version.clone(),
            published_at: row.published_at,
            state: row.state.clone(),
            warning: warning(&row.state),
            verified: stored.valid && registry.valid && signed && log.valid,
            bytes: stored,
            registry,
            publisher,
            log,
        }))
    }
}

/// The stored bytes, or none where what is stored cannot be read: that is a finding, not a fault.
async fn stored_bytes(ctx: &Ctx, digest: &str) -> Result<Vec<u8>, Problem> {
    match stored::read(&ctx.catalogue(), digest).await {
        Ok(bytes) => Ok(bytes),
        Err(StoreError::Corrupt { .. }) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

async fn check_log(ctx: &Ctx, signer: &dyn PublicKeys, subject: &Subject<'_>) -> Result<LogCheck, Problem> {
    let catalogue = ctx.catalogue();
    let entry = &subject.evidence.log;
    let mut check = LogCheck {
        state: LogState::Pending,
        entry: entry.leaf.clone(),
        index: None,
        origin: None,
        proof: None,
        valid: false,
        problem: None,
    };
    let Some(key) = log::verifier(&catalogue, signer, Log::Templates).await? else { return Ok(check) };
    match log::prove(&catalogue, &entry.order, &key).await? {
        Standing::Pending => {}
        Standing::Broken { index, reason } => {
            check.state = LogState::Included;
            check.index = Some(index);
            check.problem = Some(reason);
        }
        Standing::Proven(proven) => {
            let held = proven.file.verify(entry.leaf.as_bytes(), &proven.origin, std::slice::from_ref(&key));
            check.problem = match held {
                Err(error) => Some(error.to_string()),
                Ok(_) if !subject.recorded() => Some("the record tells of another publication".to_owned()),
                Ok(_) => None,
            };
            check.state = LogState::Included;
            check.index = Some(proven.index);
            check.proof = Some(proven.file.to_string());
            check.origin = Some(proven.origin);
            check.valid = check.problem.is_none();
        }
    }
    Ok(check)
}
