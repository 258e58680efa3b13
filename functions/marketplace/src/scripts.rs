//! Has the scripts of a template read by the tools that the deployment has, and says which read them.

use cws_cloud::script_check::{Said, ScriptCheck, ScriptVerdict};
use cws_route::{Ctx, Problem};
use cws_templates::{
    Finding, Template,
    validate::{bash_finding, scripts_to_read, shellcheck_findings},
};
use schemars::JsonSchema;
use serde::Serialize;

/// Whether a tool read the scripts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ScriptTool {
    /// `bash` or `shellcheck`.
    pub tool: &'static str,
    /// Whether it read every script.
    pub read: bool,
    /// Why not.
    pub problem: Option<String>,
}

/// What the tools found, and which of them read.
#[derive(Debug, Clone, Default)]
pub struct ScriptsRead {
    /// What they found.
    pub findings: Vec<Finding>,
    /// The tools; none when there is nothing to read.
    pub tools: Vec<ScriptTool>,
}

/// Has the template's own scripts read. Those of its parents were, when they were published.
///
/// # Errors
/// 500 when the port is not offered.
pub async fn read(ctx: &Ctx, own: &Template, merged: &Template) -> Result<ScriptsRead, Problem> {
    let scripts = scripts_to_read(own, merged);
    if scripts.is_empty() {
        return Ok(ScriptsRead::default());
    }
    let port = ctx.port::<dyn ScriptCheck>()?;
    let mut read = ScriptsRead { findings: Vec::new(), tools: vec![tool("bash"), tool("shellcheck")] };
    for (pointer, script) in scripts {
        read.take(port.check(script).await, pointer);
    }
    Ok(read)
}

const fn tool(tool: &'static str) -> ScriptTool {
    ScriptTool { tool, read: true, problem: None }
}

impl ScriptsRead {
    fn take(&mut self, verdict: ScriptVerdict, pointer: &str) {
        let ScriptVerdict { bash, shellcheck } = verdict;
        self.note("bash", bash, |printed| Ok(bash_finding(printed, pointer).into_iter().collect()));
        self.note("shellcheck", shellcheck, |printed| {
            shellcheck_findings(printed, pointer).map_err(|_| "shellcheck printed something else".to_owned())
        });
    }

    fn note(&mut self, name: &str, said: Said, findings: impl Fn(&str) -> Result<Vec<Finding>, String>) {
        let outcome = match said {
            Said::Printed(printed) => findings(&printed),
            Said::Nothing(why) => Err(why),
        };
        match outcome {
            Ok(found) => self.findings.extend(found),
            Err(why) => {
                for tool in self.tools.iter_mut().filter(|tool| tool.tool == name) {
                    tool.read = false;
                    tool.problem.get_or_insert_with(|| why.clone());
                }
            }
        }
    }
}
