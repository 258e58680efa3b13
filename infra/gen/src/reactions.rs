//! Consumers in a stack: a rule on the bus, a queue with its dead letters, and the function that works
//! it off; or, for what is due at times, a schedule.

use crate::{
    Document,
    document::{arn, reference, sub},
    grants, names,
    stack::{Shape, function, trust},
};
use cws_route::ConsumerSpec;
use serde_json::{Value, json};

/// Memory of a function that consumes, MB.
const MEMORY_MB: u32 = 512;
/// Time limit of a function that consumes, seconds.
const TIMEOUT_S: u32 = 60;
/// A message is hidden for six times the function's time limit: AWS's advice for event sources.
const HIDDEN_S: u32 = 6 * TIMEOUT_S;
/// Deliveries before a message counts as dead: more than the tries after which the relay parks an event,
/// so that only what cannot be read at all gets there.
const DELIVERIES_MAX: u32 = 8;
/// Dead messages are kept this long, seconds: 14 days, the most there is.
const DEAD_KEPT_S: u32 = 14 * 24 * 3600;

/// Types that nobody sends: a schedule stands for them.
fn due(spec: &ConsumerSpec) -> impl Iterator<Item = &'static str> {
    spec.listens.iter().copied().filter(|kind| kind.ends_with(".due.v1"))
}

/// Types that come over the bus.
fn sent(spec: &ConsumerSpec) -> Vec<&'static str> {
    spec.listens.iter().copied().filter(|kind| !kind.ends_with(".due.v1")).collect()
}

/// How often what is due is done.
fn rate(kind: &str) -> &'static str {
    if kind == "log.due.v1" { "rate(1 minute)" } else { "rate(1 day)" }
}

/// Adds a consumer.
pub(crate) fn add(document: &mut Document, domain: &str, spec: &'static ConsumerSpec) {
    let name = names::logical(spec.name);
    let shape = Shape { handler: spec.name, about: spec.summary, memory_mb: MEMORY_MB, timeout_s: TIMEOUT_S };
    document.resource(
        format!("{name}Dead"),
        "AWS::SQS::Queue",
        json!({"MessageRetentionPeriod": DEAD_KEPT_S, "SqsManagedSseEnabled": true}),
    );
    let receive = json!({
        "Sid": "Receive", "Effect": "Allow",
        "Action": ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        "Resource": arn(&format!("{name}Queue")),
    });
    let listens = sent(spec);
    let more = if listens.is_empty() { Vec::new() } else { vec![receive] };
    function(document, domain, &shape, &grants::of_consumer(spec), more);
    if !listens.is_empty() {
        queue(document, &name, &listens);
    }
    if let Some(kind) = due(spec).next() {
        schedule(document, &name, spec.name, kind);
    }
}

fn queue(document: &mut Document, name: &str, listens: &[&str]) {
    let (queue, rule) = (format!("{name}Queue"), format!("{name}Rule"));
    document.resource(
        &queue,
        "AWS::SQS::Queue",
        json!({
            "VisibilityTimeout": HIDDEN_S,
            "SqsManagedSseEnabled": true,
            "RedrivePolicy": {"deadLetterTargetArn": arn(&format!("{name}Dead")), "maxReceiveCount": DELIVERIES_MAX},
        }),
    );
    document.resource(
        &rule,
        "AWS::Events::Rule",
        json!({
            "EventBusName": reference("EventBus"),
            "EventPattern": {"source": ["cloudworkstation"], "detail-type": pattern(listens)},
            "Targets": [{"Id": "queue", "Arn": arn(&queue)}],
        }),
    );
    document.resource(
        format!("{name}QueuePolicy"),
        "AWS::SQS::QueuePolicy",
        json!({
            "Queues": [reference(&queue)],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage",
                "Resource": arn(&queue), "Condition": {"ArnEquals": {"aws:SourceArn": arn(&rule)}},
            }]},
        }),
    );
    document.resource(
        format!("{name}Source"),
        "AWS::Lambda::EventSourceMapping",
        json!({
            "EventSourceArn": arn(&queue),
            "FunctionName": reference(&format!("{name}Function")),
            "BatchSize": 10,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        }),
    );
}

fn pattern(listens: &[&str]) -> Vec<Value> {
    let entry = |kind: &&str| match kind.strip_suffix('*') {
        Some(start) => json!({"prefix": start}),
        None => json!(kind),
    };
    listens.iter().map(entry).collect()
}

fn schedule(document: &mut Document, name: &str, consumer: &str, wake: &str) {
    let dead = format!("{name}Dead");
    document.resource(
        format!("{name}ScheduleRole"),
        "AWS::IAM::Role",
        json!({
            "AssumeRolePolicyDocument": trust("scheduler.amazonaws.com"),
            "Policies": [{"PolicyName": "invoke", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": arn(&format!("{name}Function"))},
                {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn(&dead)},
            ]}}],
        }),
    );
    document.resource(
        format!("{name}Schedule"),
        "AWS::Scheduler::Schedule",
        json!({
            "Name": sub(format!("${{Prefix}}-{}", names::suffix(consumer))),
            "ScheduleExpression": rate(wake),
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {
                "Arn": arn(&format!("{name}Function")),
                "RoleArn": arn(&format!("{name}ScheduleRole")),
                "Input": json!({"wake": wake}).to_string(),
                "DeadLetterConfig": {"Arn": arn(&dead)},
            },
        }),
    );
}
