//! Reading a request: path, query and body into types, with the field named that cannot be read.

use crate::{Problem, Request, Spec, body};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize,
    de::{DeserializeOwned, value::MapDeserializer},
};

/// No parameters, or no body.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The three parts of a request.
#[derive(Debug, Clone)]
pub struct Input<P = Nothing, Q = Nothing, B = Nothing> {
    /// Parameters of the path.
    pub path: P,
    /// Parameters of the query.
    pub query: Q,
    /// Body.
    pub body: B,
}

/// What a route takes.
pub trait RequestInput: Sized + Send + Sync {
    /// Reads it.
    ///
    /// # Errors
    /// A problem that names the field.
    fn read(spec: &Spec, request: &Request) -> Result<Self, Problem>;

    /// Schemas of path, query and body; the body's is `None` when there is none.
    fn schemas(generator: &mut SchemaGenerator) -> InputSchemas;
}

/// Schemas of the parts of a request.
#[derive(Debug, Clone)]
pub struct InputSchemas {
    /// Path parameters, as an object.
    pub path: Schema,
    /// Query parameters, as an object.
    pub query: Schema,
    /// Body.
    pub body: Option<Schema>,
}

/// A body: JSON by default, or bytes.
pub trait Body: Sized + Send + Sync {
    /// Reads it.
    ///
    /// # Errors
    /// A problem that names the field.
    fn read(spec: &Spec, request: &Request) -> Result<Self, Problem>;

    /// Its schema; `None` when there is no body.
    fn schema(generator: &mut SchemaGenerator) -> Option<Schema>;
}

impl<T: DeserializeOwned + JsonSchema + Send + Sync + 'static> Body for T {
    fn read(spec: &Spec, request: &Request) -> Result<Self, Problem> {
        if is_nothing::<T>() {
            return body::read_nothing(request);
        }
        body::check_media_type(spec, request)?;
        body::read_object(&request.body)
    }

    fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        (!is_nothing::<T>()).then(|| generator.subschema_for::<T>())
    }
}

fn is_nothing<T: 'static>() -> bool {
    std::any::TypeId::of::<T>() == std::any::TypeId::of::<Nothing>()
}

impl<P, Q, B> RequestInput for Input<P, Q, B>
where
    P: DeserializeOwned + JsonSchema + Send + Sync,
    Q: DeserializeOwned + JsonSchema + Send + Sync,
    B: Body,
{
    fn read(spec: &Spec, request: &Request) -> Result<Self, Problem> {
        Ok(Self {
            path: read_path(request)?,
            query: read_query(&request.query)?,
            body: B::read(spec, request)?,
        })
    }

    fn schemas(generator: &mut SchemaGenerator) -> InputSchemas {
        InputSchemas {
            path: P::json_schema(generator),
            query: Q::json_schema(generator),
            body: B::schema(generator),
        }
    }
}

/// INVARIANT (no oracle): a path that cannot be an id answers as an id that does not exist.
fn read_path<P: DeserializeOwned>(request: &Request) -> Result<P, Problem> {
    let pairs = request.path_params.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let reader = MapDeserializer::<_, serde::de::value::Error>::new(pairs);
    P::deserialize(reader).map_err(|_| Problem::not_found())
}

fn read_query<Q: DeserializeOwned>(query: &str) -> Result<Q, Problem> {
    let reader = serde_html_form::Deserializer::from_bytes(query.as_bytes());
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let pointer = format!("?{}", error.path());
        Problem::malformed(pointer.trim_end_matches('.'), error.inner().to_string())
    })
}
