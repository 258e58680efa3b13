//! `GET /marketplace/trending`: now, and as days go by, which is in process, for the clock.

use super::shelf::{Publisher, download, listed, paged, word};
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

#[test]
fn downloads_show_in_the_view_and_the_most_downloaded_lately_trends() {
    let app = App::start();
    let publisher = Publisher::new(&app);
    let category = word();
    let publish = || publisher.publish(&word(), &json!({"visibility": "public", "category": category}));
    let (much, little, never) = (publish(), publish(), publish());
    let reader = app.researcher();
    for _ in 0..3 {
        download(&app.researcher(), &much, "1.0.0", None);
    }
    download(&reader, &little, "1.0.0", None);
    app.settle();
    let path = format!("/marketplace/trending?category={category}");
    assert_eq!(listed(&reader, &path), [much.clone(), little.clone()]);
    let viewed = reader.get(&format!("/marketplace/templates/{much}")).expect(200).json();
    assert_eq!(viewed["downloads"], json!(3));
    assert_eq!(paged(&reader, &path, 1), [much, little], "and never {never}");
}

#[test]
fn the_next_day_a_person_counts_again() {
    let clock = Arc::new(Moved::default());
    let app = App::start_local(Setup { clock: clock.clone(), ..Setup::for_tests() });
    let publisher = Publisher::new(&app);
    let (id, name) = (publisher.public(), "reader");
    app.named_person("local", "researcher", name);
    for (days, downloads) in [(0, 1), (1, 2), (1, 2)] {
        clock.days.store(days, Ordering::Relaxed);
        let reader = app.sign_in("local", name);
        download(&reader, &id, "1.0.0", None);
        app.settle();
        let viewed = reader.get(&format!("/marketplace/templates/{id}")).expect(200).json();
        assert_eq!(viewed["downloads"], json!(downloads), "after {days} days");
    }
}
