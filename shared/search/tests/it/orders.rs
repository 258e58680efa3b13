//! Orders, filters and paging.

use crate::sample::{Sample, everything, ids, named, tagged, template, words};
use cws_search::{Document, Key, Position, Query, Sort};

fn three() -> Sample {
    Sample::of(&[
        Document {
            rating_mean: 4.5,
            rating_count: 9,
            updated_at_ms: 1,
            created_at_ms: 30,
            ..named("t1", "beta")
        },
        Document {
            downloads: 70,
            downloads_recent: 1,
            updated_at_ms: 3,
            created_at_ms: -5,
            ..named("t2", "Alpha")
        },
        Document {
            downloads: 7,
            downloads_recent: 5,
            rating_mean: 4.9,
            rating_count: 4,
            ..named("t3", "gamma")
        },
    ])
}

#[test]
fn each_order_puts_the_right_template_first() {
    let sample = three();
    let orders = [
        (Sort::Rating, ["t3", "t1", "t2"]),
        (Sort::Downloads, ["t2", "t3", "t1"]),
        (Sort::Updated, ["t2", "t1", "t3"]),
        (Sort::Created, ["t1", "t3", "t2"]),
        (Sort::Name, ["t2", "t1", "t3"]),
        (Sort::Trending, ["t3", "t2", "t1"]),
        (Sort::Relevance, ["t2", "t3", "t1"]),
    ];
    for (sort, expected) in orders {
        assert_eq!(ids(&sample.ask(&Query { sort, ..everything() })), expected, "{sort:?}");
    }
}

#[test]
fn featured_needs_a_good_rating_from_enough_reviews() {
    let just = Document { rating_mean: 4.0, rating_count: 5, ..template("t4") };
    let below = Document { rating_mean: 3.999_999, rating_count: 500, ..template("t5") };
    let mut sample = three();
    sample.index.upsert(&[just, below]).unwrap();
    let page = sample.ask(&Query { featured: true, sort: Sort::Rating, ..everything() });
    assert_eq!(ids(&page), ["t1", "t4"]);
}

#[test]
fn a_least_rating_is_exact_between_stars() {
    let sample = three();
    let rated =
        |least| ids(&sample.ask(&Query { min_rating: Some(least), sort: Sort::Rating, ..everything() }));
    assert_eq!(rated(4.5), ["t3", "t1"]);
    assert_eq!(rated(4.500_001), ["t3"]);
    assert_eq!(rated(0.0).len(), 3);
}

#[test]
fn all_tags_must_be_there_and_case_does_not_matter() {
    let sample = Sample::of(&[tagged("a", &["GPU", "ml"]), tagged("b", &["gpu"])]);
    let with = |tags: &[&str]| {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        ids(&sample.ask(&Query { tags, ..everything() }))
    };
    assert_eq!(with(&["gpu"]), ["a", "b"]);
    assert_eq!(with(&["Gpu", "ML", "ml"]), ["a"]);
    assert_eq!(with(&["gpu", "unheard-of"]), Vec::<String>::new());
}

#[test]
fn deprecated_and_wholly_yanked_templates_show_only_when_asked_for() {
    let sample = Sample::of(&[
        template("a"),
        Document { deprecated: true, ..template("b") },
        Document { yanked_only: true, ..template("c") },
    ]);
    assert_eq!(ids(&sample.ask(&everything())), ["a"]);
    let page = sample.ask(&Query { include_deprecated: true, ..everything() });
    assert_eq!((ids(&page).join(""), page.total.count), ("abc".to_owned(), 3));
}

#[test]
fn only_changed_numbers_change_the_order_and_nothing_else() {
    let mut sample = three();
    let before = sample.find("beta");
    let raised = Document { downloads: 1_000, revision: "2".into(), rating_mean: 4.6, ..named("t1", "beta") };
    sample.index.upsert(&[raised]).unwrap();
    assert_eq!(ids(&sample.ask(&Query { sort: Sort::Downloads, ..everything() })), ["t1", "t2", "t3"]);
    assert_eq!(sample.find("beta"), before);
    sample.index.check().unwrap();
}

#[test]
fn pages_follow_each_other_while_the_index_changes() {
    let documents: Vec<_> = (0..30).map(|n| template(&format!("t{n:02}"))).collect();
    let mut sample = Sample::of(&documents);
    let first = sample.ask(&Query { limit: 10, ..everything() });
    sample.index.upsert(&[template("t00a"), template("t15a")]).unwrap();
    sample.index.remove(&["t09", "t20"]).unwrap();
    let rest = sample.ask(&Query { after: first.next, ..everything() });
    let rest = ids(&rest);
    assert_eq!(rest.first().unwrap(), "t10", "the row that the page ended at is gone, its place is not");
    assert!(rest.contains(&"t15a".to_owned()) && !rest.contains(&"t00a".to_owned()));
    assert_eq!(rest.len(), 20);
}

#[test]
fn a_position_survives_being_written_down() {
    let position = Position {
        sort: Sort::Relevance,
        key: Key::Rank { tier: 2, score: -1_234_567 },
        template_id: "tpl_é".into(),
    };
    let text = serde_json::to_string(&position).unwrap();
    assert_eq!(serde_json::from_str::<Position>(&text).unwrap(), position);
}

#[test]
fn relevance_pages_show_each_template_once() {
    let documents: Vec<_> =
        (0..250).map(|n| named(&format!("t{n:03}"), &format!("gpu-{}", n % 40))).collect();
    let sample = Sample::of(&documents);
    let mut query = Query { limit: 7, ..words("gpu") };
    let mut seen = Vec::new();
    loop {
        let page = sample.ask(&query);
        seen.extend(ids(&page));
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    let mut distinct = seen.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!((seen.len(), distinct.len()), (250, 250));
}
