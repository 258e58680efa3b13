//! What is filled, as a function of its number: how many there are, their ids, times and names. The same on
//! every run, so that a request finds its target by counting instead of remembering.

use cws_model::{
    Id, Timestamp,
    id::{Kind, TemplateId},
    marketplace::Visibility,
    project::ProjectRole,
};

/// The first row: 2025-01-01T00:00:00Z.
const BASE_MS: i64 = 1_735_689_600_000;
/// From one row of a kind to the next.
const STEP_MS: u64 = 50_000;
/// Versions of every template, lowest first.
pub(super) const VERSIONS: [&str; 3] = ["1.0.0", "1.1.0", "2.0.0"];

const TOOLS: [&str; 16] = [
    "python",
    "rstudio",
    "julia",
    "jupyter",
    "pytorch",
    "tensorflow",
    "samtools",
    "gromacs",
    "openfoam",
    "qgis",
    "paraview",
    "octave",
    "spark",
    "dask",
    "snakemake",
    "nextflow",
];
const FIELDS: [&str; 21] = [
    "genomics",
    "hydrology",
    "climate",
    "proteomics",
    "astronomy",
    "linguistics",
    "economics",
    "imaging",
    "geology",
    "ecology",
    "robotics",
    "chemistry",
    "physics",
    "sociology",
    "neuroscience",
    "archaeology",
    "oceanography",
    "statistics",
    "epidemiology",
    "materials",
    "forestry",
];
const DOMAINS: [&str; 5] = ["bio", "ml", "datascience", "base", "web"];
const ONSETS: &[u8; 15] = b"bdfgklmnprstvwz";
const VOWELS: &[u8; 5] = b"aeiou";
const SYLLABLES: u32 = 4;

/// How many there are of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Census {
    pub(super) users: u64,
    /// As many namespaces, too: each project's group has one.
    pub(super) projects: u64,
    pub(super) templates: u64,
}

impl Census {
    /// From the number of people.
    pub(super) fn of(users: u32) -> Self {
        let users = u64::from(users);
        Self { users, projects: (users / 100).max(1), templates: (users / 5).max(1) }
    }

    pub(super) fn versions(&self) -> u64 {
        self.templates * VERSIONS.len() as u64
    }

    /// Everybody is in one project.
    pub(super) fn project_of(&self, user: u64) -> u64 {
        user % self.projects
    }

    /// People in a project, without the benchmark's own.
    pub(super) fn members_of(&self, project: u64) -> u64 {
        (self.users + self.projects - 1 - project) / self.projects
    }

    /// The first in a project owns it.
    pub(super) fn role_of(&self, user: u64) -> ProjectRole {
        match user / self.projects {
            0 => ProjectRole::Owner,
            1 => ProjectRole::Manager,
            n if n % 5 == 0 => ProjectRole::Viewer,
            _ => ProjectRole::Member,
        }
    }

    pub(super) fn namespace_of(&self, template: u64) -> u64 {
        template % self.projects
    }

    /// A template that everybody in the institution may see.
    pub(super) fn shown_template(&self, random: u64) -> u64 {
        let n = random % self.templates;
        if visibility(n) == Visibility::Private { n - 1 } else { n }
    }
}

/// SplitMix64: the same number gives the same scattered number.
pub(super) fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

/// When the row of this number was made.
pub(super) fn made_at(n: u64) -> Timestamp {
    Timestamp::from_millis(BASE_MS + i64::try_from(n * STEP_MS).unwrap_or(0))
}

/// The id of this number.
pub(super) fn id<K: Kind>(n: u64) -> Id<K> {
    let kind = K::PREFIX.bytes().fold(0_u64, |sum, byte| (sum << 8) | u64::from(byte));
    let first = mix(n ^ kind.rotate_left(32));
    let mut random = [0; 10];
    for (to, from) in random.iter_mut().zip(first.to_be_bytes().into_iter().chain(mix(first).to_be_bytes())) {
        *to = from;
    }
    Id::new(made_at(n), random)
}

/// A word of four syllables, another one for every number below 31,640,625.
pub(super) fn word(n: u64) -> String {
    let radix = (ONSETS.len() * VOWELS.len()) as u64;
    let mut left = (n * 9_973 + 77) % radix.pow(SYLLABLES);
    let mut word = String::new();
    for _ in 0..SYLLABLES {
        word.push(char::from(pick(ONSETS, left)));
        word.push(char::from(pick(VOWELS, left / ONSETS.len() as u64)));
        left /= radix;
    }
    word
}

/// The element of this number, round and round.
fn pick<T: Copy + Default, const N: usize>(from: &[T; N], n: u64) -> T {
    let place = usize::try_from(n % N as u64).unwrap_or(0);
    from.get(place).copied().unwrap_or_default()
}

/// Sixteen letters that are far from any other name.
pub(super) fn strange_name(n: u64) -> String {
    let letter =
        |bits: u64, place: u32| char::from(b'a' + u8::try_from((bits >> (place * 8)) % 26).unwrap_or(0));
    let halves = [mix(n), mix(mix(n) ^ 0x5eed)];
    halves.into_iter().flat_map(|bits| (0..8).map(move |place| letter(bits, place))).collect()
}

pub(super) fn namespace(n: u64) -> String {
    format!("{}-lab", word(n))
}

/// Seven of ten are public, two are their institution's, one is private.
pub(super) fn visibility(n: u64) -> Visibility {
    match n % 10 {
        9 => Visibility::Private,
        3 | 6 => Visibility::Institution,
        _ => Visibility::Public,
    }
}

/// What a template is called and about.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) id: TemplateId,
    pub(super) tool: &'static str,
    pub(super) field: &'static str,
    pub(super) domain: &'static str,
    pub(super) word: String,
}

impl Sheet {
    pub(super) fn of(n: u64) -> Self {
        let (tool, field) = (pick(&TOOLS, mix(n)), pick(&FIELDS, mix(n) / TOOLS.len() as u64));
        Self { id: id(n), tool, field, domain: pick(&DOMAINS, n), word: word(n) }
    }

    pub(super) fn name(&self) -> String {
        format!("{}-{}-{}", self.tool, self.field, self.word)
    }

    /// The text that is stored: a whole template.
    pub(super) fn manifest(&self, version: &str) -> String {
        let Self { tool, field, domain, word, .. } = self;
        format!(
            "name: {tool} for {field} {word}\n\
             description: The {tool} tools that the {word} group uses for {field}, on Ubuntu 24.04.\n\
             long_description: |\n\
             \x20 An environment for {field}. It brings {tool} with the usual numerical libraries, and is kept up\n\
             \x20 to date by the group that uses it every day. Start it, open a terminal, and read the notes in the\n\
             \x20 home directory; data belongs on the attached volume, which outlives the machine.\n\
             base: ubuntu-24.04\n\
             category: {field}\n\
             domain: {domain}\n\
             version: {version}\n\
             package_manager: apt\n\
             packages:\n\
             \x20 system: [python3, python3-numpy, python3-scipy, build-essential]\n\
             instance_defaults:\n\
             \x20 type: t3.medium\n"
        )
    }
}
