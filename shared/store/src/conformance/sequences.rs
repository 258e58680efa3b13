//! Random sequences: the store and the model are given the same commits and must agree on each answer
//! and on every row, again and again. Seeds are fixed, so a failure comes back.

use super::{
    Case, Failure, Ground, Model, Outcome,
    ground::{conflict, ensure, put, same},
};
use crate::{Commit, Consistency, Expect, Item, Key, Op, Range, Revision, Span, Value};
use cws_model::Timestamp;

const SEQUENCES: u32 = 10;
const PARTS: [&str; 3] = ["0", "1", "é#1"];
const SORTS: [&str; 14] =
    ["a", "a/", "a/1", "a/2", "b", "B", "e\u{301}", "\u{e9}", "😀", "\u{ffff}", "\u{1}", "z", "zz", "~"];

/// The cases of this subject.
pub(super) fn cases() -> Vec<Case> {
    (0..SEQUENCES)
        .map(|n| Case::new(format!("sequences::random_sequence_{n}_agrees_with_the_model"), sequence))
        .collect()
}

async fn sequence(g: Ground) -> Outcome {
    let mut model = Model::default();
    let mut sent: Vec<Commit> = Vec::new();
    for step in 0..g.scale.commits {
        let repeat = g.dice.below(12) == 0;
        let old = if repeat { g.dice.pick(&sent).cloned() } else { None };
        let commit = old.unwrap_or_else(|| random_commit(&g, &model));
        give_to_both(&g, &mut model, &commit).await?;
        sent.push(commit);
        compare_pages(&g, &model).await?;
        if step % 10 == 0 {
            compare_rows(&g, &model).await?;
        }
    }
    compare_rows(&g, &model).await
}

/// A commit that failed before may hold now; a commit that was done before changes nothing.
async fn give_to_both(g: &Ground, model: &mut Model, commit: &Commit) -> Outcome {
    let found = g.store.commit(commit).await;
    match model.commit(commit) {
        Ok(()) => found.map_err(Failure::from),
        Err(wanted) => {
            let failed = conflict(found)?;
            ensure!(
                failed.iter().all(|place| wanted.contains(place)),
                "{failed:?} failed instead of {wanted:?}"
            );
            Ok(())
        }
    }
}

fn all_keys(g: &Ground) -> Vec<Key> {
    let of_part = |part: &str| SORTS.map(|sort| Key::new(g.partition(part), sort));
    PARTS.iter().flat_map(|part| of_part(part)).collect()
}

async fn compare_rows(g: &Ground, model: &Model) -> Outcome {
    let keys = all_keys(g);
    let found = g.store.get(&keys, Consistency::Strong).await?;
    let wanted: Vec<Option<Item>> = keys.iter().map(|key| model.get(key)).collect();
    same("the rows", &found, &wanted)
}

async fn compare_pages(g: &Ground, model: &Model) -> Outcome {
    let range = random_range(g);
    let found = g.rows(range.clone()).await?;
    same(&format!("{range:?}"), &found, &model.rows(&range))
}

fn random_sort(g: &Ground) -> String {
    (*g.dice.pick(&SORTS).unwrap_or(&"a")).to_owned()
}

fn random_range(g: &Ground) -> Range {
    let part = g.dice.pick(&PARTS).unwrap_or(&"0");
    let span = match g.dice.below(3) {
        0 => Span::All,
        1 => Span::Prefix(random_sort(g)),
        _ => Span::Between(random_sort(g), random_sort(g)),
    };
    let after = (g.dice.below(3) == 0).then(|| random_sort(g));
    let limit = u32::try_from(g.dice.below(6)).unwrap_or_default() + 1;
    Range { partition: g.partition(part), span, after, limit, reverse: g.dice.below(2) == 0 }
}

fn random_commit(g: &Ground, model: &Model) -> Commit {
    let mut keys = all_keys(g);
    let count = g.dice.below(7) + 1;
    let ops = (0..count).map(|_| {
        let place = usize::try_from(g.dice.below(keys.len() as u64)).unwrap_or_default();
        random_op(g, model, keys.swap_remove(place))
    });
    let ops = ops.collect();
    g.commit_of(ops)
}

fn random_op(g: &Ground, model: &Model, key: Key) -> Op {
    let expect = random_expectation(g, model.get(&key));
    match g.dice.below(10) {
        0 => Op::Check { key, expect },
        1..=2 => Op::Delete { key, expect },
        3..=5 => random_addition(g, key),
        6 => Op::Put {
            key,
            expect,
            value: Value::Bytes(g.dice.roll().to_le_bytes().to_vec()),
            schema: u32::try_from(g.dice.below(9)).unwrap_or_default() + 1,
            expires_at: Some(Timestamp::from_millis(4_000_000_000_000 + i64::from(g.dice.roll() as u32))),
        },
        _ => put(key, expect, &g.dice.below(1000).to_string()),
    }
}

fn random_addition(g: &Ground, key: Key) -> Op {
    let number = |below: u64| i64::try_from(g.dice.below(below)).unwrap_or_default();
    let by = number(41) - 20;
    let at_least = (g.dice.below(3) == 0).then(|| number(60) - 60);
    let at_most = (g.dice.below(3) == 0).then(|| number(60));
    Op::Add { key, by, at_least, at_most }
}

/// Mostly what holds, so that sequences get somewhere.
fn random_expectation(g: &Ground, row: Option<Item>) -> Expect {
    match (g.dice.below(10), row) {
        (0, _) => Expect::Absent,
        (1, _) => Expect::Present,
        (2, _) => Expect::Revision(Revision("com_00000000000000000000000000".to_owned())),
        (3..=6, Some(row)) => Expect::Revision(row.revision),
        (3..=6, None) => Expect::Absent,
        _ => Expect::Any,
    }
}
