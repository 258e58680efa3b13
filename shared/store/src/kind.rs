//! Every kind of row there is, in one list. A role on AWS is bounded to kinds (`usr#*`), a route
//! names the kinds it reads and writes, and the partition of a row starts with its kind.

use cws_model::InstitutionId;

/// Whose rows a kind holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Owner {
    /// One institution's; reached through `ctx.store`.
    Institution,
    /// Everybody's: templates, namespaces, the log; reached through `ctx.catalogue`.
    Catalogue,
    /// The program's own: directory, outbox, secrets; reached by the shell and by consumers.
    System,
}

/// A kind of row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Kind {
    /// First part of every partition of this kind.
    pub prefix: &'static str,
    /// Whose rows.
    pub owner: Owner,
    /// What a row is, and what its sort key is.
    pub about: &'static str,
}

impl Kind {
    /// Partition of an institution's rows of this kind: `<kind>#<institution>`.
    pub fn of(&self, institution: &InstitutionId) -> String {
        format!("{}#{institution}", self.prefix)
    }

    /// Partition of one part of an institution's rows: `<kind>#<institution>#<part>`.
    pub fn of_part(&self, institution: &InstitutionId, part: &str) -> String {
        format!("{}#{institution}#{part}", self.prefix)
    }

    /// Partition of a catalogue or system kind: `<kind>#<part>`.
    pub fn part(&self, part: &str) -> String {
        format!("{}#{part}", self.prefix)
    }
}

macro_rules! kinds {
    ($($name:ident $prefix:literal $owner:ident $about:literal;)*) => {
        $(
            #[doc = $about]
            pub const $name: Kind = Kind { prefix: $prefix, owner: Owner::$owner, about: $about };
        )*
        /// All of them.
        pub const ALL: &[Kind] = &[$($name),*];
    };
}

kinds! {
    // identity
    INSTITUTION "ins" System "An institution. Partition `ins#all`, sort: institution id.";
    USER "usr" Institution "A person. Sort: user id.";
    USER_NAME "usn" Institution "Claim of a user name or e-mail. Sort: `name/…` or `email/…`, lower case.";
    USER_ADMIN "uad" Institution "Who administers an institution, one row for each active administrator. Sort: user id.";
    USER_STANDING "ust" Institution "Counts how often a person gained a role that runs a project, so that whoever read what they run sees it change. Sort: user id.";
    USER_ACTIVE "usa" Institution "When a person was last active, to the minute. Sort: user id.";
    USER_PROJECT "upr" Institution "A person's projects, one part a person. Sort: project id.";
    DIRECTORY "dir" System "Login, or issuer and subject, to institution and user. One part a hash prefix. Sort: what is looked up.";
    CREDENTIAL "crd" System "Embedded issuer: password hash, TOTP secret, lock-out of one subject. Sort: subject.";
    SESSION "ses" System "Embedded issuer: one refresh family, one part a subject. Sort: session id.";
    ONE_TIME "otp" System "Embedded issuer: hash of a setup or reset token. Sort: hash.";
    // projects
    PROJECT "prj" Institution "A project. Sort: project id.";
    PROJECT_NAME "prn" Institution "Claim of a project name. Sort: name, lower case.";
    MEMBER "mem" Institution "A project's members, one part a project. Sort: user id.";
    // marketplace
    NAMESPACE "nsp" Catalogue "A namespace and its settings. One part a namespace, sort: `meta`, `member/<user>`, `key/<key id>`. Part `~keys` lists all keys, parts `~first-…` all names, parts `~near-…` the names near one.";
    TEMPLATE "tpl" Catalogue "A template: one part a template. Sort: `meta`, `latest`, `stats`.";
    TEMPLATE_VERSION "tpv" Catalogue "The versions of a template, one part a template, and `<template>#evidence` for what proves them. Sort: version in semver order.";
    TEMPLATE_NAME "tpn" Catalogue "Claim of a name in a namespace, one part a namespace. Sort: name or alias. Parts `~near-…` hold the public names near one, part `~public` the namespaces with something public.";
    TEMPLATE_BYTES "tpb" Catalogue "The stored bytes of a version, one part a digest. Sort: `chunk/<number>`.";
    TEMPLATE_COUNT "tpc" Catalogue "Sharded counters of downloads, one part a template. Sort: `<day or total>/<version>/<shard>`; `~counted/<day>/<version>/<user>` for who was counted.";
    REVIEW "rvw" Catalogue "Reviews of a template, one part a template, sort: review id; parts `#helpful` and `#rating` hold their places in other orders, sort: what orders them and review id.";
    REVIEW_CLAIM "rvc" Catalogue "One review per person and version, one part a template. Sort: `<user>/<version>`, and `~counted/<user>` for the rating of a person that counts.";
    REVIEW_VOTE "rvv" Catalogue "Votes on a review, one part a review. Sort: user id.";
    TEMPLATE_USE "tpu" Institution "Which templates a project downloaded or locked, one part a project. Sort: template id.";
    // logs
    LOG_PENDING "lgp" System "Leaves not yet in a log: parts `<log>#<shard>`. Sort: event time and id.";
    LOG_HEAD "lgh" Catalogue "Head, lease and checkpoint of a log, one part a log. Sort: `head`, `checkpoint/<size>`.";
    LOG_TILE "lgt" Catalogue "Tiles and entry bundles of a log, one part a log and level. Sort: tile path.";
    LOG_INDEX "lgi" Catalogue "Record to index, one part a log and hash prefix. Sort: record id.";
    AUDIT "aud" Institution "Audit records, sixteen parts by the last character of the id. Sort: audit id, which sorts by time.";
    AUDIT_DENIAL "aud-denied" Institution "Denials of a known caller, counted per minute. Sort: `<minute>/<user>/<route>`.";
    // the shell's own
    IDEMPOTENCY "idm" Institution "Stored answers, one part a hash prefix. Sort: hash of caller, route and key.";
    RATE "rat" System "Rate limit state, one part a subject. Sort: `limits`.";
    OUTBOX "out" System "Events to hand over, parts 0 to f. Sort: event id.";
    CONSUMED "cns" System "Events that a consumer has seen, one part a consumer and hash prefix. Sort: event id.";
    PARKED "prk" System "Events that a consumer gave up on. One part a consumer. Sort: event id.";
    SECRET "sec" System "Keys of this deployment. Partition `sec#deployment`, sort: name.";
    META "met" System "Schema version and marks of the program. Partition `met#store`, sort: name.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prefix_is_its_own() {
        for (i, a) in ALL.iter().enumerate() {
            for (j, b) in ALL.iter().enumerate() {
                assert!(i == j || a.prefix != b.prefix, "{}", a.prefix);
            }
        }
    }
}
