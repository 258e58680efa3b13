//! The one way out of a laptop: the login services that its operator configured, over HTTPS.
//!
//! INVARIANT (no plain secrets): plain HTTP is spoken to this machine alone, and no redirect is followed, so
//! a client's secret, a code and the keys that tokens are trusted by cross no network unprotected.

use cws_cloud::{
    identity::oidc::{FormPost, FormReply},
    token::{FetchError, KeyFetcher, jwks::JWKS_MAX_BYTES},
};
use futures::future::BoxFuture;
use http::{Request, StatusCode, Uri, header::CONTENT_TYPE};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use std::{io::Cursor, net::IpAddr, time::Duration};

/// How long a call may take: what both ports promise.
const CALL_MAX: Duration = Duration::from_secs(5);

type Body = Full<Cursor<Vec<u8>>>;

/// Calls login services with the system's trust roots.
#[derive(Debug, Clone)]
pub struct HttpsClient {
    secure: Option<Client<HttpsConnector<HttpConnector>, Body>>,
    plain: Client<HttpConnector, Body>,
}

impl Default for HttpsClient {
    fn default() -> Self {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let roots = HttpsConnectorBuilder::new().with_provider_and_native_roots(provider);
        let connector = roots.map(|builder| builder.https_only().enable_http1().build());
        Self {
            secure: connector.ok().map(|connector| Client::builder(TokioExecutor::new()).build(connector)),
            plain: Client::builder(TokioExecutor::new()).build_http(),
        }
    }
}

/// Reads an address that may be called: `https`, or `http` of this machine.
///
/// # Errors
/// What is wrong with it.
pub fn callable(url: &str) -> Result<Uri, String> {
    let uri: Uri = url.parse().map_err(|_| "is no address".to_owned())?;
    let host = uri.host().unwrap_or_default();
    match uri.scheme_str() {
        Some("https") if !host.is_empty() => Ok(uri),
        Some("http") if is_this_machine(host) => Ok(uri),
        _ => Err("must be `https`; plain `http` is for 127.0.0.1, ::1 and localhost alone".to_owned()),
    }
}

fn is_this_machine(host: &str) -> bool {
    let plain = host.trim_start_matches('[').trim_end_matches(']');
    plain == "localhost" || plain.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl HttpsClient {
    async fn call(&self, request: Request<Body>, max_bytes: usize) -> Result<(StatusCode, Vec<u8>), String> {
        let secure = request.uri().scheme_str() == Some("https");
        let answer = match (&self.secure, secure) {
            (Some(client), true) => client.request(request).await,
            (None, true) => return Err("this system has no trust roots".to_owned()),
            (_, false) => self.plain.request(request).await,
        };
        let answer = answer.map_err(|error| error.to_string())?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), max_bytes).collect().await;
        Ok((status, body.map_err(|error| error.to_string())?.to_bytes().to_vec()))
    }

    async fn in_time(
        &self,
        request: Request<Body>,
        max_bytes: usize,
    ) -> Result<(StatusCode, Vec<u8>), String> {
        let call = tokio::time::timeout(CALL_MAX, self.call(request, max_bytes));
        call.await.unwrap_or_else(|_| Err("no answer in time".to_owned()))
    }
}

impl FormPost for HttpsClient {
    fn post<'a>(
        &'a self,
        url: &'a str,
        form: &'a [(&'a str, &'a str)],
    ) -> BoxFuture<'a, Result<FormReply, String>> {
        Box::pin(async move {
            let text = serde_html_form::to_string(form).map_err(|error| error.to_string())?;
            let request = Request::post(callable(url)?)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Full::new(Cursor::new(text.into_bytes())))
                .map_err(|error| error.to_string())?;
            let (status, body) = self.in_time(request, FormReply::MAX_BYTES).await?;
            Ok(FormReply { status: status.as_u16(), body })
        })
    }
}

impl KeyFetcher for HttpsClient {
    fn fetch<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<u8>, FetchError>> {
        Box::pin(async move {
            let request = callable(url).map_err(FetchError)?;
            let request = Request::get(request).body(Body::default());
            let request = request.map_err(|error| FetchError(error.to_string()))?;
            match self.in_time(request, JWKS_MAX_BYTES).await.map_err(FetchError)? {
                (StatusCode::OK, body) => Ok(body),
                (status, _) => Err(FetchError(format!("the answer was {status}"))),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for good in [
            "https://login.example.org/token",
            "http://127.0.0.1:9/token",
            "http://[::1]:9/",
            "http://localhost/x",
        ] {
            assert!(callable(good).is_ok(), "{good}");
        }
        for bad in
            ["http://login.example.org/", "http://127.0.0.1.example.org/", "ftp://localhost/", "/token", ""]
        {
            assert!(callable(bad).is_err(), "{bad}");
        }
    }
}
