//! `POST /marketplace/templates/validate`: judges a template without publishing it.
//!
//! Who signs with a key of their own asks here first: the answer holds the bytes to be signed.

use super::template_publish::EXAMPLE;
use crate::{
    examine::{self, Judged},
    find::{Name, find_namespace},
    pin::{Audience, pin},
    publish::submitted_version,
    scripts::{self, ScriptTool, ScriptsRead},
    vouch::Vouched,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use cws_authz::{Action, Resource, resource};
use cws_model::{Timestamp, marketplace::Visibility};
use cws_route::{Answer, AuditRule, Ctx, Found, Idempotency, Input, Nothing, Problem, Route, Spec};
use cws_store::kind;
use cws_templates::{
    Digest, Finding, TemplateName,
    resolve::LockEntry,
    validate::{AreaScores, Report, too_many_references},
};
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

/// Names the route; never constructed.
pub enum TemplateValidate {}

/// A template, and where it would be published.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidateIn {
    /// The template, YAML.
    #[schemars(length(min = 1, max = 1_048_576))]
    pub template: String,
    /// Namespace that it would be published in; with `name` and a version, the answer holds the bytes to be signed.
    pub namespace: Option<Name>,
    /// Name in the namespace.
    pub name: Option<Name>,
    /// Semantic version; the template's own `version` when left out.
    #[schemars(length(max = 64))]
    pub version: Option<String>,
    /// Who would see it.
    #[serde(default)]
    pub visibility: Visibility,
}

/// What a publisher signs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ToSign {
    /// The version.
    pub version: Version,
    /// The time that the statement names: send it back with the signature, within 15 minutes.
    pub published_at: Timestamp,
    /// SHA-256 of the lock that the statement names, hex.
    pub lock_digest: String,
    /// The statement, base64.
    pub statement: String,
    /// The bytes to be signed with Ed25519, base64: the DSSE encoding of the statement.
    pub to_be_signed: String,
}

/// The verdict.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ValidationOut {
    /// Whether it could be published.
    pub valid: bool,
    /// 0 to 100.
    pub score: u8,
    /// Of which it is made.
    pub areas: AreaScores,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// Which tools read its scripts; none when it has no scripts, or is not looked at so far.
    pub script_tools: Vec<ScriptTool>,
    /// SHA-256 of the text, hex.
    pub digest: String,
    /// What it needs, pinned; null when it cannot be pinned.
    pub lock: Option<Vec<LockEntry>>,
    /// What a publisher signs; null without namespace, name and version.
    pub signing: Option<ToSign>,
}

impl Route for TemplateValidate {
    const SPEC: Spec = Spec::post("template_validate", "/marketplace/templates/validate")
        .summary("Validate a template without publishing it")
        .requires(Action::TemplateList)
        .reads(&[
            kind::NAMESPACE,
            kind::TEMPLATE,
            kind::TEMPLATE_NAME,
            kind::TEMPLATE_VERSION,
            kind::TEMPLATE_BYTES,
        ])
        .calls(&["script_check"])
        .idempotency(Idempotency::None("it changes nothing"))
        .audit(AuditRule::None("it changes nothing"));

