//! What a text finds.

use crate::sample::{Sample, described, named, tagged, template, titled, words};
use cws_search::Document;

#[test]
fn the_exact_name_comes_first_then_names_that_begin_so_then_words() {
    let sample = Sample::of(&[
        titled("d", "python python python"),
        named("c", "python-ml"),
        Document { downloads: 9, ..named("b", "pythonista") },
        named("a", "python"),
    ]);
    assert_eq!(sample.find("Python"), ["a", "b", "c", "d"]);
}

#[test]
fn a_word_in_the_name_counts_more_than_in_title_tags_and_description() {
    let sample = Sample::of(&[
        described("d", "genomics"),
        tagged("c", &["genomics"]),
        titled("b", "genomics"),
        named("a", "my-genomics"),
        titled("unrelated", "chemistry"),
    ]);
    assert_eq!(sample.find("genomics"), ["a", "b", "c", "d"]);
}

#[test]
fn a_full_name_and_an_alias_rank_like_the_name() {
    let alias = Document { aliases: vec!["r-research".into(), "old/stats".into()], ..named("a", "rstudio") };
    let sample = Sample::of(&[alias, titled("b", "r research lab rstudio old stats")]);
    for text in ["lab/rstudio", "r-research", "R Research", "old/stats"] {
        assert_eq!(sample.find(text).first().unwrap(), "a", "{text}");
    }
}

#[test]
fn a_hyphenated_name_is_found_split_joined_and_as_written() {
    let sample = Sample::of(&[named("a", "python-ml"), named("b", "julia")]);
    for text in ["python-ml", "python ml", "pythonml", "PYTHON_ML", "lab/python-ml", "ml", "pythonm"] {
        assert_eq!(sample.find(text), ["a"], "{text}");
    }
}

#[test]
fn a_joined_word_is_found_by_its_hyphenated_form() {
    let sample = Sample::of(&[titled("a", "scikitlearn for all"), titled("b", "learn")]);
    assert_eq!(sample.find("scikit-learn"), ["a"]);
}

#[test]
fn every_word_must_match_and_the_last_may_be_unfinished() {
    let sample = Sample::of(&[titled("a", "deep learning on gpu"), titled("b", "deep sea")]);
    assert_eq!(sample.find("deep lea"), ["a"]);
    assert_eq!(sample.find("dee learning"), Vec::<String>::new());
    assert_eq!(sample.find("de"), ["a", "b"]);
}

#[test]
fn one_letter_is_a_word_of_its_own() {
    let sample = Sample::of(&[titled("a", "R for all"), titled("b", "research"), named("c", "rstudio")]);
    assert_eq!(sample.find("r"), ["a"]);
    assert_eq!(sample.find("rs"), ["c"]);
}

#[test]
fn a_full_name_is_found_however_its_parts_are_written() {
    let mut document = named("a", "py-ml-x");
    document.namespace = "my-lab".into();
    let sample = Sample::of(&[document, titled("b", "my lab"), named("c", "py")]);
    for text in ["my-lab/py-ml-x", "mylab/pymlx", "my lab / py mlx", "MyLab/pym"] {
        assert_eq!(sample.find(text), ["a"], "{text}");
    }
}

#[test]
fn case_and_diacritics_make_no_difference() {
    let sample = Sample::of(&[titled("a", "Économétrie à Zürich")]);
    for text in ["econometrie", "ÉCONOMÉTRIE", "zurich"] {
        assert_eq!(sample.find(text), ["a"], "{text}");
    }
}

#[test]
fn a_slip_of_the_finger_is_forgiven_and_said() {
    let sample = Sample::of(&[named("a", "python-ml"), titled("b", "bioinformatics")]);
    for (text, meant) in [
        ("pyhton", "python"),
        ("pythn", "python"),
        ("pythpon", "python"),
        ("bioinfromtics", "bioinformatics"),
    ] {
        let page = sample.ask(&words(text));
        assert_eq!(page.did_you_mean.as_deref(), Some(meant), "{text}");
        assert_eq!(page.hits.len(), 1, "{text}");
    }
}

#[test]
fn short_words_and_words_in_use_are_taken_as_they_are() {
    let sample = Sample::of(&[titled("a", "gpu node"), titled("b", "python"), titled("c", "pythom")]);
    assert!(sample.find("gpx").is_empty());
    let page = sample.ask(&words("pythom"));
    assert_eq!((page.hits.len(), page.did_you_mean), (1, None));
}

#[test]
fn nothing_is_suggested_that_would_find_nothing() {
    let sample = Sample::of(&[titled("a", "python"), titled("b", "genomics")]);
    let page = sample.ask(&words("pyhton genomics"));
    assert!(page.hits.is_empty());
    assert_eq!(page.did_you_mean, None);
}

#[test]
fn words_of_a_removed_template_are_neither_found_nor_suggested() {
    let mut sample = Sample::of(&[titled("a", "astronomy"), titled("b", "biology")]);
    sample.index.remove(&["a", "never-there"]).unwrap();
    let page = sample.ask(&words("astronomi"));
    assert!(page.hits.is_empty() && page.did_you_mean.is_none());
    assert!(sample.find("astronomy").is_empty());
    sample.index.check().unwrap();
}

#[test]
fn a_newer_document_takes_the_place_of_the_older() {
    let mut sample = Sample::of(&[titled("a", "astronomy")]);
    let newer = Document { revision: "2".into(), ..titled("a", "biology") };
    sample.index.upsert(&[newer]).unwrap();
    assert!(sample.find("astronomy").is_empty());
    let page = sample.ask(&words("biology"));
    assert_eq!((page.hits.len(), page.total.count), (1, 1));
    assert_eq!(page.hits[0].revision, "2");
    sample.index.check().unwrap();
}

#[test]
fn a_document_given_twice_at_once_is_there_once() {
    let sample = Sample::of(&[titled("a", "astronomy"), titled("a", "biology"), template("b")]);
    assert!(sample.find("astronomy").is_empty());
    assert_eq!(sample.find("biology"), ["a"]);
}

#[test]
fn a_common_word_still_puts_matches_in_the_name_first() {
    // More matches than are ranked; the one with the word in its name is the oldest of all.
    let mut all = vec![named("the-one", "best-python-ever")];
    all.extend((0..1_500).map(|n| described(&format!("t{n:05}"), "python for everybody")));
    let sample = Sample::of(&all);
    let page = sample.ask(&words("python"));
    assert_eq!(page.hits[0].template_id, "the-one");
    assert_eq!((page.total.count, page.total.exact), (cws_search::TOTAL_CAP as u64, false));
}
