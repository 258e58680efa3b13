//! `GET /marketplace/namespaces/{namespace}/keys`.

use super::stall::{PublisherKeyPair, Stall};
use serde_json::json;

#[test]
fn only_owners_keep_keys_and_whoever_is_in_the_namespace_reads_them() {
    let stall = Stall::new();
    let pair = PublisherKeyPair::new();
    let key = pair.register(&stall.owner, &stall.namespace);
    let keys = format!("/marketplace/namespaces/{}/keys", stall.namespace);
    let (maintainer, outsider) = (stall.joined("maintainer"), stall.app.researcher());
    let body = json!({"label": "mine", "public_key": PublisherKeyPair::new().public()});
    for person in [&maintainer, &outsider] {
        person.post(&keys, &body).expect_problem(403, "forbidden");
        person
            .post(&format!("{keys}/{key}/revoke"), &json!({"reason": "x"}))
            .expect_problem(403, "forbidden");
    }
    assert_eq!(maintainer.all(&keys)[0]["id"], json!(key));
    outsider.get(&keys).expect_problem(403, "forbidden");
    let admin = stall.app.person("local", "institution_admin");
    admin.post(&format!("{keys}/{key}/revoke"), &json!({"reason": "Emergency."})).expect(200);
}
