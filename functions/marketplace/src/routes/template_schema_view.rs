//! `GET /marketplace/template-schema`: the JSON Schema of the template format.

use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_templates::format::template_schema;
use schemars::JsonSchema;
use serde::Serialize;

/// A JSON Schema, draft 2020-12. Templates may hold further keys, which are told of and kept.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct TemplateSchema(pub serde_json::Map<String, serde_json::Value>);

/// Names the route; never constructed.
pub enum TemplateSchemaView {}

impl Route for TemplateSchemaView {
    const SPEC: Spec = Spec::get("template_schema_view", "/marketplace/template-schema")
        .summary("View the JSON Schema of the template format")
        .public("editors fetch a schema without a credential")
        .produces("application/schema+json")
        .cache("public, max-age=3600");

    type Input = Input;
    type Output = TemplateSchema;
    type Target = ();

    async fn target(_: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(Found::open())
    }

    async fn call(_: &Ctx, _: Self::Input, (): ()) -> Result<Answer<TemplateSchema>, Problem> {
        match template_schema() {
            serde_json::Value::Object(schema) => Ok(Answer::json(TemplateSchema(schema))),
            _ => Err(Problem::internal("the schema of the template format is no object")),
        }
    }
}
