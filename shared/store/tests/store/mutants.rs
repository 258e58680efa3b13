//! Stores that are wrong in one way each. The suite must find every one of them: a suite that nothing
//! fails shows nothing.

use super::reference;
use cws_store::{
    Commit, Consistency, Expect, Health, Item, Key, Op, Page, Range, Span, Store, StoreError, Value,
    conformance::{self, Reference, Scale},
    limits,
};
use futures::{executor::block_on, future::BoxFuture};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    AbsentIsIgnored,
    PresentIsIgnored,
    RevisionMeansPresent,
    RevisionIsTheValue,
    BoundsAreIgnored,
    CommitsAreSplit,
    RepeatsHappenAgain,
    LettersFoldCase,
    BetweenIncludesItsEnd,
    AfterIsIncluded,
    ReverseIsIgnored,
    NextIsForgotten,
    PrefixIsIgnored,
    ExpiredRowsAreHidden,
    ExpiryIsWholeSeconds,
    LastWriteIsNotSeen,
    LimitsAreOff,
    AnswersAreSorted,
    PagesHaveNoSizeLimit,
    PositionsAreForgotten,
}

const ALL: [Wrong; 20] = [
    Wrong::AbsentIsIgnored,
    Wrong::PresentIsIgnored,
    Wrong::RevisionMeansPresent,
    Wrong::RevisionIsTheValue,
    Wrong::BoundsAreIgnored,
    Wrong::CommitsAreSplit,
    Wrong::RepeatsHappenAgain,
    Wrong::LettersFoldCase,
    Wrong::BetweenIncludesItsEnd,
    Wrong::AfterIsIncluded,
    Wrong::ReverseIsIgnored,
    Wrong::NextIsForgotten,
    Wrong::PrefixIsIgnored,
    Wrong::ExpiredRowsAreHidden,
    Wrong::ExpiryIsWholeSeconds,
    Wrong::LastWriteIsNotSeen,
    Wrong::LimitsAreOff,
    Wrong::AnswersAreSorted,
    Wrong::PagesHaveNoSizeLimit,
    Wrong::PositionsAreForgotten,
];

struct Mutant {
    wrong: Wrong,
    right: Arc<Reference>,
    last: Mutex<Option<Commit>>,
    fresh: AtomicU64,
}

#[test]
fn every_wrong_store_is_found() {
    for wrong in ALL {
        let store =
            Mutant { wrong, right: reference(), last: Mutex::default(), fresh: AtomicU64::new(1 << 40) };
        // Random sequences and races find most of them; each must also fail a case that says what is wrong.
        let plain = |name: &str| !["sequences", "races", "history"].iter().any(|long| name.starts_with(long));
        let report = block_on(conformance::run(Arc::new(store), 1, Scale::SMALL, plain));
        println!(
            "{wrong:?}: {} cases fail, such as {:?}",
            report.failed.len(),
            report.failed.first().map(|f| &f.0)
        );
        assert!(!report.failed.is_empty(), "{wrong:?} passes the suite");
    }
}

impl Mutant {
    async fn mutate(&self, commit: &Commit) -> Commit {
        let mut commit = commit.clone();
        if self.wrong == Wrong::RevisionIsTheValue {
            self.forget_births(&mut commit).await;
        }
        if self.wrong == Wrong::RepeatsHappenAgain {
            commit.id = super::commit(self.fresh.fetch_add(1, Ordering::SeqCst), Vec::new()).id;
        }
        for op in &mut commit.ops {
            self.mutate_op(op);
        }
        commit
    }

    fn mutate_op(&self, op: &mut Op) {
        match op {
            Op::Check { expect, .. } | Op::Delete { expect, .. } => self.mutate_expect(expect),
            Op::Put { expect, expires_at, .. } => {
                self.mutate_expect(expect);
                if self.wrong == Wrong::ExpiryIsWholeSeconds {
                    *expires_at = expires_at.map(|at| cws_model::Timestamp::from_millis(at.seconds() * 1000));
                }
            }
            Op::Add { at_least, at_most, .. } if self.wrong == Wrong::BoundsAreIgnored => {
                (*at_least, *at_most) = (None, None);
            }
            Op::Add { .. } => {}
        }
        if self.wrong == Wrong::LettersFoldCase {
            match op {
                Op::Check { key, .. }
                | Op::Put { key, .. }
                | Op::Delete { key, .. }
                | Op::Add { key, .. } => {
                    key.sort = key.sort.to_lowercase();
                }
            }
        }
    }

