//! CORS at the gateway: what a browser asks before it calls. The functions themselves say which page
//! may read an answer.

use crate::document::sub;
use serde_json::{Value, json};

/// What a browser may send.
const ALLOWED_HEADERS: &str = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key";
/// How long a browser may keep the answer, seconds.
const KEPT_S: u32 = 600;

/// The OPTIONS operation of a path: a mock that lets in the listed origins and nobody else.
pub(crate) fn preflight(methods: &[&str]) -> Value {
    let origin = "Access-Control-Allow-Origin";
    // `Fn::Sub` writes the list in; the loop is what the template language has instead of `contains`. A method can
    // be called on a variable only, and a header is found under the name that it came with.
    let template = format!(
        "#set($from = $input.params('Origin'))\n\
         #if($from == '')#set($from = $input.params('origin'))#end\n\
         #set($all = \"${{AllowedOrigins}}\")\n\
         #foreach($listed in $all.split(','))\n\
         #set($allowed = $listed.trim())\n\
         #if($allowed == $from && $allowed != '')\n\
         #set($context.responseOverride.header.{origin} = $from)\n\
         #end\n#end\n"
    );
    let quoted = |text: &str| format!("'{text}'");
    let mut headers = serde_json::Map::new();
    let mut sent = serde_json::Map::new();
    for (name, value) in [
        ("Access-Control-Allow-Methods", quoted(&methods.join(", "))),
        ("Access-Control-Allow-Headers", quoted(ALLOWED_HEADERS)),
        ("Access-Control-Max-Age", quoted(&KEPT_S.to_string())),
        ("Vary", quoted("Origin")),
    ] {
        headers.insert(name.to_owned(), json!({"schema": {"type": "string"}}));
        sent.insert(format!("method.response.header.{name}"), json!(value));
    }
    json!({
        "responses": {"204": {"description": "What may be sent", "headers": headers}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "passthroughBehavior": "when_match",
            // Every media type counts as binary here; a mock reads text.
            "contentHandling": "CONVERT_TO_TEXT",
            "requestTemplates": {"application/json": "{\"statusCode\": 204}"},
            "responses": {"default": {
                "statusCode": "204",
                "responseParameters": sent,
                "responseTemplates": {"application/json": sub(template)},
            }},
        },
    })
}
