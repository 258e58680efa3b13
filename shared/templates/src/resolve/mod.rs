//! Finds every parent and dependency of a template and pins it: one version a name, the highest that all ranges
//! allow. The resolver does no I/O: it says what it needs, the caller (who may be async) supplies it.
//!
//! ```text
//! let mut resolver = Resolver::new(name, template);
//! loop { let needs = resolver.needs()?; if needs.is_empty() { break } for need in needs { resolver.supply(..)? } }
//! let resolution = resolver.finish()?;
//! ```

mod drive;
mod error;
mod lock;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use semver::{Version, VersionReq};

use crate::digest::Digest;
use crate::format::{DependencyKind, Template, parse};
use crate::name::{TemplateName, TemplateRef};

pub use drive::{Versions, resolve};
pub use error::ResolveError;
pub use lock::{Lock, LockEntry, LockKind};

/// Longest chain of parents and dependencies, counted in steps from the root.
pub const MAX_CHAIN: usize = 8;
/// Most templates one lock may hold.
pub const MAX_ENTRIES: usize = 64;

/// A published version as the store lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its version.
    pub version: Version,
    /// The digest of its bytes.
    pub digest: Digest,
    /// Whether it was yanked: then only a lock that pins it may choose it.
    pub yanked: bool,
}

/// What the resolver wants to know next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// All published versions of a template, in any order. Answer with [`Resolver::supply_candidates`].
    Candidates(TemplateName),
    /// The stored bytes of a digest. Answer with [`Resolver::supply_bytes`].
    Bytes(Digest),
}

/// What was found: the lock, and the templates it names.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolution {
    /// The pinned versions.
    pub lock: Lock,
    /// Digests of the parents in the order of merging, farthest first; each once.
    pub parents: Vec<Digest>,
    /// Every pinned template.
    pub templates: BTreeMap<Digest, Template>,
}

impl Resolution {
    /// The template with all its parents merged in.
    #[must_use]
    pub fn merged(&self, root: &Template) -> Template {
        let parents: Vec<&Template> = self.parents.iter().filter_map(|d| self.templates.get(d)).collect();
        crate::merge::merge(&parents, root)
    }
}

/// One wish of a template for another.
#[derive(Debug, Clone)]
struct Edge {
    to: TemplateName,
    range: VersionReq,
    kind: DependencyKind,
}

/// The work list. Same answers, same lock: the order of answers and of candidates changes nothing.
#[derive(Debug, Clone)]
pub struct Resolver {
    root: TemplateName,
    root_edges: Vec<Edge>,
    pins: BTreeMap<TemplateName, (Version, Digest)>,
    candidates: BTreeMap<TemplateName, Vec<Candidate>>,
    templates: BTreeMap<Digest, (Template, Vec<Edge>)>,
    /// Other names of templates, and the one that counts.
    names: BTreeMap<TemplateName, TemplateName>,
    /// INVARIANT (termination): a chosen version is only ever replaced by a lower one.
    chosen: BTreeMap<TemplateName, Candidate>,
}

impl Resolver {
    /// Starts from a template that is, or is about to be, published under `root`.
    ///
    /// # Errors
    /// [`ResolveError::Reference`] when it names a parent or dependency badly.
    pub fn new(root: TemplateName, template: &Template) -> Result<Self, ResolveError> {
        let root_edges = edges(&root, template)?;
        Ok(Self {
            root,
            root_edges,
            pins: BTreeMap::new(),
            candidates: BTreeMap::new(),
            templates: BTreeMap::new(),
            names: BTreeMap::new(),
            chosen: BTreeMap::new(),
        })
    }

    /// Prefers what a lock pins, and lets it choose a yanked version.
    #[must_use]
    pub fn pinned_by(mut self, lock: &Lock) -> Self {
        self.pins = lock
            .entries
            .iter()
            .map(|e| (e.template.clone(), (e.version.clone(), e.digest.clone())))
            .collect();
        self
    }

    /// Answers [`Need::Candidates`] for a name that leads to a template of another name.
    ///
    /// INVARIANT (one version a name): every name of a template counts as its own name, so that two names are no two
    /// templates, and a circle over another name is a circle.
    pub fn supply_name(&mut self, of: TemplateName, is: TemplateName) {
        if of != is {
            self.names.insert(of, is);
        }
    }

    /// Answers [`Need::Candidates`]. An empty list means that there is no such template.
    pub fn supply_candidates(&mut self, of: TemplateName, mut candidates: Vec<Candidate>) {
        candidates.sort_by(|a, b| b.version.cmp(&a.version).then_with(|| a.digest.cmp(&b.digest)));
        self.candidates.insert(of, candidates);
    }

