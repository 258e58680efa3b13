//! The rules of research-environment templates: the format, names and references, inheritance and dependencies,
//! parameters, validation, the rendered set-up script, and signatures. Pure: no I/O, no async, no clock.
//!
//! A template is YAML. Its stored bytes are what is hashed and signed; [`format::parse`] reads them under limits,
//! [`resolve`] finds its parents, [`merge`] folds them in, [`validate`] judges it and [`render`] writes user-data.

pub mod aliases;
mod digest;
pub mod finding;
pub mod format;
pub mod merge;
pub mod name;
pub mod parameters;
pub mod render;
pub mod resolve;
pub mod shipped;
pub mod sign;
pub mod similar;
pub mod validate;
pub mod version;

pub use digest::{Digest, DigestError};
pub use finding::{Finding, Level};
pub use format::{ParseError, Parsed, Template, parse, template_schema};
pub use name::{NameError, TemplateName, TemplateRef};
