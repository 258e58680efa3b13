//! Names that are too close to an existing one, so that a slip of the finger, or of the eye, installs a stranger's
//! template.
//!
//! A single changed digit is no reason: `ubuntu-22-04` and `ubuntu-24-04` are different things. Names of three
//! letters or fewer are compared by their folded form alone, since nearly all of them are one letter apart.

use std::collections::BTreeSet;

/// Why a name is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The existing name.
    pub existing: String,
    /// How the new one differs.
    pub kind: Kind,
}

/// How a name differs from an existing one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The same but for hyphens, underscores, dots, case or look-alike characters.
    Folded,
    /// A character left out or added.
    Omission,
    /// A character doubled.
    Repetition,
    /// Two neighbours swapped.
    Swap,
    /// One bit of a character flipped.
    Bitflip,
    /// A neighbour on the keyboard, or another letter.
    Typo,
    /// A version number or `new`, `latest`, `official` added.
    Suffix,
    /// The same words in another order.
    Reordered,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Folded => "looks the same",
            Self::Omission => "differs by one character more or less",
            Self::Repetition => "differs by a doubled character",
            Self::Swap => "differs by two swapped characters",
            Self::Bitflip => "differs by one bit",
            Self::Typo => "differs by one letter",
            Self::Suffix => "differs by a version or an added word",
            Self::Reordered => "has the same words in another order",
        })
    }
}

/// Shortest folded name that is compared letter by letter.
const SHORTEST: usize = 4;

/// Words that say nothing and are added to look like the original.
const EMPTY_WORDS: &[&str] = &[
    "new", "latest", "official", "original", "real", "fixed", "final", "stable", "pro", "plus", "template",
    "v",
];

/// The first existing name that `name` is too close to. An equal name is not "too close": the caller refuses it as
/// taken. Leave out the names that the same publisher owns.
pub fn closest<'a>(name: &str, existing: impl IntoIterator<Item = &'a str>) -> Option<Reason> {
    let new = Form::of(name);
    existing.into_iter().filter(|other| *other != name).find_map(|other| {
        compare(&new, &Form::of(other)).map(|kind| Reason { existing: other.to_owned(), kind })
    })
}

/// Keys under which a name is filed, so that near names are found without comparing all.
///
/// INVARIANT (near names meet): whenever [`closest`] finds two names too close, each is filed under a key that is asked
/// for the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Where the name itself is filed.
    pub filed: BTreeSet<String>,
    /// Where names near it may be filed; `filed` among them.
    pub asked: BTreeSet<String>,
}

impl Keys {
    /// The keys of a name: what it looks like, whole and without a version or an empty word, its words in order, and its
    /// two ends. One slip leaves at least one end as it was; a name one letter shorter or longer has ends of its own
    /// length.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let form = Form::of(name);
        let whole: String = form.folded.iter().collect();
        let mut filed: BTreeSet<String> = std::iter::once(whole.as_str())
            .chain(stems(&whole))
            .map(|text| format!("drawn-{}", looks(text)))
            .collect();
        if form.words.len() > 1 {
            let words: Vec<&str> = sorted(&form.words).into_iter().map(String::as_str).collect();
            filed.insert(format!("words-{}", words.join("-")));
        }
        let mut asked = filed.clone();
        let length = form.folded.len();
        if length >= SHORTEST {
            filed.extend(ends(&form.folded, length));
            for other in [length - 1, length, length + 1] {
                asked.extend(ends(&form.folded, other));
            }
        }
        Self { filed, asked }
    }
}

/// The two ends that names of a length are filed under. They leave out two letters, as many as a swap touches.
fn ends(folded: &[char], length: usize) -> [String; 2] {
    let end = length.saturating_sub(1) / 2;
    let first: String = folded.iter().take(end).collect();
    let last: String = folded.iter().skip(folded.len().saturating_sub(end)).collect();
    [format!("first-{first}"), format!("last-{last}")]
}

/// What a folded name may be with a version or an empty word added: the other side of [`suffix`].
fn stems(whole: &str) -> impl Iterator<Item = &str> {
    let unnumbered = whole.trim_end_matches(|c: char| c.is_ascii_digit());
    let numbered = (1..=2).contains(&(whole.len() - unnumbered.len()));
    let versions =
        [Some(unnumbered), unnumbered.strip_suffix('v')].into_iter().flatten().filter(move |_| numbered);
    let after = EMPTY_WORDS.iter().filter_map(|word| whole.strip_suffix(word));
    let before = EMPTY_WORDS.iter().filter_map(|word| whole.strip_prefix(word));
    versions.chain(after).chain(before).filter(|part| part.chars().count() >= SHORTEST)
}

fn looks(folded: &str) -> String {
    drawn(&folded.chars().collect::<Vec<_>>())
}

/// What is left of a word without versions and empty words at its ends.
fn bare(word: &str) -> &str {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let shorter = std::iter::once(Some(digits))
        .chain(EMPTY_WORDS.iter().map(|empty| word.strip_suffix(empty)))
        .chain(EMPTY_WORDS.iter().map(|empty| word.strip_prefix(empty)));
    let left = shorter.flatten().find(|part| part.len() < word.len() && part.len() >= 2);
    left.map_or(word, bare)
}

