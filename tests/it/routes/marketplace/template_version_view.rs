//! `GET /marketplace/templates/{template_id}/versions/{version}`.

use super::stall::{Stall, at, at_version};
use serde_json::json;

#[test]
fn latest_and_channels_lead_to_versions() {
    let stall = Stall::new();
    let id = stall.publish("river-models");
    stall.version(&id, "1.1.0").expect(201);
    let channel = format!("{}/channels/stable", at(&id));
    stall.owner.put(&channel, "*", &json!({"version": "1.0.0"})).expect(200);
    for (named, version) in [("latest", "1.1.0"), ("stable", "1.0.0"), ("1.1.0", "1.1.0")] {
        let seen = stall.owner.get(&at_version(&id, named)).expect(200).json();
        assert_eq!(seen["version"], version);
        assert_eq!(seen["state"], "active");
        assert_eq!(seen["template_id"], json!(id));
    }
    for nothing in ["9.9.9", "beta", "1.1", "..", "1.1.0+x"] {
        stall.owner.get(&at_version(&id, nothing)).expect_problem(404, "not_found");
    }
}
