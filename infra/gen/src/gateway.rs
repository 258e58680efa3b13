//! What API Gateway itself answers, before any function runs: the same problem details as from the
//! functions, readable by the deployment's first origin.

use serde_json::{Value, json};

/// Kind of answer, status, code, text.
const ANSWERS: &[(&str, u16, &str, &str)] = &[
    ("ACCESS_DENIED", 403, "forbidden", "You may not call this."),
    ("API_CONFIGURATION_ERROR", 500, "internal_error", "A fault of ours; quote the request id."),
    ("AUTHORIZER_CONFIGURATION_ERROR", 500, "internal_error", "A fault of ours; quote the request id."),
    ("AUTHORIZER_FAILURE", 503, "unavailable", "Something that this needs does not answer; try again."),
    ("BAD_REQUEST_BODY", 400, "malformed_request", "The body cannot be read."),
    ("BAD_REQUEST_PARAMETERS", 400, "malformed_request", "The path or query cannot be read."),
    ("DEFAULT_4XX", 400, "malformed_request", "The request cannot be served."),
    ("DEFAULT_5XX", 500, "internal_error", "A fault of ours; quote the request id."),
    ("EXPIRED_TOKEN", 401, "unauthenticated", "No valid credential came with the request."),
    ("INTEGRATION_FAILURE", 503, "unavailable", "Something that this needs does not answer; try again."),
    ("INTEGRATION_TIMEOUT", 504, "unavailable", "The answer took too long; try again."),
    ("INVALID_API_KEY", 401, "unauthenticated", "No valid credential came with the request."),
    ("INVALID_SIGNATURE", 401, "unauthenticated", "No valid credential came with the request."),
    ("MISSING_AUTHENTICATION_TOKEN", 404, "not_found", "There is no such thing, or you may not see it."),
    ("QUOTA_EXCEEDED", 429, "too_many_requests", "Too many requests; try again later."),
    ("REQUEST_TOO_LARGE", 413, "body_too_large", "The body is over the limit of the route."),
    ("RESOURCE_NOT_FOUND", 404, "not_found", "There is no such thing, or you may not see it."),
    ("THROTTLED", 429, "too_many_requests", "Too many requests; try again later."),
    ("UNAUTHORIZED", 401, "unauthenticated", "No valid credential came with the request."),
    (
        "UNSUPPORTED_MEDIA_TYPE",
        415,
        "unsupported_media_type",
        "The body has another media type than the route reads.",
    ),
    ("WAF_FILTERED", 403, "forbidden", "You may not call this."),
];

/// The answers, as an extension of the OpenAPI body: as resources of their own they would be lost when
/// another body is imported.
pub(crate) fn answers() -> Value {
    let answer = |(kind, status, code, about): &(&str, u16, &str, &str)| {
        ((*kind).to_owned(), answer(*status, code, about))
    };
    Value::Object(ANSWERS.iter().map(answer).collect())
}

fn answer(status: u16, code: &str, about: &str) -> Value {
    let problem = json!({
        "type": format!("/docs#error-{code}"),
        "title": about,
        "status": status,
        "detail": about,
        "code": code,
        "request_id": "$context.requestId",
    });
    // The whole list when it is one origin, its first otherwise: a header here is one fixed text.
    let origin = json!({"Fn::Sub": ["'${Origin}'", {"Origin": {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "AllowedOrigins"}]}]}}]});
    let mut headers = json!({
        "gatewayresponse.header.Content-Type": "'application/problem+json'",
        "gatewayresponse.header.Cache-Control": "'no-store'",
        "gatewayresponse.header.X-Content-Type-Options": "'nosniff'",
        "gatewayresponse.header.Access-Control-Allow-Origin": origin,
        "gatewayresponse.header.Access-Control-Expose-Headers": "'Retry-After, WWW-Authenticate, X-Request-Id'",
    });
    if let (Some(headers), 401) = (headers.as_object_mut(), status) {
        headers.insert("gatewayresponse.header.WWW-Authenticate".to_owned(), json!("'Bearer'"));
    }
    json!({
        "statusCode": status.to_string(),
        "responseTemplates": {"application/json": crate::document::sorted(problem).to_string()},
        "responseParameters": headers,
    })
}
