//! How every client of this deployment reaches AWS: Region, credentials, endpoints, time limits, and
//! the one layer in which calls are tried again.

use aws_sdk_dynamodb::config::{
    BehaviorVersion, Builder, Credentials, Region, retry::RetryConfig, timeout::TimeoutConfig,
};
use std::{collections::BTreeMap, fmt, time::Duration};
use thiserror::Error;

/// Tries of one call, the first included. The route shell does not repeat a call; it decides again.
pub const CALL_MAX_TRIES: u32 = 4;

/// Time limits of one call. The whole stays well below the 29 s that API Gateway waits.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// To open a connection.
    pub connect: Duration,
    /// For one try.
    pub attempt: Duration,
    /// For all tries together.
    pub operation: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(1),
            attempt: Duration::from_secs(4),
            operation: Duration::from_secs(10),
        }
    }
}

/// A setting that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the environment variable `{0}` is not set")]
pub struct Missing(pub &'static str);

/// Where AWS is and who calls. A Lambda function gets all of it from its environment, whose
/// credentials live as long as the process does.
#[derive(Clone)]
pub struct Access {
    region: String,
    key_id: String,
    secret: String,
    token: Option<String>,
    endpoints: BTreeMap<String, String>,
    timing: Timing,
}

impl fmt::Debug for Access {
    /// Says the Region; never a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("region", &self.region).finish_non_exhaustive()
    }
}

impl Access {
    /// Reads the variables that AWS defines: `AWS_REGION`, `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_ENDPOINT_URL` and
    /// `AWS_ENDPOINT_URL_<SERVICE>`.
    ///
    /// # Errors
    /// The first variable that is missing.
    pub fn from_variables(variables: &BTreeMap<String, String>) -> Result<Self, Missing> {
        let set = |name: &'static str| variables.get(name).filter(|value| !value.is_empty()).cloned();
        let need = |name: &'static str| set(name).ok_or(Missing(name));
        Ok(Self {
            region: need("AWS_REGION")?,
            key_id: need("AWS_ACCESS_KEY_ID")?,
            secret: need("AWS_SECRET_ACCESS_KEY")?,
            token: set("AWS_SESSION_TOKEN"),
            endpoints: endpoints(variables),
            timing: Timing::default(),
        })
    }

    /// With other time limits.
    #[must_use]
    pub fn timing(self, timing: Timing) -> Self {
        Self { timing, ..self }
    }

    /// The Region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The address of a service, if it is not AWS's own. `service` is in capitals, as in the
    /// variable's name.
    pub fn endpoint(&self, service: &str) -> Option<&str> {
        self.endpoints.get(service).or_else(|| self.endpoints.get("")).map(String::as_str)
    }

    pub(crate) fn credentials(&self) -> Credentials {
        Credentials::new(&self.key_id, &self.secret, self.token.clone(), None, "environment")
    }

    pub(crate) fn timeouts(&self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(self.timing.connect)
            .operation_attempt_timeout(self.timing.attempt)
            .operation_timeout(self.timing.operation)
            .build()
    }

    /// The configuration of a DynamoDB client.
    pub fn dynamodb(&self) -> Builder {
        let mut builder = Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(self.region.clone()))
            .credentials_provider(self.credentials())
            .retry_config(RetryConfig::standard().with_max_attempts(CALL_MAX_TRIES))
            .timeout_config(self.timeouts());
        builder.set_endpoint_url(self.endpoint("DYNAMODB").map(str::to_owned));
        builder
    }
}

impl Access {
    /// A client of S3.
    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        let mut config = aws_sdk_s3::config::Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(self.region.clone()))
            .credentials_provider(self.credentials())
            .retry_config(RetryConfig::standard().with_max_attempts(CALL_MAX_TRIES))
            .timeout_config(self.timeouts())
            // An emulator has no host name for each bucket.
            .force_path_style(self.endpoint("S3").is_some());
        config.set_endpoint_url(self.endpoint("S3").map(str::to_owned));
        aws_sdk_s3::Client::from_conf(config.build())
    }
}

fn endpoints(variables: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    variables
        .iter()
        .filter(|(_, url)| !url.is_empty())
        .filter_map(|(name, url)| {
            let rest = name.strip_prefix("AWS_ENDPOINT_URL")?;
            Some((rest.trim_start_matches('_').to_owned(), url.clone()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn complete() -> BTreeMap<String, String> {
        variables(&[
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "a secret"),
        ])
    }

    #[test]
    fn a_missing_or_empty_variable_is_named() {
        for name in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            let mut some = complete();
            some.remove(name);
            assert_eq!(Access::from_variables(&some).unwrap_err(), Missing(name));
            some.insert(name.to_owned(), String::new());
            assert_eq!(Access::from_variables(&some).unwrap_err(), Missing(name));
        }
    }

    #[test]
    fn the_address_of_one_service_goes_before_the_address_of_all() {
        let mut all = complete();
        assert_eq!(Access::from_variables(&all).unwrap().endpoint("DYNAMODB"), None);
        all.insert("AWS_ENDPOINT_URL".to_owned(), "http://localhost:1".to_owned());
        all.insert("AWS_ENDPOINT_URL_KMS".to_owned(), "http://localhost:2".to_owned());
        let access = Access::from_variables(&all).unwrap();
        assert_eq!(access.endpoint("DYNAMODB"), Some("http://localhost:1"));
        assert_eq!(access.endpoint("KMS"), Some("http://localhost:2"));
    }

    #[test]
    fn no_key_is_shown() {
        let shown = format!("{:?}", Access::from_variables(&complete()).unwrap());
        assert!(!shown.contains("secret") && !shown.contains("AKID"), "{shown}");
    }

    #[test]
    fn one_call_ends_before_the_gateway_stops_waiting() {
        let timing = Timing::default();
        assert!(timing.connect < timing.attempt && timing.attempt < timing.operation);
        assert!(timing.operation < Duration::from_secs(28));
    }
}
