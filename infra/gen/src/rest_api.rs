//! The stack of the REST API: an OpenAPI body that knows paths, integrations and the authorizer and
//! nothing else. The contract for people is `/openapi.json`.
//!
//! One role lets the gateway invoke every function whose name starts with the prefix, instead of a
//! permission on each of them.

use crate::{
    Document, Domain, cors,
    document::{arn, reference, sorted, sub},
    gateway, names,
    stack::trust,
};
use cws_route::{Access, Spec, audit::digest_hex};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How long the gateway keeps what the authorizer said, seconds. A signed-out caller is refused by the
/// shell, which reads the registry each time.
const AUTHORIZER_TTL_S: u32 = 60;
/// How long the gateway waits for a function, milliseconds: the most there is.
const GATEWAY_WAIT_MS: u32 = 29_000;
/// Name of the API's one stage.
const STAGE: &str = "live";

const PARAMETERS: &[(&str, &str)] = &[
    ("Prefix", "Start of every name"),
    ("AllowedOrigins", "Origins whose pages may call, separated by commas"),
    ("AuthorizerFunction", "Name of the function that verifies tokens"),
];

/// The stack of the API.
pub(crate) fn of(domains: &[Domain]) -> Document {
    let mut document = Document::new("The REST API. Generated; do not edit.");
    document.parameters(PARAMETERS);
    let body = body(domains);
    document.resource(
        "Api",
        "AWS::ApiGateway::RestApi",
        json!({
            "Name": reference("Prefix"),
            "Body": body.clone(),
            "EndpointConfiguration": {"Types": ["REGIONAL"]},
            "FailOnWarnings": true,
        }),
    );
    invoke_role(&mut document);
    // A deployment is a copy of the API as it is then: another body needs another deployment.
    let deployment = format!("Deployment{}", version(&body));
    let properties = json!({"RestApiId": reference("Api"), "Description": "What the stage serves"});
    let resource = json!({"Type": "AWS::ApiGateway::Deployment", "Properties": properties});
    document.add("Resources", &deployment, resource);
    document.resource(
        "Stage",
        "AWS::ApiGateway::Stage",
        json!({
            "RestApiId": reference("Api"),
            "DeploymentId": reference(&deployment),
            "StageName": STAGE,
            "TracingEnabled": true,
        }),
    );
    document.add("Outputs", "ApiId", json!({"Value": reference("Api")}));
    let url = sub(format!("https://${{Api}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{STAGE}"));
    document.add("Outputs", "Url", json!({"Value": url}));
    document
}

fn version(body: &Value) -> String {
    digest_hex(sorted(body.clone()).to_string().as_bytes()).chars().take(12).collect()
}

fn invoke_role(document: &mut Document) {
    let functions = sub("arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Prefix}-*");
    document.resource(
        "InvokeRole",
        "AWS::IAM::Role",
        json!({
            "AssumeRolePolicyDocument": trust("apigateway.amazonaws.com"),
            "Policies": [{"PolicyName": "invoke", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": functions},
            ]}}],
        }),
    );
}

/// The OpenAPI body.
fn body(domains: &[Domain]) -> Value {
    let mut paths: BTreeMap<String, Vec<&Spec>> = BTreeMap::new();
    for spec in domains.iter().flat_map(|domain| &domain.routes) {
        paths.entry(spec.full_path()).or_default().push(spec);
    }
    let paths: Map<String, Value> = paths.into_iter().map(|(path, specs)| (path, item(&specs))).collect();
    json!({
        "openapi": "3.0.1",
        "info": {"title": "CloudWorkstation", "version": "2"},
        "paths": paths,
        "components": {"securitySchemes": {"authorizer": authorizer()}},
        "x-amazon-apigateway-gateway-responses": gateway::answers(),
        // Answers may be bytes; a list of types would depend on what a caller says that it accepts.
        "x-amazon-apigateway-binary-media-types": ["*/*"],
    })
}

fn item(specs: &[&Spec]) -> Value {
    let mut item = Map::new();
    let methods: Vec<&str> = specs.iter().map(|spec| spec.method.as_str()).collect();
    for spec in specs {
        item.insert(spec.method.as_str().to_lowercase(), operation(spec));
    }
    item.insert("options".to_owned(), cors::preflight(&methods));
    Value::Object(item)
}

fn operation(spec: &Spec) -> Value {
    let parameters: Vec<Value> = parameters(&spec.full_path())
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    let mut operation = json!({
        "operationId": spec.operation_id,
        "responses": {"default": {"description": "See the API document"}},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": invocation(&format!("${{Prefix}}-{}", names::suffix(spec.operation_id))),
            "credentials": arn("InvokeRole"),
            "passthroughBehavior": "when_no_match",
            "timeoutInMillis": GATEWAY_WAIT_MS,
        },
    });
    if let Some(members) = operation.as_object_mut() {
        if !parameters.is_empty() {
            members.insert("parameters".to_owned(), json!(parameters));
        }
        if matches!(spec.access, Access::Action(_)) {
            members.insert("security".to_owned(), json!([{"authorizer": []}]));
        }
    }
    operation
}

/// Names in braces; `{path+}` takes the rest of the path.
fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|segment| Some(segment.strip_prefix('{')?.strip_suffix('}')?.trim_end_matches('+')))
}

fn authorizer() -> Value {
    json!({
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {
            "type": "request",
            "authorizerUri": invocation("${AuthorizerFunction}"),
            "authorizerCredentials": arn("InvokeRole"),
            "authorizerResultTtlInSeconds": AUTHORIZER_TTL_S,
            "identitySource": "method.request.header.Authorization",
        },
    })
}

fn invocation(function: &str) -> Value {
    sub(format!(
        "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/\
         arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:{function}/invocations"
    ))
}
