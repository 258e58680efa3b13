//! Counters: adding, bounds, and what is no counter.

use super::{
    Ground, Outcome, case_list,
    ground::{add, conflict, ensure, put, same, together},
};
use crate::{Expect, Key, Op, Revision, Value};

case_list!("counters":
    a_missing_counter_counts_as_0,
    additions_sum_up,
    a_counter_may_be_negative,
    adding_0_makes_a_counter,
    adding_0_gives_a_new_revision,
    a_counter_carries_the_revision_of_the_last_addition,
    a_counter_has_schema_version_1_and_no_expiry,
    a_counter_is_found_by_a_range,
    two_counters_in_one_commit,
    at_least_holds_exactly_at_the_bound,
    at_least_refuses_one_below,
    at_most_holds_exactly_at_the_bound,
    at_most_refuses_one_above,
    both_bounds_hold_together,
    a_bound_is_about_the_result_not_the_step,
    a_refused_addition_changes_nothing,
    a_refused_addition_to_a_missing_counter_makes_none,
    a_counter_outside_its_bounds_may_come_back,
    bounds_that_exclude_each_other_refuse_everything,
    the_largest_count_is_kept_exactly,
    the_smallest_count_is_kept_exactly,
    above_the_largest_count_is_a_conflict,
    below_the_smallest_count_is_a_conflict,
    adding_to_json_is_a_conflict,
    adding_to_bytes_is_a_conflict,
    a_counter_can_be_deleted_and_starts_again_at_0,
    a_put_may_replace_a_counter,
    a_counter_can_be_checked_by_revision,
    a_failed_condition_elsewhere_stops_an_addition,
    additions_at_the_same_time_are_all_counted,
    a_bounded_counter_never_passes_its_bound_in_a_race,
);

fn bounded(key: Key, by: i64, at_least: Option<i64>, at_most: Option<i64>) -> Op {
    Op::Add { key, by, at_least, at_most }
}

async fn plus(g: &Ground, by: i64) -> Result<Revision, crate::StoreError> {
    g.write(vec![add(g.key("n"), by)]).await
}

async fn a_missing_counter_counts_as_0(g: Ground) -> Outcome {
    plus(&g, 5).await?;
    same("the counter", &g.count("n").await?, &Some(5))
}

async fn additions_sum_up(g: Ground) -> Outcome {
    for by in [1, 10, -4, 100, 0] {
        plus(&g, by).await?;
    }
    same("the counter", &g.count("n").await?, &Some(107))
}

async fn a_counter_may_be_negative(g: Ground) -> Outcome {
    plus(&g, -3).await?;
    same("the counter", &g.count("n").await?, &Some(-3))
}

async fn adding_0_makes_a_counter(g: Ground) -> Outcome {
    plus(&g, 0).await?;
    same("the counter", &g.count("n").await?, &Some(0))
}

async fn adding_0_gives_a_new_revision(g: Ground) -> Outcome {
    let first = plus(&g, 0).await?;
    let second = plus(&g, 0).await?;
    let item = g.item(&g.key("n")).await?.ok_or("the counter is missing")?;
    ensure!(first != second && item.revision == second, "found {:?}", item.revision);
    Ok(())
}

async fn a_counter_carries_the_revision_of_the_last_addition(g: Ground) -> Outcome {
    plus(&g, 1).await?;
    let last = plus(&g, 1).await?;
    let item = g.item(&g.key("n")).await?.ok_or("the counter is missing")?;
    same("the revision", &item.revision, &last)
}

async fn a_counter_has_schema_version_1_and_no_expiry(g: Ground) -> Outcome {
    plus(&g, 1).await?;
    let item = g.item(&g.key("n")).await?.ok_or("the counter is missing")?;
    same("schema and expiry", &(item.schema, item.expires_at), &(1, None))
}

async fn a_counter_is_found_by_a_range(g: Ground) -> Outcome {
    plus(&g, 7).await?;
    let page = g.page(&g.all()).await?;
    let values: Vec<Value> = page.items.into_iter().map(|item| item.value).collect();
    same("the values", &values, &vec![Value::Count(7)])
}

