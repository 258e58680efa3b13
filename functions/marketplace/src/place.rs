//! Where the marketplace's rows are: (part, sort) within each kind.

use cws_model::id::{PublisherKeyId, TemplateId};
use semver::Version;

/// Row of a namespace or template that describes it.
pub const META: &str = "meta";
/// Row of a template with what its latest version shows.
pub const LATEST: &str = "latest";
/// Row of a template with its numbers.
pub const STATS: &str = "stats";
/// Part of the namespace kind that lists the keys of all namespaces. No namespace can be called so.
pub const ALL_KEYS: &str = "~keys";

/// Sort of a member row in a namespace's part.
pub fn member(user_id: &str) -> String {
    format!("member/{user_id}")
}

/// Start of all member rows.
pub const MEMBERS: &str = "member/";

/// Sort of a key row in a namespace's part.
pub fn key(id: &PublisherKeyId) -> String {
    format!("key/{id}")
}

/// Start of all key rows.
pub const KEYS: &str = "key/";

/// Sort of a key in the list of all keys.
pub fn listed_key(namespace: &str, id: &PublisherKeyId) -> String {
    format!("{namespace}/{id}")
}

/// Part of a template's evidence rows; the versions themselves are in the part of its id.
pub fn evidence(id: &TemplateId) -> String {
    format!("{id}#evidence")
}

/// Sort of a piece of stored bytes in the part of their digest.
pub fn chunk(number: usize) -> String {
    format!("chunk/{number:02}")
}

/// How many rows one counter is spread over.
pub const COUNT_SHARDS: u8 = 8;

/// Sort of a shard of a download counter: `period` is a day such as `2026-11-23`, or `total`.
pub fn count(period: &str, version: &Version, shard: u8) -> String {
    format!("{period}/{version}/{shard}")
}

/// Sort of the mark that a person's download was counted on a day. It stands apart from days and totals.
pub fn counted_today(day: &str, version: &Version, person: &str) -> String {
    format!("~counted/{day}/{version}/{person}")
}

/// The period that counts everything.
pub const TOTAL: &str = "total";

/// Part of the index of namespaces that holds a name: by its first two characters, for walking over all.
pub fn first_part_of(name: &str) -> String {
    first_part(&name.chars().filter(|c| c.is_alphanumeric()).take(2).collect::<String>())
}

/// Part of the index of namespaces that holds the names beginning with these two characters.
pub fn first_part(first: &str) -> String {
    format!("~first-{first}")
}

/// Part of the names that lists the namespaces with something public in them.
pub const PUBLIC_NAMESPACES: &str = "~public";
