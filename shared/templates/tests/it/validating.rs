//! Structure, documentation, the score, and ShellCheck's output.

use cws_templates::validate::{Report, shellcheck_findings, validate};
use cws_templates::{Finding, Level, parse};

fn report(more: &str) -> Report {
    let base = if more.contains("base:") { "" } else { "base: ubuntu-24.04\n" };
    validate(&parse(format!("name: A\ndescription: B\n{base}{more}\n").as_bytes()).unwrap())
}

fn has(more: &str, level: Level, code: &str) {
    let report = report(more);
    assert!(
        report.findings.iter().any(|f| f.code == code && f.level == level),
        "{code} not in {:#?}: {more}",
        report.findings
    );
}

#[test]
fn parts_that_do_not_fit_together_block() {
    for (more, code) in [
        ("package_manager: apt\npackages: {conda: [x]}", "structure.package_manager"),
        ("package_manager: dnf\npackages: {spack: [x]}", "structure.package_manager"),
        ("package_manager: ami\npackages: {system: [x]}", "structure.package_manager"),
        ("package_manager: dnf\npackages: {system: [x]}", "structure.package_manager"),
        ("base: plan9", "structure.base"),
        ("version: one", "metadata.version"),
        ("users: [{name: 'a b'}]", "structure.user_name"),
        ("users: [{name: root}]", "structure.user_reserved"),
        ("services: [{name: 'a;b'}]", "structure.service_name"),
        ("services: [{name: a, port: 80}, {name: b, port: 80}]", "structure.port_twice"),
        ("services: [{name: a}, {name: a}]", "structure.service_twice"),
        ("instance_defaults: {ports: [0]}", "structure.port"),
        ("instance_defaults: {type: g4dn.large}", "structure.instance_type"),
        ("instance_defaults: {root_volume_gb: 3}", "structure.disk"),
        ("inherits: ['cws/a b']", "structure.reference"),
        ("marketplace: {dependencies: [{name: cws/python-ml, version: one}]}", "structure.reference"),
        ("packages: {system: ['$(reboot)']}", "structure.unsafe_text"),
        ("files: [{s3_bucket: b, s3_key: k, destination_path: /../etc/x}]", "structure.unsafe_text"),
        (
            "files: [{s3_bucket: b, s3_key: k, destination_path: /x, only_if: 'true'}]",
            "structure.unsafe_text",
        ),
        ("user_data: '#cloud-config'", "structure.cloud_config"),
        ("idle_detection: {idle_threshold_minutes: 0}", "structure.idle_minutes"),
        ("parameters: {p: {type: choice}}", "parameter.choices"),
        ("parameters: {p: {type: int, default: many}}", "parameter.default"),
        ("parameters: {p: {pattern: '('}}", "parameter.default"),
        ("parameters: {p: {type: int, min: 2, max: 1}}", "parameter.range"),
        ("parameters: {'p q': {}}", "parameter.name"),
    ] {
        has(more, Level::Error, code);
    }
}

#[test]
fn lesser_things_are_warnings() {
    for (more, code) in [
        ("ports: [22]", "metadata.unknown_key"),
        ("description: B", "structure.no_idle_rule"),
        ("packages: {system: [git, git]}", "structure.package_twice"),
        ("packages: {conda: [x], spack: [y]}", "structure.two_stacks"),
        ("files: [{s3_bucket: b, s3_key: k, destination_path: /x}]", "structure.file_checksum"),
        ("post_install: echo {{.nobody}}", "parameter.undeclared"),
        (
            "idle_detection: {idle_threshold_minutes: 9, hibernate_threshold_minutes: 5}",
            "structure.idle_order",
        ),
        ("post_install: curl http://example.org/x", "script.plain_http"),
        (
            "post_install: \"curl -so /tmp/i.sh https://example.org/i.sh\\nbash /tmp/i.sh\"",
            "script.unverified_download",
        ),
        ("post_install: echo 'x ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/x", "script.sudo_without_password"),
    ] {
        let more = if more == "description: B" { "" } else { more };
        has(more, Level::Warning, code);
    }
}

#[test]
fn conda_with_system_packages_and_a_disabled_service_with_a_port_are_fine() {
    let report = report(
        "package_manager: conda\npackages: {conda: [x], system: [git]}\nservices: [{name: a, port: 80, enable: false}]",
    );
    assert!(!report.blocks(), "{:?}", report.findings);
}

#[test]
fn a_name_from_a_parameter_is_checked_when_it_is_known() {
    let more = "users: [{name: '{{.who}}'}]\nparameters: {who: {default: ann, description: d}}";
    assert!(!report(more).blocks(), "{:?}", report(more).findings);
}

#[test]
fn the_score_is_the_weighted_sum_of_the_areas() {
    assert_eq!(Report::of(vec![]).score, 100);
    let finding = |level, code| Finding::new(level, code, "", "m");
    let report = Report::of(vec![
        finding(Level::Error, "script.x"),
        finding(Level::Warning, "structure.x"),
        finding(Level::Info, "docs.x"),
        finding(Level::Warning, "metadata.x"),
    ]);
    let areas = report.areas;
    assert_eq!((areas.security, areas.quality, areas.documentation, areas.metadata), (75, 90, 99, 90));
    assert_eq!(report.score, 86); // 30 + 27 + 19.8 + 9 = 85.8
    assert!(report.blocks());
    let many = (0..300).map(|i| Finding::error("script.x", &format!("/{i}"), "m")).collect();
    let worst = Report::of(many);
    assert_eq!((worst.areas.security, worst.score, worst.findings.len()), (0, 60, 200));
}

#[test]
fn findings_are_in_one_order_whatever_the_order_of_the_checks() {
    let a = Finding::info("docs.a", "/a", "m");
    let b = Finding::error("script.b", "/b", "m");
    assert_eq!(Report::of(vec![a.clone(), b.clone()]), Report::of(vec![b, a.clone(), a]));
}

#[test]
fn shellchecks_output_becomes_findings() {
    let json = r#"{"comments":[{"file":"-","line":3,"endLine":3,"column":1,"endColumn":2,"level":"error","code":1072,"message":"Unexpected","fix":null},
        {"file":"-","line":9,"endLine":9,"column":1,"endColumn":2,"level":"style","code":2086,"message":"Quote","fix":null}]}"#;
    let findings = shellcheck_findings(json, "/post_install").unwrap();
    assert_eq!((findings[0].level, findings[1].level), (Level::Error, Level::Info));
    assert_eq!(findings[0].code, "shellcheck.SC1072");
    assert_eq!(findings[0].message, "line 3: Unexpected");
    assert!(shellcheck_findings("not json", "").is_err());
}
