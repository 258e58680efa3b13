//! Promises that hold for every input.

use cws_templates::parameters::{Given, quote, substitute_script, values};
use cws_templates::render::render;
use cws_templates::resolve::Versions;
use cws_templates::validate::validate;
use cws_templates::{Template, parse};
use proptest::prelude::*;

use crate::resolving_world::{run, world};

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn no_yaml_like_text_makes_parser_or_checks_panic(text in "[a-z:\\-\\[\\]{}&*!|>\"'#% \n,0-9?~.]{0,300}") {
        let _ = parse(text.as_bytes());
        let whole = format!("name: A\ndescription: B\nbase: ubuntu-24.04\npost_install: |\n  {}\n", text.replace('\n', "\n  "));
        if let Ok(parsed) = parse(whole.as_bytes()) {
            let _ = validate(&parsed);
            let _ = render(&parsed.template, &Given::new());
        }
    }

    #[test]
    fn a_shipped_template_with_a_byte_changed_never_panics(
        which in 0..12_usize,
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let shipped = cws_templates::shipped::shipped();
        let mut bytes = shipped[which].yaml.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = parse(&bytes);
    }

    #[test]
    fn resolution_does_not_depend_on_the_order_of_answers(seed in any::<u64>()) {
        let mut shuffled = world(&[
            ("us/aa", "1.0.0", &["us/cc@^1"]), ("us/aa", "1.1.0", &["us/cc@^1.1", "us/dd@<2"]), ("us/aa", "1.2.0-rc.1", &[]),
            ("us/bb", "1.0.0", &["us/cc@<1.3"]), ("us/bb", "2.0.0", &["us/dd@^2"]),
            ("us/cc", "1.0.0", &[]), ("us/cc", "1.1.0", &["us/dd"]), ("us/cc", "1.2.0", &["us/dd"]), ("us/cc", "1.3.0", &[]),
            ("us/dd", "1.0.0", &[]), ("us/dd", "1.5.0", &[]), ("us/dd", "2.0.0", &[]),
        ]);
        let roots: [&[&str]; 4] = [&["us/aa", "us/bb@^1"], &["us/bb", "us/aa"], &["us/cc", "us/bb@1"], &["us/aa@1.0", "us/dd@1"]];
        for root in roots {
            let expected = run(root, None, &shuffled);
            let mut state = seed | 1;
            for candidates in shuffled.candidates.values_mut() {
                for i in (1..candidates.len()).rev() {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    candidates.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
                }
            }
            prop_assert!(shuffled.candidates(&"us/aa".parse().unwrap()).unwrap().len() == 3);
            prop_assert_eq!(expected, run(root, None, &shuffled));
        }
    }

    #[test]
    fn a_quoted_text_is_one_word_of_bash_and_means_itself(text in "[^\\x00]{0,40}") {
        let output = std::process::Command::new("bash")
            .arg("-c").arg(format!("printf %s {}", quote(&text))).env_clear().env("LC_ALL", "C.UTF-8").output().unwrap();
        prop_assert_eq!(String::from_utf8_lossy(&output.stdout), text);
    }

    #[test]
    fn a_value_never_runs_as_a_command(value in "[a-z$`\"'\\\\;&|()<> {}#\n!*~-]{0,40}", place in 0..5_usize) {
        let yaml = "name: A\ndescription: B\nbase: ubuntu-24.04\nparameters: {x: {type: string}}\n";
        let template: Template = parse(yaml.as_bytes()).unwrap().template;
        let given = Given::from([("x".to_owned(), value.as_str().into())]);
        let checked = values(&template, &given).unwrap();
        let script = ["printf '%s' {{.x}}", "printf '%s' \"{{.x}}\"", "printf '%s' '{{.x}}'", "cat <<END\n{{x}}\nEND", "y={{ .x }}; : \"$y\""][place];
        let hostile = value.replace(|c: char| c.is_ascii_lowercase(), "") + "; touch-a-file; $(touch-a-file) `touch-a-file`";
        let given = Given::from([("x".to_owned(), hostile.as_str().into())]);
        let hostile = values(&template, &given).unwrap();
        for values in [checked, hostile] {
            let (body, assignments) = substitute_script(script, &values);
            let whole = format!("command_not_found_handle() {{ echo RAN-A-COMMAND >&2; }}\n{}\n{body}\n", assignments.join("\n"));
            let output = std::process::Command::new("bash").args(["-f", "-c", &whole]).env_clear().output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            prop_assert!(!said.contains("RAN-A-COMMAND") && !said.contains("syntax error"), "{whole}\n{said}");
        }
    }
}
