//! Names that only the deployment's own administration may take, in whatever spelling.

use cws_templates::similar::passes_for;

/// Words that say who speaks: a name that holds one, or what looks like one, passes itself off as the deployment.
const AUTHORITIES: &[&str] = &[
    "admin",
    "administrator",
    "aws",
    "cloudworkstation",
    "cws",
    "official",
    "operator",
    "prism",
    "verified",
];

/// Words that mean the deployment, or nothing, when they stand alone; a name may hold them beside others.
const ALONE: &[&str] = &[
    "about",
    "account",
    "all",
    "anonymous",
    "api",
    "auth",
    "catalogue",
    "cloud",
    "community",
    "docs",
    "help",
    "institution",
    "local",
    "log",
    "me",
    "my",
    "new",
    "none",
    "null",
    "org",
    "private",
    "public",
    "registry",
    "root",
    "security",
    "support",
    "system",
    "template",
    "templates",
    "test",
    "trust",
    "unknown",
    "unpublished",
    "www",
];

/// The reserved word that a name is, holds or looks like.
pub fn reserved(name: &str) -> Option<&'static str> {
    let whole = name.replace('-', "");
    passes_for(name, AUTHORITIES).or_else(|| passes_for(&whole, ALONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_for_the_deployment_is_reserved_in_every_spelling() {
        for name in [
            "cws",
            "cws2",
            "cws-v2",
            "cvvs",
            "cvvs-lab",
            "c-w-s",
            "cws-official",
            "official-cws",
            "cwsofficial",
            "my-cws",
            "cws-new",
            "adm1n",
            "admin-team",
            "officia1",
            "aws-lab",
            "prism",
            "pr1sm",
            "verified-lab",
            "cloud-workstation",
            "c1oudworkstation",
            "new",
            "templates2",
            "l0g",
            "0fficial-lab",
            "te-st",
        ] {
            assert!(reserved(name).is_some(), "{name}");
        }
    }

    #[test]
    fn what_only_holds_an_everyday_word_is_not() {
        for name in [
            "bern-lab",
            "test-lab",
            "cloud-physics",
            "root-biology",
            "water-security",
            "earth-system",
            "local-history",
            "decision-support",
            "lab-12-3456",
            "cowslip",
            "hydrology",
            "claws",
            "public-health",
            "newton-institute",
        ] {
            assert_eq!(reserved(name), None, "{name}");
        }
    }
}
