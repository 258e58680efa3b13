//! `GET /.well-known/jwks.json`.

use super::Person;
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

#[test]
fn an_access_token_verifies_with_the_published_key_and_nothing_else() {
    let person = Person::new();
    let keys = person.app.anonymous().get("/.well-known/jwks.json").expect(200).json();
    let token = person.caller.token.clone().unwrap();
    let parts: Vec<_> = token.split('.').collect();
    let read =
        |part: &str| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
    let (header, claims) = (read(parts[0]), read(parts[1]));
    assert_eq!((&header["alg"], &claims["token_use"]), (&json!("EdDSA"), &json!("access")));
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
    assert!(key.get("d").is_none(), "a private key is published");
    let public = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    let signed = format!("{}.{}", parts[0], parts[1]);
    let verifier = UnparsedPublicKey::new(&ED25519, public);
    verifier.verify(signed.as_bytes(), &signature).unwrap();
    assert!(verifier.verify(format!("{signed}x").as_bytes(), &signature).is_err());
    for claim in
        ["sub", "iss", "client_id", "origin_jti", "scope", "auth_time", "exp", "iat", "jti", "username"]
    {
        assert!(!claims[claim].is_null(), "{claim}");
    }
}
