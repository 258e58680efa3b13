//! The index against a plain list: random templates, changes and questions; both must give the same pages.

use crate::sample::{Sample, template};
use cws_search::{Document, Findable, Query, Reader, Sort, TOTAL_CAP, Total, Visibility};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::collections::BTreeMap;

// Words of at most three letters are never corrected, so the list below needs no spelling of its own.
const WORDS: [&str; 8] = ["ab", "abc", "ba", "cab", "d", "gpu", "ml", "r"];
const LABELS: [&str; 3] = ["x", "y", "z"];
const PRINCIPALS: [&str; 3] = ["p1", "p2", "p3"];

prop_compose! {
    fn any_text()(words in prop::collection::vec(select(&WORDS[..]), 0..4)) -> String {
        words.join(" ")
    }
}

prop_compose! {
    fn any_document(ids: u16)(
        id in 0..ids, name in select(&WORDS[..]), title in any_text(), description in any_text(),
        labels in prop::collection::vec(select(&LABELS[..]), 4), tags in subsequence(LABELS.to_vec(), 0..=3),
        visibility in select(&[Findable::Public, Findable::Public, Findable::Institution, Findable::Restricted][..]),
        readers in subsequence(PRINCIPALS.to_vec(), 0..=3), stars in 0..=10_u8,
        numbers in prop::collection::vec(0..6_u32, 5), retired in 0..10_u8,
    ) -> Document {
        Document {
            name: name.to_owned(), title, description,
            namespace: labels[0].to_owned(), category: labels[1].to_owned(), domain: labels[2].to_owned(),
            author: labels[3].to_owned(), institution_id: labels[0].to_owned(), visibility,
            tags: tags.into_iter().map(str::to_owned).collect(),
            readers: readers.into_iter().map(str::to_owned).collect(),
            rating_mean: f64::from(stars) / 2.0, rating_count: numbers[0] * 2,
            downloads: numbers[1].into(), downloads_recent: numbers[2].into(),
            created_at_ms: i64::from(numbers[3]) - 3, updated_at_ms: numbers[4].into(),
            deprecated: retired == 0, yanked_only: retired == 1,
            ..template(&format!("tpl_{id:04}"))
        }
    }
}

prop_compose! {
    fn any_query()(
        text in prop::option::of(any_text()), cut in 0..3_usize,
        filters in prop::collection::vec(prop::option::weighted(0.2, select(&LABELS[..])), 4),
        tags in subsequence(LABELS.to_vec(), 0..=1), least in prop::option::weighted(0.3, 0.0..5.0_f64),
        featured in prop::bool::weighted(0.1), public in prop::bool::weighted(0.9),
        institution in prop::option::of(select(&LABELS[..])), principals in subsequence(PRINCIPALS.to_vec(), 0..=3),
        include_deprecated in any::<bool>(), limit in 1..8_u32,
        sort in select(&[Sort::Rating, Sort::Downloads, Sort::Updated, Sort::Created, Sort::Name, Sort::Trending, Sort::Relevance][..]),
    ) -> Query {
        let filter = |at: usize| filters[at].map(str::to_owned);
        // An unfinished last word.
        let text = text.map(|text| text.chars().take(text.len().saturating_sub(cut)).collect());
        Query {
            text, category: filter(0), author: filter(1), namespace: filter(2), domain: filter(3),
            tags: tags.into_iter().map(str::to_owned).collect(), min_rating: least, featured,
            visible_to: Visibility {
                public, institution: institution.map(str::to_owned),
                principals: principals.into_iter().map(str::to_owned).collect(),
            },
            include_deprecated, sort, limit, after: None, facets: false, facet_values: None,
        }
    }
}

fn visible(document: &Document, caller: &Visibility) -> bool {
    match document.visibility {
        Findable::Public => caller.public,
        Findable::Institution => caller.institution.as_ref() == Some(&document.institution_id),
        Findable::Restricted => document.readers.iter().any(|reader| caller.principals.contains(reader)),
    }
}

fn has_words(document: &Document, text: &str) -> bool {
    let labels =
        [&document.name, &document.title, &document.description, &document.category, &document.domain];
    let labels = labels.into_iter().chain([&document.author, &document.namespace]).chain(&document.tags);
    let held: Vec<&str> = labels.flat_map(|label| label.split(' ')).filter(|word| !word.is_empty()).collect();
    let asked: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let Some((last, others)) = asked.split_last() else { return true };
    // One letter is a whole word, more may be the beginning of one.
    let begins =
        |word: &str, asked: &str| if asked.len() > 1 { word.starts_with(asked) } else { word == asked };
    let each = others.iter().all(|word| held.contains(word)) && held.iter().any(|word| begins(word, last));
    // The whole text as one word: `r d` is also `rd`.
    each || (asked.len() > 1 && held.iter().any(|word| begins(word, &asked.concat())))
}

