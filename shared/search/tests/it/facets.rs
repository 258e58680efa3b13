//! What facets count.

use crate::sample::{Sample, everything, template, words};
use cws_search::{Document, FACET_ROWS, Facets, Query};

fn of(id: &str, category: &str, tags: &[&str], rating: f64) -> Document {
    Document {
        category: category.into(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        rating_mean: rating,
        title: "science".into(),
        ..template(id)
    }
}

fn sample() -> Sample {
    Sample::of(&[
        of("a", "ml", &["gpu", "python"], 4.9),
        of("b", "ml", &["gpu"], 3.0),
        of("c", "bio", &["python"], 4.0),
        Document { deprecated: true, ..of("d", "bio", &["gpu"], 1.0) },
    ])
}

fn facets(sample: &Sample, query: Query) -> Facets {
    sample.ask(&Query { facets: true, ..query }).facets.unwrap()
}

fn values(facets: &Facets, name: &str) -> Vec<(String, u64)> {
    facets.values[name].clone()
}

fn pairs(of: &[(&str, u64)]) -> Vec<(String, u64)> {
    of.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()
}

#[test]
fn without_filters_everything_in_use_is_counted() {
    let facets = facets(&sample(), everything());
    assert!(facets.exact);
    assert_eq!(values(&facets, "category"), pairs(&[("ml", 2), ("bio", 1)]));
    assert_eq!(values(&facets, "tag"), pairs(&[("gpu", 2), ("python", 2)]));
    assert_eq!(values(&facets, "rating"), pairs(&[("4", 2), ("3", 1)]));
    assert_eq!(values(&facets, "namespace"), pairs(&[("lab", 3)]));
    assert!(values(&facets, "domain").is_empty());
    assert!(!facets.values.contains_key("author"));
}

#[test]
fn a_facet_is_counted_without_its_own_filter_and_with_the_others() {
    let query = Query { category: Some("ml".into()), min_rating: Some(4.0), ..everything() };
    let facets = facets(&sample(), query);
    assert_eq!(values(&facets, "category"), pairs(&[("ml", 1), ("bio", 1)]));
    assert_eq!(values(&facets, "rating"), pairs(&[("4", 1), ("3", 1)]));
    assert_eq!(values(&facets, "tag"), pairs(&[("gpu", 1), ("python", 1)]));
}

#[test]
fn chosen_tags_narrow_the_tags_that_are_left() {
    let facets = facets(&sample(), Query { tags: vec!["gpu".into()], ..everything() });
    assert_eq!(values(&facets, "tag"), pairs(&[("gpu", 2), ("python", 1)]));
    assert_eq!(values(&facets, "category"), pairs(&[("ml", 2)]));
}

#[test]
fn a_text_narrows_all_facets() {
    let facets = facets(&sample(), Query { include_deprecated: true, ..words("science") });
    assert_eq!(values(&facets, "category"), pairs(&[("ml", 2), ("bio", 2)]));
    let facets = self::facets(&sample(), words("nothing"));
    assert!(facets.exact && facets.values.values().all(Vec::is_empty));
}

#[test]
fn an_unknown_value_still_shows_what_others_would_find() {
    let facets = facets(&sample(), Query { category: Some("unheard-of".into()), ..everything() });
    assert_eq!(values(&facets, "category"), pairs(&[("ml", 2), ("bio", 1)]));
    assert!(values(&facets, "tag").is_empty());
}

#[test]
fn counts_follow_changes() {
    let mut sample = sample();
    sample.index.upsert(&[of("a", "bio", &[], 0.0)]).unwrap();
    sample.index.remove(&["b"]).unwrap();
    let facets = facets(&sample, everything());
    assert_eq!(values(&facets, "category"), pairs(&[("bio", 2)]));
    assert_eq!(values(&facets, "tag"), pairs(&[("python", 1)]));
}

#[test]
fn twenty_values_are_listed_unless_asked_for_more_and_a_count_over_too_many_says_so() {
    let many =
        (0..FACET_ROWS as u64 + 1).map(|n| of(&format!("t{n:05}"), &format!("c{}", n % 30), &["all"], 0.0));
    let sample = Sample::of(&many.collect::<Vec<_>>());
    let all = facets(&sample, everything());
    assert_eq!((values(&all, "category").len(), all.exact), (20, true));
    let more = facets(&sample, Query { facet_values: Some(25), ..everything() });
    assert_eq!(values(&more, "category").len(), 25);
    assert_eq!(values(&all, "tag"), pairs(&[("all", FACET_ROWS as u64 + 1)]));
    let sampled = facets(&sample, words("science"));
    assert_eq!((values(&sampled, "tag"), sampled.exact), (pairs(&[("all", FACET_ROWS as u64)]), false));
}
