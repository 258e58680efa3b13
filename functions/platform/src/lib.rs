//! Platform: what the other domains stand on and nobody owns. The audit log and its proofs, the API's own
//! documents, health and versions.

pub mod audit;
pub mod docs;
pub mod document;
pub mod health;
pub mod log;
pub mod reactions;
pub mod routes;
pub mod verify;

use cws_route::{Consumers, Routes};

/// The routes of this domain, in path order.
pub fn routes() -> Routes {
    Routes::new("platform")
        .add::<routes::version_index::VersionIndex>()
        .add::<routes::asyncapi_view::AsyncapiView>()
        .add::<routes::audit_list::AuditList>()
        .add::<routes::audit_checkpoint::AuditCheckpoint>()
        .add::<routes::audit_verify::AuditVerify>()
        .add::<routes::audit_proof::AuditProof>()
        .add::<routes::docs_view::DocsView>()
        .add::<routes::health_view::HealthView>()
        .add::<routes::openapi_view::OpenapiView>()
}

/// The consumers of this domain.
pub fn consumers() -> Consumers {
    Consumers::new("platform").add::<reactions::log_sequence::LogSequence>()
}
