//! Templates in the form that other tools write: read whole, with warnings where they were refused elsewhere.

use std::path::Path;

use cws_templates::validate::validate;
use cws_templates::{Level, Parsed, parse, template_schema};
use serde_json::Value;

use crate::schema_check::refused;

fn fixture(name: &str) -> Parsed {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/other-tools").join(name);
    let text = std::fs::read(&file).unwrap_or_else(|e| panic!("{name}: {e}"));
    parse(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
}

const FIXTURES: [&str; 3] = ["every-field.yaml", "later-words.yaml", "small.yaml"];

fn codes(parsed: &Parsed, level: Level) -> Vec<(String, String)> {
    let findings = validate(parsed).findings.into_iter().filter(|finding| finding.level == level);
    findings.map(|finding| (finding.code.into_owned(), finding.pointer)).collect()
}

#[test]
fn they_are_read_and_none_is_refused() {
    for name in FIXTURES {
        assert_eq!(codes(&fixture(name), Level::Error), [], "{name}");
    }
}

#[test]
fn every_field_of_the_format_stands_in_the_fixture_and_is_kept() {
    let parsed = fixture("every-field.yaml");
    assert_eq!(parsed.unknown_keys, ["/minimum_size", "/ports"]);
    assert_eq!(parsed.unknown_words, []);
    let schema = template_schema();
    let known = schema["properties"].as_object().unwrap();
    let missing: Vec<_> = known.keys().filter(|key| parsed.document.get(key.as_str()).is_none()).collect();
    assert!(missing.is_empty(), "the fixture lacks {missing:?}");
    let kept = serde_json::to_value(&parsed.template).unwrap();
    for field in ["services", "files", "parameters", "ami_config", "research_user", "marketplace", "users"] {
        assert!(kept.get(field).is_some_and(|value| !value.is_null()), "{field}");
    }
}

#[test]
fn a_wish_for_a_checksum_names_none_and_is_warned_about() {
    let parsed = fixture("every-field.yaml");
    assert!(parsed.template.files.iter().all(|file| file.checksum.is_none()));
    let warned = codes(&parsed, Level::Warning);
    for index in 0..2 {
        let pointer = format!("/files/{index}/checksum");
        assert!(warned.contains(&("structure.file_checksum".to_owned(), pointer)), "{warned:?}");
    }
    let named = "name: A\ndescription: B\nbase: ubuntu-24.04\n\
                 files: [{s3_bucket: b, s3_key: k, destination_path: /x, checksum: 'sha256:00'}]\n";
    let named = parse(named.as_bytes()).unwrap().template;
    assert_eq!(named.files[0].checksum.as_deref(), Some("sha256:00"));
}

#[test]
fn a_word_that_is_not_known_is_a_warning_at_its_place() {
    let parsed = fixture("later-words.yaml");
    let warned = codes(&parsed, Level::Warning);
    for pointer in [
        "/complexity",
        "/connection_type",
        "/package_manager",
        "/validation_status",
        "/parameters/size/type",
        "/ami_config/strategy",
        "/ami_config/fallback_strategy",
        "/marketplace/dependencies/0/type",
    ] {
        assert!(warned.contains(&("metadata.unknown_word".to_owned(), pointer.to_owned())), "{warned:#?}");
    }
    assert_eq!((parsed.template.complexity, parsed.template.package_manager), (None, None));
}

#[test]
fn a_short_version_is_read_with_a_warning() {
    for name in FIXTURES {
        let warned = codes(&fixture(name), Level::Warning);
        assert!(
            warned.contains(&("metadata.version".to_owned(), "/version".to_owned())),
            "{name}: {warned:?}"
        );
    }
}

#[test]
fn the_published_schema_accepts_what_the_parser_accepts() {
    let schema = template_schema();
    for name in FIXTURES {
        let document = fixture(name).document;
        assert_eq!(refused(&schema, &schema, &document, ""), None, "{name}");
    }
    for shipped in cws_templates::shipped::shipped() {
        let document = parse(shipped.yaml.as_bytes()).unwrap().document;
        assert_eq!(refused(&schema, &schema, &document, ""), None, "{}", shipped.name);
    }
    for wrong in [
        serde_json::json!({"name": "A", "description": "B"}),
        serde_json::json!({"name": "A", "description": "B", "base": "x", "services": {"a": 1}}),
        serde_json::json!({"name": ["A"], "description": "B", "base": "x"}),
        Value::Null,
    ] {
        assert!(refused(&schema, &schema, &wrong, "").is_some(), "{wrong}");
    }
}
