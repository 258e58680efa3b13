//! The conformance suite: what the words of the `Store` trait mean. Every adapter passes every case,
//! and passes it again behind the decorators of `faults` when it is called by their retry rule.
//!
//! A case works in partitions of its own, so one database serves all cases, one after the other or at
//! the same time, and need not be empty. `Ground::new` takes a salt that differs from run to run.

mod atomicity;
mod conditions;
mod counters;
mod ground;
mod history;
mod linear;
mod order;
mod paging;
mod points;
mod races;
mod reference;
mod repeats;
mod sequences;
mod sizes;

pub use ground::{Failure, Ground, Outcome, Scale};
pub use linear::{Access, Call, is_linearizable};
pub use reference::{Model, Reference};

use crate::Store;
use futures::future::BoxFuture;
use std::sync::Arc;

type Run = Box<dyn Fn(Ground) -> BoxFuture<'static, Outcome> + Send + Sync>;

/// One case: a sentence about the store, and how to find out whether it is true.
pub struct Case {
    /// Unique, such as `counters::a_missing_counter_counts_as_0`.
    pub name: String,
    run: Run,
}

impl Case {
    fn new<F>(name: String, run: impl Fn(Ground) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        Self { name, run: Box::new(move |ground| Box::pin(run(ground))) }
    }

    /// Runs the case against a store.
    ///
    /// # Errors
    /// What was found instead.
    pub async fn run(&self, store: Arc<dyn Store>, salt: u64, scale: Scale) -> Result<(), String> {
        (self.run)(Ground::new(store, &self.name, salt, scale)).await.map_err(|Failure(why)| why)
    }
}

/// Lists the cases of a module by the names of their functions.
macro_rules! case_list {
    ($module:literal: $($case:ident),* $(,)?) => {
        /// The cases of this subject.
        pub(super) fn cases() -> Vec<crate::conformance::Case> {
            about()
        }
        crate::conformance::case_list!($module: about = $($case),*);
    };
    ($module:literal: $list:ident = $($case:ident),* $(,)?) => {
        fn $list() -> Vec<crate::conformance::Case> {
            vec![$(crate::conformance::Case::new(concat!($module, "::", stringify!($case)).to_owned(), $case)),*]
        }
    };
}
use case_list;

/// Every case, in the order in which a new adapter best meets them.
pub fn cases() -> Vec<Case> {
    [
        points::cases(),
        conditions::cases(),
        counters::cases(),
        atomicity::cases(),
        order::cases(),
        paging::cases(),
        sizes::cases(),
        repeats::cases(),
        sequences::cases(),
        races::cases(),
        history::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What a run of the suite found.
#[derive(Debug, Default)]
pub struct Report {
    /// How many cases held.
    pub passed: usize,
    /// Cases that did not, and why.
    pub failed: Vec<(String, String)>,
}

/// Runs the cases that `wanted` picks by name, one after the other.
pub async fn run(store: Arc<dyn Store>, salt: u64, scale: Scale, wanted: impl Fn(&str) -> bool) -> Report {
    let mut report = Report::default();
    for case in cases().into_iter().filter(|case| wanted(&case.name)) {
        match case.run(Arc::clone(&store), salt, scale).await {
            Ok(()) => report.passed += 1,
            Err(why) => report.failed.push((case.name, why)),
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_120_cases_or_more_and_each_has_its_own_name() {
        let names: BTreeSet<String> = cases().into_iter().map(|case| case.name).collect();
        assert_eq!(names.len(), cases().len());
        assert!(names.len() >= 120, "{} cases", names.len());
    }
}
