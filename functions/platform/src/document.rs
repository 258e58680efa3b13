//! The API's own documents: the OpenAPI text and the page made of it, as a port, since whoever builds the
//! table of all routes has them and a single domain does not.

use crate::docs;
use cws_cloud::Port;
use cws_route::audit::digest_hex;
use serde_json::Value;
use std::sync::OnceLock;
use thiserror::Error;

/// Bytes to serve, with a strong ETag over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Quoted: SHA-256 of the bytes, hex.
    pub etag: String,
}

impl Document {
    /// From bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        let etag = format!("\"{}\"", digest_hex(&bytes));
        Self { bytes, etag }
    }
}

/// Where the API documents come from.
pub trait ApiDocument: Send + Sync + 'static {
    /// The OpenAPI document, JSON.
    fn openapi(&self) -> &Document;
    /// The page that explains it, HTML.
    fn page(&self) -> &docs::Page;
}

impl Port for dyn ApiDocument {
    const NAME: &'static str = "api_document";
}

/// Why there is no document.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// The bytes are not JSON.
    #[error("the OpenAPI document cannot be read: {0}")]
    Json(#[from] serde_json::Error),
}

/// The documents, made once: on a laptop of the table (`cws_route::openapi::document`), in a Lambda function
/// of the generated file that is compiled in.
#[derive(Debug)]
pub struct ApiDocuments {
    openapi: Document,
    value: Value,
    page: OnceLock<docs::Page>,
}

impl ApiDocuments {
    /// Of the document as a value; it is served in the layout that the generated file has.
    ///
    /// # Errors
    /// `Json`, which a value excludes.
    pub fn of(value: Value) -> Result<Self, DocumentError> {
        let mut text = serde_json::to_string_pretty(&value)?;
        text.push('\n');
        Ok(Self { openapi: Document::new(text.into_bytes()), value, page: OnceLock::new() })
    }

    /// Of the bytes of a generated file, served as they are.
    ///
    /// # Errors
    /// `Json`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        let value = serde_json::from_slice(bytes)?;
        Ok(Self { openapi: Document::new(bytes.to_vec()), value, page: OnceLock::new() })
    }
}

impl ApiDocument for ApiDocuments {
    fn openapi(&self) -> &Document {
        &self.openapi
    }

    fn page(&self) -> &docs::Page {
        self.page.get_or_init(|| docs::page(&self.value))
    }
}
