//! Keys and ranges.

use crate::Consistency;

/// Where a row is: a partition and a sort key in it, both UTF-8, ordered by bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// `<kind>#<institution>[#<shard>]`.
    pub partition: String,
    /// Place in the partition.
    pub sort: String,
}

impl Key {
    /// A key; its sizes are checked when it is used.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self { partition: partition.into(), sort: sort.into() }
    }

    /// The kind of row, the part of the partition before the first `#`: safe to log.
    pub fn kind(&self) -> &str {
        self.partition.split('#').next().unwrap_or_default()
    }
}

/// Which sort keys of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// All of them.
    All,
    /// Those that start with this, which is a key's length at most and not empty.
    Prefix(String),
    /// From the first (included) to the second (excluded); neither empty. Turned ends hold nothing.
    Between(String, String),
}

/// A stretch of one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Partition.
    pub partition: String,
    /// Which sort keys.
    pub span: Span,
    /// Continue after this sort key, in the direction read; it need not exist.
    pub after: Option<String>,
    /// At most this many rows, 1 to 1,000.
    pub limit: u32,
    /// Highest sort key first.
    pub reverse: bool,
}

impl Range {
    /// The whole partition, 100 rows a page, upwards.
    pub fn all(partition: impl Into<String>) -> Self {
        Self { partition: partition.into(), span: Span::All, after: None, limit: 100, reverse: false }
    }

    /// The rows whose sort key starts with `prefix`.
    pub fn prefix(partition: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self { span: Span::Prefix(prefix.into()), ..Self::all(partition) }
    }

    /// With another page size.
    #[must_use]
    pub fn limit(self, limit: u32) -> Self {
        Self { limit, ..self }
    }

    /// Continuing after a sort key.
    #[must_use]
    pub fn after(self, after: Option<String>) -> Self {
        Self { after, ..self }
    }

    /// Downwards.
    #[must_use]
    pub fn reverse(self) -> Self {
        Self { reverse: true, ..self }
    }

    /// Whether a sort key lies in the span and beyond `after`.
    pub fn holds(&self, sort: &str) -> bool {
        let inside = match &self.span {
            Span::All => true,
            Span::Prefix(prefix) => sort.starts_with(prefix.as_str()),
            Span::Between(from, to) => from.as_str() <= sort && sort < to.as_str(),
        };
        let beyond = self.after.as_deref().is_none_or(|a| if self.reverse { sort < a } else { a < sort });
        inside && beyond
    }
}

/// Which of so many parts a row with this id belongs to, by its last character, which is random. Its place
/// in the alphabet of ids counts, so that every part gets the same share.
pub fn spread(id: &str, parts: u32) -> u32 {
    const LETTERS: &str = "0123456789abcdefghjkmnpqrstvwxyz";
    let last = id.chars().next_back().unwrap_or('0');
    let place = LETTERS.find(last).and_then(|place| u32::try_from(place).ok()).unwrap_or(u32::from(last));
    place.checked_rem(parts).unwrap_or_default()
}

/// Reads every row of a range, page by page. For consumers and exports, never for a request.
///
/// # Errors
/// What the store says.
pub async fn read_all(
    store: &dyn crate::Store,
    mut range: Range,
    consistency: Consistency,
) -> Result<Vec<crate::Item>, crate::StoreError> {
    let mut items = Vec::new();
    loop {
        let page = store.range(&range, consistency).await?;
        items.extend(page.items);
        match page.next {
            Some(next) => range.after = Some(next),
            None => return Ok(items),
        }
    }
}
