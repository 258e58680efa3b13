//! The functions of the domain platform, with the ports that only it needs.

use cws_platform::{
    document::{ApiDocument, ApiDocuments},
    health::{HealthProbe, StoreProbe},
};
use cws_runtime::{Failure, Ports, Store, no_own_port};
use std::{process::ExitCode, sync::Arc};

/// The generated contracts: what is served is what was committed.
const OPENAPI: &[u8] = include_bytes!("../../../../infra/generated/openapi.json");
const ASYNCAPI: &[u8] = include_bytes!("../../../../infra/generated/asyncapi.json");

fn main() -> ExitCode {
    cws_runtime::domain_with(cws_platform::routes(), cws_platform::consumers(), own_port)
}

fn own_port(ports: Ports, name: &str, store: &Arc<dyn Store>) -> Result<Ports, Failure> {
    match name {
        "api_document" => {
            let documents = ApiDocuments::from_bytes(OPENAPI, ASYNCAPI)?;
            Ok(ports.with::<dyn ApiDocument>(Arc::new(documents)))
        }
        "health_probe" => Ok(ports.with::<dyn HealthProbe>(Arc::new(StoreProbe(store.clone())))),
        other => no_own_port(ports, other, store),
    }
}
