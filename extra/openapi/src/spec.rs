//! A document that is built: as JSON, as YAML, and with the source of each operation.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{described::DescribedOperation, model::Root, names};

/// The OpenAPI document of an app. Two builds of the same sources return the same bytes.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_openapi::{Document, Spec};
///
/// #[get("/")]
/// async fn home() -> &'static str {
///     "hello"
/// }
///
/// #[routes(app)]
/// struct Api(home);
///
/// # fn main() -> Result<(), highball_openapi::Error> {
/// let document: Spec = Document::of::<Api>("Hello", "1.0.0").build()?;
/// assert!(document.json().starts_with("{\n  \"openapi\": \"3.1.1\""));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Spec {
    json: String,
    #[cfg(feature = "yaml")]
    yaml: String,
    sources: BTreeMap<String, String>,
}

impl Spec {
    pub(crate) fn new(root: &Root, operations: &[DescribedOperation]) -> Self {
        let sources = operations
            .iter()
            .map(|DescribedOperation { route, method, .. }| {
                let operation = format!("{} {}", method.to_uppercase(), names::path(route.path()));
                (operation, format!("{}:{}", route.file(), route.line()))
            });
        // A document has only texts as keys, so it can be written.
        let mut json = serde_json::to_string_pretty(root).unwrap_or_default();
        json.push('\n');
        Self {
            #[cfg(feature = "yaml")]
            yaml: serde_saphyr::to_string(root).unwrap_or_default(),
            json,
            sources: sources.collect(),
        }
    }

    /// Returns the document as JSON.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Returns the document as a value.
    pub(crate) fn value(&self) -> Value {
        // This package has written it, so it can be read.
        serde_json::from_str(&self.json).unwrap_or_default()
    }

    /// Returns the document as YAML.
    ///
    /// # Examples
    /// ```
    /// # use highball::prelude::*;
    /// # use highball_openapi::{Document, Spec};
    /// # #[get("/")]
    /// # async fn home() {}
    /// # #[routes(app)]
    /// # struct Api(home);
    /// # fn main() -> Result<(), highball_openapi::Error> {
    /// let document: Spec = Document::of::<Api>("Hello", "1.0.0").build()?;
    /// assert!(document.yaml().starts_with("openapi: "));
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "yaml")]
    #[cfg_attr(docsrs, doc(cfg(feature = "yaml")))]
    pub fn yaml(&self) -> &str {
        &self.yaml
    }

    /// Returns the file and the line of the handler of an operation, `GET /users/{id}`.
    pub fn source(&self, operation: &str) -> Option<&str> {
        self.sources.get(operation).map(String::as_str)
    }
}