fn passes(document: &Document, query: &Query) -> bool {
    let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
    visible(document, &query.visible_to)
        && (query.include_deprecated || !(document.deprecated || document.yanked_only))
        && is(&query.category, &document.category)
        && is(&query.author, &document.author)
        && is(&query.namespace, &document.namespace)
        && is(&query.domain, &document.domain)
        && query.tags.iter().all(|tag| document.tags.contains(tag))
        && query.min_rating.is_none_or(|least| document.rating_mean >= least)
        && (!query.featured || (document.rating_mean >= 4.0 && document.rating_count >= 5))
        && query.text.as_deref().is_none_or(|text| has_words(document, text))
}

/// The order by plain comparison of documents; relevance with a text has no plain order.
fn expected(documents: &[Document], query: &Query) -> Vec<String> {
    let mut found: Vec<&Document> = documents.iter().filter(|document| passes(document, query)).collect();
    found.sort_by(|one, other| {
        let order = match query.effective_sort() {
            Sort::Rating => other.rating_mean.total_cmp(&one.rating_mean),
            Sort::Downloads => other.downloads.cmp(&one.downloads),
            Sort::Updated => other.updated_at_ms.cmp(&one.updated_at_ms),
            Sort::Created => other.created_at_ms.cmp(&one.created_at_ms),
            Sort::Name => one.name.cmp(&other.name),
            Sort::Trending => other.downloads_recent.cmp(&one.downloads_recent),
            Sort::Relevance => std::cmp::Ordering::Equal,
        };
        order.then_with(|| one.template_id.cmp(&other.template_id))
    });
    found.into_iter().map(|document| document.template_id.clone()).collect()
}

/// All pages, one after the other, as one list; and the total that the last one says.
fn all_pages(reader: &Reader, query: &Query) -> (Vec<String>, Total) {
    let (mut query, mut all) = (query.clone(), Vec::new());
    loop {
        let page = reader.search(&query).unwrap();
        assert!(page.hits.len() <= query.limit as usize);
        all.extend(page.hits.into_iter().map(|hit| hit.template_id));
        match page.next {
            Some(next) => query.after = Some(next),
            None => return (all, page.total),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn every_question_is_answered_as_by_a_plain_list(
        batches in prop::collection::vec(prop::collection::vec(any_document(40), 1..25), 1..4),
        removed in prop::collection::vec(0..40_u16, 0..6),
        queries in prop::collection::vec(any_query(), 12),
    ) {
        let mut sample = Sample::of(&[]);
        let mut list: Vec<Document> = Vec::new();
        for batch in &batches {
            sample.index.upsert(batch).unwrap();
            for document in batch {
                list.retain(|known| known.template_id != document.template_id);
                list.push(document.clone());
            }
        }
        let removed: Vec<_> = removed.iter().map(|id| format!("tpl_{id:04}")).collect();
        sample.index.remove(&removed.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        list.retain(|known| !removed.contains(&known.template_id));
        sample.index.check().unwrap();

        let reader = Reader::open(&sample.path()).unwrap();
        for query in queries {
            let (mut found, total) = all_pages(&reader, &query);
            let expected = expected(&list, &query);
            if query.effective_sort() == Sort::Relevance {
                found.sort();
            }
            prop_assert_eq!(&found, &expected, "{:?}", query);
            prop_assert_eq!(total, Total { count: expected.len() as u64, exact: true }, "{:?}", query);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, ..ProptestConfig::default() })]
    #[test]
    fn many_templates_are_listed_as_a_plain_list_lists_them(
        documents in prop::collection::vec(any_document(9_999), 4_000),
        queries in prop::collection::vec(any_query(), 24),
    ) {
        let sample = Sample::of(&documents);
        // Of two documents with one id, the later one counts.
        let last: BTreeMap<_, _> = documents.iter().map(|one| (one.template_id.clone(), one.clone())).collect();
        let list: Vec<Document> = last.into_values().collect();
        let reader = Reader::open(&sample.path()).unwrap();
        for query in queries {
            // Relevance ranks a bounded part of so many matches.
            let sort = if query.effective_sort() == Sort::Relevance { Sort::Name } else { query.sort };
            let query = Query { sort, limit: 60 + query.limit, ..query };
            let (found, total) = all_pages(&reader, &query);
            let expected = expected(&list, &query);
            prop_assert_eq!(&found, &expected, "{:?}", query);
            let count = expected.len() as u64;
            prop_assert!(if total.exact { total.count == count } else { total.count <= count }, "{:?}", total);
            prop_assert!(total.exact || count > TOTAL_CAP as u64 || query.min_rating.is_some(), "{:?}", query);
        }
    }
}
