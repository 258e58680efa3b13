//! Sort keys are ordered by their UTF-8 bytes: not by letters, not by locale, not by UTF-16.

use super::{
    Ground, Outcome, case_list,
    ground::{ensure, put, same},
};
use crate::{Expect, Key, Range, Span};

case_list!("order":
    bytes_not_letters,
    upper_case_is_before_lower_case,
    digits_are_text,
    control_characters_are_before_everything,
    a_zero_character_counts,
    a_prefix_is_before_what_it_begins,
    combining_marks_are_not_composed,
    an_emoji_is_above_the_private_use_area,
    long_keys_differ_in_their_last_byte,
    separators_have_no_meaning,
    white_space_is_kept,
    partitions_differ_by_every_byte,
    keys_that_look_like_wildcards_are_plain_text,
    keys_that_look_like_sql_are_plain_text,
    reverse_is_the_exact_opposite,
);

/// Writes the keys in another order and reads them back.
async fn ordered(g: &Ground, sorts: &[String]) -> Outcome {
    let mut mixed = sorts.to_vec();
    mixed.sort_by_key(|sort| (sort.len() * 7919) % 13);
    g.fill(&mixed).await?;
    let mut wanted = sorts.to_vec();
    wanted.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    same("the order", &g.sorts(g.all().limit(2)).await?, &wanted)?;
    wanted.reverse();
    same("the order downwards", &g.sorts(g.all().limit(3).reverse()).await?, &wanted)
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

async fn bytes_not_letters(g: Ground) -> Outcome {
    ordered(&g, &texts(["a", "b", "z", "ä", "é", "ß", "ø", "Z", "~", "я", "中"])).await
}

async fn upper_case_is_before_lower_case(g: Ground) -> Outcome {
    ordered(&g, &texts(["B", "a", "A", "b", "_", "Ab", "aB"])).await
}

async fn digits_are_text(g: Ground) -> Outcome {
    ordered(&g, &texts(["10", "9", "2", "02", "1", "1e3", "-1"])).await
}

async fn control_characters_are_before_everything(g: Ground) -> Outcome {
    ordered(&g, &texts(["\u{1}", "\u{1}a", "\t", "\n", " ", "!", "\u{7f}", "\u{80}", "a"])).await
}

async fn a_zero_character_counts(g: Ground) -> Outcome {
    ordered(&g, &texts(["a", "a\0", "a\0b", "a\u{1}", "\0"])).await
}

async fn a_prefix_is_before_what_it_begins(g: Ground) -> Outcome {
    ordered(&g, &texts(["a", "aa", "aaa", "ab", "a ", "a/"])).await
}

/// `é` as one character and as `e` with an accent are two keys.
async fn combining_marks_are_not_composed(g: Ground) -> Outcome {
    let keys =
        texts(["\u{e9}", "e\u{301}", "e", "f", "\u{1e9b}\u{323}", "\u{17f}", "ﬁ", "fi", "Å", "\u{212b}"]);
    ordered(&g, &keys).await
}

/// In UTF-16 an emoji (a surrogate pair from 0xD800) would be below U+E000.
async fn an_emoji_is_above_the_private_use_area(g: Ground) -> Outcome {
    ordered(&g, &texts(["😀", "\u{e000}", "\u{ffff}", "\u{fffd}", "\u{10ffff}", "👩‍🔬", "a", "\u{d7ff}"])).await
}

async fn long_keys_differ_in_their_last_byte(g: Ground) -> Outcome {
    let long = "k".repeat(1023);
    let mut keys: Vec<String> = ["0", "a", "z"].iter().map(|end| format!("{long}{end}")).collect();
    keys.push(long);
    ordered(&g, &keys).await
}

async fn separators_have_no_meaning(g: Ground) -> Outcome {
    ordered(&g, &texts(["a#b", "a/b", "a:b", "a|b", "a.b", "a", "ab", "#", "/", "a##b"])).await
}

async fn white_space_is_kept(g: Ground) -> Outcome {
    ordered(&g, &texts(["a", " a", "a ", "  a", "a\u{a0}", "\u{2003}a", "a\n"])).await
}

async fn partitions_differ_by_every_byte(g: Ground) -> Outcome {
    let parts = ["a", "A", "a ", "a\0", "e\u{301}", "\u{e9}", "a#", "a#b"];
    for part in parts {
        let row = Key::new(g.partition(part), "row");
        g.write(vec![put(row, Expect::Absent, &format!("{part:?}"))]).await?;
    }
    for part in parts {
        let page = g.page(&Range::all(g.partition(part))).await?;
        ensure!(page.items.len() == 1, "partition {part:?} has {} rows", page.items.len());
    }
    Ok(())
}

async fn keys_that_look_like_wildcards_are_plain_text(g: Ground) -> Outcome {
    ordered(&g, &texts(["%", "_", "*", "?", "[a]", "\\", "a%", "ab", "a_"])).await?;
    same("under `a%`", &g.sorts(Range::prefix(g.partition("0"), "a%")).await?, &texts(["a%"]))?;
    same("under `_`", &g.sorts(Range::prefix(g.partition("0"), "_")).await?, &texts(["_"]))
}

async fn keys_that_look_like_sql_are_plain_text(g: Ground) -> Outcome {
    ordered(&g, &texts(["'; DROP TABLE rows; --", "\" OR 1=1", "x'00'", "NULL", ":pk", "#sk", "{}"])).await
}

async fn reverse_is_the_exact_opposite(g: Ground) -> Outcome {
    let keys: Vec<String> = (0..60_u32).map(|n| format!("{:04x}", (n * 40_503) % 65_536)).collect();
    g.fill(&keys).await?;
    let span = Span::Between("3".to_owned(), "d".to_owned());
    let range = Range { span, limit: 7, ..g.all() };
    let mut upwards = g.sorts(range.clone()).await?;
    upwards.reverse();
    same("downwards", &g.sorts(range.reverse()).await?, &upwards)
}