    /// As a version number that starts again when a row does: rows that hold `1` are all alike.
    async fn forget_births(&self, commit: &mut Commit) {
        for op in &mut commit.ops {
            let row = self.right.get(&[op.key().clone()], Consistency::Strong).await;
            let one = Some(Value::Json("1".to_owned()));
            let alike = row.is_ok_and(|rows| rows[0].as_ref().map(|row| row.value.clone()) == one);
            if let Op::Put { expect: expect @ Expect::Revision(_), .. } = op
                && alike
            {
                *expect = Expect::Present;
            }
        }
    }

    fn mutate_expect(&self, expect: &mut Expect) {
        *expect = match (self.wrong, expect.clone()) {
            (Wrong::AbsentIsIgnored, Expect::Absent) | (Wrong::PresentIsIgnored, Expect::Present) => {
                Expect::Any
            }
            (Wrong::RevisionMeansPresent, Expect::Revision(_)) => Expect::Present,
            (_, same) => same,
        };
    }

    fn mutate_range(&self, range: &Range) -> Range {
        let mut range = range.clone();
        match (self.wrong, &mut range.span, &mut range.after) {
            (Wrong::BetweenIncludesItsEnd, Span::Between(_, to), _) if to.len() < 1024 => to.push('\0'),
            (Wrong::PrefixIsIgnored, span @ Span::Prefix(_), _) => *span = Span::All,
            (Wrong::AfterIsIncluded, _, Some(after)) if range.limit > 20 => drop(after.pop()),
            _ => {}
        }
        if range.after.as_deref() == Some("") {
            range.after = None;
        }
        range.reverse &= self.wrong != Wrong::ReverseIsIgnored;
        range
    }

    async fn split(&self, commit: &Commit) -> Result<(), StoreError> {
        limits::check_commit(commit)?;
        for (place, op) in commit.ops.iter().enumerate() {
            let number = self.fresh.fetch_add(1, Ordering::SeqCst);
            let one = Commit { id: commit.id.clone(), ops: vec![op.clone()] };
            let one = if commit.ops.len() > 1 { super::commit(number, one.ops) } else { one };
            self.right.commit(&one).await.map_err(|_| StoreError::Conflict { failed: vec![place] })?;
        }
        Ok(())
    }

    /// Keeps back each commit until the next one.
    async fn delay(&self, commit: &Commit) -> Result<(), StoreError> {
        let waiting = self.last.lock().unwrap().replace(commit.clone());
        match waiting {
            Some(waiting) => self.right.commit(&waiting).await,
            None => Ok(()),
        }
    }
}

impl Store for Mutant {
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>> {
        Box::pin(async move {
            let mut items = if self.wrong == Wrong::LimitsAreOff && keys.len() > 100 {
                vec![None; keys.len()]
            } else {
                self.right.get(keys, consistency).await?
            };
            match self.wrong {
                Wrong::AnswersAreSorted => items
                    .sort_by(|a, b| a.as_ref().map(|item| &item.key).cmp(&b.as_ref().map(|item| &item.key))),
                Wrong::ExpiredRowsAreHidden => items.iter_mut().for_each(|item| {
                    *item = item
                        .take()
                        .filter(|row| row.is_live(cws_model::Timestamp::from_millis(1_800_000_000_000)));
                }),
                _ => {}
            }
            Ok(items)
        })
    }

    fn range<'a>(
        &'a self,
        range: &'a Range,
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Page, StoreError>> {
        Box::pin(async move {
            limits::check_range(range)?;
            let mut page = self.right.range(&self.mutate_range(range), consistency).await?;
            match self.wrong {
                Wrong::NextIsForgotten => page.next = None,
                Wrong::PagesHaveNoSizeLimit => {
                    let rest = range.clone().after(page.next.take());
                    let more = self.right.range(&rest, consistency).await?;
                    if rest.after.is_some() && range.limit == 100 {
                        page.items.extend(more.items);
                    }
                }
                _ => {}
            }
            Ok(page)
        })
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            match self.wrong {
                Wrong::CommitsAreSplit => self.split(commit).await,
                Wrong::LastWriteIsNotSeen => self.delay(commit).await,
                Wrong::PositionsAreForgotten => match self.right.commit(commit).await {
                    Err(StoreError::Conflict { .. }) => Err(StoreError::Conflict { failed: vec![0] }),
                    other => other,
                },
                _ => self.right.commit(&self.mutate(commit).await).await,
            }
        })
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        self.right.health()
    }
}
