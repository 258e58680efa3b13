//! Names, references, legacy slugs and their aliases.

use cws_templates::aliases::{ALIASES, DISPLAY_NAMES, WITHOUT_COUNTERPART, lookup};
use cws_templates::name::{check_name, slug};
use cws_templates::shipped::shipped;
use cws_templates::{NameError, TemplateName, TemplateRef};

#[test]
fn names_have_2_to_64_of_a_few_characters() {
    for good in ["ab", "python-ml", "r2", "a1-b2", &"x".repeat(64)] {
        assert_eq!(check_name(good), Ok(()), "{good}");
    }
    for bad in [
        "",
        "a",
        &"x".repeat(65),
        "A-b",
        "a_b",
        "a b",
        "-ab",
        "ab-",
        "a--b",
        "ab/",
        "а-cyrillic",
        "../ab",
        "a.b",
    ] {
        assert!(check_name(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_reference_is_read_and_written_back() {
    let reference: TemplateRef = "cws/ubuntu-24-04-base@^1".parse().unwrap();
    assert_eq!(reference.template, TemplateName::new("cws", "ubuntu-24-04-base").unwrap());
    assert!(reference.range.matches(&"1.4.0".parse().unwrap()));
    assert!(!reference.range.matches(&"2.0.0".parse().unwrap()));
    assert_eq!(reference.to_string(), "cws/ubuntu-24-04-base@^1");
    let open: TemplateRef = "cws/python-ml".parse().unwrap();
    assert!(open.range.matches(&"9.9.9".parse().unwrap()));
    assert!(!open.range.matches(&"10.0.0-rc.1".parse().unwrap()), "a pre-release must be named");
}

#[test]
fn bad_references_say_what_is_wrong() {
    assert!(matches!("cws/x y@1".parse::<TemplateRef>(), Err(NameError::Characters(_))));
    assert!(matches!("cws/python-ml@one".parse::<TemplateRef>(), Err(NameError::Range(_))));
    assert!(matches!("nobody-knows-this".parse::<TemplateRef>(), Err(NameError::Form(_))));
    assert!(matches!(
        "aa/bb/cc@1".parse::<TemplateRef>(),
        Err(NameError::Length(_) | NameError::Characters(_))
    ));
}

#[test]
fn legacy_display_names_become_their_slugs() {
    assert_eq!(slug("Python Machine Learning (Simplified)"), "python-ml");
    assert_eq!(slug("R Research Environment (Simplified)"), "r-environment");
    assert_eq!(slug("Basic Ubuntu (APT)"), "ubuntu");
    assert_eq!(slug("Rocky Linux 9 + Conda Stack"), "rocky-linux-9-conda-stack");
}

#[test]
fn old_slugs_and_display_names_lead_to_shipped_templates() {
    for (old, expected) in [
        ("python-ml", "cws/python-ml"),
        ("r-research", "cws/r-rstudio"),
        ("ubuntu", "cws/ubuntu-24-04-base"),
        ("rocky-conda", "cws/python-ml"),
        ("Basic Ubuntu (APT)", "cws/ubuntu-24-04-base"),
        ("Jupyter Data Science Lab", "cws/jupyter-datascience"),
        ("R Research Environment (Simplified)", "cws/r-rstudio"),
        ("desktop-dcv", "cws/desktop-dcv"),
        ("ubuntu-22-04-desktop", "cws/desktop-dcv"),
        ("Ubuntu 22.04 Desktop", "cws/desktop-dcv"),
        ("Ubuntu Desktop (GUI Only)", "cws/desktop-dcv"),
        ("web-dev", "cws/ubuntu-24-04-base"),
        ("Web Development (APT)", "cws/ubuntu-24-04-base"),
        ("Basic Research (APT)", "cws/ubuntu-24-04-base"),
        ("Basic Research (DNF)", "cws/amazon-linux-2023-base"),
        ("Python ML (AMI Optimized)", "cws/deep-learning-gpu"),
        ("Python ML with Pre-loaded Datasets", "cws/python-ml"),
        ("Configurable Python ML Environment", "cws/python-ml"),
    ] {
        assert_eq!(lookup(old).map(|n| n.to_string()).as_deref(), Some(expected), "{old}");
    }
    assert_eq!(lookup("unheard-of"), None);
}

#[test]
fn the_alias_table_is_sorted_and_points_only_at_shipped_templates() {
    for table in [ALIASES, DISPLAY_NAMES, WITHOUT_COUNTERPART] {
        assert!(table.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
    for (old, name) in ALIASES.iter().chain(DISPLAY_NAMES) {
        assert!(shipped().iter().any(|s| s.name == *name), "{old} -> {name}");
    }
}

#[test]
fn a_legacy_name_can_be_inherited() {
    let reference: TemplateRef = "Basic Ubuntu (APT)".parse().unwrap();
    assert_eq!(reference.template.to_string(), "cws/ubuntu-24-04-base");
}

#[test]
fn an_old_template_that_nothing_replaces_says_what_to_do_instead() {
    for old in ["Rocky Linux 9 Base", "rocky-linux-9-base"] {
        let refused = old.parse::<TemplateRef>().unwrap_err().to_string();
        assert!(refused.contains("has no counterpart here; set `base: rocky`"), "{refused}");
    }
}
