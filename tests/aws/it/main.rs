//! What the AWS adapters promise, shown on emulators in this process.

mod conformance;
mod dynamo;