    /// Answers [`Need::Bytes`].
    ///
    /// # Errors
    /// [`ResolveError::DigestMismatch`], [`ResolveError::Stored`] or [`ResolveError::Reference`].
    pub fn supply_bytes(&mut self, digest: &Digest, bytes: &[u8]) -> Result<(), ResolveError> {
        if Digest::of(bytes) != *digest {
            return Err(ResolveError::DigestMismatch(digest.clone()));
        }
        let template = parse(bytes)
            .map_err(|error| ResolveError::Stored { digest: digest.clone(), reason: error.to_string() })?
            .template;
        let owner =
            self.chosen.iter().find(|(_, c)| c.digest == *digest).map_or(&self.root, |(name, _)| name);
        let wishes = edges(owner, &template)?;
        self.templates.insert(digest.clone(), (template, wishes));
        Ok(())
    }

    /// What is missing, sorted and each once; empty when [`Resolver::finish`] can answer.
    ///
    /// # Errors
    /// [`ResolveError`] as soon as what is known already cannot work.
    pub fn needs(&mut self) -> Result<Vec<Need>, ResolveError> {
        // INVARIANT (determinism): choices are made anew from all that is known, so that the order in which
        // answers came leaves no trace.
        self.chosen.clear();
        loop {
            let walked = self.walk()?;
            let before = self.chosen.clone();
            self.choose(&walked)?;
            if self.chosen == before {
                return Ok(walked.needs.into_iter().collect());
            }
        }
    }

    /// The lock and the templates.
    ///
    /// # Errors
    /// [`ResolveError::Unfinished`] while something is needed, else as [`Resolver::needs`].
    pub fn finish(mut self) -> Result<Resolution, ResolveError> {
        if let Some(need) = self.needs()?.into_iter().next() {
            return Err(ResolveError::Unfinished(need));
        }
        let walked = self.walk()?;
        let entries = self.entries(&walked);
        let parents = self.parent_order(&self.root_edges, &mut BTreeSet::new());
        let templates = entries
            .iter()
            .filter_map(|e| self.templates.get(&e.digest).map(|(t, _)| (e.digest.clone(), t.clone())))
            .collect();
        Ok(Resolution { lock: Lock::new(self.root.clone(), entries), parents, templates })
    }

    /// Picks, for every name that was reached, the highest version that all its requesters allow.
    fn choose(&mut self, walked: &walk::Walked) -> Result<(), ResolveError> {
        for (name, wishes) in &walked.wishes {
            let Some(candidates) = self.candidates.get(name) else { continue };
            if candidates.is_empty() {
                return Err(ResolveError::Unknown { template: name.clone(), by: walk::requesters(wishes) });
            }
            let ceiling = self.chosen.get(name).map(|c| c.version.clone());
            let pin = self.pins.get(name);
            let fits = |c: &&Candidate| {
                wishes.iter().all(|w| w.range.matches(&c.version))
                    && ceiling.as_ref().is_none_or(|ceiling| c.version <= *ceiling)
            };
            let pinned = |c: &&Candidate| pin.is_some_and(|(v, d)| *v == c.version && *d == c.digest);
            let best = candidates
                .iter()
                .find(|c| pinned(c) && fits(c))
                .or_else(|| candidates.iter().find(|c| !c.yanked && fits(c)));
            let best = best.ok_or_else(|| walk::conflict(name, wishes, candidates))?;
            self.chosen.insert(name.clone(), best.clone());
        }
        if self.chosen.len() > MAX_ENTRIES { Err(ResolveError::TooMany) } else { Ok(()) }
    }
}

fn edges(owner: &TemplateName, template: &Template) -> Result<Vec<Edge>, ResolveError> {
    let bad =
        |text: &str, source| ResolveError::Reference { by: owner.clone(), text: text.to_owned(), source };
    if crate::validate::too_many_references(template).is_some() {
        return Err(ResolveError::TooMany);
    }
    let mut found = Vec::new();
    for text in &template.inherits {
        let reference: TemplateRef = text.parse().map_err(|e| bad(text, e))?;
        found.push(Edge { to: reference.template, range: reference.range, kind: DependencyKind::Inherits });
    }
    for dependency in template.marketplace.iter().flat_map(|m| &m.dependencies) {
        let text = match &dependency.version {
            Some(range) => format!("{}@{range}", dependency.name),
            None => dependency.name.clone(),
        };
        let reference: TemplateRef = text.parse().map_err(|e| bad(&text, e))?;
        found.push(Edge { to: reference.template, range: reference.range, kind: dependency.kind });
    }
    Ok(found)
}
