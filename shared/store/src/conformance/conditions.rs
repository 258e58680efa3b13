//! Every condition, on every operation, in every state a row can be in; and rows that were deleted
//! and written again.

use super::{
    Case, Failure, Ground, Outcome, case_list,
    ground::{add, conflict, ensure, put, same},
};
use crate::{Expect, Item, Key, Op, Revision, Value};

/// What happened to a row before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Missing,
    Written,
    Rewritten,
    Deleted,
    Counter,
}

/// A condition, before the revisions are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Any,
    Absent,
    Present,
    Current,
    Former,
}

#[derive(Debug, Clone, Copy)]
enum Verb {
    Check,
    Put,
    Delete,
}

const STATES: [State; 5] = [State::Missing, State::Written, State::Rewritten, State::Deleted, State::Counter];
const WISHES: [Wish; 5] = [Wish::Any, Wish::Absent, Wish::Present, Wish::Current, Wish::Former];
const VERBS: [Verb; 3] = [Verb::Check, Verb::Put, Verb::Delete];

impl State {
    fn is_there(self) -> bool {
        !matches!(self, Self::Missing | Self::Deleted)
    }
}

/// The table that the cases hold adapters to.
fn holds(state: State, wish: Wish) -> bool {
    match wish {
        Wish::Any => true,
        Wish::Absent => !state.is_there(),
        Wish::Present | Wish::Current => state.is_there(),
        Wish::Former => false,
    }
}

/// The cases of this subject.
pub(super) fn cases() -> Vec<Case> {
    let mut list = about_revisions();
    for verb in VERBS {
        for state in STATES {
            // Of a missing row there is no current revision.
            for wish in WISHES.into_iter().filter(|wish| state.is_there() || *wish != Wish::Current) {
                let end = if holds(state, wish) { "holds" } else { "fails" };
                let name =
                    format!("conditions::{verb:?}_of_{state:?}_expecting_{wish:?}_{end}").to_lowercase();
                list.push(Case::new(name, move |g| one(g, verb, state, wish)));
            }
        }
    }
    list
}

case_list!("conditions": about_revisions =
    a_row_written_again_has_another_revision,
    a_row_deleted_and_written_again_is_not_the_old_one,
    a_row_deleted_and_written_again_with_the_same_value_is_not_the_old_one,
    a_revision_of_another_row_is_not_this_ones,
    a_check_changes_nothing_not_even_the_revision,
    a_commit_of_checks_alone_is_possible,
    a_conflict_names_the_position_that_failed,
    a_conflict_names_no_position_that_held,
    the_same_commit_succeeds_once_its_condition_holds,
);

async fn one(g: Ground, verb: Verb, state: State, wish: Wish) -> Outcome {
    let key = g.key("row");
    let former = reach(&g, state).await?;
    let before = g.item(&key).await?;
    ensure!(before.is_some() == state.is_there(), "the row to begin with is {before:?}");
    let expect = match (wish, &before) {
        (Wish::Any, _) => Expect::Any,
        (Wish::Absent, _) => Expect::Absent,
        (Wish::Present, _) => Expect::Present,
        (Wish::Current, Some(row)) => Expect::Revision(row.revision.clone()),
        (Wish::Current, None) => return Err(Failure("there is no current revision".to_owned())),
        (Wish::Former, _) => Expect::Revision(former),
    };
    let result = g.write(vec![operation(verb, &key, expect)]).await;
    let after = g.item(&key).await?;
    if holds(state, wish) {
        return judge(verb, &before, &after, &result?);
    }
    same("the positions that failed", &conflict(result)?, &vec![0])?;
    same("the row after a conflict", &after, &before)
}

/// Brings the row into a state; answers a revision that it has no more, or never had.
async fn reach(g: &Ground, state: State) -> Result<Revision, Failure> {
    let mut former = g.put("another row", "0").await?;
    match state {
        State::Missing => {}
        State::Written => drop(g.put("row", "1").await?),
        State::Rewritten => {
            former = g.put("row", "1").await?;
            g.put("row", "2").await?;
        }
        State::Deleted => {
            former = g.put("row", "1").await?;
            g.delete("row").await?;
        }
        State::Counter => {
            former = g.write(vec![add(g.key("row"), 1)]).await?;
            g.write(vec![add(g.key("row"), 1)]).await?;
        }
    }
    Ok(former)
}

