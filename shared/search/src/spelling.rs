//! Words that are nearly a given word: Damerau-Levenshtein distance 1, or 2 for long words.
//!
//! Two words within distance `k` share what is left of both after taking out up to `k` letters (Wolf Garbe's
//! symmetric delete method). Only the first seven letters are looked at, which loses nothing: a difference that
//! shifts letters across that border costs one more letter on one side only.

use std::collections::BTreeSet;

/// Letters of a word that its keys are made of.
const PREFIX_CHARS: usize = 7;
/// Longer words are not corrected and suggest nothing: they are identifiers, not language.
const LONGEST_CHARS: usize = 20;

/// How far a word of the query may be from a word in use.
pub(crate) fn reach(word: &str) -> usize {
    match word.chars().count() {
        4..=7 => 1,
        8..=LONGEST_CHARS => 2,
        _ => 0,
    }
}

/// The keys that a word in use is filed under: enough for every query word that may reach it.
pub(crate) fn filed_keys(word: &str) -> BTreeSet<i64> {
    match word.chars().count() {
        3..=5 => keys(word, 1),
        6..=22 => keys(word, 2),
        _ => BTreeSet::new(),
    }
}

/// Hashes of what is left of the word's first letters after taking out up to `cuts` of them.
pub(crate) fn keys(word: &str, cuts: usize) -> BTreeSet<i64> {
    let mut wave = BTreeSet::from([word.chars().take(PREFIX_CHARS).collect::<String>()]);
    let mut all = wave.clone();
    for _ in 0..cuts {
        wave = wave.iter().flat_map(|text| shorter(text)).collect();
        all.extend(wave.iter().cloned());
    }
    all.iter().map(|text| hash(text)).collect()
}

/// Every text that is this one without one of its letters.
fn shorter(text: &str) -> Vec<String> {
    let without = |skip: usize| {
        text.chars().enumerate().filter(move |(at, _)| *at != skip).map(|(_, letter)| letter).collect()
    };
    (0..text.chars().count()).map(without).collect()
}

/// 32 bits of FNV-1a: small keys make a small table, and what collides is told apart by the distance.
fn hash(text: &str) -> i64 {
    let step = |sum: u32, byte: u8| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    i64::from(text.bytes().fold(0x811c_9dc5, step))
}

/// The distance, when it is within reach.
pub(crate) fn distance_within(one: &str, other: &str, reach: usize) -> Option<usize> {
    let apart = one.chars().count().abs_diff(other.chars().count());
    if apart > reach {
        return None;
    }
    let distance = strsim::damerau_levenshtein(one, other);
    (distance <= reach).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_words_are_left_alone_and_long_ones_forgive_two_slips() {
        assert_eq!([reach("gpu"), reach("rust"), reach("jupiter"), reach("notebook")], [0, 1, 1, 2]);
        assert_eq!(reach(&"x".repeat(21)), 0);
    }

    #[test]
    fn swapped_neighbours_are_one_slip() {
        assert_eq!(distance_within("pyhton", "python", 1), Some(1));
        assert_eq!(distance_within("pyhtno", "python", 1), None);
    }

    proptest! {
        #[test]
        fn every_word_within_reach_shares_a_key(one in "[a-c]{4,10}", other in "[a-c]{3,12}") {
            let cuts = reach(&one);
            if distance_within(&one, &other, cuts).is_some() {
                let filed = filed_keys(&other);
                prop_assert!(keys(&one, cuts).iter().any(|key| filed.contains(key)));
            }
        }
    }
}
