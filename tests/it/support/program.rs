//! The program itself, as a process: what only its command line, its signals and its end can show.

use super::{Caller, app::PASSWORD};
use serde_json::json;
use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio},
    sync::OnceLock,
};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The program as it is now: built when the tests are newer than it.
pub fn binary() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--bin", "cws"]).current_dir(root());
        assert!(build.status().unwrap().success());
        env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("cws")
    })
}

/// The program, without what the environment of the tests would tell it.
pub fn command() -> Command {
    let mut command = Command::new(binary());
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CWS_")) {
        command.env_remove(name);
    }
    command
}

/// Runs a command line to its end.
pub fn run(words: &[&str]) -> Output {
    command().args(words).output().unwrap()
}

/// What was written, as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server that runs in a process of its own; it ends with the test.
pub struct Program {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// Where it is reached.
    pub base_url: String,
    data: PathBuf,
}

impl Program {
    /// On a free port over a data directory, with more words on the command line. The log goes to
    /// `<data>.log` beside the directory.
    pub fn start(data: &Path, more: &[&str]) -> Self {
        let log = fs::File::create(data.with_extension("log")).unwrap();
        let mut command = command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(more).stderr(log);
        Self::of(command, data)
    }

    /// Of a command line that starts a server over a data directory.
    pub fn of(mut command: Command, data: &Path) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let base_url = line.split("listens on ").nth(1).map(|url| url.trim().to_owned());
        let base_url = base_url.unwrap_or_else(|| panic!("it did not start: {line:?}"));
        Self { child, stdout, base_url, data: data.to_owned() }
    }

    /// Nobody.
    pub fn anonymous(&self) -> Caller {
        Caller::new(&self.base_url, None, String::new())
    }

    /// The holder of the key in the data directory.
    pub fn operator(&self) -> Caller {
        let key = fs::read_to_string(self.data.join("admin.key")).unwrap().trim().to_owned();
        Caller::new(&self.base_url, Some(key), "operator".to_owned())
    }

    /// A new researcher, signed in.
    pub fn person(&self, name: &str) -> Caller {
        let new = json!({"username": name, "email": format!("{name}@example.org"), "full_name": "A Person"});
        let token = self.operator().post("/users/registry", &new).expect(201).field("setup_token");
        self.anonymous().post("/auth/password", &json!({"token": token, "password": PASSWORD})).expect(204);
        let login = json!({"institution": "local", "login": name, "password": PASSWORD});
        let session = self.anonymous().post("/auth/sessions", &login).expect(201);
        Caller::new(&self.base_url, Some(session.field("access_token")), session.field("user_id"))
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.base_url.strip_prefix("http://").unwrap()
    }

    /// Sends a signal, such as `INT`.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// The next line that it says.
    pub fn says(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line
    }

    /// Waits until it has ended; answers how, and what it said after its first line.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let mut said = String::new();
        self.stdout.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap(), said)
    }

    /// Tells it to stop and waits until it has.
    pub fn stop(self) -> (ExitStatus, String) {
        self.signal("INT");
        self.ended()
    }

    /// Ends it without a word.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
    }
}
