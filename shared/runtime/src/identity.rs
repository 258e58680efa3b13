//! A verified token on its way from the authorizer to the function: flat text, which is all that API
//! Gateway carries, and never the token itself.

use cws_cloud::token::VerifiedToken;
use cws_model::Timestamp;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What the authorizer hands on.
pub(crate) fn to_context(token: &VerifiedToken) -> Map<String, Value> {
    let mut context = Map::new();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            context.insert(name.to_owned(), Value::String(value));
        }
    };
    set("iss", Some(token.issuer.clone()));
    set("sub", Some(token.subject.clone()));
    set("sid", token.session_id.clone());
    set("iat", Some(token.issued_at.seconds().to_string()));
    set("exp", Some(token.expires_at.seconds().to_string()));
    set("auth_time", Some(token.auth_time.seconds().to_string()));
    set("mfa", Some(token.mfa.to_string()));
    set("institution", token.institution_hint.as_ref().map(ToString::to_string));
    set("user", token.user_hint.as_ref().map(ToString::to_string));
    set("scope", Some(token.scopes.join(" ")));
    context
}

/// What the function takes from it. `None` when anything is missing or has expired since: the
/// authorizer's answer may be up to a minute old.
pub(crate) fn from_context(context: &BTreeMap<String, Value>, now: Timestamp) -> Option<VerifiedToken> {
    let text = |name: &str| context.get(name).and_then(plain).filter(|text| !text.is_empty());
    let time = |name: &str| Some(Timestamp::from_millis(0).plus_seconds(text(name)?.parse().ok()?));
    let token = VerifiedToken {
        issuer: text("iss")?,
        subject: text("sub")?,
        session_id: text("sid"),
        issued_at: time("iat")?,
        expires_at: time("exp")?,
        auth_time: time("auth_time")?,
        mfa: text("mfa").as_deref() == Some("true"),
        institution_hint: text("institution").and_then(|slug| slug.parse().ok()),
        user_hint: text("user").and_then(|id| id.parse().ok()),
        scopes: text("scope").unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect(),
    };
    (now < token.expires_at).then_some(token)
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> VerifiedToken {
        VerifiedToken {
            issuer: "https://issuer.example/pool".to_owned(),
            subject: "5f1c".to_owned(),
            session_id: Some("origin".to_owned()),
            issued_at: Timestamp::from_millis(1_000_000),
            expires_at: Timestamp::from_millis(4_600_000),
            auth_time: Timestamp::from_millis(990_000),
            mfa: true,
            institution_hint: "uni-bern".parse().ok(),
            user_hint: None,
            scopes: vec!["openid".to_owned(), "cws".to_owned()],
        }
    }

    fn carried(token: &VerifiedToken) -> BTreeMap<String, Value> {
        to_context(token).into_iter().collect()
    }

    #[test]
    fn a_token_arrives_as_it_was_verified() {
        let now = Timestamp::from_millis(2_000_000);
        assert_eq!(from_context(&carried(&token()), now), Some(token()));
        let bare = VerifiedToken { session_id: None, mfa: false, scopes: Vec::new(), ..token() };
        assert_eq!(from_context(&carried(&bare), now), Some(bare));
    }

    #[test]
    fn a_cached_answer_does_not_outlive_its_token() {
        let context = carried(&token());
        assert!(from_context(&context, Timestamp::from_millis(4_599_999)).is_some());
        assert!(from_context(&context, Timestamp::from_millis(4_600_000)).is_none());
    }

    #[test]
    fn half_a_context_is_nobody() {
        let now = Timestamp::from_millis(2_000_000);
        for name in ["iss", "sub", "iat", "exp", "auth_time"] {
            let mut context = carried(&token());
            context.remove(name);
            assert_eq!(from_context(&context, now), None, "{name}");
        }
        assert_eq!(from_context(&BTreeMap::new(), now), None);
    }
}
