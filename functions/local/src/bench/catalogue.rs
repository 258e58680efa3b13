//! The rows of namespaces and templates, as `namespace_create`, `template_publish` and
//! `template_version_publish` write them: real text, validated, pinned, and signed by the registry's key.

use super::{
    Fault,
    filed::Filed,
    seed::{self, Census, Sheet, VERSIONS},
};
use cws_cloud::signer::{KeyName, PublicKeys, Signer};
use cws_embedded::keys::FileKeys;
use cws_marketplace::{
    describe::Description,
    examine, latest,
    names::{NamespaceEntry, PublicNamespace},
    place,
    record::{About, Happening, LogRecord},
    stored,
    version_key::version_key,
    vouch::Vouched,
};
use cws_model::{
    InstitutionId,
    id::{EventId, UserId},
    marketplace::{
        LogEntry, Namespace, NamespaceMember, NamespaceRole, SignaturePolicy, Stars, TemplateMeta,
        TemplateNameClaim, TemplateStats, TemplateVersion, VersionEvidence, VersionState, Visibility,
    },
};
use cws_route::Problem;
use cws_store::{Expect, Key, Op, Value, Writes, kind};
use cws_templates::{
    Digest, Finding, Level, Parsed, Template, TemplateName,
    resolve::Resolver,
    sign::{Envelope, PAYLOAD_TYPE, PublicKey, Signature, to_be_signed},
    validate::Report,
};
use std::collections::{BTreeMap, BTreeSet};

/// Makes the rows of the marketplace.
pub(super) struct Catalogue {
    pub(super) home: InstitutionId,
    pub(super) census: Census,
    keys: FileKeys,
    registry: PublicKey,
    near: Filed,
}

/// A template on its way in: what all its versions have in common.
struct Draft {
    sheet: Sheet,
    name: TemplateName,
    author: UserId,
    visibility: Visibility,
    lock: String,
    findings: Vec<Finding>,
    score: u8,
    warnings: usize,
}

impl Catalogue {
    /// With the deployment's keys.
    pub(super) async fn new(home: InstitutionId, census: Census, keys: FileKeys) -> Result<Self, Fault> {
        let registry = PublicKey::from_raw(&keys.public_key(KeyName::Registry).await?)?;
        Ok(Self { home, census, keys, registry, near: Filed::default() })
    }

    /// A namespace, its owner, and its places in the index of names.
    pub(super) fn namespace(&self, n: u64) -> Result<Writes, Fault> {
        let (name, at, owner) =
            (seed::namespace(n), seed::made_at(n), seed::id::<cws_model::id::UserKind>(n).to_string());
        let partition = kind::NAMESPACE.part(&name);
        let namespace = Namespace {
            name: name.clone(),
            institution: self.home.clone(),
            description: format!("What the {name} publishes.").parse()?,
            publisher_signatures: SignaturePolicy::Optional,
            owner_count: 1,
            member_count: 1,
            key_count: 0,
            created_by: owner.clone(),
            created_at: at,
            updated_at: at,
        };
        let member = NamespaceMember {
            user_id: owner.clone(),
            role: NamespaceRole::Owner,
            added_by: owner.clone(),
            added_at: at,
            updated_at: at,
        };
        let mut writes = Writes::new();
        writes.create(Key::new(partition.clone(), place::META), &namespace)?;
        writes.create(Key::new(partition, place::member(&owner)), &member)?;
        let entry = NamespaceEntry { institution: self.home.clone() };
        writes.create(Key::new(kind::NAMESPACE.part(&place::first_part_of(&name)), name.clone()), &entry)?;
        // Each will hold a public template.
        let mark = Key::new(kind::TEMPLATE_NAME.part(place::PUBLIC_NAMESPACES), name.clone());
        writes.create(mark, &PublicNamespace {})?;
        self.near.file(&name, self.home.as_str(), false, &mut writes)?;
        Ok(writes)
    }

    /// A template with all its versions.
    pub(super) async fn template(&self, n: u64) -> Result<Writes, Fault> {
        let sheet = Sheet::of(n);
        let [.., last] = VERSIONS;
        let (parsed, report) = examine::read(&sheet.manifest(last)).map_err(said)?;
        examine::check(&report).map_err(said)?;
        let draft = self.draft(n, sheet, &parsed, report)?;
        let mut writes = Writes::new();
        let mut shown = None;
        for (place, version) in (0..).zip(VERSIONS) {
            shown = Some(self.version(&draft, version, n, place, &mut writes).await?);
        }
        let (row, evidence) = shown.ok_or("a template without versions")?;
        self.claim(&draft, &mut writes)?;
        self.describe(n, &draft, &parsed.template, &row, &mut writes)?;
        let partition = kind::TEMPLATE.part(draft.sheet.id.as_str());
        let face = latest::face(&row, &evidence, &parsed.template).map_err(said)?;
        writes.create(Key::new(partition.clone(), place::LATEST), &face)?;
        writes.create(Key::new(partition, place::STATS), &stats(n))?;
        Ok(writes)
    }

    /// What is left of the index of near names, once all names are known.
    pub(super) fn near(&self) -> Result<Vec<Writes>, Fault> {
        self.near.rows()
    }

    fn draft(&self, n: u64, sheet: Sheet, parsed: &Parsed, report: Report) -> Result<Draft, Fault> {
        let namespace = self.census.namespace_of(n);
        let name = TemplateName::new(&seed::namespace(namespace), &sheet.name())?;
        let resolution = Resolver::new(name.clone(), &parsed.template)?.finish()?;
        Ok(Draft {
            sheet,
            name,
            author: seed::id(namespace),
            visibility: seed::visibility(n),
            lock: String::from_utf8(resolution.lock.canonical_bytes())?,
            warnings: report.count(Level::Warning),
            score: report.score,
            findings: report.findings,
        })
    }

