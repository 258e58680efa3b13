//! HTTP on a laptop: from a socket to the shell and back, with what a browser needs (CORS) and what
//! keeps a browser from being used against its owner (the `Host` check).

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Request as HttpRequest, Response as HttpResponse, header},
};
use cws_route::{Problem, Request, Response, Shell, spec::BODY_MAX_BYTES};
use std::{collections::BTreeSet, net::SocketAddr, sync::Arc, time::Duration};

/// Largest body of any route, bytes; each route has its own limit below.
const ANY_BODY_MAX_BYTES: usize = 8 * BODY_MAX_BYTES;

/// How long a body may take to come.
const BODY_MAX_WAIT: Duration = Duration::from_secs(30);

/// Why a body was not read.
enum Unread {
    TooLargeOrBroken,
    Slow,
}

/// What a browser may read of an answer.
const EXPOSED: &str =
    "ETag, Location, Idempotency-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
/// What a browser may send.
const ALLOWED_HEADERS: &str = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key";

/// Who may talk to this server, and from which web pages.
#[derive(Debug, Clone, Default)]
pub struct Doors {
    /// Values of `Host` that are answered, without port; empty answers any.
    pub hosts: BTreeSet<String>,
    /// Origins whose pages may call, such as `http://localhost:3000`.
    pub origins: BTreeSet<String>,
}

impl Doors {
    /// For a server on loopback: its own names, and the usual ports of development servers.
    pub fn loopback() -> Self {
        let hosts = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
        let origins = [
            "http://localhost:3000",
            "http://localhost:5173",
            "http://127.0.0.1:3000",
            "http://127.0.0.1:5173",
        ];
        Self { hosts: hosts.into(), origins: origins.map(str::to_owned).into() }
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        if self.hosts.is_empty() {
            return true;
        }
        let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => host,
        };
        self.hosts.contains(&name.to_ascii_lowercase())
    }

    fn origin<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let origin = headers.get(header::ORIGIN)?.to_str().ok()?;
        self.origins.contains(origin).then_some(origin)
    }
}

/// What the server knows.
pub struct Served {
    /// Routes.
    pub shell: Arc<Shell>,
    /// Doors.
    pub doors: Doors,
}

/// Answers one request.
pub async fn answer(served: &Served, peer: SocketAddr, request: HttpRequest<Body>) -> HttpResponse<Body> {
    let (parts, body) = request.into_parts();
    if !served.doors.admits(&parts.headers) {
        let detail = "this server does not answer to that `Host`; start it with --host to add one";
        return http_response(refusal(Problem::new("host_not_served", detail), 421), None);
    }
    let twice = |name: HeaderName| parts.headers.get_all(name).iter().count() > 1;
    if twice(header::HOST) || twice(header::AUTHORIZATION) {
        let detail = "`Host` and `Authorization` may come once";
        return http_response(refusal(Problem::new("malformed_request", detail), 400), None);
    }
    let origin = served.doors.origin(&parts.headers).map(str::to_owned);
    if parts.method == http::Method::OPTIONS {
        return preflight(served, parts.uri.path(), origin);
    }
    let response = match read(body).await {
        Ok(body) => {
            let request = shell_request(&parts.headers, parts.uri.query(), body, peer);
            served.shell.serve_path(parts.method.as_str(), parts.uri.path(), request).await
        }
        Err(Unread::TooLargeOrBroken) => {
            let detail =
                format!("the body is broken, or has more than the {ANY_BODY_MAX_BYTES} bytes of any route");
            refusal(Problem::new("body_too_large", detail), 413)
        }
        Err(Unread::Slow) => refusal(Problem::new("body_too_slow", "the body did not come in time"), 408),
    };
    http_response(response, origin)
}

/// A refusal by the transport, before any route is found.
fn refusal(problem: Problem, status: u16) -> Response {
    let body = serde_json::json!({
        "type": format!("/docs#error-{}", problem.code),
        "title": problem.detail,
        "status": status,
        "detail": problem.detail,
        "code": problem.code,
        "request_id": "none",
    });
    Response::new(status, "application/problem+json", body.to_string().into_bytes())
}

async fn read(body: Body) -> Result<Bytes, Unread> {
    let whole = tokio::time::timeout(BODY_MAX_WAIT, to_bytes(body, ANY_BODY_MAX_BYTES)).await;
    whole.map_err(|_| Unread::Slow)?.map_err(|_| Unread::TooLargeOrBroken)
}

fn shell_request(headers: &HeaderMap, query: Option<&str>, body: Bytes, peer: SocketAddr) -> Request {
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        value.to_str().ok().map(|value| (name.as_str().to_owned(), value.to_owned()))
    };
    Request {
        query: query.unwrap_or_default().to_owned(),
        headers: headers.iter().filter_map(text).collect(),
        body: body.to_vec(),
        from_loopback: peer.ip().is_loopback(),
        ..Request::default()
    }
    .with_bearer_from_header()
}

fn preflight(served: &Served, path: &str, origin: Option<String>) -> HttpResponse<Body> {
    let methods = served.shell.table().methods_at(path);
    let mut response = Response::empty(204);
    response.header("access-control-allow-methods", methods.join(", "));
    response.header("access-control-allow-headers", ALLOWED_HEADERS);
    response.header("access-control-max-age", "600");
    http_response(response, origin)
}

fn http_response(response: Response, origin: Option<String>) -> HttpResponse<Body> {
    let mut http = HttpResponse::new(Body::from(response.body));
    *http.status_mut() =
        http::StatusCode::from_u16(response.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let mut set = |name: &str, value: &str| {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            http.headers_mut().insert(name, value);
        }
    };
    for (name, value) in &response.headers {
        set(name, value);
    }
    set("vary", "Origin");
    set("referrer-policy", "no-referrer");
    set("x-frame-options", "DENY");
    if let Some(origin) = origin {
        set("access-control-allow-origin", &origin);
        set("access-control-expose-headers", EXPOSED);
    }
    http
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::HOST, HeaderValue::try_from(host).unwrap())])
    }

    #[test]
    fn only_its_own_names_are_answered_on_loopback() {
        let doors = Doors::loopback();
        for good in ["localhost", "localhost:8947", "127.0.0.1:1", "[::1]:8947", "LOCALHOST:80"] {
            assert!(doors.admits(&headers(good)), "{good}");
        }
        for bad in ["evil.example", "evil.example:8947", "localhost.evil.example", "", "127.0.0.1.evil:80"] {
            assert!(!doors.admits(&headers(bad)), "{bad}");
        }
    }
}
