//! Many at the same time: nothing is lost, nothing is made, one wins.

use super::{
    Failure, Ground, Outcome, case_list,
    ground::{add, conflict, ensure, give_way, put, same, together},
};
use crate::{Consistency, Expect, Item, Key, Op, Revision, StoreError, Value};
use std::sync::atomic::{AtomicUsize, Ordering};

case_list!("races":
    one_of_many_racers_creates_a_row,
    one_of_many_racers_replaces_a_revision,
    one_of_many_racers_deletes_a_row,
    no_increment_by_reading_and_writing_is_lost,
    no_increment_across_two_rows_is_lost,
    transfers_between_accounts_neither_make_nor_lose_money,
    a_claim_and_what_it_claims_stay_together,
);

/// Lets racers go; answers how many won. Everybody else meets a conflict with a position.
async fn winners(g: &Ground, op: impl Fn(usize) -> Op) -> Result<usize, Failure> {
    let won = AtomicUsize::new(0);
    let racer = |n: usize| {
        let (op, won) = (op(n), &won);
        async move {
            match g.write(vec![op]).await {
                Ok(_) => drop(won.fetch_add(1, Ordering::Relaxed)),
                refused => drop(conflict(refused)?),
            }
            Ok(())
        }
    };
    together((0..g.scale.racers).map(racer)).await?;
    Ok(won.into_inner())
}

async fn one_of_many_racers_creates_a_row(g: Ground) -> Outcome {
    let won = winners(&g, |n| put(g.key("row"), Expect::Absent, &n.to_string())).await?;
    same("winners", &won, &1)
}

async fn one_of_many_racers_replaces_a_revision(g: Ground) -> Outcome {
    let seen = g.put("row", "\"start\"").await?;
    let won = winners(&g, |n| put(g.key("row"), Expect::Revision(seen.clone()), &n.to_string())).await?;
    same("winners", &won, &1)
}

async fn one_of_many_racers_deletes_a_row(g: Ground) -> Outcome {
    g.put("row", "1").await?;
    let won = winners(&g, |_| Op::Delete { key: g.key("row"), expect: Expect::Present }).await?;
    same("winners", &won, &1)
}

/// A number kept as JSON, and the condition "as I read it".
async fn number(g: &Ground, key: &Key) -> Result<(i64, Expect), Failure> {
    match g.item(key).await? {
        None => Ok((0, Expect::Absent)),
        Some(Item { value: Value::Json(text), revision, .. }) => {
            Ok((text.parse()?, Expect::Revision(revision)))
        }
        Some(other) => Err(Failure(format!("found {other:?}"))),
    }
}

