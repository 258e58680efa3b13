//! Weak defaults: passwords and tokens that everyone knows, services without a login or open to every address.

use std::sync::LazyLock;

use super::rule::{Ready, Rule, ready};
use super::secrets::{assignments, is_literal};
use super::texts::{Text, running_text, unquoted};
use crate::finding::Level::{Error, Warning};
use crate::finding::{Finding, pointer_step};
use crate::format::{ParameterValue, Template};
use crate::parameters::is_secret_name;

/// Passwords and tokens that everyone knows; the first ones were shipped in templates once.
const KNOWN: &[&str] = &[
    "cloudworkstation",
    "rstudio",
    "rstats",
    "researcher",
    "jupyter",
    "prism",
    "password",
    "passwd",
    "passw0rd",
    "p@ssw0rd",
    "password1",
    "password123",
    "changeme",
    "change-me",
    "change_me",
    "secret",
    "admin",
    "admin123",
    "root",
    "toor",
    "default",
    "letmein",
    "welcome",
    "welcome1",
    "qwerty",
    "123456",
    "12345678",
    "1234",
    "test",
    "guest",
    "ubuntu",
    "ec2-user",
    "demo",
    "abc123",
    "token",
    "mytoken",
    "hunter2",
];

const RANDOM: &str = "make a random token on each machine (`token: true` on a service, or `cws_token`)";

macro_rules! weak {
    ($($level:ident $code:literal $pattern:literal $message:literal $fix:expr;)*) => {
        &[$(Rule { code: $code, level: $level, pattern: $pattern, unless: None, message: $message, fix: $fix }),*]
    };
}

const RULES: &[Rule] = weak! {
    Error "weak.password_set"
        r"\b(?:echo|printf)\s+(?:-\S+\s+)*(?:%s\S*\s+)?\S*[\w.-]+:[^$\s`(]+\s*\|\s*(?:sudo\s+)?(?:/\S*/)?chpasswd|chpasswd[^\n]*<<<?\s*\w+\n?[\w.-]+:[^$\s]|chpasswd[^\n]*<<<\s*\S?[\w.-]+:[^$\s]|\bchpasswd[^\n]*<<-?\s*\w+\s*\n\s*[\w.-]+:[^$\s]"
        "a password that everyone can read is set" RANDOM;
    Error "weak.password_set"
        r"\b(?:useradd|usermod)\s[^\n]*(?:\s-p\s*|--password[= ])[^\s$]|\becho\s+[^$\s|`(]+\s*\|\s*(?:sudo\s+)?(?:passwd\s+--stdin|vncpasswd|x11vnc\s+-storepasswd|grafana-cli|rstudio-server)|\bx11vnc\s+-storepasswd\s+[^$\s]+\s|\bhtpasswd\s+-\w*b\w*\s+(?:-\S+\s+)*\S+\s+\S+\s+[^$\s]+|\bpasswd\s+(?:-\S+\s+)*(?:-d|--delete)\b"
        "a password that everyone can read is set, or taken away" RANDOM;
    Error "weak.password_set"
        r"\bidentified\s+(?:with\s+\w+\s+)?by\s+\S?[\w!@#%^&*.-]+|\b(?:create|alter)\s+(?:user|role)\b[^\n;]*\bpassword\s+.?[\w!@#%^&*.-]+"
        "a database password that everyone can read is set" RANDOM;
    Error "weak.no_login"
        r"(?:notebookapp|serverapp|identityprovider|labapp|passwordidentityprovider)\.(?:token|password|hashed_password)\s*=\s*u?(?:''|\x22\x22|none\b|\s*$|\s*;)|--(?:notebookapp|serverapp|identityprovider)\.(?:token|password)=(?:''|\x22\x22|\s|$)|allow_unauthenticated_access\s*=\s*true|c\.notebookapp\.disable_check_xsrf\s*=\s*true"
        "Jupyter needs no token" RANDOM;
    Error "weak.no_login"
        r"\bauth-none\s*=\s*1|--auth[= ]none\b|\bauth:\s*none\b|--no-auth\b|\bprotected-mode\s+no\b|authentication\s*=\s*.?none|SecurityTypes[= ]+none|xpack\.security\.enabled\s*[:=]\s*false|_HOST_AUTH_METHOD\s*[:=]\s*trust|skip-grant-tables|\bhost\s+all\s+all\s+\S+\s+trust\b|--noauth\b|-nopw\b"
        "a service needs no login" RANDOM;
    Warning "weak.open_to_all"
        r"(?:\.ip\s*=|--ip[= ]|--host[= ]|--bind(?:-addr|-address|-all)?[= ]|--listen[= ]|--address[= ]|--server\.address[= ]|www-address\s*=|bind-address\s*=|bind-addr:|listen_addresses\s*=|\bbind\s|--ServerApp\.ip=|\blisten\s)\s*\S?(?:0\.0\.0\.0|\*|\[::\]|::(?:\s|$))|--allow-remote-access|allow_remote_access\s*=\s*true"
        "a service listens on every address" "listen on 127.0.0.1; the researcher reaches it through a port forward";
};

