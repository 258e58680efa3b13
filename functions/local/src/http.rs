//! HTTP on a laptop: from a socket to the shell and back, with what a browser needs (CORS) and what
//! keeps a browser from being used against its owner (the `Host` check).

use crate::{
    doors::{Doors, is_straight_from_here},
    inlet::{Inlet, Taken},
};
use cws_route::{Access, Problem, Request, Response, Shell};
use http::{
    HeaderMap, HeaderName, HeaderValue, Request as HttpRequest, Response as HttpResponse, header,
    request::Parts,
};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

/// What a browser may read of an answer.
const EXPOSED: &str =
    "ETag, Location, Idempotency-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
/// What a browser may send.
const ALLOWED_HEADERS: &str = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key";

/// What the server knows.
pub struct Served {
    /// Routes.
    pub shell: Arc<Shell>,
    /// Doors.
    pub doors: Doors,
    /// Room for bodies.
    pub inlet: Inlet,
}

/// Answers one request.
pub async fn answer(
    served: &Served,
    peer: SocketAddr,
    request: HttpRequest<Incoming>,
) -> HttpResponse<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    if let Err(problem) = check_headers(&served.doors, &parts.headers) {
        return http_response(served.shell.refuse(parts.method.as_str(), problem), None);
    }
    let origin = served.doors.origin(&parts.headers).map(str::to_owned);
    if parts.method == http::Method::OPTIONS {
        return preflight(served, parts.uri.path(), origin);
    }
    let response = match routed(served, peer, &parts, body).await {
        Ok(response) => response,
        Err(problem) => served.shell.refuse(parts.method.as_str(), problem),
    };
    http_response(response, origin)
}

/// The route comes before the body: it says how much of a body is read at all.
async fn routed(
    served: &Served,
    peer: SocketAddr,
    parts: &Parts,
    body: Incoming,
) -> Result<Response, Problem> {
    let place = served.shell.find(parts.method.as_str(), parts.uri.path())?;
    let head = shell_request(&parts.headers, parts.uri.query(), peer);
    let is_public = matches!(place.spec().access, Access::Public(_));
    if !is_public && !served.shell.parts().authenticate.is_plausible(&head.credential).await {
        // Refused by the shell as every stranger is, without room for a body of theirs.
        served.inlet.pass_over(body).await;
        return Ok(served.shell.serve_at(place, head).await);
    }
    let Taken { bytes: body, too_large: body_too_large, .. } =
        &mut served.inlet.read(body, place.spec().body_max_bytes).await?;
    let request = Request { body: std::mem::take(body), body_too_large: *body_too_large, ..head };
    Ok(served.shell.serve_at(place, request).await)
}

fn check_headers(doors: &Doors, headers: &HeaderMap) -> Result<(), Problem> {
    if !doors.admits(headers) {
        let detail = "this server does not answer to that `Host`; start it with --host to add one";
        return Err(Problem::new("host_not_served", detail));
    }
    let twice = |name: HeaderName| headers.get_all(name).iter().count() > 1;
    if twice(header::HOST) || twice(header::AUTHORIZATION) {
        let detail = "`Host` and `Authorization` may come once";
        return Err(Problem::new("malformed_request", detail));
    }
    Ok(())
}

/// Headers as text. One that came more than once is one list, and bytes that are no text stay in sight, so
/// that a value that is not understood is refused and not passed over.
fn texts(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |name: &HeaderName| {
        let values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        values.collect::<Vec<_>>().join(", ")
    };
    headers.keys().map(|name| (name.as_str().to_owned(), text(name))).collect()
}

fn shell_request(headers: &HeaderMap, query: Option<&str>, peer: SocketAddr) -> Request {
    Request {
        query: query.unwrap_or_default().to_owned(),
        headers: texts(headers),
        from_loopback: is_straight_from_here(peer.ip(), headers),
        ..Request::default()
    }
    .with_bearer_from_header()
}

fn preflight(served: &Served, path: &str, origin: Option<String>) -> HttpResponse<Full<Bytes>> {
    let methods = served.shell.table().methods_at(path);
    let mut response = Response::empty(204);
    response.header("allow", methods.join(", "));
    response.header("access-control-allow-methods", methods.join(", "));
    response.header("access-control-allow-headers", ALLOWED_HEADERS);
    response.header("access-control-max-age", "600");
    http_response(response, origin)
}

fn http_response(response: Response, origin: Option<String>) -> HttpResponse<Full<Bytes>> {
    let mut http = HttpResponse::new(Full::from(response.body));
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
