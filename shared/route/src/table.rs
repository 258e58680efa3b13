//! The one table: every route of every domain, found by operation id or by method and path.

use crate::{Method, Routes, Spec, route::AnyRoute};
use std::collections::BTreeMap;
use thiserror::Error;

/// A mistake in the table, found when it is built.
#[derive(Debug, Error)]
pub enum TableError {
    /// Two routes have one operation id.
    #[error("operation id `{0}` stands twice")]
    Twice(&'static str),
    /// A path cannot be matched beside the others.
    #[error("path of `{operation_id}`: {reason}")]
    Path {
        /// Route.
        operation_id: &'static str,
        /// What the matcher says.
        reason: String,
    },
    /// Two routes have one method and path.
    #[error("`{0}` has the method and path of another route")]
    SamePlace(&'static str),
}

/// One row.
pub struct Row {
    /// Domain.
    pub domain: &'static str,
    /// Route.
    pub route: Box<dyn AnyRoute>,
}

impl Row {
    /// Its statement.
    pub fn spec(&self) -> &'static Spec {
        self.route.spec()
    }
}

/// What a path leads to.
pub enum Lookup<'a> {
    /// A route, with the values of its parameters.
    Found(&'a Row, BTreeMap<String, String>),
    /// The path exists with these methods.
    OtherMethod(Vec<&'static str>),
    /// No such path.
    Nothing,
}

/// All routes.
pub struct Table {
    rows: Vec<Row>,
    by_id: BTreeMap<&'static str, usize>,
    by_path: matchit::Router<BTreeMap<Method, usize>>,
}

impl Table {
    /// Puts the domains together.
    ///
    /// # Errors
    /// A mistake in the table.
    pub fn new(domains: impl IntoIterator<Item = Routes>) -> Result<Self, TableError> {
        let mut rows = Vec::new();
        for routes in domains {
            let domain = routes.domain();
            rows.extend(routes.into_entries().into_iter().map(|route| Row { domain, route }));
        }
        let mut by_id = BTreeMap::new();
        let mut places: BTreeMap<String, BTreeMap<Method, usize>> = BTreeMap::new();
        for (at, row) in rows.iter().enumerate() {
            let spec = row.spec();
            if by_id.insert(spec.operation_id, at).is_some() {
                return Err(TableError::Twice(spec.operation_id));
            }
            let place = places.entry(spec.full_path().replace("+}", "}")).or_default();
            if place.insert(spec.method, at).is_some() {
                return Err(TableError::SamePlace(spec.operation_id));
            }
        }
        let by_path = matcher(places, &rows)?;
        Ok(Self { rows, by_id, by_path })
    }

    /// Rows in order of declaration.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// A route by its operation id.
    pub fn by_id(&self, operation_id: &str) -> Option<&Row> {
        self.rows.get(*self.by_id.get(operation_id)?)
    }

    /// The methods that a path takes; none when there is no such path.
    pub fn methods_at(&self, path: &str) -> Vec<&'static str> {
        self.by_path
            .at(path)
            .map(|matched| matched.value.keys().map(|m| m.as_str()).collect())
            .unwrap_or_default()
    }

    /// A route by method and path. The path is matched as it came; parameters are decoded after.
    pub fn find(&self, method: &str, path: &str) -> Lookup<'_> {
        let Ok(matched) = self.by_path.at(path) else { return Lookup::Nothing };
        let row = Method::parse(method).and_then(|m| self.rows.get(*matched.value.get(&m)?));
        let Some(row) = row else {
            return Lookup::OtherMethod(matched.value.keys().map(|m| m.as_str()).collect());
        };
        let params = matched.params.iter().map(|(name, value)| Some((name.to_owned(), decode(value)?)));
        match params.collect() {
            Some(params) => Lookup::Found(row, params),
            None => Lookup::Nothing,
        }
    }
}

fn matcher(
    places: BTreeMap<String, BTreeMap<Method, usize>>,
    rows: &[Row],
) -> Result<matchit::Router<BTreeMap<Method, usize>>, TableError> {
    let mut router = matchit::Router::new();
    for (path, methods) in places {
        let first = methods.values().next().and_then(|at| rows.get(*at));
        let operation_id = first.map_or("", |row| row.spec().operation_id);
        let greedy = rows
            .iter()
            .any(|row| row.spec().full_path().replace("+}", "}") == path && row.spec().path.ends_with("+}"));
        let pattern = if greedy { greedy_pattern(&path) } else { path };
        router
            .insert(pattern, methods)
            .map_err(|e| TableError::Path { operation_id, reason: e.to_string() })?;
    }
    Ok(router)
}

/// API Gateway writes a rest-of-path parameter `{path+}`, the matcher `{*path}`.
fn greedy_pattern(path: &str) -> String {
    match path.rsplit_once('{') {
        Some((front, last)) => format!("{front}{{*{last}"),
        None => path.to_owned(),
    }
}

/// Decodes percent escapes; `None` when the result is not UTF-8 or an escape is cut off.
pub fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            u8::try_from(high * 16 + low).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_or_refused() {
        assert_eq!(decode("a%2Fb%C3%A9"), Some("a/bé".to_owned()));
        for bad in ["%", "%2", "%zz", "%ff"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