async fn two_counters_in_one_commit(g: Ground) -> Outcome {
    g.write(vec![add(g.key("a"), 1), add(g.key("b"), -1)]).await?;
    same("both", &(g.count("a").await?, g.count("b").await?), &(Some(1), Some(-1)))
}

/// Starts at 5, adds within bounds; says whether it was let through and what is there then.
async fn attempt(g: &Ground, by: i64, at_least: Option<i64>, at_most: Option<i64>, passes: bool) -> Outcome {
    plus(g, 5).await?;
    let result = g.write(vec![bounded(g.key("n"), by, at_least, at_most)]).await;
    if passes {
        result?;
        return same("the counter", &g.count("n").await?, &Some(5 + by));
    }
    same("the positions that failed", &conflict(result)?, &vec![0])?;
    same("the counter", &g.count("n").await?, &Some(5))
}

async fn at_least_holds_exactly_at_the_bound(g: Ground) -> Outcome {
    attempt(&g, -5, Some(0), None, true).await
}

async fn at_least_refuses_one_below(g: Ground) -> Outcome {
    attempt(&g, -6, Some(0), None, false).await
}

async fn at_most_holds_exactly_at_the_bound(g: Ground) -> Outcome {
    attempt(&g, 5, None, Some(10), true).await
}

async fn at_most_refuses_one_above(g: Ground) -> Outcome {
    attempt(&g, 6, None, Some(10), false).await
}

async fn both_bounds_hold_together(g: Ground) -> Outcome {
    attempt(&g, 1, Some(6), Some(6), true).await?;
    conflict(g.write(vec![bounded(g.key("n"), 1, Some(6), Some(6))]).await)?;
    conflict(g.write(vec![bounded(g.key("n"), -1, Some(6), Some(6))]).await)?;
    same("the counter", &g.count("n").await?, &Some(6))
}

async fn a_bound_is_about_the_result_not_the_step(g: Ground) -> Outcome {
    attempt(&g, 3, Some(8), Some(8), true).await
}

async fn a_refused_addition_changes_nothing(g: Ground) -> Outcome {
    plus(&g, 5).await?;
    let before = g.item(&g.key("n")).await?;
    conflict(g.write(vec![bounded(g.key("n"), 1, None, Some(5))]).await)?;
    same("the counter", &g.item(&g.key("n")).await?, &before)
}

async fn a_refused_addition_to_a_missing_counter_makes_none(g: Ground) -> Outcome {
    conflict(g.write(vec![bounded(g.key("n"), -1, Some(0), None)]).await)?;
    conflict(g.write(vec![bounded(g.key("n"), 11, None, Some(10))]).await)?;
    same("the counter", &g.count("n").await?, &None)?;
    g.write(vec![bounded(g.key("n"), 10, Some(10), Some(10))]).await?;
    same("the counter", &g.count("n").await?, &Some(10))
}

/// A reservation may be lowered although a limit was lowered below it: 5 → 4 under "at least 4".
async fn a_counter_outside_its_bounds_may_come_back(g: Ground) -> Outcome {
    plus(&g, 50).await?;
    conflict(g.write(vec![bounded(g.key("n"), -1, None, Some(10))]).await)?;
    g.write(vec![bounded(g.key("n"), -40, None, Some(10))]).await?;
    same("the counter", &g.count("n").await?, &Some(10))
}

async fn bounds_that_exclude_each_other_refuse_everything(g: Ground) -> Outcome {
    conflict(g.write(vec![bounded(g.key("n"), 1, Some(2), Some(0))]).await)?;
    same("the counter", &g.count("n").await?, &None)
}

async fn the_largest_count_is_kept_exactly(g: Ground) -> Outcome {
    plus(&g, i64::MAX - 1).await?;
    plus(&g, 1).await?;
    same("the counter", &g.count("n").await?, &Some(i64::MAX))
}

async fn the_smallest_count_is_kept_exactly(g: Ground) -> Outcome {
    plus(&g, i64::MIN + 1).await?;
    plus(&g, -1).await?;
    same("the counter", &g.count("n").await?, &Some(i64::MIN))
}

