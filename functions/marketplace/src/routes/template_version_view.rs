//! `GET /marketplace/templates/{template_id}/versions/{version}`: one version with its template.

use crate::{
    latest::{evidence_of, face},
    stored,
    version_at::{VersionAt, VersionPath, find_shown_version, warning},
    view::VersionOut,
};
use cws_authz::Action;
use cws_model::marketplace::DependencyFace;
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::kind;
use cws_templates::{Finding, parse, sign::Envelope};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

/// Names the route; never constructed.
pub enum TemplateVersionView {}

/// A version with its template.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VersionDetail {
    /// As lists show it.
    #[serde(flatten)]
    pub version: VersionOut,
    /// Namespace.
    pub namespace: String,
    /// Name in the namespace.
    pub name: String,
    /// Said when the version is no longer offered.
    pub warning: Option<String>,
    /// What it needs, over all levels, pinned.
    pub dependencies: Vec<DependencyFace>,
    /// The registry's DSSE envelope.
    #[schemars(with = "Option<Envelope>")]
    pub signature: Option<Box<RawValue>>,
    /// The template as JSON, without its parents; null when it is over 200 KiB: then download it.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub template: Option<Box<RawValue>>,
    /// Warnings and advice of the validation.
    pub findings: Vec<Finding>,
}

impl Route for TemplateVersionView {
    const SPEC: Spec =
        Spec::get("template_version_view", "/marketplace/templates/{template_id}/versions/{version}")
            .summary("View a version of a template")
            .requires(Action::TemplateView)
            .answers(&["ETag"])
            .reads(&[kind::TEMPLATE, kind::TEMPLATE_VERSION, kind::TEMPLATE_BYTES, kind::NAMESPACE]);

    type Input = Input<VersionPath>;
    type Output = VersionDetail;
    type Target = VersionAt;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_shown_version(ctx, &input.path).await
    }

    async fn call(ctx: &Ctx, _: Self::Input, at: Self::Target) -> Result<Answer<VersionDetail>, Problem> {
        let (meta, row) = at.both()?;
        let catalogue = ctx.catalogue();
        let evidence = evidence_of(&catalogue, &meta.id, &row.version).await?;
        let bytes = stored::read_checked(&catalogue, &row.digest).await?;
        let template = parse(&bytes).map_err(Problem::internal)?.template;
        let face = face(row, &evidence, &template)?;
        let out = VersionDetail {
            version: VersionOut::new(meta.id.clone(), row.clone()),
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
            warning: warning(&row.state),
            dependencies: face.dependencies,
            signature: Some(face.signature),
            template: face.template,
            findings: serde_json::from_value(evidence.findings).map_err(Problem::internal)?,
        };
        Ok(Answer::json(out).etag(at.row.revision()))
    }
}
