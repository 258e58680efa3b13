//! The shipped templates: free of findings, resolved, rendered, and the same as their golden files.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cws_templates::merge::conflicts;
use cws_templates::parameters::Given;
use cws_templates::render::{Rendered, render};
use cws_templates::resolve::{Resolution, resolve};
use cws_templates::shipped::{Shipped, shipped};
use cws_templates::validate::{shellcheck_findings, validate};
use cws_templates::{Level, Template, TemplateName, parse};

use crate::catalogue::Catalogue;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/golden").join(format!("{name}.sh"))
}

fn resolved(template: &Shipped) -> (Template, Resolution) {
    let parsed = parse(template.yaml.as_bytes()).unwrap().template;
    let name = TemplateName::new(template.namespace, template.name).unwrap();
    let resolution = resolve(name, &parsed, None, &Catalogue::shipped()).unwrap();
    (parsed, resolution)
}

fn rendered(template: &Shipped) -> Rendered {
    let (own, resolution) = resolved(template);
    render(&resolution.merged(&own), &Given::new()).unwrap_or_else(|e| panic!("{}: {e}", template.name))
}

#[test]
fn there_are_at_least_twelve_and_each_file_is_shipped() {
    assert!(shipped().len() >= 12);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/cws");
    let files = std::fs::read_dir(folder).unwrap().count();
    assert_eq!(files, shipped().len(), "a file of templates/cws is missing in shipped.rs");
}

#[test]
fn each_validates_without_error_or_warning_and_scores_ninety() {
    for template in shipped() {
        let report = validate(&parse(template.yaml.as_bytes()).unwrap());
        let bad: Vec<_> = report.findings.iter().filter(|f| f.level != Level::Info).collect();
        assert!(bad.is_empty(), "{}: {bad:#?}", template.name);
        assert!(report.score >= 90, "{}: {} {:#?}", template.name, report.score, report.findings);
    }
}

#[test]
fn each_fits_its_parents_and_starts_from_an_image_of_its_own_account_free_choice() {
    for template in shipped() {
        let (own, resolution) = resolved(template);
        let parents: Vec<&Template> = resolution.parents.iter().map(|d| &resolution.templates[d]).collect();
        assert_eq!(conflicts(&parents, &own), vec![], "{}", template.name);
        let merged = resolution.merged(&own);
        let images = merged.ami_config.expect("an image").ssm_parameters;
        assert!(images["x86_64"].starts_with("/aws/service/"), "{}", template.name);
        assert!(merged.idle_detection.unwrap().idle_threshold_minutes.unwrap() <= 120, "{}", template.name);
    }
}

#[test]
fn each_can_be_published_in_the_listed_order() {
    let mut catalogue = Catalogue::default();
    for template in shipped() {
        let parsed = parse(template.yaml.as_bytes()).unwrap().template;
        let name = TemplateName::new(template.namespace, template.name).unwrap();
        resolve(name.clone(), &parsed, None, &catalogue).unwrap_or_else(|e| panic!("{name}: {e}"));
        catalogue.publish(&name.to_string(), &parsed.version.unwrap(), template.yaml);
    }
}

#[test]
fn each_renders_to_its_golden_file() {
    let bless = std::env::var_os("CWS_BLESS").is_some();
    for template in shipped() {
        let script = rendered(template).script;
        let file = golden(template.name);
        if bless {
            std::fs::write(&file, &script).unwrap();
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        let differ = script.lines().zip(expected.lines()).find(|(new, old)| new != old);
        assert!(script == expected, "{}: {differ:?}; run with CWS_BLESS=1 and read the diff", template.name);
    }
}

#[test]
fn each_script_fits_into_user_data() {
    for template in shipped() {
        let rendered = rendered(template);
        assert!(!rendered.needs_claim_check, "{}: {} bytes", template.name, rendered.size_bytes);
    }
}

#[test]
fn each_script_is_bash() {
    for template in shipped() {
        let file = golden(template.name);
        let output = Command::new("bash").arg("-n").arg(&file).output().expect("bash is needed");
        assert!(output.status.success(), "{}: {}", template.name, String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn no_script_sets_a_written_password_or_opens_a_service() {
    for template in shipped() {
        let script = rendered(template).script;
        for bad in ["0.0.0.0", "--ip=*", "--allow-root", "NOPASSWD", "authorized_keys", " -k "] {
            assert!(!script.contains(bad), "{}: {bad}", template.name);
        }
        for line in script.lines().filter(|line| line.contains("chpasswd")) {
            assert!(line.contains("$(cat /etc/cws/tokens/"), "{}: {line}", template.name);
        }
    }
}

#[test]
fn each_script_passes_shellcheck() {
    let present = Command::new("shellcheck").arg("--version").stdout(Stdio::null()).status();
    if present.is_err() {
        let required = std::env::var_os("CWS_REQUIRE_SHELLCHECK").is_some_and(|v| v == "1");
        assert!(!required, "CWS_REQUIRE_SHELLCHECK=1, and there is no shellcheck on the PATH");
        eprintln!("SKIPPED each_script_passes_shellcheck: there is no shellcheck on the PATH");
        return;
    }
    for template in shipped() {
        let output =
            Command::new("shellcheck").arg("--format=json1").arg(golden(template.name)).output().unwrap();
        let json = String::from_utf8(output.stdout).unwrap();
        let findings = shellcheck_findings(&json, "/post_install").expect("ShellCheck's json1");
        assert_eq!(findings, vec![], "{}", template.name);
    }
}
