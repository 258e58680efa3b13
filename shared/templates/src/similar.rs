//! Names that are too close to an existing one, so that a slip of the finger, or of the eye, installs a stranger's
//! template.
//!
//! A single changed digit is no reason: `ubuntu-22-04` and `ubuntu-24-04` are different things. Names of three
//! letters or fewer are compared by their folded form alone, since nearly all of them are one letter apart.

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
