//! One file a route, named after its operation id.

pub mod asyncapi_view;
pub mod audit_checkpoint;
pub mod audit_list;
pub mod audit_proof;
pub mod audit_verify;
pub mod docs_view;
pub mod health_view;
pub mod openapi_view;
pub mod version_index;
