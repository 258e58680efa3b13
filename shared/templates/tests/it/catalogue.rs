//! A source of versions in memory: the shipped templates, or whatever a test publishes.

use std::collections::BTreeMap;

use cws_templates::resolve::{Candidate, Versions};
use cws_templates::{Digest, TemplateName, parse};

#[derive(Default, Clone)]
pub(crate) struct Catalogue {
    pub(crate) candidates: BTreeMap<TemplateName, Vec<Candidate>>,
    pub(crate) bytes: BTreeMap<Digest, Vec<u8>>,
}

impl Catalogue {
    pub(crate) fn shipped() -> Self {
        let mut catalogue = Self::default();
        for template in cws_templates::shipped::shipped() {
            let version = parse(template.yaml.as_bytes()).unwrap().template.version.unwrap();
            catalogue.publish(&format!("{}/{}", template.namespace, template.name), &version, template.yaml);
        }
        catalogue
    }

    pub(crate) fn publish(&mut self, name: &str, version: &str, yaml: &str) {
        let digest = Digest::of(yaml.as_bytes());
        self.bytes.insert(digest.clone(), yaml.as_bytes().to_vec());
        let candidate = Candidate { version: version.parse().unwrap(), digest, yanked: false };
        self.candidates.entry(name.parse().unwrap()).or_default().push(candidate);
    }

    pub(crate) fn yank(&mut self, name: &str, version: &str) {
        let version = version.parse().unwrap();
        for candidate in self.candidates.get_mut(&name.parse::<TemplateName>().unwrap()).unwrap() {
            candidate.yanked |= candidate.version == version;
        }
    }
}

impl Versions for Catalogue {
    fn candidates(&self, of: &TemplateName) -> Result<Vec<Candidate>, String> {
        Ok(self.candidates.get(of).cloned().unwrap_or_default())
    }

    fn bytes(&self, digest: &Digest) -> Result<Vec<u8>, String> {
        self.bytes.get(digest).cloned().ok_or_else(|| format!("no bytes for {digest}"))
    }
}
