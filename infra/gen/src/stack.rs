//! The stack of a domain, in plain CloudFormation: a function and a role for each route and consumer,
//! and one log group.

use crate::{
    Document, Domain,
    document::{arn, reference, sub},
    grants::{self, Grant, Statement},
    names, reactions, variables,
};
use serde_json::{Map, Value, json};

/// Memory of a function that answers, MB.
const ROUTE_MEMORY_MB: u32 = 256;
/// Time limit of a function that answers, seconds: below the 29 that API Gateway waits.
const ROUTE_TIMEOUT_S: u32 = 20;

/// Parameters that every domain's stack takes; the root template passes all of them.
pub(crate) const PARAMETERS: &[(&str, &str)] = &[
    ("Prefix", "Start of every name"),
    ("Table", "Name of the table"),
    ("TableArn", "ARN of the table"),
    ("HomeInstitution", "Institution that the operator works in"),
    ("BaseUrl", "Address of the API, if it has a domain of its own"),
    ("AllowedOrigins", "Origins whose pages may call, separated by commas"),
    ("CursorSecret", "ARN of the secret that seals cursors"),
    ("KeyRegistry", "ARN of the key that signs published versions"),
    ("KeyTemplateLog", "ARN of the key that signs the template log"),
    ("KeyAuditLog", "ARN of the key that signs the audit log"),
    ("CheckpointBucket", "Bucket of signed checkpoints"),
    ("IndexBucket", "Bucket of the search index"),
    ("EventBus", "Name of the event bus"),
    ("Architecture", "x86_64 or arm64"),
    ("LogLevel", "How much is logged"),
    ("LogDays", "Days that logs are kept"),
    ("Endpoint", "Address of an emulator of AWS; empty for AWS itself"),
];

/// The stack of a domain.
pub(crate) fn of(domain: &Domain) -> Document {
    let mut document =
        Document::new(&format!("Functions of the domain {}. Generated; do not edit.", domain.name));
    document.parameters(PARAMETERS);
    document.add(
        "Conditions",
        "HasEndpoint",
        json!({"Fn::Not": [{"Fn::Equals": [reference("Endpoint"), ""]}]}),
    );
    document.resource(
        "LogGroup",
        "AWS::Logs::LogGroup",
        json!({"LogGroupName": sub(format!("/cws/${{Prefix}}/{}", domain.name)), "RetentionInDays": reference("LogDays")}),
    );
    for spec in &domain.routes {
        let shape = Shape {
            handler: spec.operation_id,
            about: spec.summary,
            memory_mb: ROUTE_MEMORY_MB,
            timeout_s: ROUTE_TIMEOUT_S,
        };
        function(&mut document, domain.name, &shape, &grants::of_route(spec), Vec::new());
    }
    for spec in &domain.consumers {
        reactions::add(&mut document, domain.name, spec);
    }
    document
}

/// How a function looks.
pub(crate) struct Shape {
    pub(crate) handler: &'static str,
    pub(crate) about: &'static str,
    pub(crate) memory_mb: u32,
    pub(crate) timeout_s: u32,
}

/// Adds a function and its role.
pub(crate) fn function(
    document: &mut Document,
    domain: &str,
    shape: &Shape,
    statement: &Statement,
    more: Vec<Value>,
) {
    let name = names::logical(shape.handler);
    document.resource(
        format!("{name}Role"),
        "AWS::IAM::Role",
        json!({
            "AssumeRolePolicyDocument": trust("lambda.amazonaws.com"),
            "Policies": [{
                "PolicyName": names::suffix(shape.handler),
                "PolicyDocument": {"Version": "2012-10-17", "Statement": statements(statement, more)},
            }],
        }),
    );
    document.resource(
        format!("{name}Function"),
        "AWS::Lambda::Function",
        json!({
            "FunctionName": sub(format!("${{Prefix}}-{}", names::suffix(shape.handler))),
            "Description": shape.about,
            "Handler": shape.handler,
            "Runtime": "provided.al2023",
            "Architectures": [reference("Architecture")],
            "Code": format!("../../dist/lambda/{domain}/bootstrap.zip"),
            "Role": arn(&format!("{name}Role")),
            "MemorySize": shape.memory_mb,
            "Timeout": shape.timeout_s,
            "LoggingConfig": {"LogGroup": reference("LogGroup"), "LogFormat": "JSON"},
            "TracingConfig": {"Mode": "Active"},
            "Environment": {"Variables": environment(statement)},
        }),
    );
}

/// Who may take a role.
pub(crate) fn trust(service: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    })
}

fn statements(statement: &Statement, more: Vec<Value>) -> Vec<Value> {
    let mut all = vec![
        json!({
            "Sid": "Log", "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": arn("LogGroup"),
        }),
        // X-Ray has no resources to name.
        json!({
            "Sid": "Trace", "Effect": "Allow",
            "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "Resource": "*",
        }),
    ];
    for grant in Grant::ALL {
        let leading: Vec<String> = statement.kinds(grant).iter().map(|kind| format!("{kind}#*")).collect();
        if !leading.is_empty() {
            all.push(json!({
                "Sid": grant.name(), "Effect": "Allow", "Action": grant.actions(), "Resource": reference("TableArn"),
                "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": leading}},
            }));
        }
    }
    all.extend(statement.offered().filter(|port| !port.actions.is_empty()).map(|port| {
        let sid = names::logical(port.name);
        json!({"Sid": sid, "Effect": "Allow", "Action": port.actions, "Resource": port.resources()})
    }));
    all.extend(more);
    all
}

fn environment(statement: &Statement) -> Value {
    let mut variables: Map<String, Value> = [
        (variables::TABLE, reference("Table")),
        (variables::HOME, reference("HomeInstitution")),
        (variables::BASE_URL, reference("BaseUrl")),
        (variables::ORIGINS, reference("AllowedOrigins")),
        (variables::CURSOR_KEY, sub("{{resolve:secretsmanager:${CursorSecret}}}")),
        (variables::LOG, reference("LogLevel")),
    ]
    .into_iter()
    .chain(statement.offered().flat_map(crate::Port::environment))
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let endpoint = json!({"Fn::If": ["HasEndpoint", reference("Endpoint"), reference("AWS::NoValue")]});
    variables.insert("AWS_ENDPOINT_URL".to_owned(), endpoint);
    Value::Object(variables)
}
