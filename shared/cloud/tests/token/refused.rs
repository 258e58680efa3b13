//! The negative set: every row is a token that must be refused, and why.

use crate::{
    keys::{encoded, other_key, pool_key, raw_token, token},
    world::{
        CAMPUS, LOCAL, NOW_S, POOL, World, campus_claims, campus_header, campus_key, local_claims,
        local_header, local_key, pool_claims, pool_header, pool_token, pool_token_by, with,
    },
};
use aws_lc_rs::hmac;
use cws_cloud::token::TokenError;
use serde_json::{Value, json};

type Row = (&'static str, String, TokenError);

fn check(rows: Vec<Row>, at_least: usize) {
    let world = World::new();
    assert!(world.verify(&pool_token(json!({}))).is_ok(), "the token that the rows change is good");
    assert!(rows.len() >= at_least, "{} rows", rows.len());
    for (name, token, why) in rows {
        assert_eq!(world.verify(&token), Err(why), "{name}");
    }
}

fn header(changes: Value) -> String {
    pool_token_by(pool_key(), changes, json!({}))
}

/// A token whose third part is an HMAC keyed with something public.
fn hmac_token(alg: &str, how: hmac::Algorithm, secret: &[u8]) -> String {
    let key = hmac::Key::new(how, secret);
    let header = with(pool_header(), json!({"alg": alg}));
    token(&header, &pool_claims(), |message| hmac::sign(&key, message).as_ref().to_vec())
}

#[test]
fn what_is_no_token_is_refused() {
    let good = pool_token(json!({}));
    let (head, rest) = good.split_once('.').expect("parts");
    let (body, signature) = rest.split_once('.').expect("parts");
    let sign = |message: &[u8]| message.to_vec();
    let malformed = |name, token: String| (name, token, TokenError::Malformed);
    check(
        vec![
            malformed("nothing", String::new()),
            malformed("one part", "token".to_owned()),
            malformed("two parts", format!("{head}.{body}")),
            malformed("four parts", format!("{good}.x")),
            malformed("five parts, as JWE has", format!("{good}.x.y")),
            malformed("an empty signature", format!("{head}.{body}.")),
            malformed("with its scheme", format!("Bearer {good}")),
            malformed("a space behind it", format!("{good} ")),
            malformed("padding", format!("{head}=.{body}.{signature}")),
            malformed("a header that is not base64url", format!("!{head}.{body}.{signature}")),
            malformed("a payload that is not base64url", format!("{head}.!{body}.{signature}")),
            malformed("a header that is not JSON", raw_token("alg=none", "{}", sign)),
            malformed("a header that is a list", raw_token("[]", "{}", sign)),
            malformed("a payload that is not JSON", raw_token(&pool_header().to_string(), "iss", sign)),
            malformed("two key ids", raw_token(r#"{"alg":"RS256","kid":"a","kid":"b"}"#, "{}", sign)),
            malformed("two issuers", raw_token(&pool_header().to_string(), r#"{"iss":"a","iss":"b"}"#, sign)),
            ("too long", pool_token(json!({"pad": "x".repeat(9000)})), TokenError::TooLong),
        ],
        17,
    );
}

#[test]
fn no_other_algorithm_is_accepted() {
    let unsigned =
        |alg: &str| token(&with(pool_header(), json!({"alg": alg})), &pool_claims(), |_| b"x".to_vec());
    let refused = |name, token| (name, token, TokenError::Algorithm);
    let modulus = pool_key().public_bytes();
    let rs384 = pool_key().sign_384(&with(pool_header(), json!({"alg": "RS384"})), &pool_claims());
    let ps256 = pool_key().sign_pss(&with(pool_header(), json!({"alg": "PS256"})), &pool_claims());
    let no_signature =
        format!("{}.{}.", encoded(r#"{"alg":"none","kid":"pool-1"}"#), encoded(pool_claims().to_string()));
    check(
        vec![
            refused("none", unsigned("none")),
            refused("None", unsigned("None")),
            refused("NONE", unsigned("NONE")),
            ("none without a signature", no_signature, TokenError::Malformed),
            refused("rs256 in lower case", unsigned("rs256")),
            refused("ES256", unsigned("ES256")),
            refused("RSA1_5", unsigned("RSA1_5")),
            refused("an empty name", unsigned("")),
            refused("HS256 with the public key as secret", hmac_token("HS256", hmac::HMAC_SHA256, &modulus)),
            refused("HS512 with the public key as secret", hmac_token("HS512", hmac::HMAC_SHA512, &modulus)),
            refused(
                "HS256 with the Ed25519 key as secret",
                hmac_token("HS256", hmac::HMAC_SHA256, &local_key().public_bytes()),
            ),
            refused("RS384, rightly signed", rs384),
            refused("PS256, rightly signed", ps256),
            ("a missing name", header(json!({"alg": null})), TokenError::Malformed),
            ("a name that is a number", header(json!({"alg": 256})), TokenError::Malformed),
            refused(
                "EdDSA where the issuer has RSA",
                local_key().sign(&local_header(), &with(local_claims(), json!({"iss": POOL}))),
            ),
            refused(
                "RS256 where the issuer has Ed25519",
                pool_key().sign(&pool_header(), &with(local_claims(), json!({}))),
            ),
        ],
        17,
    );
}

#[test]
fn a_token_does_not_choose_its_own_key() {
    let forbidden = |name: &'static str, value: Value| {
        let changes = Value::Object([(name.to_owned(), value)].into_iter().collect());
        (name, header(changes), TokenError::HeaderForbidden(name))
    };
    let key_id = |name, value: Value, why| (name, header(json!({"kid": value})), why);
    check(
        vec![
            forbidden("jku", json!("https://evil.example/keys")),
            forbidden("jwk", other_key().jwk("pool-1")),
            forbidden("x5u", json!("https://evil.example/cert")),
            forbidden("x5c", json!(["MIIB"])),
            forbidden("crit", json!(["exp"])),
            forbidden("b64", json!(false)),
            forbidden("zip", json!("DEF")),
            forbidden("enc", json!("A128GCM")),
            key_id("no key id", Value::Null, TokenError::KeyIdMissing),
            key_id("an empty key id", json!(""), TokenError::KeyIdMissing),
            key_id("an endless key id", json!("k".repeat(257)), TokenError::KeyIdMissing),
            key_id("a key id that is a number", json!(1), TokenError::Malformed),
            key_id("a key that nobody has", json!("pool-9"), TokenError::KeyUnknown),
            key_id("a path as key id", json!("../../dev/null"), TokenError::KeyUnknown),
            key_id("the key of another issuer", json!("local-1"), TokenError::KeyUnknown),
            ("signed by another", pool_token_by(other_key(), json!({}), json!({})), TokenError::Signature),
        ],
        16,
    );
}

#[test]
fn claims_that_are_wrong_are_refused() {
    let claim = |name, changes: Value, why| (name, pool_token(changes), why);
    check(
        vec![
            claim("no issuer", json!({"iss": null}), TokenError::Claim("iss")),
            claim("an unknown issuer", json!({"iss": "https://evil.example"}), TokenError::IssuerUnknown),
            claim("a slash behind the issuer", json!({"iss": format!("{POOL}/")}), TokenError::IssuerUnknown),
            claim("the issuer in upper case", json!({"iss": POOL.to_uppercase()}), TokenError::IssuerUnknown),
            claim("a list of issuers", json!({"iss": [POOL]}), TokenError::Malformed),
            claim("another trusted issuer's name", json!({"iss": LOCAL}), TokenError::Algorithm),
            claim("an ID token", json!({"token_use": "id", "aud": "web"}), TokenError::WrongUse),
            claim("no use", json!({"token_use": null}), TokenError::WrongUse),
            claim("use in upper case", json!({"token_use": "ACCESS"}), TokenError::WrongUse),
            claim("another client", json!({"client_id": "evil"}), TokenError::WrongClient),
            claim("another issuer's client", json!({"client_id": "cws"}), TokenError::WrongClient),
            claim(
                "no client but an audience",
                json!({"client_id": null, "aud": "web"}),
                TokenError::WrongClient,
            ),
            claim("no expiry", json!({"exp": null}), TokenError::Claim("exp")),
            claim("expired long ago", json!({"exp": NOW_S - 1, "iat": NOW_S - 900}), TokenError::Expired),
            claim("expiring now", json!({"exp": NOW_S}), TokenError::Expired),
            claim("an expiry before 1970", json!({"exp": -1, "iat": -10}), TokenError::Expired),
            claim("an expiry as text", json!({"exp": "1900000000"}), TokenError::Malformed),
            claim("an expiry beyond all time", json!({"exp": 1e30}), TokenError::Malformed),
            claim("not valid yet", json!({"nbf": NOW_S + 1}), TokenError::NotYetValid),
            claim("no time of issue", json!({"iat": null}), TokenError::Claim("iat")),
            claim("issued in the future", json!({"iat": NOW_S + 61}), TokenError::NotYetValid),
            claim(
                "issued after it expires",
                json!({"iat": NOW_S + 50, "exp": NOW_S + 40}),
                TokenError::NotYetValid,
            ),
            claim("no subject", json!({"sub": null}), TokenError::Claim("sub")),
            claim("an empty subject", json!({"sub": ""}), TokenError::Claim("sub")),
            claim("an endless subject", json!({"sub": "s".repeat(256)}), TokenError::Claim("sub")),
            ("another kind of token", header(json!({"typ": "logout+jwt"})), TokenError::WrongUse),
        ],
        26,
    );
}

#[test]
fn tokens_of_other_providers_are_held_to_their_own_rules() {
    let campus = |header: Value, claims: Value| {
        campus_key().sign(&with(campus_header(), header), &with(campus_claims(), claims))
    };
    check(
        vec![
            ("an ID token as bearer", campus(json!({"typ": "JWT"}), json!({})), TokenError::WrongUse),
            ("no type", campus(json!({"typ": null}), json!({})), TokenError::WrongUse),
            ("another audience", campus(json!({}), json!({"aud": "evil"})), TokenError::WrongClient),
            (
                "no audience",
                campus(json!({}), json!({"aud": null, "client_id": "cws-campus"})),
                TokenError::WrongClient,
            ),
            ("an empty audience", campus(json!({}), json!({"aud": []})), TokenError::WrongClient),
            (
                "signed by the embedded issuer",
                local_key().sign(&campus_header(), &with(local_claims(), json!({"iss": CAMPUS}))),
                TokenError::Signature,
            ),
        ],
        6,
    );
}

#[test]
fn no_changed_character_goes_unseen() {
    let world = World::new();
    let good = pool_token(json!({}));
    assert!(world.verify(&good).is_ok(), "it was seen before, so that only the rest could be kept of it");
    for place in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).expect("text");
        assert!(world.verify(&changed).is_err(), "character {place}");
    }
}

#[test]
fn errors_do_not_hold_the_token() {
    let world = World::new();
    let token = pool_token(json!({"client_id": "canary-client", "sub": "canary-subject"}));
    let error = world.verify(&token).expect_err("another client");
    assert!(!format!("{error:?} {error} {:?}", world.verifier).contains("canary"));
}
