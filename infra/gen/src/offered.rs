//! Ports that have an adapter on AWS: what a function that calls one is given, and what it may do.

use crate::{
    document::{reference, sub},
    variables,
};
use cws_store::{Kind, kind};
use serde_json::{Value, json};

/// A port on AWS.
pub struct Port {
    /// Its name in a SPEC.
    pub name: &'static str,
    /// Variables that its adapter reads, and the stack parameters that they come from.
    pub variables: &'static [(&'static str, &'static str)],
    /// Actions that its adapter calls.
    pub actions: &'static [&'static str],
    /// Kinds of rows that its adapter reads.
    pub reads: &'static [Kind],
    /// On what, as stack parameters or `Fn::Sub` texts.
    resources: &'static [&'static str],
}

const KEY_VARIABLES: &[(&str, &str)] = &[
    (variables::KEY_REGISTRY, "KeyRegistry"),
    (variables::KEY_TEMPLATE_LOG, "KeyTemplateLog"),
    (variables::KEY_AUDIT_LOG, "KeyAuditLog"),
];
const KEYS: &[&str] = &["KeyRegistry", "KeyTemplateLog", "KeyAuditLog"];
const INDEX_VARIABLES: &[(&str, &str)] = &[(variables::INDEX_BUCKET, "IndexBucket")];
const INDEX: &[&str] =
    &["arn:${AWS::Partition}:s3:::${IndexBucket}", "arn:${AWS::Partition}:s3:::${IndexBucket}/search/*"];
const CHECKPOINT_VARIABLES: &[(&str, &str)] = &[(variables::CHECKPOINT_BUCKET, "CheckpointBucket")];
const CHECKPOINTS: &[&str] = &[
    "arn:${AWS::Partition}:s3:::${CheckpointBucket}",
    "arn:${AWS::Partition}:s3:::${CheckpointBucket}/checkpoints/*",
];

const PORTS: &[Port] = &[
    // Compiled into the binary of its domain.
    Port { name: "api_document", variables: &[], actions: &[], reads: &[], resources: &[] },
    // There is none, and it answers so.
    Port { name: "script_check", variables: &[], actions: &[], reads: &[], resources: &[] },
    Port { name: "health_probe", variables: &[], actions: &[], reads: &[kind::META], resources: &[] },
    Port {
        name: "public_keys",
        variables: KEY_VARIABLES,
        actions: &["kms:GetPublicKey"],
        reads: &[],
        resources: KEYS,
    },
    Port {
        name: "signer",
        variables: KEY_VARIABLES,
        actions: &["kms:GetPublicKey", "kms:Sign"],
        reads: &[],
        resources: KEYS,
    },
    Port {
        name: "template_search",
        variables: INDEX_VARIABLES,
        actions: &["s3:GetObject", "s3:ListBucket"],
        reads: &[],
        resources: INDEX,
    },
    Port {
        name: "template_index",
        variables: INDEX_VARIABLES,
        actions: &["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
        reads: &[],
        resources: INDEX,
    },
    Port {
        name: "checkpoint_copies",
        variables: CHECKPOINT_VARIABLES,
        actions: &["s3:GetObject", "s3:ListBucket"],
        reads: &[],
        resources: CHECKPOINTS,
    },
    Port {
        name: "checkpoint_mirror",
        variables: CHECKPOINT_VARIABLES,
        actions: &["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
        reads: &[],
        resources: CHECKPOINTS,
    },
];

impl Port {
    /// The resources as template values.
    pub(crate) fn resources(&self) -> Vec<Value> {
        self.resources
            .iter()
            .map(|text| if text.contains('$') { sub(*text) } else { reference(text) })
            .collect()
    }

    /// The resources as people read them.
    pub(crate) fn resource_names(&self) -> String {
        self.resources.join(" ")
    }

    pub(crate) fn environment(&self) -> impl Iterator<Item = (&'static str, Value)> {
        self.variables.iter().map(|(name, parameter)| (*name, json!({"Ref": parameter})))
    }
}

/// The port of a name, if it has an adapter.
pub fn offered(name: &str) -> Option<&'static Port> {
    PORTS.iter().find(|port| port.name == name)
}

/// The first port without an adapter.
pub(crate) fn missing(calls: &'static [&'static str]) -> Option<&'static str> {
    calls.iter().copied().find(|name| offered(name).is_none())
}
