//! The API's own documents: the OpenAPI and AsyncAPI texts and the page made of the first, as a port, since whoever builds the
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
    /// The AsyncAPI document, JSON.
    fn asyncapi(&self) -> &Document;
    /// The page that explains the first, HTML.
    fn page(&self) -> &docs::Page;
}

impl Port for dyn ApiDocument {
    const NAME: &'static str = "api_document";
}

/// Why there is no document.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// The bytes are not JSON.
    #[error("an API document cannot be read: {0}")]
    Json(#[from] serde_json::Error),
}

/// The documents, made once: on a laptop of table and catalogue (`cws_route::openapi`, `cws_route::asyncapi`),
/// in a Lambda function of the generated files that are compiled in.
#[derive(Debug)]
pub struct ApiDocuments {
    openapi: Document,
    asyncapi: Document,
    value: Value,
    page: OnceLock<docs::Page>,
}

impl ApiDocuments {
    /// Of the documents as values; they are served in the layout that the generated files have.
    ///
    /// # Errors
    /// `Json`, which a value excludes.
    pub fn of(openapi: Value, asyncapi: &Value) -> Result<Self, DocumentError> {
        Ok(Self {
            openapi: laid_out(&openapi)?,
            asyncapi: laid_out(asyncapi)?,
            value: openapi,
            page: OnceLock::new(),
        })
    }

    /// Of the bytes of generated files, served as they are.
    ///
    /// # Errors
    /// `Json`.
    pub fn from_bytes(openapi: &[u8], asyncapi: &[u8]) -> Result<Self, DocumentError> {
        let value = serde_json::from_slice(openapi)?;
        let [openapi, asyncapi] = [openapi, asyncapi].map(|bytes| Document::new(bytes.to_vec()));
        Ok(Self { openapi, asyncapi, value, page: OnceLock::new() })
    }
}

fn laid_out(value: &Value) -> Result<Document, DocumentError> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(Document::new(text.into_bytes()))
}

impl ApiDocument for ApiDocuments {
    fn openapi(&self) -> &Document {
        &self.openapi
    }

    fn asyncapi(&self) -> &Document {
        &self.asyncapi
    }

    fn page(&self) -> &docs::Page {
        self.page.get_or_init(|| docs::page(&self.value))
    }
}
