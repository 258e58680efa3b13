//! Ranges: spans, directions, going on after a key, and pages while others write.

use super::{
    Ground, Outcome, case_list,
    ground::{ensure, give_way, put, same, together},
};
use crate::{Expect, Key, Op, Range, Span, Value, limits};
use std::collections::BTreeMap;

case_list!("paging":
    an_empty_partition_is_an_empty_last_page,
    a_range_never_leaves_its_partition,
    all_rows_fit_one_page,
    pages_follow_each_other_without_gap_or_repeat,
    pages_downwards_follow_each_other_too,
    a_page_has_no_more_rows_than_asked_for,
    a_page_of_one_row_is_possible,
    a_page_of_a_thousand_rows_is_possible,
    next_is_the_last_sort_key_of_the_page,
    the_last_page_has_no_next,
    a_prefix_holds_what_starts_with_it,
    a_prefix_is_bytes_not_letters,
    a_prefix_that_is_a_whole_key_holds_that_row,
    a_prefix_without_rows_is_empty,
    a_prefix_of_the_highest_character_works,
    between_includes_the_start_and_excludes_the_end,
    between_of_the_same_ends_is_empty,
    between_of_turned_ends_is_empty,
    between_need_not_name_rows,
    after_excludes_its_key,
    after_need_not_name_a_row,
    after_downwards_goes_below,
    after_before_the_span_changes_nothing,
    after_behind_the_span_ends_it,
    after_works_within_a_prefix_in_both_directions,
    a_deleted_row_does_not_stop_paging,
    a_page_stays_near_a_megabyte,
    a_page_of_large_rows_goes_on,
    whole_items_come_back_from_a_range,
    rows_that_stay_are_seen_once_while_others_come_and_go_upwards,
    rows_that_stay_are_seen_once_while_others_come_and_go_downwards,
);

fn letters(text: &str) -> Vec<String> {
    text.chars().map(String::from).collect()
}

fn span(g: &Ground, from: &str, to: &str) -> Range {
    Range { span: Span::Between(from.to_owned(), to.to_owned()), ..g.all() }
}

fn prefix(g: &Ground, prefix: &str) -> Range {
    Range::prefix(g.partition("0"), prefix)
}

/// Fills the alphabet and compares what a range holds with the letters wanted.
async fn found(g: &Ground, range: Range, wanted: &str) -> Outcome {
    g.fill(letters("bdfhjlnprtvxz")).await?;
    for limit in [1, 2, 100] {
        same(&format!("in pages of {limit}"), &g.sorts(range.clone().limit(limit)).await?, &letters(wanted))?;
    }
    Ok(())
}

async fn an_empty_partition_is_an_empty_last_page(g: Ground) -> Outcome {
    same("the page", &g.page(&g.all()).await?, &crate::Page::default())
}

async fn a_range_never_leaves_its_partition(g: Ground) -> Outcome {
    for part in ["", "0", "00", "1", "/"] {
        g.write(vec![put(Key::new(g.partition(part), "row"), Expect::Any, "1")]).await?;
    }
    for range in [g.all(), g.all().reverse(), prefix(&g, "r"), span(&g, "a", "z")] {
        let page = g.page(&range).await?;
        ensure!(page.items.len() == 1, "found {} rows", page.items.len());
        ensure!(page.items.iter().all(|item| item.key == g.key("row")), "found another partition's row");
    }
    Ok(())
}

async fn all_rows_fit_one_page(g: Ground) -> Outcome {
    found(&g, g.all(), "bdfhjlnprtvxz").await?;
    same("next", &g.page(&g.all()).await?.next, &None)
}

fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{n:04}")).collect()
}

async fn pages_follow_each_other_without_gap_or_repeat(g: Ground) -> Outcome {
    g.fill(numbers(250)).await?;
    for limit in [7, 50, 125, 249, 250, 251] {
        same(&format!("in pages of {limit}"), &g.sorts(g.all().limit(limit)).await?, &numbers(250))?;
    }
    Ok(())
}

async fn pages_downwards_follow_each_other_too(g: Ground) -> Outcome {
    g.fill(numbers(250)).await?;
    let wanted: Vec<String> = numbers(250).into_iter().rev().collect();
    for limit in [7, 50, 125, 249, 250, 251] {
        same(&format!("in pages of {limit}"), &g.sorts(g.all().limit(limit).reverse()).await?, &wanted)?;
    }
    Ok(())
}

async fn a_page_has_no_more_rows_than_asked_for(g: Ground) -> Outcome {
    g.fill(numbers(20)).await?;
    for limit in 1..20 {
        let page = g.page(&g.all().limit(limit)).await?;
        same("how many rows", &page.items.len(), &(limit as usize))?;
        ensure!(page.next.is_some(), "a page of {limit} of 20 rows says it is the last");
    }
    Ok(())
}