    /// A version: its row, its evidence, its bytes.
    async fn version(
        &self,
        draft: &Draft,
        version: &str,
        n: u64,
        place: u64,
        writes: &mut Writes,
    ) -> Result<(TemplateVersion, VersionEvidence), Fault> {
        let text = draft.sheet.manifest(version);
        let digest = Digest::of(text.as_bytes());
        let row = TemplateVersion {
            version: version.parse()?,
            digest: digest.to_string(),
            size_bytes: text.len() as u64,
            state: VersionState::Active,
            changelog: format!("What changed in {version}.").parse()?,
            published_by: draft.author.to_string(),
            published_at: seed::made_at(n).plus_seconds(i64::try_from(place * 3600)?),
            score: draft.score,
            warnings: u32::try_from(draft.warnings)?,
            lock_size: 0,
            publisher_signed: false,
        };
        let order = seed::id::<cws_model::id::EventKind>(n * VERSIONS.len() as u64 + place);
        let evidence = self.vouch(draft, &row, &digest, order).await?;
        let sort = version_key(&row.version);
        let id = &draft.sheet.id;
        writes.create(Key::new(kind::TEMPLATE_VERSION.part(id.as_str()), sort.clone()), &row)?;
        writes.create(Key::new(kind::TEMPLATE_VERSION.part(&place::evidence(id)), sort), &evidence)?;
        for (number, chunk) in text.as_bytes().chunks(stored::CHUNK_MAX_BYTES).enumerate() {
            let key = Key::new(kind::TEMPLATE_BYTES.part(digest.as_str()), place::chunk(number));
            let value = Value::Bytes(chunk.to_vec());
            writes.op(Op::Put { key, expect: Expect::Any, value, schema: 1, expires_at: None });
        }
        Ok((row, evidence))
    }

    /// Has the registry's key sign it.
    async fn vouch(
        &self,
        draft: &Draft,
        row: &TemplateVersion,
        digest: &Digest,
        order: EventId,
    ) -> Result<VersionEvidence, Fault> {
        let made =
            Vouched::new(draft.name.clone(), row.version.clone(), digest, &draft.lock, row.published_at);
        let vouched = made.map_err(said)?;
        let signature = self.keys.sign(KeyName::Registry, &to_be_signed(&vouched.statement)?).await?;
        let signature = Signature::new(&self.registry, &signature)?;
        let envelope = Envelope::new(PAYLOAD_TYPE, &vouched.statement, vec![signature]);
        let about = About {
            namespace: draft.name.namespace(),
            name: draft.name.name(),
            visibility: draft.visibility,
            version: &row.version,
            digest: &row.digest,
            statement: &vouched.statement,
        };
        let record = LogRecord::of_version(Happening::Published, about, row.published_at);
        Ok(VersionEvidence {
            lock: draft.lock.clone(),
            envelope: serde_json::to_string(&envelope)?,
            publisher: None,
            log: LogEntry { order: order.to_string(), leaf: serde_json::to_string(&record)? },
            findings: serde_json::to_value(&draft.findings)?,
        })
    }

    /// The claim of the name, and its places in the index of names.
    fn claim(&self, draft: &Draft, writes: &mut Writes) -> Result<(), Fault> {
        let (namespace, name) = (draft.name.namespace(), draft.name.name());
        let claim = TemplateNameClaim { template_id: draft.sheet.id.clone(), name: name.to_owned() };
        writes.create(Key::new(kind::TEMPLATE_NAME.part(namespace), name), &claim)?;
        if draft.visibility == Visibility::Public {
            self.near.file(name, namespace, true, writes)?;
        }
        Ok(())
    }

    fn describe(
        &self,
        n: u64,
        draft: &Draft,
        template: &Template,
        shown: &TemplateVersion,
        writes: &mut Writes,
    ) -> Result<(), Fault> {
        let described = Description::default().or_from(template).map_err(said)?;
        let Sheet { tool, field, word, .. } = &draft.sheet;
        let author = draft.author.to_string();
        let meta = TemplateMeta {
            id: draft.sheet.id.clone(),
            namespace: draft.name.namespace().to_owned(),
            name: draft.name.name().to_owned(),
            institution: self.home.clone(),
            visibility: draft.visibility,
            title: described.title,
            description: described.description,
            category: described.category,
            domain: described.domain,
            tags: [*tool, *field, "ubuntu"].map(str::to_owned).into(),
            aliases: BTreeSet::new(),
            author,
            author_name: format!("Person {word}"),
            documentation: described.documentation,
            latest: Some(latest::summary(shown)),
            channels: BTreeMap::new(),
            version_count: u32::try_from(VERSIONS.len())?,
            deprecated: None,
            listed: true,
            created_at: seed::made_at(n),
            updated_at: shown.published_at,
        };
        Ok(writes.create(Key::new(kind::TEMPLATE.part(meta.id.as_str()), place::META), &meta)?)
    }
}

/// Few have many downloads, many have few; most are rated a little.
fn stats(n: u64) -> TemplateStats {
    let random = seed::mix(n ^ 0xd0_1d);
    let mut stats = TemplateStats {
        downloads: 100_000 / (1 + random % 5_000),
        downloads_recent: (random >> 16) % 40,
        counted_at: seed::made_at(n),
        ..TemplateStats::default()
    };
    for review in 0..random % 12 {
        stats.rated(None, Stars::new(1 + u8::try_from(seed::mix(random + review) % 5).unwrap_or(0)));
    }
    stats
}

fn said(problem: Problem) -> Fault {
    format!("{}: {} {:?} {:?}", problem.code, problem.detail, problem.errors, problem.inside).into()
}
