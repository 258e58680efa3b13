//! Who finds what: never by a hit, a total, a facet or a suggestion does anybody learn of what is not his.

use crate::sample::{Sample, everything, ids, titled, words};
use cws_search::{Document, Findable, Query, Visibility};

fn world() -> Sample {
    let of = |id: &str, word: &str, visibility, institution: &str| Document {
        visibility,
        institution_id: institution.into(),
        category: format!("cat-{id}"),
        ..titled(id, &format!("shared {word}"))
    };
    Sample::of(&[
        of("pub", "openness", Findable::Public, "ins_a"),
        of("a", "alchemistry", Findable::Institution, "ins_a"),
        of("b", "botanicals", Findable::Institution, "ins_b"),
        Document {
            readers: vec!["usr_1".into(), "prj_1".into()],
            ..of("r", "restricted", Findable::Restricted, "ins_a")
        },
        of("nobody", "loneliness", Findable::Restricted, "ins_a"),
    ])
}

fn seen_by(institution: Option<&str>, principals: &[&str]) -> Visibility {
    let principals = principals.iter().map(|id| (*id).to_owned()).collect();
    Visibility { public: true, institution: institution.map(str::to_owned), principals }
}

#[test]
fn each_caller_finds_his_own() {
    let sample = world();
    let callers = [
        (seen_by(None, &[]), vec!["pub"]),
        (seen_by(Some("ins_a"), &[]), vec!["a", "pub"]),
        (seen_by(Some("ins_b"), &["usr_2"]), vec!["b", "pub"]),
        (seen_by(Some("ins_a"), &["usr_1"]), vec!["a", "pub", "r"]),
        (seen_by(None, &["prj_1", "usr_1", "usr_1"]), vec!["pub", "r"]),
        (Visibility { public: false, ..seen_by(Some("ins_b"), &[]) }, vec!["b"]),
        (Visibility::default(), vec![]),
    ];
    for (visible_to, expected) in callers {
        for text in [None, Some("shared".to_owned())] {
            let query = Query { text, visible_to: visible_to.clone(), facets: true, ..everything() };
            let page = sample.ask(&query);
            assert_eq!(ids(&page), expected, "{visible_to:?}");
            assert_eq!((page.total.count, page.total.exact), (expected.len() as u64, true));
            let facets = page.facets.unwrap();
            let counted: u64 = facets.values["category"].iter().map(|(_, count)| count).sum();
            assert_eq!(counted, expected.len() as u64, "{visible_to:?}");
        }
    }
}

#[test]
fn an_institution_cannot_pass_for_a_principal_or_the_public() {
    let sample = world();
    for visible_to in [
        Visibility { public: false, ..seen_by(Some("public"), &["ins_a", "public", "institution ins_a"]) },
        Visibility { public: false, ..seen_by(Some("usr_1"), &[]) },
    ] {
        assert!(sample.ask(&Query { visible_to, ..everything() }).hits.is_empty());
    }
}

#[test]
fn words_of_others_are_neither_found_nor_corrected_to_nor_noticed() {
    let sample = world();
    let stranger = |text: &str| Query { visible_to: seen_by(Some("ins_b"), &[]), ..words(text) };
    for text in ["alchemistry", "alchemisty", "restricte", "loneliness", "lab/nobody"] {
        let page = sample.ask(&stranger(text));
        assert!(page.hits.is_empty() && page.did_you_mean.is_none(), "{text}");
    }
    // `openness` is public; that another institution uses the very misspelling must not silence the correction.
    let mut sample = sample;
    let secret = Document {
        visibility: Findable::Institution,
        institution_id: "ins_a".into(),
        ..titled("s", "opennes")
    };
    sample.index.upsert(&[Document { name: "opennses".into(), ..secret }]).unwrap();
    assert_eq!(sample.ask(&stranger("opennses")).did_you_mean.as_deref(), Some("openness"));
}

#[test]
fn a_template_made_private_is_gone_at_once() {
    let mut sample = world();
    let hidden = Document {
        visibility: Findable::Institution,
        institution_id: "ins_a".into(),
        ..titled("pub", "shared openness")
    };
    sample.index.upsert(&[hidden]).unwrap();
    assert!(sample.ask(&everything()).hits.is_empty());
    let page = sample.ask(&Query { visible_to: seen_by(Some("ins_a"), &[]), ..words("openness") });
    assert_eq!(ids(&page), ["pub"]);
    sample.index.check().unwrap();
}

#[test]
fn thousands_of_hidden_templates_do_not_push_out_a_visible_match() {
    let mut all = vec![titled("mine", "python for all")];
    all.extend((0..1_200).map(|n| Document {
        visibility: Findable::Institution,
        institution_id: "ins_other".into(),
        ..titled(&format!("x{n:04}"), "python")
    }));
    let page = Sample::of(&all).ask(&words("python"));
    assert_eq!((ids(&page), page.total.count), (vec!["mine".to_owned()], 1));
}
