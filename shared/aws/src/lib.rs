//! Adapters on AWS: the store on DynamoDB, and the ports on services with light SDKs. Clients are
//! built once, from settings that the program read; nothing in here looks at the environment.

pub mod bus;
pub mod connect;
pub mod dynamo;
pub mod fetch;
#[cfg(feature = "search")]
pub mod index_object;
pub mod kms;
pub mod locked_bucket;
pub mod system;

pub use bus::EventBus;
pub use connect::{Access, Timing};
pub use dynamo::DynamoStore;
pub use fetch::HttpsFetcher;
#[cfg(feature = "search")]
pub use index_object::IndexObject;
pub use kms::KmsSigner;
pub use locked_bucket::LockedBucket;
