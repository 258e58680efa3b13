//! Somebody who talks to the API over HTTP.

use super::Reply;
use serde_json::Value;

/// A client with a token, or without.
#[derive(Clone)]
pub struct Caller {
    agent: ureq::Agent,
    base_url: String,
    /// Access token.
    pub token: Option<String>,
    /// Id in the registry, when there is one.
    pub user_id: String,
}

impl Caller {
    /// A client.
    pub fn new(base_url: &str, token: Option<String>, user_id: String) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .build();
        Self { agent: config.into(), base_url: base_url.to_owned(), token, user_id }
    }

    /// The same caller with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Sends a request and waits for the answer.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Reply {
        let prefix = if path.starts_with("/api/") || is_outside(path) { "" } else { "/api/v2" };
        let mut request =
            ureq::http::Request::builder().method(method).uri(format!("{}{prefix}{path}", self.base_url));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.unwrap_or_default().to_vec()).unwrap();
        let mut response = self.agent.run(request).unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let text = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Reply {
            status: response.status().as_u16(),
            headers: response.headers().iter().map(text).collect(),
            bytes: response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap(),
        }
    }

    /// Reads.
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], None)
    }

    /// Posts JSON.
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, &[("content-type", "application/json")], Some(body.to_string().as_bytes()))
    }

    /// Posts JSON to a program that may be gone by then: `None` when no whole answer came.
    pub fn try_post(&self, path: &str, body: &[u8]) -> Option<Reply> {
        let token = self.token.as_deref().unwrap_or_default();
        let request = ureq::http::Request::post(format!("{}/api/v2{path}", self.base_url))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(body.to_vec())
            .unwrap();
        let mut response = self.agent.run(request).ok()?;
        let status = response.status().as_u16();
        Some(Reply { status, headers: Vec::new(), bytes: response.body_mut().read_to_vec().ok()? })
    }

    /// Posts JSON with an idempotency key.
    pub fn post_once(&self, path: &str, key: &str, body: &Value) -> Reply {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.send("POST", path, &headers, Some(body.to_string().as_bytes()))
    }

    /// Puts JSON over what has the ETag.
    pub fn put(&self, path: &str, etag: &str, body: &Value) -> Reply {
        let headers = [("content-type", "application/json"), ("if-match", etag)];
        self.send("PUT", path, &headers, Some(body.to_string().as_bytes()))
    }

    /// Patches what has the ETag.
    pub fn patch(&self, path: &str, etag: &str, body: &Value) -> Reply {
        let headers = [("content-type", "application/json"), ("if-match", etag)];
        self.send("PATCH", path, &headers, Some(body.to_string().as_bytes()))
    }

    /// Deletes.
    pub fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, &[], None)
    }

    /// Reads every page of a list.
    pub fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let joiner = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{joiner}limit=100{cursor}")).expect(200).json();
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}

fn is_outside(path: &str) -> bool {
    ["/openapi.json", "/asyncapi.json", "/docs", "/health", "/.well-known/"]
        .iter()
        .any(|outside| path.starts_with(outside))
}
