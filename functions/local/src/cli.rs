//! The command line: what `cws --help` says.

use clap::{
    ArgMatches, Args, Command as ClapCommand, CommandFactory, FromArgMatches, Parser, Subcommand,
    error::ErrorKind, parser::ValueSource,
};
use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

const AFTER: &str = "\
Examples:
  cws                                   start on http://127.0.0.1:8947, data in ./.cws
  cws serve --listen 127.0.0.1:0        start on a free port
  cws verify audit                      hold the audit log against its signed checkpoints
  cws verify template manifest.yaml bundle.json --trust-root trust-root.json
                                        verify a downloaded template without any network
  cws events parked                     list the events that a consumer gave up on
  cws openapi > openapi.json            write the API document

The documentation of a running server is at /docs.";

/// CloudWorkstation on a laptop: the whole product in one process.
#[derive(Debug, Parser)]
#[command(name = "cws", version, about, after_help = AFTER)]
pub(crate) struct Cli {
    /// What to do; `serve` when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub serve: ServeArgs,
}

impl Cli {
    /// Reads a command line.
    ///
    /// # Errors
    /// What to tell the person who typed it; also `--help` and `--version`.
    pub(crate) fn read<T: Into<OsString> + Clone>(
        words: impl IntoIterator<Item = T>,
    ) -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches_from(words)?;
        check_places(&matches)?;
        Self::from_arg_matches(&matches)
    }
}

/// The options of the server may be left before a command, where they would count for nothing.
fn check_places(matches: &ArgMatches) -> Result<(), clap::Error> {
    let Some(command) = matches.subcommand_name() else { return Ok(()) };
    let options = ServeArgs::augment_args(ClapCommand::new("serve"));
    let typed = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    match options.get_arguments().find(|option| typed(option.get_id().as_str())) {
        None => Ok(()),
        Some(option) => {
            let name = option.get_long().unwrap_or_default();
            let told = match command {
                "serve" => format!("write `--{name}` after `serve`: cws serve --{name} …\n"),
                other => format!("`--{name}` is for the server and means nothing to `{other}`\n"),
            };
            Err(Cli::command().error(ErrorKind::ArgumentConflict, told))
        }
    }
}

/// Yes or no, as people write it into a variable.
fn switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "" | "0" | "false" | "no" | "off" => Ok(false),
        _ => Err("say 1 or 0, true or false, yes or no, on or off".to_owned()),
    }
}

/// An address with a port; `localhost` is this machine.
fn address(text: &str) -> Result<SocketAddr, String> {
    let numbers = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    numbers
        .as_deref()
        .unwrap_or(text)
        .parse()
        .map_err(|_| "say an address and a port, such as 127.0.0.1:8947 or [::1]:8947".to_owned())
}

/// An origin as browsers send it.
fn origin(text: &str) -> Result<String, String> {
    let place = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let wrong = |place: &str| place.is_empty() || place.contains(['/', '?', '#', '@', '*', ' ']);
    match place {
        Some(place) if !wrong(place) => Ok(text.to_owned()),
        _ => {
            Err("say scheme, host and port as a browser does, such as https://portal.example.org".to_owned())
        }
    }
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Directory that holds everything: database, keys, checkpoints. Only one process uses it at a time.
    #[arg(long, env = "CWS_DATA", default_value = ".cws", global = true, value_name = "DIR")]
    pub data: PathBuf,
    /// What is logged: error, warn, info, debug, trace, or per target such as `cws::request=warn`.
    #[arg(long, env = "CWS_LOG", default_value = "info", global = true, value_name = "FILTER")]
    pub log: String,
    /// Log one JSON object a line, for machines.
    #[arg(long, env = "CWS_LOG_JSON", global = true, value_parser = switch)]
    pub log_json: bool,
}

/// How the server runs.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "The server")]
pub(crate) struct ServeArgs {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "CWS_LISTEN", default_value = "127.0.0.1:8947", value_name = "ADDRESS", value_parser = address)]
    pub listen: SocketAddr,
    /// Listen on an address that other machines reach. Passwords then cross the network: put TLS in front.
    #[arg(long, env = "CWS_ALLOW_REMOTE", value_parser = switch)]
    pub allow_remote: bool,
    /// A further host name to answer to, such as the one that a TLS proxy forwards; repeatable.
    #[arg(long = "host", env = "CWS_HOSTS", value_delimiter = ',', value_name = "NAME")]
    pub hosts: Vec<String>,
    /// A web page's origin that may call, such as https://portal.example.org; repeatable.
    #[arg(long = "origin", env = "CWS_ORIGINS", value_delimiter = ',', value_name = "ORIGIN", value_parser = origin)]
    pub origins: Vec<String>,
    /// Further token issuers to trust, such as a Cognito user pool: a JSON file, see README.
    #[arg(long, env = "CWS_TRUSTED_ISSUERS", value_name = "FILE")]
    pub trusted_issuers: Option<PathBuf>,
    /// Institutions' own login services, through which their people sign in: a JSON file, see README.
    #[arg(long, env = "CWS_EXTERNAL_LOGIN", value_name = "FILE")]
    pub external_login: Option<PathBuf>,
    /// Do not publish the templates that come with the program.
    #[arg(long, env = "CWS_NO_TEMPLATES", value_parser = switch)]
    pub no_templates: bool,
    /// Largest size of the database, bytes; what would pass it is refused with 507, and reading goes on.
    #[arg(long, env = "CWS_MAX_STORE_BYTES", value_name = "BYTES")]
    pub max_store_bytes: Option<u64>,
    /// Set by AWS Lambda, where the embedded issuer refuses to run.
    #[arg(long, env = "AWS_LAMBDA_FUNCTION_NAME", hide = true)]
    pub lambda_function_name: Option<String>,
}

/// Commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the server (the default).
    Serve(ServeArgs),
    /// Check what was signed: the audit log of a data directory, or a downloaded template.
    #[command(subcommand)]
    Verify(Verify),
    /// Look after events that a consumer gave up on. The server must be stopped; it tries them again itself
    /// whenever it starts.
    #[command(subcommand)]
    Events(Events),
    /// Write the OpenAPI 3.1 document to standard output.
    Openapi,
    /// Fill a fresh store and measure it. Needs a release build.
    Bench(BenchArgs),
}

/// What is done about events.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Events {
    /// List them: consumer, event, type, time and reason.
    Parked,
    /// Hand each once more to the consumer that gave it up.
    Retry,
}

/// What is verified.
#[derive(Debug, Subcommand)]
pub(crate) enum Verify {
    /// Find every edit, deletion, insertion, reordering and rollback in the logs. The server must be stopped.
    Audit {
        /// A copy of <data>/checkpoints that was taken off this machine at some time: shows a rollback even
        /// to somebody who does not trust the data directory.
        #[arg(long, value_name = "DIR")]
        checkpoints: Option<PathBuf>,
    },
    /// Verify a template's bytes, signatures and log proof, offline.
    Template {
        /// The manifest, exactly as it was downloaded.
        manifest: PathBuf,
        /// The answer of `…/versions/{version}/verification`.
        bundle: PathBuf,
        /// The answer of `/marketplace/trust-root`, kept from a time when you trusted the server.
        #[arg(long, value_name = "FILE")]
        trust_root: PathBuf,
    },
}

/// How much the benchmark fills and asks.
#[derive(Debug, Clone, Args)]
pub(crate) struct BenchArgs {
    /// People; 1 project per 100, 1 template per 5 with 3 versions each.
    #[arg(long, default_value_t = 500_000, value_name = "N")]
    pub users: u32,
    /// Requests of each kind.
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    pub requests: u32,
    /// Where to fill and keep what was filled; a temporary directory, removed at the end, when left out.
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Fill one store in --dir under this name and end: what the benchmark starts itself for.
    #[arg(long, hide = true, requires = "dir", value_name = "NAME")]
    pub fill_only: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(words: &[&str]) -> String {
        Cli::read(words).unwrap_err().to_string()
    }

    #[test]
    fn the_servers_options_stand_alone_or_after_serve() {
        for words in [&["cws", "--listen", "127.0.0.1:1"][..], &["cws", "serve", "--listen", "127.0.0.1:1"]] {
            let cli = Cli::read(words).unwrap();
            let args = match cli.command {
                Some(Command::Serve(args)) => args,
                _ => cli.serve,
            };
            assert_eq!(args.listen.port(), 1);
        }
        let before = refusal(&["cws", "--listen", "127.0.0.1:1", "serve"]);
        assert!(before.contains("write `--listen` after `serve`"), "{before}");
        let elsewhere = refusal(&["cws", "--no-templates", "openapi"]);
        assert!(elsewhere.contains("`--no-templates` is for the server"), "{elsewhere}");
    }

    #[test]
    fn what_every_command_takes_may_stand_on_either_side() {
        for words in [["cws", "--data", "d", "verify", "audit"], ["cws", "verify", "audit", "--data", "d"]] {
            assert_eq!(Cli::read(words).unwrap().common.data, PathBuf::from("d"));
        }
    }

    #[test]
    fn a_switch_takes_what_people_write_into_variables() {
        for (text, meant) in
            [("1", true), ("TRUE", true), ("on", true), ("", false), ("0", false), ("No", false)]
        {
            assert_eq!(switch(text), Ok(meant), "{text}");
        }
        assert!(switch("perhaps").is_err());
    }

    #[test]
    fn addresses_and_origins_are_refused_with_an_example() {
        assert_eq!(address("localhost:0").unwrap(), "127.0.0.1:0".parse().unwrap());
        assert!(address("8947").unwrap_err().contains("127.0.0.1:8947"));
        assert!(origin("https://portal.example.org:8443").is_ok());
        for bad in ["portal.example.org", "https://portal.example.org/", "https://", "*", "http://*.org"] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_examples_of_the_help_are_command_lines() {
        let examples = AFTER.lines().filter_map(|line| line.trim_start().strip_prefix("cws"));
        let mut read = 0;
        for example in examples {
            let typed = example.split("  ").next().unwrap().split(" > ").next().unwrap();
            let words = std::iter::once("cws").chain(typed.split_whitespace());
            assert!(Cli::read(words).is_ok(), "{typed}");
            read += 1;
        }
        assert_eq!(read, 6);
    }
}
