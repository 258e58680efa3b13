//! The file: crashes, copies, other versions, damage.

use crate::sample::{Sample, everything, ids, template, titled, words};
use cws_search::{Index, Reader, Readers, SCHEMA_VERSION, SearchError};
use std::fs;
use std::path::Path;

fn open_error(path: &Path) -> SearchError {
    Reader::open(path).unwrap_err()
}

#[test]
fn what_was_acknowledged_is_there_after_a_crash() {
    let mut sample = Sample::of(&[titled("a", "astronomy")]);
    sample.index.set_as_of(77).unwrap();
    // What a crash leaves: the file and its log as they are now, the log's last write torn.
    let crashed = tempfile::tempdir().unwrap();
    let file = crashed.path().join("index.db");
    fs::copy(sample.path(), &file).unwrap();
    let mut log = fs::read(sample.folder.path().join("index.db-wal")).unwrap();
    log.extend(vec![0x5a; 3_000]);
    fs::write(crashed.path().join("index.db-wal"), log).unwrap();

    let mut again = Index::open_write(&file).unwrap();
    again.check().unwrap();
    again.upsert(&[titled("b", "astronomy")]).unwrap();
    let page = Reader::open(&file).unwrap().search(&words("astronomy")).unwrap();
    assert_eq!((ids(&page).len(), page.index_as_of_ms), (2, 77));
}

#[test]
fn readers_see_changes_while_the_writer_works() {
    let mut sample = Sample::of(&[template("a")]);
    let readers = Readers::open(&sample.path(), 3).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let page = readers.search(&everything()).unwrap();
                    assert_eq!(page.hits.len() as u64, page.total.count, "one answer, one state");
                }
            });
        }
        for n in 0..20 {
            sample.index.upsert(&[titled(&format!("t{n}"), "more words to write")]).unwrap();
        }
    });
    assert_eq!(readers.search(&everything()).unwrap().total.count, 21);
    sample.index.set_as_of(5).unwrap();
    assert_eq!(readers.as_of_ms().unwrap(), 5);
}

#[test]
fn a_snapshot_is_one_file_and_can_be_read_and_written_on() {
    let mut sample = Sample::of(&[titled("a", "astronomy")]);
    sample.index.set_as_of(9).unwrap();
    sample.index.optimize().unwrap();
    let shipped = tempfile::tempdir().unwrap();
    let file = shipped.path().join("a copy?#%.db");
    sample.index.snapshot_to(&file).unwrap();
    sample.index.snapshot_to(&file).unwrap();
    assert_eq!(fs::read(&file).unwrap()[18..20], [1, 1], "no write-ahead log is called for");

    let readers = Readers::open_snapshot(&file, 2).unwrap();
    assert_eq!(ids(&readers.search(&words("astronomy")).unwrap()), ["a"]);
    assert_eq!(readers.as_of_ms().unwrap(), 9);
    let names: Vec<_> =
        fs::read_dir(shipped.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["a copy?#%.db"], "reading leaves nothing beside it");

    let mut next = Index::open_write(&file).unwrap();
    next.upsert(&[titled("b", "astronomy")]).unwrap();
    next.check().unwrap();
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let sample = Sample::of(&[template("a")]);
    let path = sample.path();
    let db = rusqlite::Connection::open(&path).unwrap();
    db.pragma_update(None, "user_version", SCHEMA_VERSION + 1).unwrap();
    for error in [open_error(&path), Index::open_write(&path).unwrap_err()] {
        let SearchError::NewerSchema { found, supported } = error else { panic!("{error}") };
        assert_eq!((found, supported), (SCHEMA_VERSION + 1, SCHEMA_VERSION));
    }
    let version: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, SCHEMA_VERSION + 1);
}

#[test]
fn an_empty_file_is_written_anew_but_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.db");
    assert!(matches!(open_error(&path), SearchError::Missing(_)));
    fs::write(&path, "").unwrap();
    assert!(matches!(open_error(&path), SearchError::OlderSchema { found: 0, .. }));
    drop(Index::open_write(&path).unwrap());
    assert!(Reader::open(&path).unwrap().search(&everything()).unwrap().hits.is_empty());
}

#[test]
fn other_files_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (text, other) = (folder.path().join("notes.txt"), folder.path().join("other.db"));
    fs::write(&text, "not a database, but long enough to have a header".repeat(50)).unwrap();
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    for path in [&text, &other] {
        let before = fs::read(path).unwrap();
        assert!(matches!(open_error(path), SearchError::NotAnIndex(_)));
        assert!(matches!(Index::open_write(path).unwrap_err(), SearchError::NotAnIndex(_)));
        assert_eq!(fs::read(path).unwrap(), before);
    }
}

#[test]
fn a_torn_or_overwritten_file_is_said_to_be_damaged() {
    let sample = Sample::of(&(0..300).map(|n| titled(&format!("t{n}"), "astronomy")).collect::<Vec<_>>());
    let folder = tempfile::tempdir().unwrap();
    let (torn, scribbled) = (folder.path().join("torn.db"), folder.path().join("scribbled.db"));
    sample.index.snapshot_to(&torn).unwrap();
    let whole = fs::read(&torn).unwrap();
    fs::write(&torn, &whole[..whole.len() / 2]).unwrap();
    let mut bytes = whole.clone();
    bytes[8_192..].fill(0x5a);
    fs::write(&scribbled, bytes).unwrap();
    for path in [&torn, &scribbled] {
        let answer = Reader::open_snapshot(path).and_then(|reader| reader.search(&words("astronomy")));
        let error = answer.unwrap_err();
        assert!(matches!(error, SearchError::Corrupt(_)), "{error:?}");
        assert!(error.to_string().ends_with("build it anew"));
    }
}
