//! Secrets anywhere in a template.

use cws_templates::validate::validate;
use cws_templates::{Finding, Level, parse};

fn findings(more: &str) -> Vec<Finding> {
    let yaml = format!("name: A\ndescription: B\nbase: ubuntu-24.04\n{more}\n");
    validate(&parse(yaml.as_bytes()).unwrap()).findings
}

fn codes(more: &str, level: Level) -> Vec<String> {
    let secret = |f: &Finding| f.code.starts_with("secret.") && f.level == level;
    findings(more).into_iter().filter(secret).map(|f| f.code.into_owned()).collect()
}

/// Written in two parts, so that no scanner mistakes this file for a leak.
fn joined(parts: [&str; 2]) -> String {
    parts.concat()
}

#[test]
fn every_known_form_blocks() {
    for (code, secret) in [
        ("secret.aws_access_key", joined(["AKIA", "Z7QWERTYUIOP2345"])),
        ("secret.cws_key", joined(["cws_live_", "4fQ9xT2mB7vR1kLp8sYd"])),
        ("secret.private_key", joined(["-----BEGIN OPENSSH ", "PRIVATE KEY-----"])),
        (
            "secret.github_token",
            joined(["github_pat_", &format!("{}_{}", "a1".repeat(11), "B2c".repeat(20).split_at(59).0)]),
        ),
        ("secret.gitlab_token", joined(["glpat-", "x1Y2z3A4b5C6d7E8f9G0"])),
        ("secret.slack_token", joined(["xoxb-", "123456789012-abcdefABCDEF"])),
        ("secret.google_key", joined(["AIza", "SyA1234567890abcdefghijklmnopqrstuv"])),
        ("secret.stripe_key", joined(["sk_live_", "4eC39HqLyjWDarjtT1zdp7dc"])),
        ("secret.huggingface_token", joined(["hf_", "AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh"])),
        (
            "secret.web_token",
            joined(["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"]),
        ),
        ("secret.url_password", joined(["postgres://admin:s3cr3tpw", "@db.example.org/x"])),
    ] {
        assert_eq!(
            codes(&format!("user_data: 'echo {secret}'"), Level::Error).first().map(String::as_str),
            Some(code),
            "{secret}"
        );
        assert!(
            !codes(&format!("long_description: 'key {secret}'"), Level::Error).is_empty(),
            "{code} in prose"
        );
        assert!(
            !codes(&format!("# a comment with {secret}"), Level::Error).is_empty(),
            "{code} in a comment"
        );
        let all = format!("{:?}", findings(&format!("user_data: 'echo {secret}'")));
        assert!(!all.contains(&secret), "{code} is repeated in a finding");
    }
}

#[test]
fn a_random_value_of_a_secret_name_blocks() {
    for text in [
        "user_data: 'export DB_PASSWORD=x9Kd83jLmQz71pWv'",
        "variables: {api_key: 9f8e7d6c5b4a39281706f5e4d3c2b1a0}",
        "services: [{name: x, environment: {SECRET_KEY: zX81kQ0pLm29vBn4Wq}}]",
        "post_install: 'aws configure set aws_secret_access_key=wJalr3UtnFEMI7K9MDENGbPxRfiCYzzzzKEY1234'",
    ] {
        assert_eq!(codes(text, Level::Error), ["secret.assigned"], "{text}");
    }
}

#[test]
fn what_only_looks_secret_does_not_block() {
    for text in [
        "user_data: 'export DB_PASSWORD=\"$(cat /run/secret)\"'",
        "user_data: 'TOKEN_FILE=/etc/cws/tokens/jupyter1234567890'",
        "user_data: 'echo AKIAIOSFODNN7EXAMPLE'",
        "user_data: 'cws_install_all_the_research_packages'",
        "user_data: 'sha256=848194851a98903134187fbb4ab50efe87b003e0c0f808f97644b7524a62bf2c'",
        "variables: {token_ttl: '3600'}",
        "user_data: 'git clone https://github.com/example/x.git'",
    ] {
        assert_eq!(codes(text, Level::Error), Vec::<String>::new(), "{text}");
    }
}
