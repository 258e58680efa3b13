//! An answer, and what tests ask of it.

use serde_json::Value;

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    /// The ETag.
    pub fn etag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("no etag: {self:?}")).to_owned()
    }

    /// A member of the body, as text.
    pub fn field(&self, name: &str) -> String {
        let body = self.json();
        body[name].as_str().unwrap_or_else(|| panic!("no text `{name}` in {body}")).to_owned()
    }

    /// Holds the status, and shows the whole answer when it is another.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} {}", self.status, self.text());
        self
    }

    /// Holds status and code of a problem.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        assert_eq!((self.status, self.json()["code"].as_str()), (status, Some(code)), "{}", self.text());
        self
    }

    /// Holds that it is one of several problems.
    #[track_caller]
    pub fn expect_problem_of(self, wanted: &[(u16, &str)]) -> Self {
        let code = self.json()["code"].as_str().unwrap_or_default().to_owned();
        assert!(wanted.contains(&(self.status, code.as_str())), "{} {}", self.status, self.text());
        self
    }
}
