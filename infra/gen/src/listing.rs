//! What people read of the table: which function may do what, and which routes there are.

use crate::{
    Domain,
    grants::{self, Grant, Statement},
};
use cws_route::{Access, Spec};
use std::fmt::Write as _;

/// Every grant, one a line: function, action, resource.
pub(crate) fn permissions(domains: &[Domain]) -> String {
    let mut text = String::from(
        "# What each function may do. Generated; do not edit. Every function may also write to the log group of\n\
         # its domain and send traces. `usr#*` are the rows whose partition starts so; nobody may scan.\n",
    );
    for domain in domains {
        for spec in &domain.routes {
            block(&mut text, spec.operation_id, &grants::of_route(spec));
        }
        for spec in &domain.consumers {
            block(&mut text, spec.name, &grants::of_consumer(spec));
        }
    }
    text
}

fn block(text: &mut String, name: &str, statement: &Statement) {
    text.push('\n');
    for grant in Grant::ALL {
        let kinds: Vec<String> = statement.kinds(grant).iter().map(|kind| format!("{kind}#*")).collect();
        if !kinds.is_empty() {
            line(text, name, grant.actions(), &kinds.join(" "));
        }
    }
    for port in statement.offered().filter(|port| !port.actions.is_empty()) {
        line(text, name, port.actions, &port.resource_names());
    }
}

fn line(text: &mut String, name: &str, actions: &[&str], resources: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{name} | {} | {resources}", actions.join(" "));
}

/// The routes as a table, and those that this deployment cannot serve.
pub(crate) fn routes(domains: &[Domain]) -> String {
    let mut text = String::from("# Routes\n\nGenerated; do not edit.\n");
    for domain in domains {
        let _ = write!(
            text,
            "\n## {}\n\n| operation | method and path | needs | what it does |\n|---|---|---|---|\n",
            domain.name
        );
        for spec in domain.routes.iter().chain(domain.left_out.iter().map(|(spec, _)| spec)) {
            row(&mut text, spec);
        }
    }
    text.push_str(
        "\n## Not on AWS\n\nThese need a port that has no adapter on AWS, and are not deployed there.\n\n",
    );
    for (spec, port) in domains.iter().flat_map(|domain| &domain.left_out) {
        let _ = writeln!(text, "- `{}`: `{port}`", spec.operation_id);
    }
    for (spec, port) in domains.iter().flat_map(|domain| &domain.left_out_consumers) {
        let _ = writeln!(text, "- `{}` (consumer): `{port}`", spec.name);
    }
    text
}

fn row(text: &mut String, spec: &Spec) {
    let needs = match spec.access {
        Access::Action(action) => format!("`{}`", action.as_str()),
        Access::Public(_) | Access::Undeclared => "nothing".to_owned(),
    };
    let (method, path) = (spec.method.as_str(), spec.full_path());
    let _ = writeln!(text, "| {} | {method} {path} | {needs} | {} |", spec.operation_id, spec.summary);
}
