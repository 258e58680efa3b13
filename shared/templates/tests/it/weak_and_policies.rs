//! Weak defaults, policies and image ids.

use cws_templates::validate::validate;
use cws_templates::{Level, parse};

fn errors(more: &str) -> Vec<String> {
    let yaml = format!("name: A\ndescription: B\nbase: ubuntu-24.04\n{more}\n");
    let report = validate(&parse(yaml.as_bytes()).unwrap());
    report.findings.into_iter().filter(|f| f.level == Level::Error).map(|f| f.code.into_owned()).collect()
}

fn has(more: &str, code: &str) {
    let found = errors(more);
    assert!(found.iter().any(|c| c == code), "{code} not in {found:?}: {more}");
}

#[test]
fn the_weak_defaults_that_templates_once_shipped_with_block() {
    has(
        "services: [{name: jupyter, port: 8888, config: [\"c.NotebookApp.token = 'cloudworkstation'\"]}]",
        "weak.known_secret",
    );
    has("services: [{name: jupyter, port: 8888, config: [\"c.ServerApp.token = ''\"]}]", "weak.no_login");
    has("post_install: 'echo \"rstats:rstudio\" | chpasswd'", "weak.password_set");
    has("post_install: \"chpasswd <<< 'researcher:cloudworkstation'\"", "weak.password_set");
    has("services: [{name: code-server, config: ['auth: none']}]", "weak.no_login");
    has("services: [{name: rstudio, config: ['auth-none=1']}]", "weak.no_login");
    has("parameters: {admin_password: {type: string, default: anything}}", "weak.default_secret");
    has("variables: {db_password: changeme}", "weak.known_secret");
    has("post_install: 'export PGPASSWORD=short'", "weak.literal_secret");
    has("post_install: 'docker run -e POSTGRES_HOST_AUTH_METHOD=trust postgres'", "weak.no_login");
}

#[test]
fn a_service_open_to_every_address_is_a_warning() {
    for more in [
        "services: [{name: x, port: 80, bind: 0.0.0.0, command: run}]",
        "services: [{name: jupyter, config: [\"c.ServerApp.ip = '0.0.0.0'\"]}]",
        "post_install: 'streamlit run app.py --server.address=0.0.0.0'",
    ] {
        let yaml = format!("name: A\ndescription: B\nbase: ubuntu-24.04\n{more}\n");
        let report = validate(&parse(yaml.as_bytes()).unwrap());
        assert!(report.findings.iter().any(|f| f.code == "weak.open_to_all"), "{more}");
        assert!(!report.blocks(), "{more}: {:?}", report.findings);
    }
}

#[test]
fn a_secret_parameter_without_default_is_fine() {
    assert!(errors("parameters: {db_password: {type: string, required: true, description: d}}").is_empty());
}

#[test]
fn too_wide_policies_block_in_yaml_and_in_scripts() {
    let statement =
        |inside: &str| format!("policy_metadata:\n  Statement:\n    - {{Effect: Allow, {inside}}}\n");
    has(&statement("Action: '*', Resource: '*'"), "iam.every_action");
    has(&statement("Action: ['s3:*'], Resource: '*'"), "iam.service_on_everything");
    has(&statement("Action: 'iam:PassRole', Resource: ['*']"), "iam.powers_on_everything");
    has(&statement("NotAction: 'iam:*', Resource: '*'"), "iam.not_action");
    has(
        &statement("Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*', Principal: {AWS: '*'}"),
        "iam.public_principal",
    );
    has(
        "post_install: 'aws iam x --policy {\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}'",
        "iam.every_action",
    );
    assert!(errors(&statement("Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::data/*'")).is_empty());
    assert!(errors(&statement("Action: '*', Resource: '*'").replace("Allow", "Deny")).is_empty());
}

#[test]
fn more_statements_than_can_be_checked_block() {
    let many = "{\"Effect\":\"Allow\",\"a\":".repeat(201);
    has(&format!("post_install: |\n  x='{many}'"), "iam.too_many_statements");
}

#[test]
fn a_written_image_id_blocks_and_a_parameter_does_not() {
    has("ami_config: {ami_mappings: {us-east-1: ami-0abcdef1234567890}}", "image.hard_coded");
    has("ami_config: {amis: {us-east-1: {x86_64: ami-0q123456}}}", "image.hard_coded");
    has("post_install: 'aws ec2 run-instances --image-id ami-0abcdef1234567890'", "image.hard_coded");
    has("ami_config: {ssm_parameters: {sparc: /aws/service/x}}", "image.architecture");
    has("ami_config: {ssm_parameters: {x86_64: 'no path'}}", "image.parameter_path");
    assert!(
        errors("ami_config: {strategy: ami_preferred, ssm_parameters: {x86_64: /aws/service/x}}").is_empty()
    );
}