/// Whether a write was done; a conflict means to read again.
fn is_done(result: Result<Revision, StoreError>) -> Result<bool, Failure> {
    match result {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict { .. }) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

async fn no_increment_by_reading_and_writing_is_lost(g: Ground) -> Outcome {
    let key = g.key("n");
    let task = || async {
        let mut left = g.scale.steps;
        while left > 0 {
            let (count, unchanged) = number(&g, &key).await?;
            let op = put(key.clone(), unchanged, &(count + 1).to_string());
            if is_done(g.write(vec![op]).await)? {
                left -= 1;
            }
        }
        Ok(())
    };
    together((0..g.scale.tasks).map(|_| task())).await?;
    same("the number", &number(&g, &key).await?.0, &i64::try_from(g.scale.tasks * g.scale.steps)?)
}

/// Each task changes a row of its own and a shared one; both or none.
async fn no_increment_across_two_rows_is_lost(g: Ground) -> Outcome {
    let shared = Key::new(g.partition("shared"), "n");
    let (tasks, steps) = (8, g.scale.steps.min(25));
    let task = |n: usize| {
        let (g, shared, own) = (&g, &shared, g.key(&n.to_string()));
        async move {
            let mut left = steps;
            while left > 0 {
                let (count, unchanged) = number(g, shared).await?;
                let write = put(shared.clone(), unchanged, &(count + 1).to_string());
                left -= usize::from(is_done(g.write(vec![add(own.clone(), 1), write]).await)?);
            }
            same("its own counter", &g.count(&own.sort).await?, &Some(i64::try_from(steps)?))
        }
    };
    together((0..tasks).map(task)).await?;
    same("the shared number", &number(&g, &shared).await?.0, &i64::try_from(tasks * steps)?)
}

const ACCOUNTS: usize = 5;
const START: i64 = 100;

async fn transfers_between_accounts_neither_make_nor_lose_money(g: Ground) -> Outcome {
    let accounts: Vec<Key> =
        (0..ACCOUNTS).map(|n| Key::new(g.partition(&n.to_string()), "account")).collect();
    g.write(accounts.iter().map(|key| put(key.clone(), Expect::Absent, &START.to_string())).collect())
        .await?;
    let clerk = |_| async {
        for _ in 0..g.scale.steps {
            transfer(&g, &accounts).await?;
        }
        Ok(())
    };
    let auditor = async {
        for _ in 0..g.scale.steps {
            audit(&g, &accounts).await?;
            give_way().await;
        }
        Ok(())
    };
    let mut parts: Vec<futures::future::BoxFuture<'_, Outcome>> = vec![Box::pin(auditor)];
    parts.extend(
        (0..g.scale.tasks.min(8)).map(|n| -> futures::future::BoxFuture<'_, Outcome> { Box::pin(clerk(n)) }),
    );
    together(parts).await?;
    ensure!(audit(&g, &accounts).await?, "with nobody writing, a checked read must hold");
    Ok(())
}

/// Tries one transfer between two accounts; gives up on a conflict and never overdraws.
async fn transfer(g: &Ground, accounts: &[Key]) -> Outcome {
    let (Some(from), Some(to)) = (g.dice.pick(accounts), g.dice.pick(accounts)) else { return Ok(()) };
    let amount = i64::try_from(g.dice.below(30))?;
    let ((has, from_unchanged), (had, to_unchanged)) = (number(g, from).await?, number(g, to).await?);
    if from == to || has < amount {
        return Ok(());
    }
    let ops = vec![
        put(from.clone(), from_unchanged, &(has - amount).to_string()),
        put(to.clone(), to_unchanged, &(had + amount).to_string()),
    ];
    is_done(g.write(ops).await).map(drop)
}

/// Reads all accounts and has the store confirm that they were so at one moment; then the sum counts.
async fn audit(g: &Ground, accounts: &[Key]) -> Result<bool, Failure> {
    let items = g.store.get(accounts, Consistency::Strong).await?;
    let (mut sum, mut checks) = (0, Vec::new());
    for item in items.into_iter().flatten() {
        let Value::Json(text) = item.value else { return Err(Failure("an account is no JSON".to_owned())) };
        let balance: i64 = text.parse()?;
        ensure!(balance >= 0, "an account is overdrawn: {balance}");
        sum += balance;
        checks.push(Op::Check { key: item.key, expect: Expect::Revision(item.revision) });
    }
    let at_one_moment = is_done(g.write(checks).await)?;
    ensure!(!at_one_moment || sum == START * i64::try_from(ACCOUNTS)?, "the sum is {sum}");
    Ok(at_one_moment)
}

/// The usual shape of a unique name: a claim row and a record row in one commit.
async fn a_claim_and_what_it_claims_stay_together(g: Ground) -> Outcome {
    let racer = |n: usize| {
        let g = &g;
        async move {
            let name = format!("name/{}", n % 7);
            let record = Key::new(g.partition("records"), format!("{n:03}"));
            let ops = vec![
                put(g.key(&name), Expect::Absent, &n.to_string()),
                put(record, Expect::Absent, &format!("{name:?}")),
            ];
            is_done(g.write(ops).await).map(drop)
        }
    };
    together((0..g.scale.racers).map(racer)).await?;
    let claims = g.page(&g.all()).await?.items;
    let records = g.page(&crate::Range::all(g.partition("records"))).await?.items;
    same("claims and records", &(claims.len(), records.len()), &(7, 7))?;
    for record in records {
        let claimed = claims.iter().any(|claim| {
            claim.revision == record.revision && Value::Json(format!("{:?}", claim.key.sort)) == record.value
        });
        ensure!(claimed, "record `{}` has no claim of its own", record.key.sort);
    }
    Ok(())
}
