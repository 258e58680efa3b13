//! What search is compared with: reading every document as a store keeps it, and looking for two words in it.

use crate::Outcome;
use crate::corpus::Corpus;
use cws_search::{Document, Findable};
use std::path::Path;
use std::time::{Duration, Instant};

/// The median time of one scan over all documents.
pub(crate) fn measure(path: &Path, corpus: &Corpus) -> Outcome<Duration> {
    let mut db = rusqlite::Connection::open(path)?;
    db.execute("CREATE TABLE document (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID", [])?;
    let change = db.transaction()?;
    for document in &corpus.documents {
        let json = serde_json::to_string(document)?;
        change
            .prepare_cached("INSERT OR REPLACE INTO document VALUES (?1, ?2)")?
            .execute((&document.template_id, json))?;
    }
    change.commit()?;
    let mut times = Vec::new();
    for n in 0..5 {
        let begun = Instant::now();
        scan(&db, &corpus.two_words(n))?;
        times.push(begun.elapsed());
    }
    times.sort();
    Ok(times.get(2).copied().unwrap_or_default())
}

/// The twenty most downloaded public templates that have every word.
fn scan(db: &rusqlite::Connection, text: &str) -> Outcome<Vec<String>> {
    let mut read = db.prepare("SELECT json FROM document")?;
    let mut rows = read.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let document: Document = serde_json::from_str(row.get_ref(0)?.as_str()?)?;
        let all = [&document.name, &document.title, &document.description]
            .map(|text| text.to_lowercase())
            .join(" ");
        if document.visibility == Findable::Public && text.split(' ').all(|word| all.contains(word)) {
            found.push((std::cmp::Reverse(document.downloads), document.template_id));
        }
    }
    found.sort();
    Ok(found.into_iter().take(20).map(|(_, id)| id).collect())
}
