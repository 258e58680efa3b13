//! `GET /marketplace/trending` as days go by. In process, for the clock: `template_usage` holds the rest
//! against any deployment.

use super::shelf::{Publisher, download, listed, word};
use crate::support::App;
use cws_cloud::Clock;
use cws_embedded::system::SystemClock;
use cws_local::world::Setup;
use cws_marketplace::{index::downloads::DAY_S, reactions::search_index_build::count_daily};
use cws_model::Timestamp;
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use tokio::runtime::Runtime;

/// The real time, and some days.
#[derive(Default)]
struct Moved {
    days: AtomicI64,
}

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_seconds(self.days.load(Ordering::Relaxed) * DAY_S)
    }
}

#[test]
fn what_was_downloaded_a_week_ago_no_longer_trends() {
    let clock = Arc::new(Moved::default());
    let app = App::start_local(Setup { clock: clock.clone(), ..Setup::for_tests() });
    let publisher = Publisher::new(&app);
    let (name, category) = (publisher.who.user_id.clone(), word());
    let id = publisher.publish(&word(), &json!({"visibility": "public", "category": category}));
    download(&app.researcher(), &id, "1.0.0", None);
    app.settle();
    let path = format!("/marketplace/trending?category={category}");
    for (days, trends) in [(0, true), (6, true), (7, false)] {
        clock.days.store(days, Ordering::Relaxed);
        Runtime::new().unwrap().block_on(count_daily(app.world().shell.parts())).unwrap();
        let reader = app.researcher();
        assert_eq!(listed(&reader, &path) == [id.clone()], trends, "after {days} days");
        let viewed = reader.get(&format!("/marketplace/templates/{id}")).expect(200).json();
        assert_eq!((&viewed["downloads"], &viewed["author"]), (&json!(1), &json!(name)));
    }
}
