//! The same commit again: after an answer that got lost, a caller sends the same id, and it happens
//! once.

use super::{
    Ground, Outcome, case_list,
    ground::{add, conflict, put, same, together},
};
use crate::{Commit, Expect, Op, Value};

case_list!("repeats":
    the_same_commit_twice_succeeds,
    a_create_again_is_no_conflict_with_itself,
    a_delete_again_is_no_conflict_with_itself,
    a_replacement_again_is_no_conflict_with_itself,
    a_counter_is_added_to_once,
    a_bounded_counter_at_its_bound_is_added_to_once,
    a_commit_again_does_not_undo_a_later_one,
    a_commit_again_does_not_bring_a_deleted_row_back,
    a_commit_again_long_after_many_others_changes_nothing,
    another_id_with_the_same_operations_is_another_commit,
    the_same_commit_at_the_same_time_happens_once,
    a_failed_commit_may_be_tried_again_with_its_id,
);

async fn twice(g: &Ground, ops: Vec<Op>) -> Result<Commit, crate::StoreError> {
    let commit = g.commit_of(ops);
    g.store.commit(&commit).await?;
    g.store.commit(&commit).await?;
    Ok(commit)
}

async fn the_same_commit_twice_succeeds(g: Ground) -> Outcome {
    let commit = twice(&g, vec![put(g.key("row"), Expect::Any, "1")]).await?;
    let item = g.item(&g.key("row")).await?.ok_or("the row is missing")?;
    same("the revision", &item.revision, &commit.revision())
}

async fn a_create_again_is_no_conflict_with_itself(g: Ground) -> Outcome {
    twice(&g, vec![put(g.key("row"), Expect::Absent, "1")]).await?;
    same("the row", &g.json("row").await?, &Some("1".to_owned()))
}

async fn a_delete_again_is_no_conflict_with_itself(g: Ground) -> Outcome {
    let revision = g.put("row", "1").await?;
    twice(&g, vec![Op::Delete { key: g.key("row"), expect: Expect::Revision(revision) }]).await?;
    same("the row", &g.json("row").await?, &None)
}

async fn a_replacement_again_is_no_conflict_with_itself(g: Ground) -> Outcome {
    let revision = g.put("row", "1").await?;
    twice(&g, vec![put(g.key("row"), Expect::Revision(revision), "2")]).await?;
    same("the row", &g.json("row").await?, &Some("2".to_owned()))
}

async fn a_counter_is_added_to_once(g: Ground) -> Outcome {
    for _ in 0..5 {
        twice(&g, vec![add(g.key("n"), 1), put(g.key("row"), Expect::Any, "1")]).await?;
    }
    same("the counter", &g.count("n").await?, &Some(5))
}

async fn a_bounded_counter_at_its_bound_is_added_to_once(g: Ground) -> Outcome {
    twice(&g, vec![Op::Add { key: g.key("n"), by: 10, at_least: None, at_most: Some(10) }]).await?;
    same("the counter", &g.count("n").await?, &Some(10))
}

async fn a_commit_again_does_not_undo_a_later_one(g: Ground) -> Outcome {
    let first = g.commit_of(vec![put(g.key("row"), Expect::Any, "1")]);
    g.store.commit(&first).await?;
    let second = g.put("row", "2").await?;
    g.store.commit(&first).await?;
    let item = g.item(&g.key("row")).await?.ok_or("the row is missing")?;
    same("the row", &(item.value, item.revision), &(Value::Json("2".to_owned()), second))
}

async fn a_commit_again_does_not_bring_a_deleted_row_back(g: Ground) -> Outcome {
    let first = g.commit_of(vec![put(g.key("row"), Expect::Absent, "1")]);
    g.store.commit(&first).await?;
    g.delete("row").await?;
    g.store.commit(&first).await?;
    same("the row", &g.json("row").await?, &None)
}

async fn a_commit_again_long_after_many_others_changes_nothing(g: Ground) -> Outcome {
    let first = g.commit_of(vec![add(g.key("n"), 1)]);
    g.store.commit(&first).await?;
    for n in 0..200 {
        g.put("row", &n.to_string()).await?;
    }
    g.store.commit(&first).await?;
    same("the counter", &g.count("n").await?, &Some(1))
}

async fn another_id_with_the_same_operations_is_another_commit(g: Ground) -> Outcome {
    let ops = vec![add(g.key("n"), 1)];
    g.write(ops.clone()).await?;
    g.write(ops).await?;
    same("the counter", &g.count("n").await?, &Some(2))
}

async fn the_same_commit_at_the_same_time_happens_once(g: Ground) -> Outcome {
    let commit = g.commit_of(vec![add(g.key("n"), 1), put(g.key("row"), Expect::Absent, "1")]);
    let send = || async {
        // A distributed store may say that the other one is still under way; it never fails a condition.
        match g.store.commit(&commit).await {
            Ok(()) => Ok(()),
            Err(crate::StoreError::Conflict { failed }) if failed.is_empty() => Ok(()),
            Err(other) => Err(other.into()),
        }
    };
    together((0..20).map(|_| send())).await?;
    g.store.commit(&commit).await?;
    same("the counter", &g.count("n").await?, &Some(1))
}

async fn a_failed_commit_may_be_tried_again_with_its_id(g: Ground) -> Outcome {
    let commit = g.commit_of(vec![put(g.key("row"), Expect::Present, "2")]);
    conflict(g.store.commit(&commit).await)?;
    conflict(g.store.commit(&commit).await)?;
    g.put("row", "1").await?;
    g.store.commit(&commit).await?;
    same("the row", &g.json("row").await?, &Some("2".to_owned()))
}
