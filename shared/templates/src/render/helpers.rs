//! The fixed parts of the script: its head, and shell functions that steps and templates may call.
//! Only the functions that are called are written.

use crate::format::Template;

const HEAD: &str = r#"set -euo pipefail
umask 022
export HOME="${HOME:-/root}"
install -d -m 0755 /var/lib/cws /var/lib/cws/done /var/cache/cws /etc/cws
touch /var/log/cws-setup.log
chmod 0640 /var/log/cws-setup.log
exec > >(tee -a /var/log/cws-setup.log) 2>&1
echo running > /var/lib/cws/status

cws_finish() {
  local code="$?"
  if [[ "${code}" -eq 0 ]]; then
    echo ready > /var/lib/cws/status
  else
    echo failed > /var/lib/cws/status
    echo "cws: set-up failed with exit code ${code}" >&2
  fi
}
trap cws_finish EXIT

# Runs a step once on this machine: cws_once STAMP FUNCTION
cws_once() {
  if [[ -e "/var/lib/cws/done/$1" ]]; then
    echo "cws: $1: done before"
    return 0
  fi
  echo "cws: $1: started at $(date -u +%Y-%m-%dT%H:%M:%SZ)"
  "$2"
  touch "/var/lib/cws/done/$1"
}
"#;

/// Name and text of each helper. A helper may call those before it.
const HELPERS: &[(&str, &str)] = &[
    (
        "cws_retry",
        r#"
# Runs a command up to five times: cws_retry COMMAND...
cws_retry() {
  local attempt
  for attempt in 1 2 3 4 5; do
    if "$@"; then
      return 0
    fi
    echo "cws: attempt ${attempt} failed: $1" >&2
    sleep "$((attempt * 10))"
  done
  return 1
}
"#,
    ),
    (
        "cws_fetch",
        r#"
# Downloads a file whose content is known: cws_fetch URL SHA256 FILE
cws_fetch() {
  if [[ -f "$3" ]] && echo "$2  $3" | sha256sum --check --status; then
    return 0
  fi
  cws_retry curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --output "$3.part" "$1"
  if ! echo "$2  $3.part" | sha256sum --check --status; then
    echo "cws: $1 does not have the expected checksum" >&2
    rm -f "$3.part"
    return 1
  fi
  mv "$3.part" "$3"
}
"#,
    ),
    (
        "cws_key",
        r#"
# Installs a package-signing key whose fingerprint is known: cws_key URL FINGERPRINT FILE
cws_key() {
  local found
  cws_retry curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --output "$3.part" "$1"
  found="$(gpg --show-keys --with-colons "$3.part" | awk -F: '$1 == "fpr" && !seen++ { print $10 }')"
  if [[ "${found}" != "$2" ]]; then
    echo "cws: the key at $1 has the fingerprint ${found}, expected $2" >&2
    rm -f "$3.part"
    return 1
  fi
  mv "$3.part" "$3"
  chmod 0644 "$3"
}
"#,
    ),
    (
        "cws_apt",
        r#"
# Installs packages: cws_apt PACKAGE...
cws_apt() {
  export DEBIAN_FRONTEND=noninteractive
  cws_retry apt-get -o DPkg::Lock::Timeout=600 -q update
  cws_retry apt-get -o DPkg::Lock::Timeout=600 -q -y --no-install-recommends install "$@"
}
"#,
    ),
    (
        "cws_dnf",
        r#"
# Installs packages: cws_dnf PACKAGE...
cws_dnf() {
  cws_retry dnf -q -y --setopt=install_weak_deps=False install "$@"
}
"#,
    ),
    (
        "cws_token",
        r#"
# Makes a random token that only one account can read: cws_token NAME ACCOUNT
cws_token() {
  local file="/etc/cws/tokens/$1"
  install -d -m 0711 /etc/cws/tokens
  if [[ ! -s "${file}" ]]; then
    (umask 077 && head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n' > "${file}")
  fi
  chown "$2" "${file}"
  chmod 0400 "${file}"
}
"#,
    ),
    (
        "cws_object",
        r#"
# Copies an S3 object and checks it: cws_object URI FILE SHA256|- OWNER GROUP MODE
cws_object() {
  install -d -m 0755 "$(dirname "$2")"
  cws_retry aws s3 cp --only-show-errors "$1" "$2.part"
  if [[ "$3" != - ]] && ! echo "$3  $2.part" | sha256sum --check --status; then
    echo "cws: $1 does not have the expected checksum" >&2
    rm -f "$2.part"
    return 1
  fi
  chown "$4:$5" "$2.part"
  chmod "$6" "$2.part"
  mv "$2.part" "$2"
}
"#,
    ),
];

/// Shebang, a line that says what this is, and the fixed beginning.
pub(super) fn head(template: &Template) -> String {
    let one_line = |text: &str| text.chars().filter(|c| !c.is_control()).take(100).collect::<String>();
    let version = template.version.as_deref().map(|v| format!(" {}", one_line(v))).unwrap_or_default();
    format!("#!/bin/bash\n# Sets up this machine: {}{version}\n{HEAD}", one_line(&template.name))
}

/// The helpers that a text calls, and those that these call.
pub(super) fn used(text: &str) -> String {
    let mut wanted: Vec<&(&str, &str)> = Vec::new();
    for helper in HELPERS.iter().rev() {
        let called = |body: &str| calls(body, helper.0);
        if called(text) || wanted.iter().any(|(_, body)| called(body)) {
            wanted.push(helper);
        }
    }
    wanted.iter().rev().map(|(_, body)| *body).collect()
}

fn calls(body: &str, name: &str) -> bool {
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    body.match_indices(name).any(|(at, _)| {
        let (before, rest) = body.split_at(at);
        !word(before.chars().next_back()) && !word(rest.chars().nth(name.len()))
    })
}
