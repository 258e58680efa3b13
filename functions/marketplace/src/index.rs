//! What search knows of a template: made from its rows, whenever one of them changed.

pub mod document;
pub mod downloads;
pub mod load;
pub mod rebuild;
pub mod walk;
