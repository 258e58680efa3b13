//! Requests and answers as the shell sees them: the same from a socket on a laptop and from API Gateway.

use std::collections::BTreeMap;

/// HTTP method of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Does or creates.
    Post,
    /// Replaces.
    Put,
    /// Changes parts.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// Upper-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Reads an upper-case name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete].into_iter().find(|m| m.as_str() == name)
    }
}

/// Who the transport says is calling.
#[derive(Debug, Clone, Default)]
pub enum Credential {
    /// Nobody.
    #[default]
    None,
    /// A bearer token, not looked at yet.
    Bearer(String),
    /// A token that the API's authorizer has verified.
    Verified(Box<cws_cloud::token::VerifiedToken>),
}

/// A request that has found its route.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Values of the path's parameters, decoded.
    pub path_params: BTreeMap<String, String>,
    /// Query as it came, without `?`.
    pub query: String,
    /// Headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Body.
    pub body: Vec<u8>,
    /// Whether the transport stopped reading a body that is larger than the route takes.
    pub body_too_large: bool,
    /// Who the transport says is calling.
    pub credential: Credential,
    /// Whether the caller is on the same machine and nobody passed the request on: what the operator's
    /// credential needs.
    pub from_loopback: bool,
}

impl Request {
    /// A header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Takes the credential from the `Authorization` header.
    #[must_use]
    pub fn with_bearer_from_header(mut self) -> Self {
        let bearer = self.header("authorization").and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
        });
        self.credential = bearer.map_or(Credential::None, Credential::Bearer);
        self
    }
}

/// An answer on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Response {
    /// An answer with a body.
    pub fn new(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        Self { status, headers: vec![("content-type".to_owned(), content_type.to_owned())], body }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// Sets a header.
    pub fn header(&mut self, name: &str, value: impl Into<String>) {
        self.headers.retain(|(have, _)| have != name);
        self.headers.push((name.to_owned(), value.into()));
    }

    /// A header's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}
