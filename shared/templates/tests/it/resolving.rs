//! Pinning parents and dependencies.

use cws_templates::parse;
use cws_templates::resolve::{LockKind, Need, ResolveError, Resolver, resolve};

use crate::resolving_world::{pinned, run, template, world, yaml};

#[test]
fn the_highest_version_that_all_ranges_allow_is_pinned() {
    let world = world(&[
        ("us/aa", "1.0.0", &["us/cc@>=1.1"]),
        ("us/bb", "1.0.0", &["us/cc@<1.4"]),
        ("us/cc", "1.0.0", &[]),
        ("us/cc", "1.2.0", &[]),
        ("us/cc", "1.3.9", &[]),
        ("us/cc", "1.4.0", &[]),
    ]);
    let found = run(&["us/aa@^1", "us/bb@^1"], None, &world).unwrap();
    assert_eq!(pinned(&found), ["us/aa 1.0.0", "us/bb 1.0.0", "us/cc 1.3.9"]);
    let shared = found.lock.entries.last().unwrap();
    assert_eq!(shared.requested_by, ["us/aa: >=1.1", "us/bb: <1.4"]);
}

#[test]
fn a_diamond_is_merged_once_and_parents_come_first() {
    let world = world(&[
        ("us/left", "1.0.0", &["us/top@1"]),
        ("us/right", "1.0.0", &["us/top@1"]),
        ("us/top", "1.0.0", &[]),
    ]);
    let found = run(&["us/left@1", "us/right@1"], None, &world).unwrap();
    let order: Vec<&str> = found.parents.iter().map(|d| found.templates[d].name.as_str()).collect();
    assert_eq!(order, ["us/top 1.0.0", "us/left 1.0.0", "us/right 1.0.0"]);
}

#[test]
fn a_circle_is_refused_with_its_path() {
    let world = world(&[
        ("us/aa", "1.0.0", &["us/bb"]),
        ("us/bb", "1.0.0", &["us/cc"]),
        ("us/cc", "1.0.0", &["us/aa"]),
    ]);
    let error = run(&["us/aa"], None, &world).unwrap_err();
    assert_eq!(error.to_string(), "circle of templates: us/root -> us/aa -> us/bb -> us/cc -> us/aa");
    let itself = run(&["us/root"], None, &world).unwrap_err();
    assert_eq!(itself.to_string(), "circle of templates: us/root -> us/root");
}

#[test]
fn eight_steps_are_allowed_and_nine_are_not() {
    let mut catalogue = world(&[]);
    for step in 1..=9 {
        let parent = format!("us/s{}", step + 1);
        let parents: Vec<&str> = if step == 9 { vec![] } else { vec![&parent] };
        catalogue.publish(
            &format!("us/s{step}"),
            "1.0.0",
            &yaml("s", &parents, &[("us/leaf", "runtime")][..0]),
        );
    }
    assert!(run(&["us/s2"], None, &catalogue).is_ok());
    let error = run(&["us/s1"], None, &catalogue).unwrap_err();
    assert!(
        error.to_string().contains("us/root -> us/s1 -> us/s2") && error.to_string().ends_with("us/s9"),
        "{error}"
    );
}

#[test]
fn a_long_way_round_to_a_known_template_still_counts() {
    let mut catalogue = world(&[]);
    for step in 1..=8 {
        let parents = [format!("us/s{}", step + 1)];
        let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
        catalogue.publish(&format!("us/s{step}"), "1.0.0", &yaml("s", &parents, &[]));
    }
    catalogue.publish("us/s9", "1.0.0", &yaml("s", &[], &[]));
    let error = run(&["us/s7", "us/s1"], None, &catalogue).unwrap_err();
    assert!(matches!(error, ResolveError::TooDeep(_)), "{error}");
}

#[test]
fn a_yanked_version_is_chosen_only_where_a_lock_pins_it() {
    let mut world = world(&[("us/aa", "1.0.0", &[]), ("us/aa", "1.1.0", &[])]);
    let before = run(&["us/aa@^1"], None, &world).unwrap();
    assert_eq!(pinned(&before), ["us/aa 1.1.0"]);
    world.yank("us/aa", "1.1.0");
    assert_eq!(pinned(&run(&["us/aa@^1"], None, &world).unwrap()), ["us/aa 1.0.0"]);
    assert_eq!(pinned(&run(&["us/aa@^1"], Some(&before.lock), &world).unwrap()), ["us/aa 1.1.0"]);
    world.yank("us/aa", "1.0.0");
    let error = run(&["us/aa@^1"], None, &world).unwrap_err();
    assert!(error.to_string().contains("1.1.0 (yanked), 1.0.0 (yanked)"), "{error}");
}

#[test]
fn a_lock_holds_an_older_version_as_long_as_it_suits() {
    let mut world = world(&[("us/aa", "1.0.0", &[])]);
    let lock = run(&["us/aa@^1"], None, &world).unwrap().lock;
    world.publish("us/aa", "1.9.0", &yaml("newer", &[], &[]));
    assert_eq!(pinned(&run(&["us/aa@^1"], Some(&lock), &world).unwrap()), ["us/aa 1.0.0"]);
    assert_eq!(pinned(&run(&["us/aa@^1.5"], Some(&lock), &world).unwrap()), ["us/aa 1.9.0"]);
}

