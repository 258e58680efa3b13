//! The search index holds nothing of its own: lost or damaged, it is made again. In process: the deployed
//! index is rebuilt by its operator.

use super::shelf::{Publisher, listed, word};
use crate::support::App;
use cws_local::world::Setup;
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};

fn index_file(app: &App) -> PathBuf {
    app.world().store.path().with_file_name("search.db")
}

/// Removes the file and what SQLite keeps beside it.
fn lose(file: &Path) {
    for name in ["search.db", "search.db-wal", "search.db-shm"] {
        fs::remove_file(file.with_file_name(name)).unwrap();
    }
}

#[test]
fn a_lost_index_is_built_from_the_store_at_the_next_start() {
    let app = App::start_local(Setup::for_tests());
    let publisher = Publisher::new(&app);
    let namespace = publisher.namespace.clone();
    let secret = publisher.publish(&word(), &json!({"visibility": "private", "aliases": [word()]}));
    let open = publisher.public();
    let (guest, stranger) = (app.researcher(), app.researcher());
    publisher.member(&guest, Some("member"));
    app.settle();
    let file = index_file(&app);
    lose(&file);
    let tokens = [guest.token.unwrap(), stranger.token.unwrap()];
    let app = app.restart(Setup::for_tests());
    assert!(file.exists());
    let [guest, stranger] = tokens.map(|token| app.anonymous().with_token(&token));
    let path = format!("/marketplace/templates?namespace={namespace}&sort=created");
    assert_eq!(listed(&guest, &path), [open.clone(), secret]);
    assert_eq!(listed(&stranger, &path), [open]);
}

#[test]
fn a_damaged_index_is_built_anew_and_what_was_there_is_kept_aside() {
    let app = App::start_local(Setup::for_tests());
    let publisher = Publisher::new(&app);
    let id = publisher.public();
    app.settle();
    let (file, token) = (index_file(&app), publisher.who.token.unwrap());
    lose(&file);
    fs::write(&file, "this was a search index once, and now it is not one any more").unwrap();
    let app = app.restart(Setup::for_tests());
    let caller = app.anonymous().with_token(&token);
    assert_eq!(listed(&caller, &format!("/marketplace/templates?namespace={}", publisher.namespace)), [id]);
    assert!(file.with_file_name("search.db.unusable").exists());
}
