//! Measures the index: filling, size, and how long answers take at 100,000 templates, at 200, and by a scan.
//!
//! `cargo run --release -p cws-search --example search_ratio [templates]`

#[path = "search_ratio/corpus.rs"]
mod corpus;
#[path = "search_ratio/scan.rs"]
mod scan;

use corpus::Corpus;
use cws_search::{Index, Query, Reader, Sort, Visibility};
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

const SMALL: usize = 200;
const ROUNDS: usize = 1_000;
const PAGE: u32 = 20;

fn main() -> Outcome<()> {
    let large = std::env::args().nth(1).map_or(Ok(100_000), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let mut out = std::io::stdout();
    if cfg!(debug_assertions) {
        writeln!(out, "a debug build measures nothing: add --release")?;
        return Ok(());
    }
    let mut tables = Vec::new();
    for count in [SMALL, large] {
        let file = folder.path().join(format!("{count}.db"));
        let corpus = Corpus::new(count);
        writeln!(out, "{}", fill(&file, &corpus)?)?;
        let reader = Reader::open_snapshot(&file)?;
        let before = anonymous_memory();
        tables.push(measure(&reader, &corpus)?);
        writeln!(out, "  anonymous memory before asking: {before}, after: {}", anonymous_memory())?;
    }
    let scan = scan::measure(&folder.path().join("scan.db"), &Corpus::new(large))?;
    report(&mut out, &tables, scan)
}

/// Fills an index, ships it to `file`, and says how long that took.
fn fill(file: &Path, corpus: &Corpus) -> Outcome<String> {
    let live = file.with_extension("live");
    let mut index = Index::open_write(&live)?;
    let begun = Instant::now();
    for batch in corpus.documents.chunks(5_000) {
        index.upsert(batch)?;
    }
    let filled = begun.elapsed();
    index.optimize()?;
    let optimized = begun.elapsed() - filled;
    index.snapshot_to(file)?;
    let shipped = begun.elapsed() - filled - optimized;
    let begun = Instant::now();
    index.upsert(corpus.documents.get(..100).unwrap_or_default())?;
    let (count, bytes) = (corpus.documents.len(), std::fs::metadata(file)?.len());
    Ok(format!(
        "{count} templates: {:.0} a second, merged in {optimized:.1?}, copied in {shipped:.1?}, {} MB ({} bytes each), \
         100 unchanged again in {:.1?}",
        count as f64 / filled.as_secs_f64(),
        bytes / 1_000_000,
        bytes / count as u64,
        begun.elapsed(),
    ))
}

/// What was asked, and the sorted times of the answers.
type Times = Vec<(&'static str, Vec<Duration>)>;

fn measure(reader: &Reader, corpus: &Corpus) -> Outcome<Times> {
    let deep = deep_page(reader, corpus.documents.len())?;
    let plain = everything();
    let text = |text: &str, sort| Query { text: Some(text.to_owned()), sort, ..everything() };
    let mut times = Times::new();
    let mut ask = |what, query: &dyn Fn(usize) -> Query| -> Outcome<()> {
        times.push((what, run(reader, query)?));
        Ok(())
    };
    ask("page 1", &|_| plain.clone())?;
    ask("page 1,000", &|_| deep.clone())?;
    ask("category, by rating", &|n| Query {
        category: corpus.category(n),
        sort: Sort::Rating,
        ..everything()
    })?;
    ask("category and tag", &|n| Query {
        category: corpus.category(n),
        tags: corpus.tag(n),
        ..everything()
    })?;
    ask("namespace, by update", &|n| Query {
        namespace: corpus.namespace(n),
        sort: Sort::Updated,
        ..everything()
    })?;
    ask("exact name", &|n| text(&corpus.name(n), Sort::Relevance))?;
    ask("two words", &|n| text(&corpus.two_words(n), Sort::Relevance))?;
    ask("commonest word", &|_| text(&corpus.word(0), Sort::Relevance))?;
    ask("commonest word, by downloads", &|_| text(&corpus.word(0), Sort::Downloads))?;
    ask("prefix of 3", &|n| text(&corpus.prefix(n, 3), Sort::Relevance))?;
    ask("prefix of 2", &|n| text(&corpus.prefix(n, 2), Sort::Relevance))?;
    ask("misspelt word", &|n| text(&corpus.misspelt(n), Sort::Relevance))?;
    ask("facets of everything", &|_| Query { facets: true, ..everything() })?;
    ask("facets of two words", &|n| Query { facets: true, ..text(&corpus.two_words(n), Sort::Relevance) })?;
    ask("facets of a category", &|n| Query { facets: true, category: corpus.category(n), ..everything() })?;
    Ok(times)
}

fn everything() -> Query {
    let visible_to = Visibility { public: true, institution: Some("ins_0".into()), ..Visibility::default() };
    Query { visible_to, sort: Sort::Downloads, limit: PAGE, ..Query::default() }
}

/// The query for page 1,000, or for the last page where there are fewer.
fn deep_page(reader: &Reader, templates: usize) -> Outcome<Query> {
    let mut query = Query { limit: 100, ..everything() };
    let skipped = (PAGE as usize * 999).min(templates.saturating_sub(100));
    for _ in 0..skipped / 100 {
        query.after = reader.search(&query)?.next.or(query.after);
    }
    Ok(Query { limit: PAGE, ..query })
}

fn run(reader: &Reader, query: &dyn Fn(usize) -> Query) -> Outcome<Vec<Duration>> {
    let mut times = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS + 50 {
        let query = query(round);
        let begun = Instant::now();
        reader.search(&query)?;
        times.push(begun.elapsed());
    }
    times.drain(..50);
    times.sort();
    Ok(times)
}

fn percentile(times: &[Duration], percent: usize) -> Duration {
    times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn report(out: &mut dyn Write, tables: &[Times], scan: Duration) -> Outcome<()> {
    let [small, large] = tables else { return Ok(()) };
    writeln!(out, "a scan over the documents: {scan:.1?}\n")?;
    writeln!(
        out,
        "{:<30}{:>24}{:>24}{:>10}{:>12}",
        "", "small p50, p99", "large p50, p99", "p99", "scan/p50"
    )?;
    for ((what, few), (_, many)) in small.iter().zip(large) {
        let (few_99, many_99) = (percentile(few, 99), percentile(many, 99));
        let pair =
            |times: &[Duration]| format!("{:.0?} {:.0?}", percentile(times, 50), percentile(times, 99));
        writeln!(
            out,
            "{what:<30}{:>24}{:>24}{:>9.2}x{:>11.0}x",
            pair(few),
            pair(many),
            many_99.as_secs_f64() / few_99.as_secs_f64(),
            scan.as_secs_f64() / percentile(many, 50).as_secs_f64(),
        )?;
    }
    Ok(())
}

/// Memory that is not a view of the file, where the system tells.
fn anonymous_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.map_or("not told by this system".to_owned(), |value| value.trim().to_owned())
}
