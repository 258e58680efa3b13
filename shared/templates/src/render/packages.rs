//! Steps that install packages, one for each list that is not empty.

use std::collections::BTreeSet;

use super::{OsFamily, RenderError, Step, refuse};
use crate::format::{PackageManager, Template};
use crate::parameters::{Values, quote, substitute_plain};

/// Release of Miniforge that is installed, and the SHA-256 of its installers.
const MINIFORGE: &str = "26.3.2-3";
const MINIFORGE_X86_64: &str = "848194851a98903134187fbb4ab50efe87b003e0c0f808f97644b7524a62bf2c";
const MINIFORGE_AARCH64: &str = "2c113a69297e612b01ca0f320c22a3107a11f2ab9b573d79ac868a175945ce29";

/// Release of Spack that is installed.
const SPACK: &str = "v1.1.1";

/// Where conda and Python packages go, and what is put on everyone's path.
pub(super) const ENVIRONMENT: &str = "/opt/cws/env";

pub(super) fn steps(template: &Template, os: OsFamily, values: &Values) -> Result<Vec<Step>, RenderError> {
    if template.package_manager == Some(PackageManager::Ami) {
        return Ok(Vec::new());
    }
    let packages = &template.packages;
    let mut steps = Vec::new();
    let mut system = words(&packages.system, values)?;
    let mut prerequisites: Vec<&str> = Vec::new();
    if packages.conda.is_empty() && !packages.pip.is_empty() {
        prerequisites.extend(python_prerequisites(os));
    }
    if !packages.spack.is_empty() {
        prerequisites.extend(spack_prerequisites(os));
    }
    for name in prerequisites {
        if !system.iter().any(|known| known == name) {
            system.push(name.to_owned());
        }
    }
    if !system.is_empty() {
        let command = if os.uses_apt() { "cws_apt" } else { "cws_dnf" };
        steps.push(Step { name: "packages-system".into(), body: listed(command, &system) });
    }
    if !packages.conda.is_empty() {
        steps.push(conda(&words(&packages.conda, values)?));
    }
    if !packages.pip.is_empty() {
        steps.push(pip(&words(&packages.pip, values)?, !packages.conda.is_empty()));
    }
    if !packages.spack.is_empty() {
        steps.push(spack(&words(&packages.spack, values)?));
    }
    Ok(steps)
}

fn words(list: &[String], values: &Values) -> Result<Vec<String>, RenderError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || " @:._+=<>~!*[],^%/-".contains(c);
    let mut words = Vec::with_capacity(list.len());
    for item in list {
        let text = substitute_plain(item.trim(), values)?;
        let starts_well = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '@');
        if !starts_well || !text.chars().all(allowed) {
            return Err(refuse("package", &text));
        }
        words.push(quote(&text));
    }
    Ok(words)
}

/// A command with one argument a line.
fn listed(command: &str, words: &[String]) -> String {
    let mut text = format!("  {command}");
    for word in words {
        text.push_str(" \\\n    ");
        text.push_str(word);
    }
    text.push('\n');
    text
}

fn python_prerequisites(os: OsFamily) -> &'static [&'static str] {
    if os.uses_apt() { &["python3", "python3-venv"] } else { &["python3", "python3-pip"] }
}

fn spack_prerequisites(os: OsFamily) -> &'static [&'static str] {
    if os.uses_apt() {
        &[
            "bzip2",
            "ca-certificates",
            "g++",
            "gcc",
            "gfortran",
            "git",
            "gzip",
            "make",
            "patch",
            "python3",
            "unzip",
        ]
    } else {
        &["bzip2", "gcc", "gcc-c++", "gcc-gfortran", "git", "gzip", "make", "patch", "python3", "unzip", "xz"]
    }
}

fn conda(words: &[String]) -> Step {
    let mut channels = vec!["conda-forge"];
    let named: BTreeSet<&str> =
        words.iter().filter_map(|w| w.trim_matches('\'').split_once("::")).map(|p| p.0).collect();
    channels.extend(named.into_iter().filter(|c| *c != "conda-forge"));
    let channels: String = channels.iter().map(|c| format!(" --channel {c}")).collect();
    let command = format!(
        "/opt/conda/bin/mamba \"${{verb}}\" --yes --prefix {ENVIRONMENT} --override-channels{channels}"
    );
    let body = format!(
        r#"  arch="$(uname -m)"
  case "${{arch}}" in
    x86_64) sha256={MINIFORGE_X86_64} ;;
    aarch64) sha256={MINIFORGE_AARCH64} ;;
    *) echo "cws: no conda for ${{arch}}" >&2 && exit 1 ;;
  esac
  if [[ ! -x /opt/conda/bin/mamba ]]; then
    cws_fetch "https://github.com/conda-forge/miniforge/releases/download/{MINIFORGE}/Miniforge3-{MINIFORGE}-Linux-${{arch}}.sh" \
      "${{sha256}}" /var/cache/cws/miniforge.sh
    bash /var/cache/cws/miniforge.sh -b -u -p /opt/conda
    rm -f /var/cache/cws/miniforge.sh
  fi
  verb=create
  if [[ -d {ENVIRONMENT}/conda-meta ]]; then
    verb=install
  fi
{}  # shellcheck disable=SC2016
  echo 'export PATH="{ENVIRONMENT}/bin:${{PATH}}:/opt/conda/condabin"' > /etc/profile.d/cws-environment.sh
"#,
        listed(&command, words)
    );
    Step { name: "packages-conda".into(), body }
}

fn pip(words: &[String], with_conda: bool) -> Step {
    let mut body = String::new();
    if !with_conda {
        body.push_str(&format!(
            r#"  if [[ ! -x {ENVIRONMENT}/bin/python ]]; then
    install -d -m 0755 /opt/cws
    python3 -m venv {ENVIRONMENT}
  fi
  # shellcheck disable=SC2016
  echo 'export PATH="{ENVIRONMENT}/bin:${{PATH}}"' > /etc/profile.d/cws-environment.sh
"#
        ));
    }
    let command = format!("cws_retry {ENVIRONMENT}/bin/python -m pip install --quiet --no-cache-dir");
    body.push_str(&listed(&command, words));
    Step { name: "packages-pip".into(), body }
}

fn spack(words: &[String]) -> Step {
    let body = format!(
        r#"  if [[ ! -x /opt/spack/bin/spack ]]; then
    rm -rf /opt/spack
    cws_retry git clone --quiet --depth 1 --branch {SPACK} https://github.com/spack/spack.git /opt/spack
  fi
  /opt/spack/bin/spack compiler find --scope site
{}  echo '. /opt/spack/share/spack/setup-env.sh' > /etc/profile.d/cws-spack.sh
"#,
        listed("/opt/spack/bin/spack install --fail-fast", words)
    );
    Step { name: "packages-spack".into(), body }
}