async fn a_page_of_one_row_is_possible(g: Ground) -> Outcome {
    found(&g, g.all().limit(1), "bdfhjlnprtvxz").await
}

async fn a_page_of_a_thousand_rows_is_possible(g: Ground) -> Outcome {
    g.fill(numbers(1001)).await?;
    let page = g.page(&g.all().limit(1000)).await?;
    same("how many rows", &page.items.len(), &1000)?;
    same("the rest", &g.sorts(g.all().limit(1000).after(page.next)).await?, &vec!["1000".to_owned()])
}

async fn next_is_the_last_sort_key_of_the_page(g: Ground) -> Outcome {
    g.fill(numbers(10)).await?;
    let mut range = g.all().limit(3);
    while let page = g.page(&range).await?
        && let Some(next) = page.next
    {
        same("next", &page.items.last().map(|item| item.key.sort.clone()), &Some(next.clone()))?;
        range.after = Some(next);
    }
    Ok(())
}

/// A page that ends exactly at the last row may say that there is more; then the page after it is
/// empty and the last.
async fn the_last_page_has_no_next(g: Ground) -> Outcome {
    g.fill(numbers(10)).await?;
    same("next of a short page", &g.page(&g.all().limit(11)).await?.next, &None)?;
    let exact = g.page(&g.all().limit(10)).await?;
    same("how many rows", &exact.items.len(), &10)?;
    if exact.next.is_some() {
        same("the page after", &g.page(&g.all().after(exact.next)).await?, &crate::Page::default())?;
    }
    Ok(())
}

async fn a_prefix_holds_what_starts_with_it(g: Ground) -> Outcome {
    g.fill(
        ["a", "a/", "a/1", "a/2", "a0", "a/1/x", "b", "A/1", "", "aa/"].into_iter().filter(|s| !s.is_empty()),
    )
    .await?;
    let wanted: Vec<String> = ["a/", "a/1", "a/1/x", "a/2"].map(str::to_owned).to_vec();
    same("under `a/`", &g.sorts(prefix(&g, "a/").limit(2)).await?, &wanted)
}

async fn a_prefix_is_bytes_not_letters(g: Ground) -> Outcome {
    g.fill(["e", "e\u{301}", "e\u{301}a", "\u{e9}", "f"]).await?;
    same("under e and accent", &g.sorts(prefix(&g, "e\u{301}")).await?.len(), &2)?;
    same("under e", &g.sorts(prefix(&g, "e")).await?.len(), &3)?;
    same("under é", &g.sorts(prefix(&g, "\u{e9}")).await?.len(), &1)
}

async fn a_prefix_that_is_a_whole_key_holds_that_row(g: Ground) -> Outcome {
    found(&g, prefix(&g, "h"), "h").await
}

async fn a_prefix_without_rows_is_empty(g: Ground) -> Outcome {
    found(&g, prefix(&g, "g"), "").await
}

async fn a_prefix_of_the_highest_character_works(g: Ground) -> Outcome {
    g.fill(["\u{10ffff}", "\u{10ffff}\u{10ffff}", "\u{10fffe}", "z"]).await?;
    same("how many", &g.sorts(prefix(&g, "\u{10ffff}")).await?.len(), &2)?;
    same("how many downwards", &g.sorts(prefix(&g, "\u{10ffff}").reverse()).await?.len(), &2)
}

async fn between_includes_the_start_and_excludes_the_end(g: Ground) -> Outcome {
    found(&g, span(&g, "d", "l"), "dfhj").await?;
    found(&g, span(&g, "d", "l").reverse(), "jhfd").await
}

async fn between_of_the_same_ends_is_empty(g: Ground) -> Outcome {
    found(&g, span(&g, "d", "d"), "").await
}

async fn between_of_turned_ends_is_empty(g: Ground) -> Outcome {
    found(&g, span(&g, "l", "d"), "").await?;
    found(&g, span(&g, "l", "d").reverse(), "").await
}

async fn between_need_not_name_rows(g: Ground) -> Outcome {
    found(&g, span(&g, "c", "k"), "dfhj").await
}

async fn after_excludes_its_key(g: Ground) -> Outcome {
    found(&g, g.all().after(Some("n".to_owned())), "prtvxz").await
}

async fn after_need_not_name_a_row(g: Ground) -> Outcome {
    found(&g, g.all().after(Some("m".to_owned())), "nprtvxz").await
}

async fn after_downwards_goes_below(g: Ground) -> Outcome {
    found(&g, g.all().after(Some("h".to_owned())).reverse(), "fdb").await?;
    found(&g, g.all().after(Some("g".to_owned())).reverse(), "fdb").await
}