fn operation(verb: Verb, key: &Key, expect: Expect) -> Op {
    match verb {
        Verb::Check => Op::Check { key: key.clone(), expect },
        Verb::Put => put(key.clone(), expect, "\"new\""),
        Verb::Delete => Op::Delete { key: key.clone(), expect },
    }
}

fn judge(verb: Verb, before: &Option<Item>, after: &Option<Item>, revision: &Revision) -> Outcome {
    match verb {
        Verb::Check => same("the row after a check", after, before),
        Verb::Delete => same("the row after a delete", after, &None),
        Verb::Put => {
            let row = after.as_ref().ok_or("the row after a put is missing")?;
            same("the value after a put", &row.value, &Value::Json("\"new\"".to_owned()))?;
            same("the revision after a put", &row.revision, revision)
        }
    }
}

async fn a_row_written_again_has_another_revision(g: Ground) -> Outcome {
    let first = g.put("row", "1").await?;
    let second = g.put("row", "1").await?;
    ensure!(first != second, "both are {first:?}");
    let item = g.item(&g.key("row")).await?.ok_or("the row is missing")?;
    same("the revision", &item.revision, &second)
}

async fn reborn(g: &Ground, first: &str, second: &str) -> Outcome {
    let old = g.put("row", first).await?;
    g.delete("row").await?;
    g.put("row", second).await?;
    let result = g.write(vec![put(g.key("row"), Expect::Revision(old), "\"late\"")]).await;
    same("the positions that failed", &conflict(result)?, &vec![0])?;
    same("the row", &g.json("row").await?, &Some(second.to_owned()))
}

async fn a_row_deleted_and_written_again_is_not_the_old_one(g: Ground) -> Outcome {
    reborn(&g, "1", "2").await
}

async fn a_row_deleted_and_written_again_with_the_same_value_is_not_the_old_one(g: Ground) -> Outcome {
    reborn(&g, "1", "1").await
}

async fn a_revision_of_another_row_is_not_this_ones(g: Ground) -> Outcome {
    let other = g.put("other", "1").await?;
    g.put("row", "1").await?;
    conflict(g.write(vec![put(g.key("row"), Expect::Revision(other), "2")]).await)?;
    same("the row", &g.json("row").await?, &Some("1".to_owned()))
}

async fn a_check_changes_nothing_not_even_the_revision(g: Ground) -> Outcome {
    g.put("row", "1").await?;
    let before = g.item(&g.key("row")).await?;
    let check = Op::Check { key: g.key("row"), expect: Expect::Present };
    g.write(vec![check, put(g.key("other"), Expect::Any, "1")]).await?;
    same("the row", &g.item(&g.key("row")).await?, &before)
}

async fn a_commit_of_checks_alone_is_possible(g: Ground) -> Outcome {
    let row = g.put("row", "1").await?;
    let checks = |row: &Revision| {
        vec![
            Op::Check { key: g.key("row"), expect: Expect::Revision(row.clone()) },
            Op::Check { key: g.key("nothing"), expect: Expect::Absent },
        ]
    };
    g.write(checks(&row)).await?;
    g.put("row", "2").await?;
    same("the positions that failed", &conflict(g.write(checks(&row)).await)?, &vec![0])
}

async fn a_conflict_names_the_position_that_failed(g: Ground) -> Outcome {
    for place in [0, 1, 7, 99] {
        let ops = (0..100).map(|n| {
            let expect = if n == place { Expect::Present } else { Expect::Absent };
            put(g.key(&format!("{n:02}")), expect, "1")
        });
        same("the positions that failed", &conflict(g.write(ops.collect()).await)?, &vec![place])?;
    }
    Ok(())
}

async fn a_conflict_names_no_position_that_held(g: Ground) -> Outcome {
    let ops = (0..30).map(|n| {
        let expect = if n % 3 == 0 { Expect::Present } else { Expect::Absent };
        put(g.key(&format!("{n:02}")), expect, "1")
    });
    let failed = conflict(g.write(ops.collect()).await)?;
    ensure!(failed.iter().all(|place| place % 3 == 0), "found {failed:?}");
    Ok(())
}

async fn the_same_commit_succeeds_once_its_condition_holds(g: Ground) -> Outcome {
    let commit = g.commit_of(vec![
        Op::Check { key: g.key("gate"), expect: Expect::Present },
        put(g.key("row"), Expect::Absent, "1"),
    ]);
    conflict(g.store.commit(&commit).await)?;
    g.put("gate", "1").await?;
    g.store.commit(&commit).await?;
    same("the row", &g.json("row").await?, &Some("1".to_owned()))
}
