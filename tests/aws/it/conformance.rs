//! The store's conformance suite on DynamoDB's adapter, one test per subject, all cases of it in one
//! table: a case works in partitions of its own.

use cws_store::{
    Store,
    conformance::{Scale, cases, run},
};
use cws_tests_aws::Emulator;
use std::{collections::BTreeSet, sync::Arc};

macro_rules! subjects {
    ($($subject:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $subject() {
                holds(stringify!($subject)).await;
            }
        )*

        #[test]
        fn every_subject_of_the_suite_has_its_test() {
            let listed = BTreeSet::from([$(stringify!($subject)),*]);
            let named: Vec<String> = cases().into_iter().map(|case| case.name).collect();
            let subjects: BTreeSet<&str> = named.iter().filter_map(|name| Some(name.split_once("::")?.0)).collect();
            assert_eq!(subjects, listed);
        }
    };
}

subjects! { points conditions counters atomicity order paging limits repeats sequences races history }

async fn holds(subject: &str) {
    let emulator = Emulator::start().await;
    let store: Arc<dyn Store> = Arc::new(emulator.store());
    let start = format!("{subject}::");
    let report = run(store, 1, Scale::SMALL, |name| name.starts_with(&start)).await;
    assert!(report.passed + report.failed.len() > 0, "no case is about {subject}");
    assert!(report.failed.is_empty(), "{} held; {:#?}", report.passed, report.failed);
}