async fn after_before_the_span_changes_nothing(g: Ground) -> Outcome {
    found(&g, span(&g, "d", "j").after(Some("a".to_owned())), "dfh").await?;
    found(&g, span(&g, "d", "j").after(Some("y".to_owned())).reverse(), "hfd").await
}

async fn after_behind_the_span_ends_it(g: Ground) -> Outcome {
    found(&g, span(&g, "d", "j").after(Some("y".to_owned())), "").await?;
    found(&g, span(&g, "d", "j").after(Some("a".to_owned())).reverse(), "").await?;
    found(&g, prefix(&g, "d").after(Some("z".to_owned())), "").await
}

async fn after_works_within_a_prefix_in_both_directions(g: Ground) -> Outcome {
    g.fill(["p/1", "p/2", "p/3", "p/4", "o", "q"]).await?;
    let after = Some("p/2".to_owned());
    same(
        "up",
        &g.sorts(prefix(&g, "p/").after(after.clone())).await?,
        &["p/3", "p/4"].map(str::to_owned).to_vec(),
    )?;
    same("down", &g.sorts(prefix(&g, "p/").after(after).reverse()).await?, &vec!["p/1".to_owned()])
}

async fn a_deleted_row_does_not_stop_paging(g: Ground) -> Outcome {
    g.fill(letters("abcdef")).await?;
    let page = g.page(&g.all().limit(3)).await?;
    g.delete("c").await?;
    g.delete("d").await?;
    same("the rest", &g.sorts(g.all().after(page.next)).await?, &letters("ef"))
}

/// Twelve rows of 100 KB each.
async fn large_rows(g: &Ground) -> Outcome {
    for n in 0..12 {
        g.put(&format!("{n:02}"), &format!("\"{}\"", "x".repeat(100_000))).await?;
    }
    Ok(())
}

async fn a_page_stays_near_a_megabyte(g: Ground) -> Outcome {
    large_rows(&g).await?;
    for range in [g.all(), g.all().reverse()] {
        let page = g.page(&range).await?;
        let bytes: usize = page.items.iter().map(limits::item_bytes).sum();
        ensure!(bytes <= limits::PAGE_MAX_BYTES + limits::ITEM_MAX_BYTES, "one page has {bytes} bytes");
        ensure!(!page.items.is_empty() && page.next.is_some(), "a page of 1.2 MB is the only one");
    }
    Ok(())
}

async fn a_page_of_large_rows_goes_on(g: Ground) -> Outcome {
    large_rows(&g).await?;
    let wanted: Vec<String> = (0..12).map(|n| format!("{n:02}")).collect();
    same("the keys", &g.sorts(g.all()).await?, &wanted)
}

async fn whole_items_come_back_from_a_range(g: Ground) -> Outcome {
    let expires_at = Some(cws_model::Timestamp::from_millis(4_102_444_800_123));
    let value = Value::Bytes(vec![0, 255, 7]);
    let key = g.key("row");
    g.write(vec![Op::Put { key: key.clone(), expect: Expect::Any, value, schema: 3, expires_at }]).await?;
    let page = g.page(&g.all()).await?;
    same("the items", &page.items, &g.item(&key).await?.into_iter().collect::<Vec<_>>())
}

/// Even numbers stay; odd ones come and go while the pages are read.
async fn steady(g: Ground, reverse: bool) -> Outcome {
    let count = 120;
    g.fill((0..count).step_by(2).map(|n| format!("{n:04}"))).await?;
    let writer = async {
        for step in 0..count {
            let odd = format!("{:04}", ((step * 37) % (count / 2)) * 2 + 1);
            g.put(&odd, "1").await?;
            if step % 3 == 0 {
                g.delete(&odd).await?;
            }
            give_way().await;
        }
        Ok(())
    };
    let reader = async {
        for limit in [1, 3, 10, 17] {
            let mut range = g.all().limit(limit);
            range.reverse = reverse;
            let mut seen: BTreeMap<String, u32> = BTreeMap::new();
            g.sorts(range).await?.into_iter().for_each(|sort| *seen.entry(sort).or_default() += 1);
            ensure!(seen.values().all(|times| *times == 1), "a row was seen twice: {seen:?}");
            let missing = (0..count).step_by(2).find(|n| !seen.contains_key(&format!("{n:04}")));
            ensure!(missing.is_none(), "row {missing:?} was not seen in pages of {limit}");
        }
        Ok(())
    };
    let parts: [futures::future::BoxFuture<'_, Outcome>; 2] = [Box::pin(writer), Box::pin(reader)];
    together(parts).await
}

async fn rows_that_stay_are_seen_once_while_others_come_and_go_upwards(g: Ground) -> Outcome {
    steady(g, false).await
}

async fn rows_that_stay_are_seen_once_while_others_come_and_go_downwards(g: Ground) -> Outcome {
    steady(g, true).await
}
