//! Publishing a version: read, judged, pinned, signed, and written with its record in the log.

use crate::{
    examine::{self, Judged},
    latest,
    pin::{Audience, Pinned, pin},
    place,
    record::{About, Happening, LogRecord},
    scripts::{self, ScriptTool},
    stored,
    version_key::{read_version, version_key},
    vouch::{PublisherSignatureIn, Vouched, published_at, unsigned},
};
use cws_model::{
    Timestamp,
    id::TemplateId,
    marketplace::{
        SignaturePolicy, TemplateFace, TemplateMeta, TemplateVersion, VersionEvidence, VersionState,
        Visibility,
    },
    text::Prose,
};
use cws_route::{Ctx, Problem};
use cws_store::{Kind, Slot, Writes, kind};
use cws_templates::{
    Digest, Finding, Level, Parsed, Template, TemplateName,
    resolve::{Lock, LockEntry},
    sign::Envelope,
    validate::Report,
    version::lenient,
};
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

/// Kinds of rows that publishing reads besides those that it writes.
pub const READS: &[Kind] = &[kind::NAMESPACE, kind::TEMPLATE_NAME];

/// A version as it was handed in.
#[derive(Debug)]
pub struct Submission<'a> {
    /// Namespace and name.
    pub name: TemplateName,
    /// Version in the request, if it names one.
    pub version: Option<&'a str>,
    /// The text that will be stored.
    pub yaml: &'a str,
    /// What was changed.
    pub changelog: Prose<4000>,
    /// Who will see it.
    pub audience: Audience,
    /// The publisher's own signature.
    pub publisher: Option<&'a PublisherSignatureIn>,
    /// Whether there has to be one.
    pub policy: SignaturePolicy,
}

/// A version that is ready to be written.
#[derive(Debug)]
pub struct Prepared {
    /// As lists show it.
    pub row: TemplateVersion,
    /// What proves it.
    pub evidence: VersionEvidence,
    /// What it shows of itself.
    pub face: TemplateFace,
    /// What read its scripts.
    tools: Vec<ScriptTool>,
    yaml: String,
    digest: Digest,
}

/// What publishing answers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PublishedOut {
    /// Template.
    pub id: TemplateId,
    /// Namespace.
    pub namespace: String,
    /// Name in the namespace.
    pub name: String,
    /// Version.
    pub version: Version,
    /// SHA-256 of the stored bytes, hex.
    pub digest: String,
    /// Size of the stored bytes.
    pub size_bytes: u64,
    /// Who may see it.
    pub visibility: Visibility,
    /// Score of the validation, 0 to 100.
    pub score: u8,
    /// Warnings and advice.
    pub findings: Vec<Finding>,
    /// Which tools read its scripts; none when it has no scripts.
    pub script_tools: Vec<ScriptTool>,
    /// What it needs, pinned.
    pub lock: Vec<LockEntry>,
    /// The registry's DSSE envelope.
    pub signature: Envelope,
    /// Whether the publisher's signature was checked and kept.
    pub publisher_signed: bool,
    /// The record that waits to be taken into the template log.
    pub log_order: String,
    /// When.
    pub published_at: Timestamp,
}

/// The version that a submission is about: the request's, or the one in the template, where `1.0` means 1.0.0.
///
/// # Errors
/// `invalid_field` when there is none, it is none, or the two differ.
pub fn submitted_version(given: Option<&str>, template: &Template) -> Result<Version, Problem> {
    let inside = template.version.as_deref();
    let meant = inside.and_then(lenient);
    let version = match (given, inside) {
        (Some(given), _) => {
            let version =
                read_version(given).map_err(|error| Problem::field("/version", error.to_string()))?;
            if let Some(inside) = inside.filter(|_| meant.as_ref() != Some(&version)) {
                return Err(Problem::field("/version", format!("the template says `{}`", shown(inside))));
            }
            version
        }
        (None, Some(inside)) => {
            let text = meant.map_or_else(|| inside.to_owned(), |meant| meant.to_string());
            read_version(&text).map_err(|error| Problem::field("/template/version", error.to_string()))?
        }
        (None, None) => return Err(Problem::field("/version", "name a version, here or in the template")),
    };
    Ok(version)
}

fn exists(version: &Version) -> Problem {
    Problem::new("version_exists", format!("version {version} exists; publish another one"))
}

fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