async fn above_the_largest_count_is_a_conflict(g: Ground) -> Outcome {
    plus(&g, i64::MAX).await?;
    conflict(plus(&g, 1).await)?;
    conflict(plus(&g, i64::MAX).await)?;
    same("the counter", &g.count("n").await?, &Some(i64::MAX))
}

async fn below_the_smallest_count_is_a_conflict(g: Ground) -> Outcome {
    plus(&g, i64::MIN).await?;
    conflict(plus(&g, -1).await)?;
    conflict(plus(&g, i64::MIN).await)?;
    same("the counter", &g.count("n").await?, &Some(i64::MIN))
}

async fn adding_to_json_is_a_conflict(g: Ground) -> Outcome {
    g.put("n", "5").await?;
    same("the positions that failed", &conflict(plus(&g, 1).await)?, &vec![0])?;
    same("the row", &g.json("n").await?, &Some("5".to_owned()))
}

async fn adding_to_bytes_is_a_conflict(g: Ground) -> Outcome {
    let value = Value::Bytes(vec![5]);
    g.write(vec![Op::Put {
        key: g.key("n"),
        expect: Expect::Any,
        value: value.clone(),
        schema: 1,
        expires_at: None,
    }])
    .await?;
    conflict(plus(&g, 1).await)?;
    same("the row", &g.item(&g.key("n")).await?.map(|item| item.value), &Some(value))
}

async fn a_counter_can_be_deleted_and_starts_again_at_0(g: Ground) -> Outcome {
    plus(&g, 5).await?;
    g.delete("n").await?;
    plus(&g, 2).await?;
    same("the counter", &g.count("n").await?, &Some(2))
}

async fn a_put_may_replace_a_counter(g: Ground) -> Outcome {
    plus(&g, 5).await?;
    g.put("n", "\"text\"").await?;
    same("the row", &g.json("n").await?, &Some("\"text\"".to_owned()))?;
    conflict(plus(&g, 1).await)?;
    Ok(())
}

async fn a_counter_can_be_checked_by_revision(g: Ground) -> Outcome {
    let seen = plus(&g, 5).await?;
    let check = |seen: &Revision| Op::Check { key: g.key("n"), expect: Expect::Revision(seen.clone()) };
    g.write(vec![check(&seen), put(g.key("a"), Expect::Any, "1")]).await?;
    plus(&g, 1).await?;
    same("the positions that failed", &conflict(g.write(vec![check(&seen)]).await)?, &vec![0])
}

async fn a_failed_condition_elsewhere_stops_an_addition(g: Ground) -> Outcome {
    let ops = vec![add(g.key("n"), 1), put(g.key("row"), Expect::Present, "1")];
    same("the positions that failed", &conflict(g.write(ops).await)?, &vec![1])?;
    same("the counter", &g.count("n").await?, &None)
}

async fn additions_at_the_same_time_are_all_counted(g: Ground) -> Outcome {
    let task = || async {
        for _ in 0..g.scale.steps {
            plus(&g, 1).await?;
        }
        Ok(())
    };
    together((0..g.scale.tasks).map(|_| task())).await?;
    let wanted = i64::try_from(g.scale.tasks * g.scale.steps)?;
    same("the counter", &g.count("n").await?, &Some(wanted))
}

async fn a_bounded_counter_never_passes_its_bound_in_a_race(g: Ground) -> Outcome {
    let limit = i64::try_from(g.scale.racers / 3)?;
    let won = std::sync::atomic::AtomicI64::new(0);
    let racer = || async {
        match g.write(vec![bounded(g.key("n"), 1, Some(0), Some(limit))]).await {
            Ok(_) => drop(won.fetch_add(1, std::sync::atomic::Ordering::Relaxed)),
            refused => drop(conflict(refused)?),
        }
        Ok(())
    };
    together((0..g.scale.racers).map(|_| racer())).await?;
    same("who got through", &won.into_inner(), &limit)?;
    same("the counter", &g.count("n").await?, &Some(limit))
}