static READY: LazyLock<Vec<Ready>> = LazyLock::new(|| ready(RULES));

pub(super) fn check(template: &Template, texts: &[Text]) -> Vec<Finding> {
    let mut findings = declared(template);
    for text in texts.iter().filter(|text| !text.prose) {
        let running = running_text(&text.text);
        let bare = unquoted(&running);
        findings.extend(READY.iter().filter_map(|rule| rule.look(&[&running, &bare], &text.pointer)));
        findings.extend(assigned(text, &running));
    }
    findings
}

/// A known or short secret that is written out after a name that says secret.
fn assigned(text: &Text, running: &str) -> Option<Finding> {
    let harmless = ["true", "false", "yes", "no", "none", "null", "str", "string", "required", "optional"];
    let literal = |value: &str| {
        is_literal(value) && value.len() >= 3 && !harmless.contains(&value.to_lowercase().as_str())
    };
    let direct = (is_secret_name(&text.key) && literal(&text.text)).then_some(text.text.as_str());
    let inside =
        assignments(running).find(|(name, value)| is_secret_name(name) && literal(value)).map(|(_, v)| v);
    let value = direct.or(inside)?;
    let known = KNOWN.contains(&value.to_lowercase().as_str());
    let finding = if known {
        Finding::error("weak.known_secret", &text.pointer, "a password or token that everyone knows is set")
    } else {
        Finding::error("weak.literal_secret", &text.pointer, "a password or token is written out")
    };
    Some(finding.fix(RANDOM))
}

fn declared(template: &Template) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, parameter) in &template.parameters {
        let given = match &parameter.default {
            Some(ParameterValue::Text(text)) => !text.is_empty() && is_literal(text),
            Some(ParameterValue::Int(_) | ParameterValue::Float(_)) => true,
            _ => false,
        };
        if is_secret_name(name) && given {
            let pointer = format!("/parameters{}/default", pointer_step(name));
            let message = "a secret has a default that everyone can read";
            findings.push(
                Finding::error("weak.default_secret", &pointer, message)
                    .fix("make it required, without a default"),
            );
        }
    }
    for (index, service) in template.services.iter().enumerate() {
        let open = |bind: &str| bind.parse::<std::net::IpAddr>().is_ok_and(|ip| !ip.is_loopback());
        if service.bind.as_deref().is_some_and(open) {
            let pointer = format!("/services/{index}/bind");
            let message = format!("`{}` listens on more than this machine", service.name);
            findings.push(
                Finding::warning("weak.open_to_all", &pointer, message)
                    .fix("leave `bind` out; the researcher reaches it through a port forward"),
            );
        }
    }
    findings
}
