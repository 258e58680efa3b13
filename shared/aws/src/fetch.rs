//! Fetching an issuer's public keys over HTTPS, with the connector that the SDK brings along.

use cws_cloud::token::{FetchError, KeyFetcher, jwks::JWKS_MAX_BYTES};
use futures::{FutureExt as _, future::BoxFuture};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use std::time::Duration;

/// How long a fetch may take: what `KeyFetcher` promises.
const FETCH_MAX: Duration = Duration::from_secs(5);

type Nothing = Empty<&'static [u8]>;

/// Fetches documents with the system's trust roots. Plain HTTP works for emulators alone: the address
/// is a setting of the deployment, never part of a token.
#[derive(Debug, Clone)]
pub struct HttpsFetcher {
    client: Client<HttpsConnector<HttpConnector>, Nothing>,
}

impl HttpsFetcher {
    /// With the system's trust roots.
    ///
    /// # Errors
    /// When the system has none.
    pub fn new() -> std::io::Result<Self> {
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::aws_lc_rs::default_provider())?
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(connector) })
    }

    async fn get(&self, url: &str) -> Result<Vec<u8>, FetchError> {
        let request = http::Request::get(url).body(Nothing::new()).map_err(failed)?;
        let answer = self.client.request(request).await.map_err(failed)?;
        if answer.status() != http::StatusCode::OK {
            return Err(FetchError(format!("the answer was {}", answer.status())));
        }
        let body = Limited::new(answer.into_body(), JWKS_MAX_BYTES).collect().await.map_err(failed)?;
        Ok(body.to_bytes().to_vec())
    }
}

fn failed(error: impl ToString) -> FetchError {
    FetchError(error.to_string())
}

impl KeyFetcher for HttpsFetcher {
    fn fetch<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<u8>, FetchError>> {
        async move {
            match tokio::time::timeout(FETCH_MAX, self.get(url)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(FetchError("no answer in time".to_owned())),
            }
        }
        .boxed()
    }
}
