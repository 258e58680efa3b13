//! Reading YAML: what is kept, what is warned about, what is refused.

use cws_templates::format::{MAX_BYTES, ParameterValue};
use cws_templates::{ParseError, parse, template_schema};

const HEAD: &str = "name: A\ndescription: B\nbase: ubuntu-24.04\n";

fn read(more: &str) -> Result<cws_templates::Parsed, ParseError> {
    parse(format!("{HEAD}{more}").as_bytes())
}

#[test]
fn unknown_keys_are_kept_as_warnings_with_their_place() {
    let parsed = read("ports: [22]\nminimum_size: M\nservices:\n  - name: x\n    colour: red\n").unwrap();
    assert_eq!(parsed.unknown_keys, ["/ports", "/minimum_size", "/services/0/colour"]);
    let findings = parsed.findings();
    assert_eq!(findings[0].remediation.as_deref(), Some("move it to `instance_defaults.ports`"));
    assert_eq!(parsed.document["minimum_size"], "M");
}

#[test]
fn text_that_looks_like_a_number_stays_as_it_was_written() {
    let parsed = read(
        "version: 1.10\ntags: {build: 007}\nparameters:\n  a: {type: choice, choices: [3.9, 3.10], default: 3.10}\n  \
         b: {type: string, default: yes}\n  c: {type: int, default: 0x10}\n  d: {default: '3.10'}\n  \
         e: {type: list, default: [1.10, b]}\n  f: {type: bool, default: true}\n",
    )
    .unwrap()
    .template;
    assert_eq!(parsed.version.as_deref(), Some("1.10"));
    assert_eq!(parsed.tags["build"], "007");
    let default = |name: &str| parsed.parameters[name].default.clone().unwrap();
    assert_eq!(parsed.parameters["a"].choices, ["3.9", "3.10"]);
    assert_eq!(default("a"), ParameterValue::from("3.10"));
    assert_eq!(default("b"), ParameterValue::from("yes"));
    assert_eq!(default("c"), ParameterValue::from("0x10"));
    assert_eq!(default("d"), ParameterValue::from("3.10"));
    assert_eq!(default("e"), ParameterValue::List(vec!["1.10".into(), "b".into()]));
    assert_eq!(default("f"), ParameterValue::from("true"));
}

#[test]
fn an_empty_list_or_section_is_the_same_as_none() {
    let parsed =
        read("services:\nusers: ~\npackages:\n  system:\ntags:\nparameters:\npackage_manager: ''\n").unwrap();
    assert!(parsed.template.services.is_empty() && parsed.template.packages.is_empty());
    assert_eq!(parsed.template.package_manager, None);
}

#[test]
fn anchors_aliases_merge_keys_tags_and_second_documents_are_refused() {
    for bad in [
        "long_description: &a text\n",
        "tags: &a {b: c}\nvariables: *a\n",
        "tags:\n  <<: {a: b}\n",
        "long_description: !secret text\n",
        "long_description: !!python/object:os.system text\n",
        "---\nname: second\n",
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[test]
fn an_anchor_bomb_is_refused_at_the_first_anchor() {
    let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (i, c) in ('b'..='i').enumerate() {
        let before = char::from(b'a' + u8::try_from(i).unwrap());
        bomb.push_str(&format!("{c}: &{c} [{}]\n", vec![format!("*{before}"); 9].join(", ")));
    }
    assert!(matches!(
        read(&bomb),
        Err(ParseError::Limit { limit: "anchors and aliases are not allowed", .. })
    ));
}

#[test]
fn duplicate_keys_are_refused_everywhere() {
    for bad in [
        "name: again\n",
        "tags: {a: b, a: c}\n",
        "unknown: {a: b, a: c}\n",
        "services: [{name: a, name: b}]\n",
    ] {
        assert!(matches!(read(bad), Err(ParseError::Yaml { .. })), "{bad}");
    }
}

#[test]
fn a_megabyte_is_read_and_one_byte_more_is_not() {
    let fill = |size: usize| {
        let head = format!("{HEAD}long_description: ");
        format!("{head}{}", "x".repeat(size - head.len()))
    };
    assert!(parse(fill(MAX_BYTES).as_bytes()).is_ok());
    assert_eq!(parse(fill(MAX_BYTES + 1).as_bytes()), Err(ParseError::TooLarge(MAX_BYTES + 1)));
}

#[test]
fn depth_32_is_read_and_33_is_not() {
    // The document's own map is the first level.
    let nested = |levels: usize| format!("extra: {}x{}\n", "[".repeat(levels), "]".repeat(levels));
    assert!(read(&nested(31)).is_ok());
    assert!(read(&nested(32)).is_err());
    let blocks = |levels: usize| (0..levels).map(|i| format!("{}k:\n", " ".repeat(i))).collect::<String>();
    assert!(read(&format!("{}{}v", blocks(32), " ".repeat(33))).is_ok());
    assert!(read(&format!("{}{}v", blocks(33), " ".repeat(34))).is_err());
    assert!(read(&format!("extra: {}", "[".repeat(100_000))).is_err());
}

#[test]
fn ten_thousand_nodes_are_read_and_more_are_not() {
    // Seven nodes are the map and its three pairs, two more the key and the list.
    let list = |items: usize| format!("extra: [{}]\n", vec!["x"; items].join(","));
    assert!(read(&list(10_000 - 9)).is_ok());
    assert!(matches!(read(&list(10_000 - 8)), Err(ParseError::Limit { limit: "more than 10000 nodes", .. })));
}

#[test]
fn wrong_types_and_missing_fields_are_refused_with_their_line() {
    let error = read("services: 5\n").unwrap_err();
    assert!(matches!(error, ParseError::Yaml { line: 4, .. }), "{error}");
    assert!(read("instance_defaults: {ports: [70000]}\n").is_err());
    assert_eq!(read("package_manager: brew\n").unwrap().template.package_manager, None);
    assert_eq!(parse(b"name: A\nbase: ubuntu\n"), Err(ParseError::Missing("description")));
    assert_eq!(parse(b"name: ''\ndescription: B\nbase: ubuntu\n"), Err(ParseError::Missing("name")));
    assert_eq!(parse(b"\xff\xfe"), Err(ParseError::NotUtf8));
    for bad in ["", "just text", "[1, 2]", "a: b: c", "\t", "name: [", "name: \"open"] {
        assert!(parse(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn every_field_survives_a_round_trip_through_json() {
    for shipped in cws_templates::shipped::shipped() {
        let template = parse(shipped.yaml.as_bytes()).unwrap().template;
        let json = serde_json::to_string(&template).unwrap();
        let again: cws_templates::Template = serde_json::from_str(&json).unwrap();
        assert_eq!(template, again, "{}", shipped.name);
    }
}

#[test]
fn the_published_schema_names_every_field_and_allows_more() {
    let schema = template_schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let properties = schema["properties"].as_object().unwrap();
    assert!(properties.len() >= 35, "{}", properties.len());
    for field in ["name", "inherits", "ami_config", "research_user", "marketplace", "files", "variables"] {
        assert!(properties.contains_key(field), "{field}");
    }
    assert_eq!(schema["required"], serde_json::json!(["name", "description", "base"]));
    assert_ne!(schema["additionalProperties"], serde_json::json!(false));
}
