//! Writes `infra/generated` from the route table: what API Gateway serves, one function and one role
//! for each route and consumer, and what people read of it. The same table, the same bytes.

mod cors;
mod document;
mod gateway;
mod grants;
mod listing;
pub mod names;
mod offered;
mod reactions;
mod rest_api;
mod stack;
pub mod variables;

pub use document::Document;
pub use grants::{Grant, Statement, of_consumer, of_route};
pub use offered::{Port, offered};

use cws_route::{
    ConsumerSpec, Consumers, Routes, Spec, Table, asyncapi, events::Events, openapi, table::TableError,
};
use std::{collections::BTreeMap, path::PathBuf};

/// A domain as the generator sees it: what answers and what reacts.
pub struct Domain {
    /// Name, which is the name of its binary and its stack.
    pub name: &'static str,
    /// Routes that this deployment can serve.
    pub routes: Vec<&'static Spec>,
    /// Routes that need a port which has no adapter on AWS, and which port.
    pub left_out: Vec<(&'static Spec, &'static str)>,
    /// Consumers.
    pub consumers: Vec<&'static ConsumerSpec>,
    /// Consumers that need a port which has no adapter on AWS, and which port.
    pub left_out_consumers: Vec<(&'static ConsumerSpec, &'static str)>,
}

/// What is generated from.
pub struct Product {
    /// Its domains.
    pub domains: Vec<Domain>,
    /// The contract, OpenAPI 3.1.
    pub openapi: String,
    /// The events, AsyncAPI 3.0.
    pub asyncapi: String,
}

/// The product, whole.
///
/// # Errors
/// A mistake in the table.
pub fn product() -> Result<Product, TableError> {
    from(
        vec![
            cws_identity::routes(),
            cws_projects::routes(),
            cws_marketplace::routes(),
            cws_platform::routes(),
        ],
        &[cws_marketplace::consumers(), cws_platform::consumers()],
        &[cws_identity::events::EVENTS, cws_projects::events::EVENTS, cws_marketplace::events::EVENTS],
    )
}

/// Sorts routes and consumers into domains.
///
/// # Errors
/// A mistake in the table.
pub fn from(routes: Vec<Routes>, consumers: &[Consumers], events: &[Events]) -> Result<Product, TableError> {
    let names: Vec<&'static str> = routes.iter().map(Routes::domain).collect();
    let table = Table::new(routes)?;
    let openapi = openapi::document(&table, env!("CARGO_PKG_VERSION"));
    let domains = names.into_iter().map(|name| domain(name, &table, consumers)).collect();
    let asyncapi = asyncapi::document(events, env!("CARGO_PKG_VERSION"));
    Ok(Product { domains, openapi: format!("{openapi:#}\n"), asyncapi: format!("{asyncapi:#}\n") })
}

fn domain(name: &'static str, table: &Table, consumers: &[Consumers]) -> Domain {
    let routes = table.rows().iter().filter(|row| row.domain == name).map(|row| row.spec());
    let (routes, left_out) = split(routes.map(|spec| (spec, spec.calls)));
    let own = consumers.iter().filter(|consumers| consumers.domain() == name);
    let specs = own.flat_map(|consumers| consumers.entries()).map(|consumer| consumer.spec());
    let (consumers, left_out_consumers) = split(specs.map(|spec| (spec, spec.calls)));
    Domain { name, routes, left_out, consumers, left_out_consumers }
}

/// What can run, and what lacks which port.
fn split<T: Copy>(
    all: impl Iterator<Item = (T, &'static [&'static str])>,
) -> (Vec<T>, Vec<(T, &'static str)>) {
    let (mut served, mut left_out) = (Vec::new(), Vec::new());
    for (spec, calls) in all {
        match offered::missing(calls) {
            None => served.push(spec),
            Some(port) => left_out.push((spec, port)),
        }
    }
    (served, left_out)
}

/// Where the files lie.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../generated")
}

/// Every generated file by its name.
pub fn files(product: &Product) -> BTreeMap<String, String> {
    let domains = &product.domains;
    let mut files: BTreeMap<String, String> =
        domains.iter().map(|domain| (format!("{}.json", domain.name), stack::of(domain).text())).collect();
    files.insert("rest-api.json".to_owned(), rest_api::of(domains).text());
    files.insert("openapi.json".to_owned(), product.openapi.clone());
    files.insert("asyncapi.json".to_owned(), product.asyncapi.clone());
    files.insert("permissions.txt".to_owned(), listing::permissions(domains));
    files.insert("routes.md".to_owned(), listing::routes(domains));
    files
}
