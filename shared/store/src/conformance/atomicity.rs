//! A commit happens whole or not at all.

use super::{
    Ground, Outcome, case_list,
    ground::{add, conflict, ensure, put, same, together},
};
use crate::{Consistency, Expect, Key, Op};

case_list!("atomicity":
    a_failed_condition_stops_every_put,
    a_failed_condition_stops_every_delete,
    a_failed_condition_in_another_partition_stops_all,
    a_failed_condition_at_the_end_stops_the_first_operation,
    a_failed_bound_stops_every_put,
    a_commit_of_every_operation_happens_whole,
    a_hundred_rows_appear_together,
    rows_of_one_commit_are_never_seen_torn_by_a_checked_read,
    a_failed_commit_does_not_disturb_its_neighbours,
);

async fn a_failed_condition_stops_every_put(g: Ground) -> Outcome {
    let mut ops: Vec<Op> = (0..10).map(|n| put(g.key(&n.to_string()), Expect::Absent, "1")).collect();
    ops.insert(5, Op::Check { key: g.key("gate"), expect: Expect::Present });
    same("the positions that failed", &conflict(g.write(ops).await)?, &vec![5])?;
    same("the rows", &g.page(&g.all()).await?.items, &Vec::new())
}

async fn a_failed_condition_stops_every_delete(g: Ground) -> Outcome {
    g.fill(["a", "b", "c"]).await?;
    let mut ops: Vec<Op> =
        ["a", "b", "c"].map(|sort| Op::Delete { key: g.key(sort), expect: Expect::Present }).to_vec();
    ops.push(put(g.key("gate"), Expect::Present, "1"));
    conflict(g.write(ops).await)?;
    same("the rows", &g.sorts(g.all()).await?, &vec!["a".to_owned(), "b".to_owned(), "c".to_owned()])
}

async fn a_failed_condition_in_another_partition_stops_all(g: Ground) -> Outcome {
    let far = Key::new(g.partition("far"), "row");
    conflict(g.write(vec![put(g.key("row"), Expect::Any, "1"), put(far, Expect::Present, "1")]).await)?;
    same("the row", &g.json("row").await?, &None)
}

async fn a_failed_condition_at_the_end_stops_the_first_operation(g: Ground) -> Outcome {
    let mut ops: Vec<Op> = (0..99).map(|n| put(g.key(&format!("{n:02}")), Expect::Any, "1")).collect();
    ops.push(Op::Check { key: g.key("gate"), expect: Expect::Present });
    same("the positions that failed", &conflict(g.write(ops).await)?, &vec![99])?;
    same("the first row", &g.json("00").await?, &None)
}

async fn a_failed_bound_stops_every_put(g: Ground) -> Outcome {
    let over = Op::Add { key: g.key("n"), by: 1, at_least: None, at_most: Some(0) };
    conflict(g.write(vec![put(g.key("row"), Expect::Any, "1"), over]).await)?;
    same("the rows", &g.page(&g.all()).await?.items, &Vec::new())
}

async fn a_commit_of_every_operation_happens_whole(g: Ground) -> Outcome {
    g.fill(["checked", "replaced", "deleted"]).await?;
    let revision = g
        .write(vec![
            Op::Check { key: g.key("checked"), expect: Expect::Present },
            put(g.key("replaced"), Expect::Present, "2"),
            put(g.key("new"), Expect::Absent, "3"),
            Op::Delete { key: g.key("deleted"), expect: Expect::Present },
            add(g.key("counted"), 4),
        ])
        .await?;
    let of_commit: Vec<String> = g
        .page(&g.all())
        .await?
        .items
        .into_iter()
        .filter(|item| item.revision == revision)
        .map(|item| item.key.sort)
        .collect();
    same("what it wrote", &of_commit, &["counted", "new", "replaced"].map(str::to_owned).to_vec())?;
    same("what is left", &g.sorts(g.all()).await?.len(), &4)
}

async fn a_hundred_rows_appear_together(g: Ground) -> Outcome {
    g.write((0..100).map(|n| put(g.key(&format!("{n:02}")), Expect::Absent, "1")).collect()).await?;
    same("how many rows", &g.page(&g.all()).await?.items.len(), &100)
}

/// Reads two rows that are always written together, then lets a commit of checks say whether both
/// were read at one moment. If they were, they hold the same.
async fn rows_of_one_commit_are_never_seen_torn_by_a_checked_read(g: Ground) -> Outcome {
    let keys = [g.key("a"), Key::new(g.partition("1"), "b")];
    let write = |n: usize| keys.iter().map(|key| put(key.clone(), Expect::Any, &n.to_string())).collect();
    g.write(write(0)).await?;
    let writer = async {
        for n in 1..=g.scale.steps {
            g.write(write(n)).await?;
        }
        Ok(())
    };
    let reader = async {
        for _ in 0..g.scale.steps {
            let rows = g.store.get(&keys, Consistency::Strong).await?;
            let rows: Vec<_> = rows.into_iter().flatten().collect();
            let checks = rows.iter().map(|row| Op::Check {
                key: row.key.clone(),
                expect: Expect::Revision(row.revision.clone()),
            });
            let at_one_moment = g.write(checks.collect()).await.is_ok();
            let alike = rows.iter().all(|row| rows.first().is_some_and(|first| first.value == row.value));
            ensure!(!at_one_moment || alike, "torn: {rows:?}");
        }
        Ok(())
    };
    let parts: [futures::future::BoxFuture<'_, Outcome>; 2] = [Box::pin(writer), Box::pin(reader)];
    together(parts).await
}

async fn a_failed_commit_does_not_disturb_its_neighbours(g: Ground) -> Outcome {
    let task = |n: usize| {
        let g = &g;
        async move {
            let key = g.key(&format!("{n:03}"));
            if n.is_multiple_of(2) {
                g.write(vec![put(key, Expect::Absent, "1"), add(g.key("n"), 1)]).await?;
            } else {
                conflict(g.write(vec![add(g.key("n"), 1), put(key, Expect::Present, "1")]).await)?;
            }
            Ok(())
        }
    };
    together((0..g.scale.racers).map(task)).await?;
    let even = g.scale.racers.div_ceil(2);
    same("the counter", &g.count("n").await?, &Some(i64::try_from(even)?))?;
    same("how many rows", &g.sorts(g.all()).await?.len(), &(even + 1))
}
