//! Drives a resolver from a synchronous source: offline verification, tools and tests.

use super::{Candidate, Lock, Need, Resolution, ResolveError, Resolver};
use crate::digest::Digest;
use crate::format::Template;
use crate::name::TemplateName;

/// A source of published versions that answers at once.
pub trait Versions {
    /// All published versions of a template, in any order; empty when there is none.
    ///
    /// # Errors
    /// What the source says, for people.
    fn candidates(&self, of: &TemplateName) -> Result<Vec<Candidate>, String>;

    /// The stored bytes of a digest.
    ///
    /// # Errors
    /// What the source says, for people.
    fn bytes(&self, digest: &Digest) -> Result<Vec<u8>, String>;
}

/// Resolves a template whole, preferring what `lock` pins.
///
/// # Errors
/// [`ResolveError`].
pub fn resolve(
    root: TemplateName,
    template: &Template,
    lock: Option<&Lock>,
    versions: &impl Versions,
) -> Result<Resolution, ResolveError> {
    let mut resolver = Resolver::new(root, template)?;
    if let Some(lock) = lock {
        resolver = resolver.pinned_by(lock);
    }
    loop {
        let needs = resolver.needs()?;
        if needs.is_empty() {
            return resolver.finish();
        }
        for need in needs {
            match need {
                Need::Candidates(name) => {
                    let found = versions.candidates(&name).map_err(ResolveError::Source)?;
                    resolver.supply_candidates(name, found);
                }
                Need::Bytes(digest) => {
                    let bytes = versions.bytes(&digest).map_err(ResolveError::Source)?;
                    resolver.supply_bytes(&digest, &bytes)?;
                }
            }
        }
    }
}
