//! Steps that configure and start services. A service listens on 127.0.0.1 unless its template says otherwise.

use super::packages::ENVIRONMENT;
use super::{OsFamily, RenderError, Step, refuse};
use crate::format::{Service, Template};
use crate::parameters::{Values, quote, substitute_plain};

/// Whether a text can be part of the name of a systemd unit.
pub(crate) fn is_unit(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_.@-".contains(c);
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.len() <= 100 && name.chars().all(allowed)
}

pub(super) fn steps(template: &Template, os: OsFamily, values: &Values) -> Result<Vec<Step>, RenderError> {
    let mut steps = Vec::new();
    for service in &template.services {
        let name = substitute_plain(&service.name, values)?;
        if !is_unit(&name) {
            return Err(refuse("service", &name));
        }
        let body = match command(service, &name) {
            Some(command) => own_unit(template, service, &name, &command, os, values)?,
            None => system_unit(template, service, &name, os, values)?,
        };
        if !body.is_empty() {
            steps.push(Step { name: format!("service-{name}"), body });
        }
    }
    if template.files.iter().any(|file| file.auto_cleanup) {
        let body = "  if [[ -s /var/lib/cws/cleanup ]]; then\n    xargs -r -d '\\n' rm -f -- < /var/lib/cws/cleanup\n    rm -f /var/lib/cws/cleanup\n  fi\n";
        steps.push(Step { name: "cleanup".into(), body: body.into() });
    }
    Ok(steps)
}

/// The command of a unit that is written here: the template's own, or that of a service everyone knows.
fn command(service: &Service, name: &str) -> Option<String> {
    let known = match name {
        "jupyter" | "jupyterlab" | "jupyter-lab" | "jupyter-notebook" => Some(format!(
            "{ENVIRONMENT}/bin/jupyter lab --no-browser --ServerApp.ip=${{CWS_BIND}} --ServerApp.port=${{CWS_PORT}}"
        )),
        _ => None,
    };
    service.command.clone().or(known)
}

struct Facts {
    user: String,
    bind: String,
    port: u16,
}

fn facts(
    template: &Template,
    service: &Service,
    os: OsFamily,
    values: &Values,
) -> Result<Facts, RenderError> {
    let image_user = template.ami_config.as_ref().and_then(|a| a.ssh_user.as_deref());
    let user = service.user.as_deref().or(image_user).unwrap_or(os.login_user());
    let user = substitute_plain(user, values)?;
    if !super::accounts::is_account(&user) {
        return Err(refuse("account", &user));
    }
    let bind = substitute_plain(service.bind.as_deref().unwrap_or("127.0.0.1"), values)?;
    bind.parse::<std::net::IpAddr>().map_err(|_| refuse("address", &bind))?;
    Ok(Facts { user, bind, port: service.port.unwrap_or(0) })
}

fn own_unit(
    template: &Template,
    service: &Service,
    name: &str,
    command: &str,
    os: OsFamily,
    values: &Values,
) -> Result<String, RenderError> {
    let facts = facts(template, service, os, values)?;
    let command = one_line("command", &substitute_plain(command, values)?)?;
    let description = service.description.as_deref().unwrap_or(name);
    let description = one_line("description", description)?;
    let mut body = config_file(service, &format!("/etc/cws/services/{name}.conf"), &[], values)?;
    if service.token || is_jupyter(name) {
        body.push_str(&format!("  cws_token {name} {}\n", facts.user));
    }
    let mut unit = format!(
        "[Unit]\nDescription={description}\nAfter=network-online.target\nWants=network-online.target\n\n\
         [Service]\nUser={}\nWorkingDirectory=~\n",
        facts.user
    );
    for (key, value) in environment(service, name, &facts, values)? {
        unit.push_str(&format!("Environment=\"{key}={value}\"\n"));
    }
    unit.push_str(&format!("ExecStart={command}\nRestart=on-failure\nRestartSec=5\n\n"));
    unit.push_str("[Install]\nWantedBy=multi-user.target");
    body.push_str(&format!(
        "  cat > /etc/systemd/system/cws-{name}.service <<'CWS_UNIT'\n{unit}\nCWS_UNIT\n  systemctl daemon-reload\n"
    ));
    if service.starts() {
        body.push_str(&format!(
            "  systemctl enable cws-{name}.service\n  systemctl restart cws-{name}.service\n"
        ));
    }
    Ok(body)
}

