//! From an API Gateway event to a request of the shell, and from its answer back.
//!
//! The route is known from `_HANDLER`; the path is never matched again, since it carries the stage or
//! the base path of a custom domain.

use crate::{
    event::{ProxyAnswer, ProxyEvent},
    identity,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cws_model::Timestamp;
use cws_route::{Request, Response, request::Credential, table::decode};
use std::collections::{BTreeMap, BTreeSet};

/// What a browser may read of an answer.
const EXPOSED: &str =
    "ETag, Location, Idempotency-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";

/// Why an event is no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// A path parameter is not UTF-8 in percent escapes.
    Path,
    /// The body is not the base 64 that it says.
    Body,
}

/// Reads an event.
pub(crate) fn request(event: ProxyEvent, now: Timestamp) -> Result<Request, Unreadable> {
    let credential = identity::from_context(&event.request_context.authorizer, now)
        .map_or(Credential::None, |token| Credential::Verified(Box::new(token)));
    let decoded = |(name, value): (String, String)| Some((name, decode(&value)?));
    let path_params = event.path_parameters.into_iter().map(decoded).collect::<Option<_>>();
    let body = if event.is_base64_encoded {
        STANDARD.decode(event.body).map_err(|_| Unreadable::Body)?
    } else {
        event.body.into_bytes()
    };
    Ok(Request {
        path_params: path_params.ok_or(Unreadable::Path)?,
        query: query(&event.multi_value_query_string_parameters),
        headers: event.headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect(),
        body,
        credential,
        body_too_large: false,
        from_loopback: false,
    })
}

/// API Gateway decodes the query; the shell reads it encoded, with one order for one meaning.
fn query(parameters: &BTreeMap<String, Vec<String>>) -> String {
    let pairs = parameters.iter().flat_map(|(name, values)| {
        values.iter().map(move |value| format!("{}={}", escaped(name), escaped(value)))
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn escaped(text: &str) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if unreserved(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The origin of a page that may read the answer.
pub(crate) fn allowed_origin(event: &ProxyEvent, origins: &BTreeSet<String>) -> Option<String> {
    let (_, origin) = event.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("origin"))?;
    origins.get(origin).cloned()
}

/// Writes an answer. What is no text goes as base 64, which API Gateway undoes.
pub(crate) fn answer(response: Response, origin: Option<String>) -> ProxyAnswer {
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in response.headers {
        headers.entry(name).or_default().push(value);
    }
    let mut set = |name: &str, value: &str| headers.insert(name.to_owned(), vec![value.to_owned()]);
    set("vary", "Origin");
    set("referrer-policy", "no-referrer");
    set("x-frame-options", "DENY");
    if let Some(origin) = origin {
        set("access-control-allow-origin", &origin);
        set("access-control-expose-headers", EXPOSED);
    }
    let (body, is_base64_encoded) = match String::from_utf8(response.body) {
        Ok(text) => (text, false),
        Err(bytes) => (STANDARD.encode(bytes.as_bytes()), true),
    };
    ProxyAnswer { status_code: response.status, multi_value_headers: headers, body, is_base64_encoded }
}

/// Where the API is reached, from the first event that came in. `None` when the gateway does not say.
pub(crate) fn base_url(event: &ProxyEvent) -> Option<String> {
    let context = &event.request_context;
    let own_name =
        context.domain_name.ends_with(".amazonaws.com") || context.domain_name.ends_with(".amazonaws.com.cn");
    match (context.domain_name.is_empty(), own_name) {
        (true, _) => None,
        (false, true) => Some(format!("https://{}/{}", context.domain_name, context.stage)),
        (false, false) => Some(format!("https://{}", context.domain_name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn event(json: serde_json::Value) -> ProxyEvent {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn an_event_of_nulls_is_an_empty_request_of_nobody() {
        let nulls = json!({
            "path": "/x", "headers": null, "pathParameters": null, "body": null, "requestContext": null,
            "multiValueQueryStringParameters": null, "isBase64Encoded": null, "unknown": [1]
        });
        let request = request(event(nulls), NOW).unwrap();
        assert!(matches!(request.credential, Credential::None));
        assert!(request.body.is_empty() && request.query.is_empty() && !request.from_loopback);
    }

    #[test]
    fn a_bearer_header_without_an_authorizer_is_nobody() {
        let bare = json!({"headers": {"Authorization": "Bearer x"}, "requestContext": {"authorizer": {"principalId": "me"}}});
        assert!(matches!(request(event(bare), NOW).unwrap().credential, Credential::None));
    }

    #[test]
    fn a_query_is_escaped_again_and_has_one_order() {
        let given = json!({"multiValueQueryStringParameters": {"q": ["a b&c=é"], "a": ["2", "1"]}});
        assert_eq!(request(event(given), NOW).unwrap().query, "a=2&a=1&q=a%20b%26c%3D%C3%A9");
    }

    #[test]
    fn a_body_in_base_64_is_decoded_or_refused() {
        let body = |text: &str| event(json!({"body": text, "isBase64Encoded": true}));
        assert_eq!(request(body("AP8="), NOW).unwrap().body, [0, 255]);
        assert_eq!(request(body("***"), NOW).unwrap_err(), Unreadable::Body);
        let bad_path = event(json!({"pathParameters": {"id": "%ff"}}));
        assert_eq!(request(bad_path, NOW).unwrap_err(), Unreadable::Path);
    }

    #[test]
    fn bytes_leave_as_base_64_and_text_as_it_is() {
        let bytes = answer(Response::new(200, "application/octet-stream", vec![0, 255]), None);
        assert_eq!((bytes.body.as_str(), bytes.is_base64_encoded), ("AP8=", true));
        let text = answer(Response::new(200, "application/json", b"{}".to_vec()), None);
        assert_eq!((text.body.as_str(), text.is_base64_encoded), ("{}", false));
    }

    #[test]
    fn only_a_listed_origin_is_let_in() {
        let origins = BTreeSet::from(["https://portal.example".to_owned()]);
        let from = |origin: &str| event(json!({"headers": {"ORIGIN": origin}}));
        assert!(allowed_origin(&from("https://portal.example"), &origins).is_some());
        assert!(allowed_origin(&from("https://portal.example.evil"), &origins).is_none());
        assert!(allowed_origin(&event(json!({})), &origins).is_none());
    }

    #[test]
    fn the_address_has_the_stage_unless_the_domain_is_our_own() {
        let at = |name: &str| event(json!({"requestContext": {"domainName": name, "stage": "v"}}));
        assert_eq!(
            base_url(&at("a1.execute-api.eu-central-1.amazonaws.com")).unwrap(),
            "https://a1.execute-api.eu-central-1.amazonaws.com/v"
        );
        assert_eq!(base_url(&at("api.example.org")).unwrap(), "https://api.example.org");
        assert_eq!(base_url(&at("")), None);
    }
}
