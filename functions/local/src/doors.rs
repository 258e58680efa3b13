//! Who may talk to this server: under which names it answers, from which web pages it may be called, and
//! whether a request comes straight from this machine.

use http::{HeaderMap, HeaderName, header};
use std::{collections::BTreeSet, net::IpAddr};

/// What proxies add to what they pass on.
const PASSED_ON: [&str; 5] =
    ["forwarded", "via", "x-real-ip", "x-original-forwarded-for", "x-envoy-external-address"];
/// Families of such names, by how they begin and end.
const PASSED_ON_FAMILIES: [(&str, &str); 3] = [("x-forwarded", ""), ("cf-", ""), ("", "-client-ip")];

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

    /// Whether a request names this server by one of its names.
    pub fn admits(&self, headers: &HeaderMap) -> bool {
        self.hosts.is_empty() || self.hosts.contains(&named(headers))
    }

    /// The origin of the page that calls, if it may.
    pub fn origin<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let origin = headers.get(header::ORIGIN)?.to_str().ok()?;
        self.origins.contains(origin).then_some(origin)
    }
}

/// Whether a request was sent on this machine, to this machine, and by nobody in between: a proxy for others
/// runs on loopback too, so what it adds, and a name that is not this machine's own, count as elsewhere.
pub fn is_straight_from_here(peer: IpAddr, headers: &HeaderMap) -> bool {
    let passed_on = headers.keys().any(was_passed_on) || came_from_elsewhere(headers);
    let name = named(headers);
    let own = name == "localhost"
        || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    peer.to_canonical().is_loopback() && own && !passed_on
}

fn was_passed_on(name: &HeaderName) -> bool {
    let name = name.as_str();
    PASSED_ON.contains(&name)
        || PASSED_ON_FAMILIES.iter().any(|(begins, ends)| name.starts_with(begins) && name.ends_with(ends))
}

/// Whether a browser sent it for a page of another site.
fn came_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site")
}

/// `Host` without its port, in lower case; empty when there is none.
fn named(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    name.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

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

    #[test]
    fn what_a_proxy_passed_on_does_not_come_from_here() {
        let here: IpAddr = "127.0.0.1".parse().unwrap();
        for own in ["localhost:8947", "127.0.0.1:8947", "127.0.0.2", "[::1]:8947"] {
            assert!(is_straight_from_here(here, &headers(own)), "{own}");
            assert!(!is_straight_from_here("192.0.2.7".parse().unwrap(), &headers(own)), "{own}");
            let families = ["x-forwarded-port", "cf-connecting-ip", "true-client-ip"];
            for name in PASSED_ON.into_iter().chain(families) {
                let mut passed = headers(own);
                passed.insert(name, HeaderValue::from_static("x"));
                assert!(!is_straight_from_here(here, &passed), "{name}");
            }
        }
        for other in ["portal.example.org", "", "192.0.2.7:8947", "localhost.example.org"] {
            assert!(!is_straight_from_here(here, &headers(other)), "{other}");
        }
    }
}