#[test]
fn a_pre_release_is_chosen_only_by_a_range_that_names_one() {
    let world = world(&[("us/aa", "1.0.0", &[]), ("us/aa", "2.0.0-rc.1", &[])]);
    assert_eq!(pinned(&run(&["us/aa"], None, &world).unwrap()), ["us/aa 1.0.0"]);
    assert_eq!(pinned(&run(&["us/aa@>=2.0.0-rc.0"], None, &world).unwrap()), ["us/aa 2.0.0-rc.1"]);
}

#[test]
fn what_is_missing_or_cannot_agree_is_said() {
    let world = world(&[("us/aa", "1.0.0", &[]), ("us/bb", "1.0.0", &["us/aa@^2"])]);
    let unknown = run(&["us/nothing"], None, &world).unwrap_err();
    assert_eq!(unknown.to_string(), "there is no template `us/nothing`, wanted by `us/root`");
    let conflict = run(&["us/aa@^1", "us/bb"], None, &world).unwrap_err();
    let text = "no version of `us/aa` suits `us/bb` (^2), `us/root` (^1); published: 1.0.0";
    assert_eq!(conflict.to_string(), text);
    let bad = run(&["us/AA@^1"], None, &world).unwrap_err();
    assert!(matches!(bad, ResolveError::Reference { .. }));
}

#[test]
fn dependencies_are_locked_with_their_kind_and_only_parents_are_merged() {
    let mut catalogue = world(&[("us/base", "1.0.0", &[]), ("us/tool", "1.0.0", &["us/base"])]);
    catalogue.publish("us/other", "1.0.0", &yaml("other", &[], &[]));
    let root = yaml("Root", &["us/base@1"], &[("us/tool@^1", "runtime"), ("us/other@^1", "build")]);
    let root = parse(root.as_bytes()).unwrap().template;
    let found = resolve("us/root".parse().unwrap(), &root, None, &catalogue).unwrap();
    let kinds: Vec<LockKind> = found.lock.entries.iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [LockKind::Inherits, LockKind::Build, LockKind::Runtime]);
    assert_eq!(found.parents.len(), 1);
}

#[test]
fn bytes_that_do_not_match_their_digest_are_refused() {
    let catalogue = world(&[("us/aa", "1.0.0", &[])]);
    let mut resolver = Resolver::new("us/root".parse().unwrap(), &template(&["us/aa"])).unwrap();
    let needs = resolver.needs().unwrap();
    let name = "us/aa".parse().unwrap();
    assert_eq!(needs, [Need::Candidates(name)]);
    resolver
        .supply_candidates("us/aa".parse().unwrap(), catalogue.candidates.values().next().unwrap().clone());
    let Some(Need::Bytes(digest)) = resolver.needs().unwrap().pop() else { panic!("bytes are needed") };
    assert!(matches!(resolver.supply_bytes(&digest, b"other"), Err(ResolveError::DigestMismatch(_))));
    assert!(matches!(resolver.clone().finish(), Err(ResolveError::Unfinished(Need::Bytes(_)))));
    resolver.supply_bytes(&digest, &catalogue.bytes[&digest]).unwrap();
    assert_eq!(resolver.finish().unwrap().lock.entries.len(), 1);
}

#[test]
fn the_lock_reads_back_and_its_digest_is_that_of_its_bytes() {
    let world = world(&[("us/aa", "1.0.0", &["us/bb"]), ("us/bb", "2.0.0", &[])]);
    let lock = run(&["us/aa"], None, &world).unwrap().lock;
    let again: cws_templates::resolve::Lock = serde_json::from_slice(&lock.canonical_bytes()).unwrap();
    assert_eq!(lock, again);
    assert_eq!(lock.digest(), cws_templates::Digest::of(&lock.canonical_bytes()));
    let json: serde_json::Value = serde_json::from_slice(&lock.canonical_bytes()).unwrap();
    assert_eq!(json["entries"][0]["ref"], "us/aa");
    assert_eq!(json["entries"][0]["kind"], "inherits");
}

#[test]
fn another_name_of_a_template_is_the_same_template() {
    let named = |name: &str| name.parse::<cws_templates::TemplateName>().unwrap();
    let world = world(&[("us/base", "1.0.0", &[]), ("us/base", "1.2.0", &[])]);
    let answer = |root: &str, inherits: &[&str], alias: (&str, &str)| {
        let mut resolver = Resolver::new(named(root), &template(inherits))?;
        loop {
            let needs = resolver.needs()?;
            if needs.is_empty() {
                return resolver.finish();
            }
            for need in needs {
                match need {
                    Need::Candidates(name) if name == named(alias.0) => {
                        resolver.supply_name(name, named(alias.1))
                    }
                    Need::Candidates(name) => {
                        let found = world.candidates.get(&name).cloned().unwrap_or_default();
                        resolver.supply_candidates(name, found);
                    }
                    Need::Bytes(digest) => resolver.supply_bytes(&digest, &world.bytes[&digest])?,
                }
            }
        }
    };
    let found = answer("us/root", &["us/base@=1.0.0", "us/old@^1"], ("us/old", "us/base")).unwrap();
    assert_eq!(pinned(&found), ["us/base 1.0.0"]);
    assert_eq!(found.parents.len(), 1);
    let apart = answer("us/root", &["us/base@=1.0.0", "us/old@=1.2.0"], ("us/old", "us/base"));
    assert!(matches!(apart, Err(ResolveError::Conflict { .. })), "{apart:?}");
    let circle = answer("us/root", &["us/me"], ("us/me", "us/root")).unwrap_err();
    assert_eq!(circle.to_string(), "circle of templates: us/root -> us/root");
}
