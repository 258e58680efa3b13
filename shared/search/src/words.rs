//! Splitting text into words, the same way for documents and for queries.
//!
//! A word is a run of letters and digits, lower case, without diacritics. A chunk is what stands between
//! blanks: `python-ml` is one chunk of two words, and is also kept joined as `pythonml`.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Longest word kept, in characters; a longer run is cut. Keeps a pasted blob from becoming a term.
const MAX_WORD_CHARS: usize = 48;
/// A chunk of more words than this is not also kept joined: it is a path or an address, not a name.
const MAX_JOINED_WORDS: usize = 4;

/// Lower case, without diacritics, compatibility forms unified.
pub(crate) fn fold(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// The words of one text, in order, repeats included.
pub(crate) fn terms(text: &str) -> std::vec::IntoIter<String> {
    chunks(text).into_iter().flatten().collect::<Vec<_>>().into_iter()
}

/// The words of a text, grouped by the blanks between them. No group is empty.
pub(crate) fn chunks(text: &str) -> Vec<Vec<String>> {
    text.split_whitespace().map(split).filter(|words| !words.is_empty()).collect()
}

/// The words of one chunk.
fn split(chunk: &str) -> Vec<String> {
    let folded = fold(chunk);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.chars().take(MAX_WORD_CHARS).collect()).collect()
}

/// What is indexed for a text: its words, and each hyphenated chunk joined, separated by blanks.
pub(crate) fn indexed(text: &str) -> String {
    let mut out = Vec::new();
    for words in chunks(text) {
        let whole = joined(&words);
        out.extend(words);
        out.extend(whole);
    }
    out.join(" ")
}

/// The words of a chunk as one word, when it has two to four.
pub(crate) fn joined(words: &[String]) -> Option<String> {
    (2..=MAX_JOINED_WORDS).contains(&words.len()).then(|| words.concat())
}

/// A whole text as one word: what names are compared by, so that `Python ML` is the name `python-ml`.
/// One slash is kept: `lab/Python ML` is the name `lab/pythonml`. None when nothing is left.
pub(crate) fn name_key(text: &str) -> Option<String> {
    let whole = |part: &str| terms(part).collect::<Vec<_>>().concat();
    let key = match text.split_once('/') {
        Some((namespace, name)) if !name.contains('/') => {
            let (namespace, name) = (whole(namespace), whole(name));
            if namespace.is_empty() || name.is_empty() {
                namespace + &name
            } else {
                format!("{namespace}/{name}")
            }
        }
        _ => whole(text),
    };
    (!key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hyphenated_word_is_indexed_split_and_joined() {
        assert_eq!(indexed("python-ml on GPU"), "python ml pythonml on gpu");
    }

    #[test]
    fn case_diacritics_and_compatibility_forms_make_no_difference() {
        assert_eq!(indexed("Śćieżka ﬁne Ｒ"), "sciezka fine r");
    }

    #[test]
    fn signs_and_control_characters_only_separate() {
        assert_eq!(terms("a\0b\" OR * (c").collect::<Vec<_>>(), ["a", "b", "or", "c"]);
        assert_eq!(terms("*** \0 ").count(), 0);
    }

    #[test]
    fn names_compare_without_their_separators() {
        assert_eq!(name_key("Python ML"), name_key("python-ml"));
        assert_eq!(name_key("python_ml").as_deref(), Some("pythonml"));
        assert_eq!(name_key("Lab / Python ML").as_deref(), Some("lab/pythonml"));
        assert_eq!(name_key("/python").as_deref(), Some("python"));
        assert_eq!(name_key(" - "), None);
    }

    #[test]
    fn an_endless_word_is_cut() {
        assert_eq!(indexed(&"x".repeat(10_000)).len(), MAX_WORD_CHARS);
    }
}
