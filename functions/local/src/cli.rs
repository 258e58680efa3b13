//! The command line: what `cws --help` says.

use clap::{Args, Parser, Subcommand};
use std::{net::SocketAddr, path::PathBuf};

const AFTER: &str = "\
Examples:
  cws                                   start on http://127.0.0.1:8947, data in ./.cws
  cws serve --listen 127.0.0.1:0        start on a free port
  cws verify audit                      hold the audit log against its signed checkpoints
  cws verify template m.yaml b.json     verify a downloaded template without any network
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
    #[arg(long, env = "CWS_LOG_JSON", global = true)]
    pub log_json: bool,
}

/// How the server runs.
#[derive(Debug, Clone, Args)]
pub(crate) struct ServeArgs {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "CWS_LISTEN", default_value = "127.0.0.1:8947", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Listen on an address that other machines reach. Passwords then cross the network: put TLS in front.
    #[arg(long, env = "CWS_ALLOW_REMOTE")]
    pub allow_remote: bool,
    /// A further host name to answer to, such as the one that a TLS proxy forwards; repeatable.
    #[arg(long = "host", env = "CWS_HOSTS", value_delimiter = ',', value_name = "NAME")]
    pub hosts: Vec<String>,
    /// A web page's origin that may call, such as https://portal.example.org; repeatable.
    #[arg(long = "origin", env = "CWS_ORIGINS", value_delimiter = ',', value_name = "ORIGIN")]
    pub origins: Vec<String>,
    /// Further token issuers to trust, such as a Cognito user pool: a JSON file, see README.
    #[arg(long, env = "CWS_TRUSTED_ISSUERS", value_name = "FILE")]
    pub trusted_issuers: Option<PathBuf>,
    /// Do not publish the templates that come with the program.
    #[arg(long, env = "CWS_NO_TEMPLATES")]
    pub no_templates: bool,
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
    /// Write the OpenAPI 3.1 document to standard output.
    Openapi,
    /// Fill a fresh store and measure it. Needs a release build.
    Bench(BenchArgs),
}

/// What is verified.
#[derive(Debug, Subcommand)]
pub(crate) enum Verify {
    /// Find every edit, deletion, insertion, reordering and rollback in the logs. The server must be stopped.
    Audit,
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
