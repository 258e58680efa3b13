//! A CloudFormation template as JSON, keys in order: the same on every machine.

use serde_json::{Map, Value, json};

/// A template under construction.
#[derive(Debug, Default)]
pub struct Document {
    parts: Map<String, Value>,
}

impl Document {
    /// An empty template.
    pub fn new(description: &str) -> Self {
        let mut document = Self::default();
        document.parts.insert("AWSTemplateFormatVersion".to_owned(), json!("2010-09-09"));
        document.parts.insert("Description".to_owned(), json!(description));
        // Every stack takes the same parameters, so that the root template passes them to all alike.
        let unused = json!({"cfn-lint": {"config": {"ignore_checks": ["W2001"]}}});
        document.parts.insert("Metadata".to_owned(), unused);
        document
    }

    /// Adds to a section.
    pub fn add(&mut self, section: &str, name: impl Into<String>, value: Value) {
        let section = self.parts.entry(section).or_insert_with(|| json!({}));
        if let Some(section) = section.as_object_mut() {
            section.insert(name.into(), value);
        }
    }

    /// Adds a resource.
    pub fn resource(&mut self, name: impl Into<String>, kind: &str, properties: Value) {
        self.add("Resources", name, json!({"Type": kind, "Properties": properties}));
    }

    /// Adds the parameters of a list.
    pub fn parameters(&mut self, parameters: &[(&str, &str)]) {
        for (name, about) in parameters {
            self.add("Parameters", *name, json!({"Type": "String", "Description": about}));
        }
    }

    /// As text.
    pub fn text(self) -> String {
        let mut text = format!("{:#}", sorted(Value::Object(self.parts)));
        text.push('\n');
        text
    }
}

/// Keys in order, whatever map `serde_json` was built with.
pub(crate) fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut pairs: Vec<(String, Value)> = members.into_iter().collect();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(pairs.into_iter().map(|(name, value)| (name, sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// `Fn::Sub`.
pub(crate) fn sub(text: impl Into<String>) -> Value {
    json!({"Fn::Sub": text.into()})
}

/// `Ref`.
pub(crate) fn reference(name: &str) -> Value {
    json!({"Ref": name})
}

/// `Fn::GetAtt … Arn`.
pub(crate) fn arn(name: &str) -> Value {
    json!({"Fn::GetAtt": [name, "Arn"]})
}