impl Submission<'_> {
    /// Refuses a version that exists before anything is pinned or signed.
    ///
    /// # Errors
    /// `version_exists`, `invalid_field`.
    pub async fn check_new(&self, ctx: &Ctx, id: &TemplateId, template: &Template) -> Result<(), Problem> {
        let version = submitted_version(self.version, template)?;
        let slot = ctx.catalogue().get::<TemplateVersion>(Some(id.as_str()), &version_key(&version)).await?;
        if slot.value().is_none() { Ok(()) } else { Err(exists(&version)) }
    }

    /// Judges, pins and signs it. Nothing is written yet.
    ///
    /// # Errors
    /// `template_invalid`, `unresolvable`, `publisher_signature_invalid`, `invalid_field`.
    pub async fn prepare(
        self,
        ctx: &Ctx,
        (parsed, report): (Parsed, Report),
        writes: &mut Writes,
    ) -> Result<Prepared, Problem> {
        // What costs nothing is refused before anything is read.
        examine::check(&report)?;
        let version = submitted_version(self.version, &parsed.template)?;
        let pinned = pin(ctx, self.name.clone(), &parsed.template, &self.audience).await?;
        let Judged { merged, report } =
            examine::with_parents(report, &parsed.template, &pinned.resolution).await?;
        examine::check(&report)?;
        let read = scripts::read(ctx, &parsed.template, &merged).await?;
        let report = report.with(read.findings);
        examine::check(&report)?;
        let at = published_at(self.publisher, ctx.now())?;
        let digest = Digest::of(self.yaml.as_bytes());
        let vouched = Vouched::new(self.name.clone(), version.clone(), &digest, &pinned.lock_text, at)?;
        let publisher = match (self.publisher, self.policy) {
            (Some(given), _) => Some(vouched.by_publisher(ctx, self.name.namespace(), given, writes).await?),
            (None, SignaturePolicy::Required) => {
                return Err(unsigned("the namespace asks for its publisher's signature"));
            }
            (None, SignaturePolicy::Optional) => None,
        };
        let envelope = vouched.by_registry(ctx).await?;
        let row = self.row(ctx, version, at, &digest, &report, &pinned, publisher.is_some());
        let about = About {
            namespace: self.name.namespace(),
            name: self.name.name(),
            visibility: self.audience.visibility,
            version: &row.version,
            digest: &row.digest,
            statement: &vouched.statement,
        };
        let record = LogRecord::of_version(Happening::Published, about, at);
        let evidence = VersionEvidence {
            lock: pinned.lock_text.clone(),
            envelope: serde_json::to_string(&envelope).map_err(Problem::internal)?,
            publisher,
            log: record.add(ctx, writes)?,
            findings: serde_json::to_value(&report.findings).map_err(Problem::internal)?,
        };
        let face = latest::face(&row, &evidence, &parsed.template)?;
        Ok(Prepared { row, evidence, face, tools: read.tools, yaml: self.yaml.to_owned(), digest })
    }

    #[expect(clippy::too_many_arguments, reason = "the row is made of what every step found")]
    fn row(
        &self,
        ctx: &Ctx,
        version: Version,
        published_at: Timestamp,
        digest: &Digest,
        report: &Report,
        pinned: &Pinned,
        publisher_signed: bool,
    ) -> TemplateVersion {
        TemplateVersion {
            version,
            digest: digest.to_string(),
            size_bytes: count(self.yaml.len()),
            state: VersionState::Active,
            changelog: self.changelog.clone(),
            published_by: ctx.caller().id().to_owned(),
            published_at,
            score: report.score,
            warnings: u32::try_from(report.count(Level::Warning)).unwrap_or(u32::MAX),
            lock_size: u32::try_from(pinned.resolution.lock.entries.len()).unwrap_or(u32::MAX),
            publisher_signed,
        }
    }
}

impl Prepared {
    /// Writes the version. INVARIANT (versions never change): its row must not exist yet, and the
    /// commit fails when it does.
    ///
    /// # Errors
    /// `version_exists`.
    pub async fn write(&self, ctx: &Ctx, id: &TemplateId, writes: &mut Writes) -> Result<(), Problem> {
        let catalogue = ctx.catalogue();
        let sort = version_key(&self.row.version);
        let slot = catalogue.get::<TemplateVersion>(Some(id.as_str()), &sort).await?;
        if slot.value().is_some() {
            return Err(exists(&self.row.version));
        }
        writes.put(&slot, &self.row)?;
        writes
            .create(catalogue.key::<VersionEvidence>(Some(&place::evidence(id)), &sort)?, &self.evidence)?;
        stored::write(writes, &catalogue, &self.digest, self.yaml.as_bytes())?;
        Ok(())
    }

    /// The answer.
    ///
    /// # Errors
    /// 500 when the evidence cannot be read.
    pub fn answer(&self, meta: &TemplateMeta) -> Result<PublishedOut, Problem> {
        let lock: Lock = serde_json::from_str(&self.evidence.lock).map_err(Problem::internal)?;
        Ok(PublishedOut {
            id: meta.id.clone(),
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
            version: self.row.version.clone(),
            digest: self.row.digest.clone(),
            size_bytes: self.row.size_bytes,
            visibility: meta.visibility,
            score: self.row.score,
            findings: serde_json::from_value(self.evidence.findings.clone()).map_err(Problem::internal)?,
            script_tools: self.tools.clone(),
            lock: lock.entries,
            signature: serde_json::from_str(&self.evidence.envelope).map_err(Problem::internal)?,
            publisher_signed: self.row.publisher_signed,
            log_order: self.evidence.log.order.clone(),
            published_at: self.row.published_at,
        })
    }

    /// What the audit record and the event say of it.
    pub fn change(&self, meta: &TemplateMeta, first: bool) -> serde_json::Value {
        serde_json::json!({
            "template_id": meta.id, "namespace": meta.namespace, "name": meta.name,
            "version": self.row.version, "digest": self.row.digest, "visibility": meta.visibility, "first": first,
        })
    }

    /// Notes the version in the template: its count, what it shows, and the channel that was asked for.
    ///
    /// # Errors
    /// What the store says.
    pub fn note(
        &self,
        meta: &mut TemplateMeta,
        shown: &Slot<TemplateFace>,
        writes: &mut Writes,
    ) -> Result<(), Problem> {
        meta.version_count = meta.version_count.saturating_add(1);
        if latest::overtakes(&self.row.version, meta.latest.as_ref()) {
            meta.latest = Some(latest::summary(&self.row));
            writes.put(shown, &self.face)?;
        }
        Ok(())
    }
}

/// A length as the model counts it.
pub fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
