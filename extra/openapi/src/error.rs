//! Why there is no document, or no client.

use std::fmt;

/// A mistake by which an app has no document or no client.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_openapi::{Document, Error};
///
/// mod curation {
///     #[derive(serde::Serialize, schemars::JsonSchema)]
///     pub struct Package {
///         pub score: u8,
///     }
/// }
///
/// #[derive(serde::Serialize, schemars::JsonSchema)]
/// struct Package {
///     name: String,
/// }
///
/// #[get("/packages")]
/// async fn list() -> Json<Vec<Package>> {
///     Json(vec![])
/// }
///
/// #[get("/curated")]
/// async fn curated() -> Json<Vec<curation::Package>> {
///     Json(vec![])
/// }
///
/// #[routes(app)]
/// struct Api(list, curated);
///
/// # fn main() {
/// let error: Error = Document::of::<Api>("Packages", "1.0.0").build().unwrap_err();
/// assert!(error.to_string().starts_with("two types have the name `Package`"));
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Error {
    messages: Vec<String>,
}

impl Error {
    pub(crate) fn new(messages: Vec<String>) -> Self {
        Self { messages }
    }

    pub(crate) fn of(collisions: &[Collision]) -> Self {
        Self {
            messages: collisions.iter().map(ToString::to_string).collect(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.messages.join("; "))
    }
}

impl std::error::Error for Error {}

/// Two types with one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Collision {
    name: String,
    /// The two routes.
    first: String,
    second: String,
}

impl Collision {
    pub(crate) fn new(name: String, first: String, second: String) -> Self {
        Self {
            name,
            first,
            second,
        }
    }
}

impl fmt::Display for Collision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            first,
            second,
        } = self;
        write!(
            f,
            "two types have the name `{name}` in the document: one in {first}, and another "
        )?;
        match first == second {
            true => write!(f, "in the same route")?,
            false => write!(f, "in {second}")?,
        }
        write!(f, "; put `#[schemars(rename = \"..\")]` on one of them")
    }
}