/// The word among `reserved` that a name passes itself off as: it looks like it, or one of its words does, also with a
/// version or an empty word added.
#[must_use]
pub fn passes_for<'a>(name: &str, reserved: &[&'a str]) -> Option<&'a str> {
    let form = Form::of(name);
    let whole: String = form.folded.iter().collect();
    let spellings = |text: &str| [looks(text), looks(bare(text)), bare(&looks(text)).to_owned()];
    let seen: Vec<String> = form.words.iter().chain([&whole]).flat_map(|text| spellings(text)).collect();
    reserved.iter().find(|word| seen.contains(&looks(word))).copied()
}

struct Form {
    /// Lower case, look-alikes folded, without separators.
    folded: Vec<char>,
    words: Vec<String>,
}

impl Form {
    fn of(name: &str) -> Self {
        let lower: String = name.chars().flat_map(char::to_lowercase).map(look_alike).collect();
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
        let words: Vec<String> = words.map(str::to_owned).collect();
        Self { folded: words.concat().chars().collect(), words }
    }
}

/// Letters of other alphabets that are drawn like Latin ones.
fn look_alike(c: char) -> char {
    match c {
        'а' | 'ɑ' | 'α' => 'a',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'є' => 'e',
        'ɡ' => 'g',
        'һ' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'ӏ' => 'l',
        'м' => 'm',
        'п' => 'n',
        'о' | 'ο' | 'ߋ' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        other => other,
    }
}

fn compare(new: &Form, old: &Form) -> Option<Kind> {
    if drawn(&new.folded) == drawn(&old.folded) {
        return Some(Kind::Folded);
    }
    if suffix(new, old) || suffix(old, new) {
        return Some(Kind::Suffix);
    }
    if new.words.len() > 1 && new.words.len() == old.words.len() && sorted(&new.words) == sorted(&old.words) {
        return Some(Kind::Reordered);
    }
    if new.folded.len().min(old.folded.len()) < SHORTEST {
        return None;
    }
    match new.folded.len().abs_diff(old.folded.len()) {
        0 => same_length(&new.folded, &old.folded),
        1 if new.folded.len() > old.folded.len() => one_longer(&new.folded, &old.folded),
        1 => one_longer(&old.folded, &new.folded),
        _ => None,
    }
}

/// Digits and pairs that are drawn like letters, folded: for the question of equality alone.
fn drawn(folded: &[char]) -> String {
    let fold = |c: &char| match c {
        '0' => 'o',
        '1' | 'i' => 'l',
        '5' => 's',
        other => *other,
    };
    let text: String = folded.iter().map(fold).collect();
    text.replace("rn", "m").replace("vv", "w").replace("cl", "d")
}

fn sorted(words: &[String]) -> Vec<&String> {
    let mut words: Vec<&String> = words.iter().collect();
    words.sort();
    words
}

/// Whether `longer` is `shorter` with a version or an empty word after or before it.
fn suffix(longer: &Form, shorter: &Form) -> bool {
    if shorter.folded.len() < SHORTEST {
        return false;
    }
    let whole: String = longer.folded.iter().collect();
    let part: String = shorter.folded.iter().collect();
    let rest = whole.strip_prefix(&part).or_else(|| whole.strip_suffix(&part).filter(|rest| !version(rest)));
    let ends_in_digit = part.ends_with(|c: char| c.is_ascii_digit());
    rest.is_some_and(|rest| {
        EMPTY_WORDS.contains(&rest) || (version(rest) && !ends_in_digit && !rest.is_empty())
    })
}

/// `2`, `v2`, `v2beta`: one version number, not a date or the name of a release.
fn version(text: &str) -> bool {
    let number = text.strip_prefix('v').unwrap_or(text);
    !number.is_empty() && number.len() <= 2 && number.chars().all(|c| c.is_ascii_digit())
}

fn same_length(new: &[char], old: &[char]) -> Option<Kind> {
    let differ: Vec<(usize, char, char)> =
        new.iter().zip(old).enumerate().filter(|(_, (a, b))| a != b).map(|(i, (a, b))| (i, *a, *b)).collect();
    match differ.as_slice() {
        [(_, a, b)] => one_changed(*a, *b, new.len()),
        [(i, a, b), (j, c, d)] if *j == *i + 1 && a == d && b == c => Some(Kind::Swap),
        _ => None,
    }
}

fn one_changed(a: char, b: char, length: usize) -> Option<Kind> {
    if a.is_ascii_digit() && b.is_ascii_digit() {
        return None;
    }
    if (u32::from(a) ^ u32::from(b)).is_power_of_two() {
        return Some(Kind::Bitflip);
    }
    // In a short name another letter is most likely another word.
    (length > SHORTEST || neighbours(a, b)).then_some(Kind::Typo)
}

fn neighbours(a: char, b: char) -> bool {
    const ROWS: [&str; 4] = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];
    let place =
        |c: char| ROWS.iter().enumerate().find_map(|(row, keys)| keys.find(c).map(|column| (row, column)));
    match (place(a), place(b)) {
        (Some((row, column)), Some((other_row, other_column))) => {
            row.abs_diff(other_row) <= 1 && column.abs_diff(other_column) <= 1
        }
        _ => false,
    }
}

/// Whether `longer` has one character that `shorter` lacks.
fn one_longer(longer: &[char], shorter: &[char]) -> Option<Kind> {
    let same = longer.iter().zip(shorter).take_while(|(a, b)| a == b).count();
    let (_, rest) = longer.split_at(same);
    let (added, after) = rest.split_first()?;
    if shorter.split_at(same).1 != after || added.is_ascii_digit() {
        return None;
    }
    let before = same.checked_sub(1).and_then(|i| longer.get(i));
    if before == Some(added) || after.first() == Some(added) {
        return Some(Kind::Repetition);
    }
    Some(Kind::Omission)
}
