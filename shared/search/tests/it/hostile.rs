//! Texts and numbers that nobody should send.

use crate::sample::{Sample, everything, template, titled, words};
use cws_search::{Key, MAX_TEXT_CHARS, Position, Query, QueryError, Reader, SearchError, Sort};
use proptest::prelude::*;

const HOSTILE: [&str; 22] = [
    "\"",
    "\"\"",
    "'; DROP TABLE words; --",
    "gpu\" OR \"1",
    "gpu AND",
    "OR",
    "NOT gpu",
    "NEAR(gpu node, 2)",
    "gpu*",
    "*",
    "^gpu",
    "name:gpu",
    "facets:f8",
    "{name} : gpu",
    "- gpu",
    "((((",
    ")",
    "a\0b",
    "\0",
    "+",
    "\u{202e}gpu",
    "🦀 ﷺ \u{0301}",
];

#[test]
fn no_text_is_taken_for_syntax() {
    let sample = Sample::of(&[titled("a", "gpu node"), template("b")]);
    for text in HOSTILE {
        let page = sample.ask(&words(text));
        assert!(page.hits.len() < 2, "{text:?} found everything");
    }
    assert_eq!(sample.find("gpu*"), ["a"]);
    assert_eq!(sample.find("^gpu"), ["a"]);
    assert!(sample.find("name:gpu").is_empty(), "`name` is a word like any other");
    assert!(sample.find("f8").is_empty(), "filter values are not words");
}

#[test]
fn a_text_without_letters_finds_nothing_and_a_blank_one_everything() {
    let sample = Sample::of(&[template("a"), template("b")]);
    let nothing = sample.ask(&Query { facets: true, ..words("*** !") });
    assert_eq!((nothing.hits.len(), nothing.total.count), (0, 0));
    assert_eq!(sample.ask(&words(" \t")).hits.len(), 2);
}

fn refusal(query: &Query) -> QueryError {
    let sample = Sample::of(&[template("a")]);
    match Reader::open(&sample.path()).unwrap().search(query) {
        Err(SearchError::Refused(reason)) => reason,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn limits_are_held_on_both_sides() {
    let fits = "x".repeat(MAX_TEXT_CHARS);
    assert!(words(&fits).check().is_ok());
    assert_eq!(refusal(&words(&format!("{fits}x"))), QueryError::TextTooLong { chars: 257 });
    assert_eq!(refusal(&words(&"x".repeat(10_240))), QueryError::TextTooLong { chars: 10_240 });
    assert!(words(&"x ".repeat(12)).check().is_ok());
    assert_eq!(refusal(&words(&"x-".repeat(13))), QueryError::TooManyTerms { terms: 13 });
    assert_eq!(refusal(&Query { limit: 0, ..everything() }), QueryError::Limit { limit: 0 });
    assert_eq!(refusal(&Query { limit: 101, ..everything() }), QueryError::Limit { limit: 101 });
    assert_eq!(refusal(&Query { min_rating: Some(f64::NAN), ..everything() }), QueryError::Rating);
    assert_eq!(refusal(&Query { min_rating: Some(5.1), ..everything() }), QueryError::Rating);
    let tags = vec!["x".to_owned(); 11];
    assert_eq!(refusal(&Query { tags, ..everything() }), QueryError::TooManyTags { tags: 11 });
}

#[test]
fn a_position_from_another_order_is_refused() {
    let after = Position { sort: Sort::Rating, key: Key::Number(0), template_id: "a".into() };
    assert_eq!(refusal(&Query { after: Some(after.clone()), ..everything() }), QueryError::Position);
    let forged = Position { sort: Sort::Name, ..after };
    assert_eq!(refusal(&Query { after: Some(forged), ..everything() }), QueryError::Position);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn any_text_and_filter_is_answered_or_refused(
        texts in prop::collection::vec(any::<String>(), 8), tag in any::<String>(), name in any::<String>(),
    ) {
        let mut document = titled("a", &texts.join(" "));
        (document.name, document.tags, document.namespace) = (name, vec![tag.clone()], tag.clone());
        let sample = Sample::of(&[document, template("b")]);
        let reader = Reader::open(&sample.path()).unwrap();
        for text in texts {
            for query in [
                Query { facets: true, ..words(&text) },
                Query { category: Some(text.clone()), tags: vec![tag.clone()], ..everything() },
            ] {
                let answer = reader.search(&query);
                prop_assert!(matches!(answer, Ok(_) | Err(SearchError::Refused(_))), "{:?}", answer);
            }
        }
        sample.index.check().unwrap();
    }
}
