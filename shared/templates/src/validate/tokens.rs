//! Secrets that can be known by their form: keys of clouds, code hosts and chat services, and our own API keys.

use std::sync::LazyLock;

use regex::Regex;

use crate::finding::{Finding, Level};

/// A form of secret.
struct Form {
    code: &'static str,
    what: &'static str,
    pattern: &'static str,
    /// How sure the form alone makes us.
    judge: fn(&str) -> Option<Level>,
}

const FORMS: &[Form] = &[
    Form {
        code: "secret.aws_access_key",
        what: "an AWS access key",
        pattern: r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b",
        judge: aws,
    },
    Form {
        code: "secret.cws_key",
        what: "an API key of this product",
        pattern: r"\bcws_(?:[a-z]{2,8}_)?[A-Za-z0-9]{20,}\b",
        judge: mixed,
    },
    Form {
        code: "secret.private_key",
        what: "a private key",
        pattern: r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
        judge: sure,
    },
    Form {
        code: "secret.github_token",
        what: "a GitHub token",
        pattern: r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
        judge: github,
    },
    Form {
        code: "secret.github_token",
        what: "a GitHub token",
        pattern: r"\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b",
        judge: sure,
    },
    Form {
        code: "secret.gitlab_token",
        what: "a GitLab token",
        pattern: r"\bglpat-[A-Za-z0-9_-]{20,}",
        judge: sure,
    },
    Form {
        code: "secret.slack_token",
        what: "a Slack token",
        pattern: r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/\w{16,}",
        judge: sure,
    },
    Form {
        code: "secret.google_key",
        what: "a Google API key",
        pattern: r"\bAIza[0-9A-Za-z_-]{35}\b",
        judge: sure,
    },
    Form {
        code: "secret.stripe_key",
        what: "a Stripe key",
        pattern: r"\b[sr]k_live_[0-9A-Za-z]{20,}\b",
        judge: sure,
    },
    Form { code: "secret.npm_token", what: "an npm token", pattern: r"\bnpm_[A-Za-z0-9]{36}\b", judge: sure },
    Form {
        code: "secret.pypi_token",
        what: "a PyPI token",
        pattern: r"\bpypi-AgE[A-Za-z0-9_-]{40,}",
        judge: sure,
    },
    Form {
        code: "secret.huggingface_token",
        what: "a Hugging Face token",
        pattern: r"\bhf_[A-Za-z]{34}\b",
        judge: sure,
    },
    Form {
        code: "secret.ai_key",
        what: "a key of a model provider",
        pattern: r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}",
        judge: sure,
    },
    Form {
        code: "secret.web_token",
        what: "a signed web token",
        pattern: r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
        judge: sure,
    },
    Form {
        code: "secret.url_password",
        what: "a password in an address",
        pattern: r"\b[a-z][a-z0-9+.-]*://[^\s:/@$'{]+:[^\s:/@$'{}]+@[\w.-]+",
        judge: sure,
    },
];

#[expect(clippy::expect_used, reason = "the patterns are constants, and tests run every one")]
static READY: LazyLock<Vec<(&'static Form, Regex)>> = LazyLock::new(|| {
    FORMS.iter().map(|form| (form, Regex::new(form.pattern).expect("constant pattern"))).collect()
});

/// Findings for each secret in a text. The secret itself is not repeated.
pub(super) fn find(text: &str, pointer: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (form, pattern) in READY.iter() {
        let worst = pattern.find_iter(text).filter_map(|found| (form.judge)(found.as_str())).min();
        if let Some(level) = worst {
            let certain = if level == Level::Error { "holds" } else { "seems to hold" };
            findings.push(
                Finding::new(level, form.code, pointer, format!("the text {certain} {}", form.what))
                    .fix("revoke it, and read secrets at run time from a secret store"),
            );
        }
    }
    findings
}

fn sure(_: &str) -> Option<Level> {
    Some(Level::Error)
}

/// The documentation's own example key is no secret.
fn aws(found: &str) -> Option<Level> {
    (!found.ends_with("EXAMPLE")).then_some(Level::Error)
}

/// A name in a script has no digits among capitals; a key has.
fn mixed(found: &str) -> Option<Level> {
    let has = |test: fn(&char) -> bool| found.chars().any(|c| test(&c));
    (has(char::is_ascii_digit) && (has(char::is_ascii_uppercase) || found.len() >= 40))
        .then_some(Level::Error)
}

/// A GitHub token ends in a checksum of its middle: with a wrong one it is no live token, and is only pointed out.
fn github(found: &str) -> Option<Level> {
    let body = found.get(4..34)?;
    let checksum = found.get(34..)?;
    Some(if base62(crc32(body.as_bytes())) == checksum { Level::Error } else { Level::Warning })
}

/// CRC-32 as in zip files (polynomial 0xEDB88320).
#[must_use]
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 })
    })
}

/// Six digits of base 62, zeros first.
#[must_use]
pub(super) fn base62(mut number: u32) -> String {
    let digits: Vec<char> = ('0'..='9').chain('A'..='Z').chain('a'..='z').collect();
    let mut text = Vec::new();
    for _ in 0..6 {
        let digit = usize::try_from(number % 62).unwrap_or(0);
        text.push(digits.get(digit).copied().unwrap_or('0'));
        number /= 62;
    }
    text.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn github_token(middle: &str) -> String {
        format!("ghp_{middle}{}", base62(crc32(middle.as_bytes())))
    }

    #[test]
    fn the_checksum_is_that_of_zip_files() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn a_github_token_with_its_checksum_blocks_and_another_is_pointed_out() {
        let good = github_token("0123456789abcdefghijABCDEFGHIJ");
        assert_eq!(find(&good, "").first().map(|f| f.level), Some(Level::Error));
        let bad = format!("{}x", good.trim_end_matches(|c| c == good.chars().last().unwrap()));
        let other = format!("ghp_{}", "a".repeat(36));
        assert!(find(&bad, "").iter().all(|f| f.level != Level::Error));
        assert_eq!(find(&other, "").first().map(|f| f.level), Some(Level::Warning));
    }

    #[test]
    fn a_finding_never_repeats_the_secret() {
        let token = github_token("0123456789abcdefghijABCDEFGHIJ");
        let said = format!("{:?}", find(&token, "/post_install"));
        assert!(!said.contains(&token) && !said.contains("0123456789abcdef"));
    }
}
