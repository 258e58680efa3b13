//! What a launch may give, and what becomes of it.

use cws_templates::format::ParameterValue;
use cws_templates::parameters::{Checked, Given, substitute_plain, substitute_script, values};
use cws_templates::{Template, parse};

fn template(parameters: &str) -> Template {
    parse(
        format!("name: A\ndescription: B\nbase: ubuntu\nvariables: {{k: v}}\nparameters: {parameters}\n")
            .as_bytes(),
    )
    .unwrap()
    .template
}

fn given(name: &str, value: impl Into<ParameterValue>) -> Given {
    Given::from([(name.to_owned(), value.into())])
}

fn refusal(parameters: &str, name: &str, value: ParameterValue) -> String {
    values(&template(parameters), &given(name, value)).unwrap_err()[0].to_string()
}

#[test]
fn a_version_stays_the_text_it_was() {
    let template = template("{python_version: {type: choice, choices: ['3.9', '3.10'], default: 3.10}}");
    let checked = values(&template, &Given::new()).unwrap();
    assert_eq!(checked.get("python_version"), Some(&Checked::Text("3.10".into())));
    let checked = values(&template, &given("python_version", "3.9")).unwrap();
    assert_eq!(substitute_plain("python={{.python_version}}", &checked).unwrap(), "python=3.9");
    let error = values(&template, &given("python_version", ParameterValue::Float(3.1))).unwrap_err();
    assert!(error[0].to_string().contains("write it in quotes"), "{}", error[0]);
}

#[test]
fn each_rule_refuses_what_breaks_it() {
    let int = "{n: {type: int, min: 1, max: 5}}";
    assert_eq!(refusal(int, "n", ParameterValue::Int(6)), "parameter `n`: `6` is outside 1 to 5");
    assert_eq!(refusal(int, "n", "many".into()), "parameter `n`: `many` is not a whole number");
    assert_eq!(
        refusal("{b: {type: bool}}", "b", "perhaps".into()),
        "parameter `b`: `perhaps` is not true or false"
    );
    let choice = "{c: {type: choice, choices: [a, b]}}";
    assert_eq!(refusal(choice, "c", "z".into()), "parameter `c`: `z` is not one of a, b");
    let text = "{s: {type: string, pattern: '[a-z]+', max: 4}}";
    assert_eq!(refusal(text, "s", "abcde".into()), "parameter `s`: `abcde` is outside any to 4");
    assert_eq!(refusal(text, "s", "ab1".into()), "parameter `s`: `ab1` does not match `[a-z]+`");
    assert_eq!(refusal(text, "s", "ab\nrm".into()), "parameter `s`: `abrm` is outside any to 4");
    let list = "{l: {type: list, choices: [a, b], max: 2}}";
    assert!(
        refusal(list, "l", ParameterValue::List(vec!["a".into(), "x".into()])).contains("`x` is not one of")
    );
    assert!(refusal(list, "l", ParameterValue::List(vec!["a".into(); 3])).contains("outside"));
    assert_eq!(refusal("{s: {}}", "t", "x".into()), "parameter `t`: the template has no such parameter");
    assert!(refusal("{s: {}}", "s", "a\u{0}b".into()).contains("control characters"));
    let required = values(&template("{r: {required: true}}"), &Given::new()).unwrap_err();
    assert_eq!(required[0].to_string(), "parameter `r`: a value is required");
}

#[test]
fn every_refused_parameter_is_named_at_once() {
    let given = Given::from([("a".into(), "x".into()), ("z".into(), "y".into())]);
    let errors = values(&template("{a: {type: int}, m: {required: true}}"), &given).unwrap_err();
    let names: Vec<&str> = errors.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names, ["a", "m", "z"]);
}

#[test]
fn a_secret_is_never_shown() {
    for name in ["db_password", "api_token", "AWS_SECRET", "private-key"] {
        let parameters = format!("{{{name}: {{pattern: '[0-9]+'}}}}");
        let error = refusal(&parameters, name, "hunter-two".into());
        assert!(error.contains("***") && !error.contains("hunter"), "{error}");
    }
}

#[test]
fn a_plain_value_is_written_and_any_other_is_referred_to() {
    let template = template("{a: {}, b-c: {}, l: {type: list}}");
    let given = Given::from([
        ("a".into(), "plain-1.0".into()),
        ("b-c".into(), "it's $(here)".into()),
        ("l".into(), ParameterValue::List(vec!["x".into(), "y".into()])),
    ]);
    let (text, assignments) =
        substitute_script("{{.a}} {{ b-c }} {{l}} {{.k}} {{.Names}}", &values(&template, &given).unwrap());
    assert_eq!(text, "plain-1.0 ${CWS_PARAM_b_c} x y v {{.Names}}");
    assert_eq!(assignments, [r"CWS_PARAM_b_c='it'\''s $(here)'"]);
}

#[test]
fn outside_a_script_only_plain_values_go() {
    let values = values(&template("{a: {}}"), &given("a", "x; reboot")).unwrap();
    assert!(substitute_plain("pkg={{.a}}", &values).is_err());
}

#[test]
fn a_pattern_cannot_be_made_to_hang() {
    let template = template("{a: {pattern: '(a+)+$'}}");
    let long = "a".repeat(4000) + "!";
    assert!(values(&template, &given("a", long.as_str())).is_err());
}
