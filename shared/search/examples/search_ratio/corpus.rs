//! Templates made up from a seed: words as unevenly common as in language, few categories, many namespaces.

use cws_search::{Document, Findable};

const SYLLABLES: [&str; 24] = [
    "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su", "ta", "ve",
    "wi", "xo", "zu", "pla", "tri", "ston", "gra",
];
const WORDS: usize = 6_000;
const CATEGORIES: u64 = 12;
const TAGS: u64 = 200;

pub(crate) struct Corpus {
    pub(crate) documents: Vec<Document>,
    words: Vec<String>,
}

/// A small generator with a fixed sequence (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    /// A number below `sides`, small ones far more often.
    fn uneven(&mut self, sides: u64) -> u64 {
        let below = self.roll(sides) + 1;
        let below = self.roll(below) + 1;
        self.roll(below)
    }
}

impl Corpus {
    pub(crate) fn new(count: usize) -> Self {
        let mut dice = Dice(7);
        let words: Vec<_> = (0..WORDS).map(|_| made_up(&mut dice)).collect();
        let documents = (0..count).map(|n| document(&mut dice, &words, n, count)).collect();
        Self { documents, words }
    }

    pub(crate) fn word(&self, n: usize) -> String {
        self.words.get(n % WORDS).cloned().unwrap_or_default()
    }

    fn pick(&self, n: usize) -> Option<&Document> {
        self.documents.get(n * 7_919 % self.documents.len().max(1))
    }

    pub(crate) fn name(&self, n: usize) -> String {
        self.pick(n).map(|document| document.name.clone()).unwrap_or_default()
    }

    pub(crate) fn namespace(&self, n: usize) -> Option<String> {
        self.pick(n).map(|document| document.namespace.clone())
    }

    pub(crate) fn category(&self, n: usize) -> Option<String> {
        self.pick(n).map(|document| document.category.clone())
    }

    pub(crate) fn tag(&self, n: usize) -> Vec<String> {
        self.pick(n).map(|document| document.tags.iter().take(1).cloned().collect()).unwrap_or_default()
    }

    /// Two words that a template has in its title.
    pub(crate) fn two_words(&self, n: usize) -> String {
        let title = self.pick(n).map(|document| document.title.clone()).unwrap_or_default();
        title.split(' ').take(2).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn prefix(&self, n: usize, letters: usize) -> String {
        self.word(n * 31).chars().take(letters).collect()
    }

    /// A word in use with its second and third letter swapped.
    pub(crate) fn misspelt(&self, n: usize) -> String {
        let mut letters: Vec<char> = self.word(n * 31).chars().collect();
        if letters.len() > 3 {
            letters.swap(1, 2);
        }
        letters.into_iter().collect()
    }
}

fn made_up(dice: &mut Dice) -> String {
    let syllable = |roll: u64| SYLLABLES.get(roll as usize).copied().unwrap_or_default();
    (0..2 + dice.roll(4)).map(|_| syllable(dice.roll(SYLLABLES.len() as u64))).collect()
}

fn text(dice: &mut Dice, words: &[String], count: usize) -> String {
    let word = |dice: &mut Dice| words.get(dice.uneven(WORDS as u64) as usize).cloned().unwrap_or_default();
    (0..count).map(|_| word(dice)).collect::<Vec<_>>().join(" ")
}

fn document(dice: &mut Dice, words: &[String], n: usize, count: usize) -> Document {
    let name = text(dice, words, 2).replace(' ', "-");
    let downloads = dice.uneven(1_000_000);
    Document {
        template_id: format!("tpl_{:026}", n as u64 * 1_000_003 % 999_999_937),
        namespace: format!("space-{}", dice.uneven(count as u64 / 20 + 1)),
        name: format!("{name}-{}", dice.roll(50)),
        aliases: Vec::new(),
        title: text(dice, words, 5),
        version: "1.0.0".into(),
        description: text(dice, words, 40),
        category: format!("category-{}", dice.uneven(CATEGORIES)),
        domain: format!("domain-{}", dice.roll(15)),
        tags: (0..4).map(|_| format!("tag{}", dice.uneven(TAGS))).collect(),
        author: format!("Author {}", dice.uneven(count as u64 / 10 + 1)),
        institution_id: format!("ins_{}", dice.roll(20)),
        visibility: if dice.roll(5) == 0 { Findable::Institution } else { Findable::Public },
        readers: Vec::new(),
        rating_mean: dice.roll(501) as f64 / 100.0,
        rating_count: dice.roll(100) as u32,
        downloads,
        downloads_recent: downloads / (1 + dice.roll(50)),
        deprecated: dice.roll(30) == 0,
        yanked_only: false,
        created_at_ms: 1_700_000_000_000 + dice.roll(50_000_000_000) as i64,
        updated_at_ms: 1_750_000_000_000 + dice.roll(10_000_000_000) as i64,
        revision: format!("{n}"),
    }
}
