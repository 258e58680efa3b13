//! What a route is, and the shell that runs every one of them the same way.
//!
//! One route is one file: a type with a [`Route`] impl that states its [`Spec`] and reads, decides and
//! answers. It performs nothing: its writes come back with the answer, and the [`Shell`] commits them
//! together with the audit record, the stored answer and the events. Event consumers are siblings.

pub mod answer;
pub mod asyncapi;
pub mod audit;
pub mod body;
pub mod caller;
pub mod consumer;
pub mod ctx;
pub mod events;
pub mod input;
pub mod list;
pub mod openapi;
pub mod page;
pub mod problem;
pub mod relay;
pub mod request;
pub mod route;
pub mod shell;
pub mod spec;
pub mod stated;
pub mod table;

pub use answer::{Answer, Payload, Raw};
pub use caller::Caller;
pub use consumer::{ConsumeError, Consumer, ConsumerSpec, Consumers, SystemCtx};
pub use ctx::Ctx;
pub use input::{Input, Nothing};
pub use list::Listing;
pub use page::{ListOf, PageQuery};
pub use problem::Problem;
pub use request::{Method, Request, Response};
pub use route::{Found, Route, Routes};
pub use shell::{Shell, ShellParts};
pub use spec::{Access, AuditRule, ErrorCode, Idempotency, Spec};
pub use table::Table;
