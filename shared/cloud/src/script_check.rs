//! The port: tools that read shell scripts without running them. A deployment without them offers
//! [`NoScriptCheck`], so that whoever asks is told that nothing was checked.

use crate::Port;
use futures::future::BoxFuture;

/// What one tool had to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It read the script, and printed this.
    Printed(String),
    /// It did not, and why: it is not there, took too long, or printed too much.
    Nothing(String),
}

/// What the tools had to say of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptVerdict {
    /// `bash -n`: empty when the script can be read.
    pub bash: Said,
    /// `shellcheck --format=json1`.
    pub shellcheck: Said,
}

/// Tools that read shell scripts.
pub trait ScriptCheck: Send + Sync + 'static {
    /// Has a script read. INVARIANT (never run): no tool runs any part of it.
    fn check(&self, script: String) -> BoxFuture<'_, ScriptVerdict>;
}

impl Port for dyn ScriptCheck {
    const NAME: &'static str = "script_check";
}

/// For a deployment that has no such tools.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoScriptCheck;

impl ScriptCheck for NoScriptCheck {
    fn check(&self, _: String) -> BoxFuture<'_, ScriptVerdict> {
        let nothing = || Said::Nothing("this deployment does not have it".to_owned());
        Box::pin(async move { ScriptVerdict { bash: nothing(), shellcheck: nothing() } })
    }
}