    type Input = Input<Nothing, Nothing, ValidateIn>;
    type Output = ValidationOut;
    type Target = ();

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        let id = ctx.institution()?.clone();
        Ok(Found::new(Resource::Institution(resource::Institution { id }), ()))
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<ValidationOut>, Problem> {
        let body = input.body;
        let digest = Digest::of(body.template.as_bytes());
        let (parsed, report) = match examine::read_apart(&body.template).await {
            Ok(read) => read,
            Err(problem) if problem.code == "template_invalid" => {
                return Ok(Answer::json(verdict(unreadable(&problem), &digest, Vec::new(), None, None)));
            }
            Err(problem) => return Err(problem),
        };
        let (root, audience) = place(ctx, &body).await?;
        // What costs nothing is said before anything is looked up.
        if too_many_references(&parsed.template).is_some() {
            return Ok(Answer::json(verdict(report, &digest, Vec::new(), None, None)));
        }
        let pinned = match pin(ctx, root.clone(), &parsed.template, &audience).await {
            Ok(pinned) => pinned,
            Err(problem) if problem.code == "unresolvable" => {
                let finding = Finding::error("reference.unresolvable", "", problem.detail)
                    .fix("publish it first, or name one that you may see");
                return Ok(Answer::json(verdict(
                    report.with(vec![finding]),
                    &digest,
                    Vec::new(),
                    None,
                    None,
                )));
            }
            Err(problem) => return Err(problem),
        };
        let Judged { merged, report } =
            examine::with_parents(report, &parsed.template, &pinned.resolution).await?;
        let read = match script_size(&report) {
            true => scripts::read(ctx, &parsed.template, &merged).await?,
            false => ScriptsRead::default(),
        };
        let report = report.with(read.findings);
        let named = body.namespace.is_some() && body.name.is_some();
        let versioned = body.version.is_some() || parsed.template.version.is_some();
        let signing = if named && versioned && !report.blocks() {
            let version = submitted_version(body.version.as_deref(), &parsed.template)?;
            Some(to_sign(root, version, &digest, &pinned.lock_text, ctx.now())?)
        } else {
            None
        };
        let lock = Some(pinned.resolution.lock.entries);
        Ok(Answer::json(verdict(report, &digest, read.tools, lock, signing)))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"template": EXAMPLE}))
    }
}

/// Where it would be published; a place of its own when the request names none.
async fn place(ctx: &Ctx, body: &ValidateIn) -> Result<(TemplateName, Audience), Problem> {
    let institution = ctx.institution()?.clone();
    let name = body.name.as_ref().map_or("unnamed", Name::as_str);
    let Some(namespace) = &body.namespace else {
        let root = TemplateName::new("unpublished", name).map_err(Problem::internal)?;
        let audience =
            Audience { visibility: body.visibility, institution, namespace: "unpublished".to_owned() };
        return Ok((root, audience));
    };
    let nowhere = || Problem::field("/namespace", "there is no such namespace, or you may not see it");
    let found = find_namespace(ctx, namespace.as_str()).await.map_err(|problem| match problem.code {
        "not_found" => nowhere(),
        _ => problem,
    })?;
    if !ctx.allows(Action::NamespaceView, &found.resource, &found.memberships) {
        return Err(nowhere());
    }
    let root = TemplateName::new(namespace.as_str(), name).map_err(Problem::internal)?;
    let namespace = namespace.as_str().to_owned();
    Ok((root, Audience { visibility: body.visibility, institution, namespace }))
}

/// Whether the scripts are as small as tools are given them.
fn script_size(report: &Report) -> bool {
    !report.findings.iter().any(|finding| finding.code == "structure.script_size")
}

fn unreadable(problem: &Problem) -> Report {
    let said = problem.errors.first().map_or(problem.detail.as_str(), |error| error.detail.as_str());
    Report::of(vec![Finding::error("structure.unreadable", "", said)])
}

fn verdict(
    report: Report,
    digest: &Digest,
    script_tools: Vec<ScriptTool>,
    lock: Option<Vec<LockEntry>>,
    signing: Option<ToSign>,
) -> ValidationOut {
    ValidationOut {
        valid: !report.blocks(),
        score: report.score,
        areas: report.areas,
        digest: digest.to_string(),
        findings: report.findings,
        script_tools,
        lock,
        signing,
    }
}

fn to_sign(
    root: TemplateName,
    version: Version,
    digest: &Digest,
    lock_text: &str,
    now: Timestamp,
) -> Result<ToSign, Problem> {
    let vouched = Vouched::new(root, version.clone(), digest, lock_text, now)?;
    Ok(ToSign {
        version,
        published_at: now,
        lock_digest: Digest::of(lock_text.as_bytes()).to_string(),
        statement: STANDARD.encode(&vouched.statement),
        to_be_signed: STANDARD.encode(vouched.to_be_signed()),
    })
}
