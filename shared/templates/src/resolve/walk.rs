//! One pass over what is known: which names are reached, by whom, and what is missing to go on.

use std::collections::{BTreeMap, BTreeSet};

use semver::VersionReq;

use super::{Candidate, Edge, LockEntry, MAX_CHAIN, Need, ResolveError, Resolver};
use crate::digest::Digest;
use crate::format::DependencyKind;
use crate::name::TemplateName;

/// Who wants a template, which range, and for what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wish {
    pub(super) by: TemplateName,
    pub(super) range: VersionReqText,
    pub(super) kind: DependencyKind,
}

/// A range with an order, so that wishes can be kept sorted.
#[derive(Debug, Clone)]
pub(super) struct VersionReqText(VersionReq, String);

impl VersionReqText {
    pub(super) fn matches(&self, version: &semver::Version) -> bool {
        self.0.matches(version)
    }
}

impl PartialEq for VersionReqText {
    fn eq(&self, other: &Self) -> bool {
        self.1 == other.1
    }
}
impl Eq for VersionReqText {}
impl PartialOrd for VersionReqText {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for VersionReqText {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.1.cmp(&other.1)
    }
}

#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) wishes: BTreeMap<TemplateName, BTreeSet<Wish>>,
    pub(super) needs: BTreeSet<Need>,
    /// Longest chain by which a template's own edges were walked already.
    expanded: BTreeMap<TemplateName, usize>,
}

impl Resolver {
    pub(super) fn walk(&self) -> Result<Walked, ResolveError> {
        let mut walked = Walked::default();
        let mut path = vec![self.root.clone()];
        self.follow(&self.root_edges, &mut path, &mut walked)?;
        Ok(walked)
    }

    fn follow(
        &self,
        edges: &[Edge],
        path: &mut Vec<TemplateName>,
        walked: &mut Walked,
    ) -> Result<(), ResolveError> {
        let by = path.last().cloned().unwrap_or_else(|| self.root.clone());
        for edge in edges {
            let to = self.named(&edge.to);
            let in_circle = path.contains(to);
            path.push(to.clone());
            if in_circle {
                return Err(ResolveError::Cycle(path.clone()));
            }
            if path.len() > MAX_CHAIN + 1 {
                return Err(ResolveError::TooDeep(path.clone()));
            }
            let range = VersionReqText(edge.range.clone(), edge.range.to_string());
            let wish = Wish { by: by.clone(), range, kind: edge.kind };
            walked.wishes.entry(to.clone()).or_default().insert(wish);
            self.enter(to, path, walked)?;
            path.pop();
        }
        Ok(())
    }

    /// The name that counts.
    fn named<'a>(&'a self, name: &'a TemplateName) -> &'a TemplateName {
        self.names.get(name).unwrap_or(name)
    }

    /// Goes on below a name, as far as it is known.
    fn enter(
        &self,
        name: &TemplateName,
        path: &mut Vec<TemplateName>,
        walked: &mut Walked,
    ) -> Result<(), ResolveError> {
        if !self.candidates.contains_key(name) {
            walked.needs.insert(Need::Candidates(name.clone()));
            return Ok(());
        }
        let Some(chosen) = self.chosen.get(name) else { return Ok(()) };
        let Some((_, edges)) = self.templates.get(&chosen.digest) else {
            walked.needs.insert(Need::Bytes(chosen.digest.clone()));
            return Ok(());
        };
        // A longer chain to the same template must be walked again: it may be the one that is too long.
        if walked.expanded.get(name).is_some_and(|longest| *longest >= path.len()) {
            return Ok(());
        }
        walked.expanded.insert(name.clone(), path.len());
        self.follow(edges, path, walked)
    }

    pub(super) fn entries(&self, walked: &Walked) -> Vec<LockEntry> {
        let entry = |(name, wishes): (&TemplateName, &BTreeSet<Wish>)| {
            let chosen = self.chosen.get(name)?;
            Some(LockEntry {
                template: name.clone(),
                version: chosen.version.clone(),
                digest: chosen.digest.clone(),
                kind: wishes.iter().map(|w| w.kind).min().unwrap_or_default(),
                requested_by: wishes.iter().map(|w| format!("{}: {}", w.by, w.range.1)).collect(),
            })
        };
        walked.wishes.iter().filter_map(entry).collect()
    }

    /// Parents before their children, in the order they are listed, each once.
    pub(super) fn parent_order(&self, edges: &[Edge], seen: &mut BTreeSet<TemplateName>) -> Vec<Digest> {
        let mut order = Vec::new();
        for edge in edges.iter().filter(|e| e.kind == DependencyKind::Inherits) {
            let to = self.named(&edge.to);
            if !seen.insert(to.clone()) {
                continue;
            }
            let Some(chosen) = self.chosen.get(to) else { continue };
            if let Some((_, above)) = self.templates.get(&chosen.digest) {
                order.extend(self.parent_order(above, seen));
            }
            order.push(chosen.digest.clone());
        }
        order
    }
}

pub(super) fn requesters(wishes: &BTreeSet<Wish>) -> String {
    wishes.iter().map(|w| format!("`{}`", w.by)).collect::<Vec<_>>().join(", ")
}

pub(super) fn conflict(
    name: &TemplateName,
    wishes: &BTreeSet<Wish>,
    candidates: &[Candidate],
) -> ResolveError {
    let wished = wishes.iter().map(|w| format!("`{}` ({})", w.by, w.range.1)).collect::<Vec<_>>().join(", ");
    let label = |c: &Candidate| {
        if c.yanked { format!("{} (yanked)", c.version) } else { c.version.to_string() }
    };
    let published = candidates.iter().take(20).map(label).collect::<Vec<_>>().join(", ");
    ResolveError::Conflict { template: name.clone(), wishes: wished, published }
}
