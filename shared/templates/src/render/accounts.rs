//! Steps that make accounts and copy files from S3.

use super::{OsFamily, RenderError, Step, refuse};
use crate::format::{FileEntry, Template};
use crate::parameters::{Values, quote, substitute_plain};

/// Whether a text is a login or group name of Linux.
pub(crate) fn is_account(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    starts && name.len() <= 32 && name.chars().all(allowed)
}

fn account(what: &'static str, text: &str, values: &Values) -> Result<String, RenderError> {
    let name = substitute_plain(text, values)?;
    if is_account(&name) { Ok(name) } else { Err(refuse(what, &name)) }
}

fn path(text: &str, values: &Values) -> Result<String, RenderError> {
    let path = substitute_plain(text, values)?;
    let steps_up = path.split('/').any(|step| step == "..");
    if path.starts_with('/') && !steps_up && !path.chars().any(char::is_control) {
        Ok(path)
    } else {
        Err(refuse("path", &path))
    }
}

pub(super) fn users(template: &Template, values: &Values) -> Result<Option<Step>, RenderError> {
    let mut body = String::new();
    for user in &template.users {
        let name = account("account", &user.name, values)?;
        let shell = quote(&path(user.shell.as_deref().unwrap_or("/bin/bash"), values)?);
        body.push_str(&format!(
            "  if ! id -u {name} > /dev/null 2>&1; then\n    useradd --create-home --shell {shell} {name}\n  fi\n"
        ));
        for group in &user.groups {
            let group = account("group", group, values)?;
            body.push_str(&format!("  getent group {group} > /dev/null || groupadd {group}\n"));
            body.push_str(&format!("  usermod --append --groups {group} {name}\n"));
        }
    }
    Ok((!body.is_empty()).then(|| Step { name: "accounts".into(), body }))
}

pub(super) fn files(template: &Template, os: OsFamily, values: &Values) -> Result<Option<Step>, RenderError> {
    if template.files.is_empty() {
        return Ok(None);
    }
    let mut body = String::new();
    if os == OsFamily::Ubuntu {
        body.push_str("  command -v aws > /dev/null || cws_retry snap install aws-cli --classic\n");
    } else if os == OsFamily::Debian {
        body.push_str("  command -v aws > /dev/null || cws_apt awscli\n");
    } else {
        body.push_str("  command -v aws > /dev/null || cws_dnf awscli\n");
    }
    for file in &template.files {
        body.push_str(&one(file, values)?);
    }
    Ok(Some(Step { name: "files".into(), body }))
}

fn one(file: &FileEntry, values: &Values) -> Result<String, RenderError> {
    let bucket = substitute_plain(&file.s3_bucket, values)?;
    let key = substitute_plain(&file.s3_key, values)?;
    let in_bucket = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
    if bucket.is_empty() || !bucket.chars().all(in_bucket) {
        return Err(refuse("bucket", &bucket));
    }
    if key.is_empty() || key.chars().any(char::is_control) {
        return Err(refuse("object key", &key));
    }
    let to = quote(&path(&file.destination_path, values)?);
    let owner = account("owner", file.owner.as_deref().unwrap_or("root"), values)?;
    let group = account("group", file.group.as_deref().unwrap_or(&owner), values)?;
    let uri = quote(&format!("s3://{bucket}/{key}"));
    let mut line = format!("cws_object {uri} {to} {} {owner} {group} {}", checksum(file)?, mode(file)?);
    if file.required == Some(false) {
        line.push_str(" || echo \"cws: an optional file is missing\" >&2");
    }
    let mut text = format!("  {line}\n");
    if file.auto_cleanup {
        text.push_str(&format!("  echo {to} >> /var/lib/cws/cleanup\n"));
    }
    Ok(match condition(file)? {
        Some(test) => format!("  if {test}; then\n  {}\n  fi\n", text.trim_end().replace('\n', "\n  ")),
        None => text,
    })
}

/// The SHA-256 in hexadecimal, or `-`.
fn checksum(file: &FileEntry) -> Result<String, RenderError> {
    let Some(text) = file.checksum.as_deref().filter(|text| !text.is_empty()) else { return Ok("-".into()) };
    let digest = text.strip_prefix("sha256:").unwrap_or(text).to_lowercase();
    digest.parse::<crate::Digest>().map(String::from).map_err(|_| refuse("checksum", text))
}

fn mode(file: &FileEntry) -> Result<String, RenderError> {
    let mode = file.permissions.as_deref().unwrap_or("0644");
    let octal = (3..=4).contains(&mode.len()) && mode.bytes().all(|b| (b'0'..=b'7').contains(&b));
    if octal { Ok(mode.to_owned()) } else { Err(refuse("mode", mode)) }
}

/// `arch == 'x86_64'` as a test of the machine. EC2 says `arm64` where Linux says `aarch64`.
fn condition(file: &FileEntry) -> Result<Option<String>, RenderError> {
    let Some(text) = file.only_if.as_deref().filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let bad = || RenderError::Condition(text.chars().filter(|c| !c.is_control()).take(80).collect());
    let words: Vec<&str> = text.split_whitespace().collect();
    let ["arch", operator @ ("==" | "!="), architecture] = words.as_slice() else { return Err(bad()) };
    let machine = match architecture.trim_matches(['\'', '"']) {
        "x86_64" | "amd64" => "x86_64",
        "arm64" | "aarch64" => "aarch64",
        _ => return Err(bad()),
    };
    Ok(Some(format!("[[ \"$(uname -m)\" {operator} {machine} ]]")))
}
