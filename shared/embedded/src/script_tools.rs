//! ShellCheck and bash, as they are on the PATH. The script goes in by standard input and never into an argument
//! or a file; what comes out is bounded, and so is the time.

use cws_cloud::script_check::{Said, ScriptCheck, ScriptVerdict};
use futures::future::BoxFuture;
use std::{
    ffi::OsString,
    io::{ErrorKind, Read, Write},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// Longest time for one tool.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Most bytes that are read of what a tool prints.
const OUTPUT_MAX_BYTES: u64 = 512 * 1024;
/// Scripts that are read at the same time; others wait.
const AT_ONCE: usize = 2;
/// How often a running tool is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Bash reads without running; neither start-up files nor the environment have a say.
const BASH: &[&str] = &["--noprofile", "--norc", "-n", "-s"];
/// Left out: variables that a launch sets (2154), files that are sourced on the machine (1091, 1090), and the
/// shebang, which the renderer writes (2148).
const SHELLCHECK: &[&str] =
    &["--norc", "--shell=bash", "--format=json1", "--exclude=SC2154,SC1090,SC1091,SC2148", "-"];

/// The tools on the PATH.
#[derive(Debug, Clone)]
pub struct ScriptTools {
    path: OsString,
    timeout: Duration,
    turns: Arc<Semaphore>,
}

impl ScriptTools {
    /// Those that are found on this PATH.
    pub fn on_path(path: OsString) -> Self {
        Self { path, timeout: TIMEOUT, turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Those that are found on the PATH of this process.
    pub fn of_this_process() -> Self {
        Self::on_path(std::env::var_os("PATH").unwrap_or_default())
    }

    /// With another longest time.
    #[must_use]
    pub fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    fn read(&self, script: &str) -> ScriptVerdict {
        ScriptVerdict {
            bash: self.said("bash", BASH, script, |out| out.errors),
            shellcheck: self.said("shellcheck", SHELLCHECK, script, |out| out.text),
        }
    }

    fn said(&self, tool: &str, args: &[&str], script: &str, of: fn(Output) -> String) -> Said {
        match self.run(tool, args, script) {
            Ok(output) => Said::Printed(of(output)),
            Err(why) => Said::Nothing(why),
        }
    }

    fn run(&self, tool: &str, args: &[&str], script: &str) -> Result<Output, String> {
        // The program is looked up on the PATH that it gets itself.
        let found =
            std::env::split_paths(&self.path).map(|folder| folder.join(tool)).find(|file| file.is_file());
        let program = found.ok_or_else(|| format!("{tool} is not on the PATH"))?;
        let mut command = Command::new(program);
        command.args(args).env_clear().env("PATH", &self.path).env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            command.spawn().map_err(|error| format!("{tool} cannot be started: {}", error.kind()))?;
        let output = self.listen(&mut child, script);
        // Whatever happened, no process is left behind.
        let _gone_already = child.kill();
        let _code = child.wait();
        output.map_err(|why| format!("{tool} {why}"))
    }

    /// Feeds and reads on threads of their own, so that neither side waits for the other.
    fn listen(&self, child: &mut Child, script: &str) -> Result<Output, String> {
        let (input, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut input), Some(out), Some(err)) = (input, out, err) else {
            return Err("cannot be talked to".to_owned());
        };
        thread::scope(|scope| {
            scope.spawn(move || match input.write_all(script.as_bytes()) {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                    tracing::debug!(%error, "a script tool")
                }
                _ => {}
            });
            let (out, err) = (scope.spawn(move || read(out)), scope.spawn(move || read(err)));
            let ended = self.wait(child);
            let join = |side: thread::ScopedJoinHandle<'_, Option<String>>| side.join().ok().flatten();
            let (text, errors) = (join(out), join(err));
            if !ended {
                return Err(format!("took more than {} ms", self.timeout.as_millis()));
            }
            let too_much = || "printed more than is read, or no text".to_owned();
            Ok(Output { text: text.ok_or_else(too_much)?, errors: errors.ok_or_else(too_much)? })
        })
    }

    /// Whether it ended by itself; else it is ended.
    fn wait(&self, child: &mut Child) -> bool {
        let start = Instant::now();
        loop {
            match child.try_wait() {
                Ok(None) if start.elapsed() < self.timeout => thread::sleep(LOOK_EVERY),
                Ok(Some(_)) => return true,
                Ok(None) | Err(_) => {
                    let _gone_already = child.kill();
                    return false;
                }
            }
        }
    }
}

struct Output {
    text: String,
    errors: String,
}

/// What a tool prints; nothing when it is too much. What is beyond the bound is read and dropped, so that the tool
/// does not wait for a reader.
fn read(mut from: impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    from.by_ref().take(OUTPUT_MAX_BYTES).read_to_end(&mut bytes).ok()?;
    let more = std::io::copy(&mut from, &mut std::io::sink()).ok()?;
    if more > 0 { None } else { String::from_utf8(bytes).ok() }
}

impl ScriptCheck for ScriptTools {
    fn check(&self, script: String) -> BoxFuture<'_, ScriptVerdict> {
        Box::pin(async move {
            let nothing = |why: &str| {
                let said = || Said::Nothing(why.to_owned());
                ScriptVerdict { bash: said(), shellcheck: said() }
            };
            let Ok(_turn) = self.turns.acquire().await else { return nothing("the program is ending") };
            let tools = self.clone();
            let read = tokio::task::spawn_blocking(move || tools.read(&script)).await;
            read.unwrap_or_else(|_| nothing("it could not be asked"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt, path::Path};
    use tempfile::TempDir;

    fn tool(folder: &Path, name: &str, script: &str) {
        let file = folder.join(name);
        fs::write(&file, format!("#!/bin/bash\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn with(name: &str, script: &str) -> (TempDir, ScriptTools) {
        let folder = TempDir::new().unwrap();
        tool(folder.path(), name, script);
        let mut path = folder.path().as_os_str().to_owned();
        path.push(":/usr/bin:/bin");
        (folder, ScriptTools::on_path(path))
    }

    #[test]
    fn bash_says_where_it_stops_reading_and_runs_nothing() {
        let folder = TempDir::new().unwrap();
        let mark = folder.path().join("run");
        let tools = ScriptTools::of_this_process();
        let script = format!("touch {}\necho $(touch {0})\n", mark.display());
        assert_eq!(tools.read(&script).bash, Said::Printed(String::new()));
        let Said::Printed(errors) = tools.read("echo a\nif then\n").bash else { panic!("bash is needed") };
        assert!(errors.contains("line 2") && errors.contains("syntax error"), "{errors}");
        assert!(!mark.exists());
    }

    #[test]
    fn a_tool_that_is_not_there_is_said() {
        let folder = TempDir::new().unwrap();
        let verdict = ScriptTools::on_path(folder.path().as_os_str().to_owned()).read("echo");
        assert_eq!(verdict.bash, Said::Nothing("bash is not on the PATH".to_owned()));
        assert_eq!(verdict.shellcheck, Said::Nothing("shellcheck is not on the PATH".to_owned()));
    }

    #[test]
    fn a_script_reaches_a_tool_by_standard_input_alone_and_no_environment_comes_along() {
        let (_folder, tools) = with("shellcheck", "echo \"$*\"; cat; env | grep -c CARGO");
        let Said::Printed(text) = tools.read("$(reboot); --version\n").shellcheck else { panic!() };
        assert_eq!(text, format!("{}\n$(reboot); --version\n0\n", SHELLCHECK.join(" ")));
    }

    #[test]
    fn a_tool_that_does_not_end_is_ended_and_one_that_prints_without_end_is_not_kept() {
        let (_folder, tools) = with("shellcheck", "exec sleep 60");
        let said = tools.within(Duration::from_millis(50)).read("echo").shellcheck;
        assert_eq!(said, Said::Nothing("shellcheck took more than 50 ms".to_owned()));
        let (_folder, tools) = with("shellcheck", "head -c 600000 /dev/zero | tr '\\0' a");
        let said = tools.read("echo").shellcheck;
        assert_eq!(said, Said::Nothing("shellcheck printed more than is read, or no text".to_owned()));
        let (_folder, tools) = with("shellcheck", "exit 0");
        let large = "echo a line of a long script\n".repeat(20_000);
        assert_eq!(tools.read(&large).shellcheck, Said::Printed(String::new()));
    }
}