fn is_jupyter(name: &str) -> bool {
    name.starts_with("jupyter")
}

fn environment(
    service: &Service,
    name: &str,
    facts: &Facts,
    values: &Values,
) -> Result<Vec<(String, String)>, RenderError> {
    let mut pairs = vec![
        ("PATH".to_owned(), format!("{ENVIRONMENT}/bin:/usr/local/bin:/usr/bin:/bin")),
        ("CWS_BIND".to_owned(), facts.bind.clone()),
        ("CWS_PORT".to_owned(), facts.port.to_string()),
    ];
    if service.token || is_jupyter(name) {
        pairs.push(("CWS_TOKEN_FILE".to_owned(), format!("/etc/cws/tokens/{name}")));
    }
    if is_jupyter(name) {
        pairs.push(("JUPYTER_TOKEN_FILE".to_owned(), format!("/etc/cws/tokens/{name}")));
    }
    for (key, value) in &service.environment {
        let key_ok = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let value = one_line("environment value", &substitute_plain(value, values)?)?;
        if !key_ok || value.contains(['"', '\\']) {
            return Err(refuse("environment variable", key));
        }
        // systemd reads `%` as the start of a specifier.
        pairs.push((key.clone(), value.replace('%', "%%")));
    }
    Ok(pairs)
}

/// A unit that a package brings. Its own configuration file is written where its place is known.
fn system_unit(
    template: &Template,
    service: &Service,
    name: &str,
    os: OsFamily,
    values: &Values,
) -> Result<String, RenderError> {
    let facts = facts(template, service, os, values)?;
    let (file, own_lines) = match name {
        "rstudio-server" | "rstudio" => {
            let port = if facts.port == 0 { 8787 } else { facts.port };
            let lines = vec![format!("www-address={}", facts.bind), format!("www-port={port}")];
            ("/etc/rstudio/rserver.conf".to_owned(), lines)
        }
        _ => (format!("/etc/cws/services/{name}.conf"), Vec::new()),
    };
    let unit = if name == "rstudio" { "rstudio-server" } else { name };
    let mut body = config_file(service, &file, &own_lines, values)?;
    if service.token {
        body.push_str(&format!("  cws_token {name} {}\n", facts.user));
    }
    if service.starts() {
        body.push_str(&format!("  systemctl enable {unit}\n  systemctl restart {unit}\n"));
    }
    Ok(body)
}

/// Writes configuration lines. Ours come last: where a setting stands twice, the last one counts.
fn config_file(
    service: &Service,
    file: &str,
    own_lines: &[String],
    values: &Values,
) -> Result<String, RenderError> {
    if service.config.is_empty() && own_lines.is_empty() {
        return Ok(String::new());
    }
    let overridden = |line: &str| {
        own_lines.iter().any(|own| own.split('=').next() == line.split('=').next().map(str::trim))
    };
    let mut lines = String::new();
    for line in &service.config {
        let line = one_line("configuration line", &substitute_plain(line, values)?)?;
        if !overridden(&line) {
            lines.push_str(&line);
            lines.push('\n');
        }
    }
    for line in own_lines {
        lines.push_str(line);
        lines.push('\n');
    }
    let folder = file.rsplit_once('/').map_or("/", |(folder, _)| folder);
    Ok(format!("  install -d -m 0755 {folder}\n  cat > {} <<'CWS_CONFIG'\n{lines}CWS_CONFIG\n", quote(file)))
}

fn one_line(what: &'static str, text: &str) -> Result<String, RenderError> {
    let text = text.trim();
    if text.chars().any(char::is_control) || text == "CWS_CONFIG" || text == "CWS_UNIT" {
        Err(refuse(what, text))
    } else {
        Ok(text.to_owned())
    }
}
