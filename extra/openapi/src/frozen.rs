//! Versions of an API that must not change: a change that breaks a client is an error.

use serde_json::Value;

use crate::{
    Document, Spec,
    cli::line,
    compare::{Change, compare},
};

/// A version of an API, and its document.
pub(crate) struct Frozen {
    pub(crate) prefix: String,
    pub(crate) document: &'static str,
}

/// A change that is accepted although it breaks a client.
pub(crate) struct Accepted {
    pub(crate) rule: &'static str,
    /// The method and the path.
    pub(crate) operation: &'static str,
}

impl Document {
    /// Freezes a version of the API: the routes below a prefix, `/v1`, as they are in a document that the command
    /// `openapi --write` has written.
    ///
    /// A change of these routes that breaks a client is an error of [`build`](Self::build): when the app starts, in a
    /// test that builds the document, and in `openapi --check`. Other changes are not errors.
    ///
    /// # Examples
    /// ```no_run
    /// # use highball::prelude::*;
    /// # use highball_openapi::{Document, Documented};
    /// # #[routes(app)]
    /// # struct Api();
    /// impl Documented for Api {
    ///     fn document() -> Document {
    ///         # const V1: &str = "{}";
    ///         // const V1: &str = include_str!("../openapi.v1.json");
    ///         Document::of::<Self>("Shop", "1.4.0").frozen("/v1", V1)
    ///     }
    /// }
    /// ```
    pub fn frozen(mut self, prefix: impl Into<String>, document: &'static str) -> Self {
        self.frozen.push(Frozen {
            prefix: prefix.into(),
            document,
        });
        self
    }

    /// Accepts a change of a frozen version, by the name of its rule and its operation. The reason is for readers of
    /// the source.
    ///
    /// # Examples
    /// ```
    /// # use highball::prelude::*;
    /// # use highball_openapi::Document;
    /// # #[get("/v1/users")]
    /// # async fn users() -> &'static str { "users" }
    /// # #[routes(app)]
    /// # struct Api(users);
    /// # fn main() -> Result<(), highball_openapi::Error> {
    /// const V1: &str = r#"{ "paths": {
    ///     "/v1/users": { "get": { "responses": { "200": { "description": "" } } } },
    ///     "/v1/admins": { "get": { "responses": { "200": { "description": "" } } } }
    /// } }"#;
    /// let frozen = || Document::of::<Api>("Shop", "1.4.0").frozen("/v1", V1);
    /// let error = frozen().build().unwrap_err();
    /// assert!(error.to_string().contains("path-removed"), "{error}");
    /// frozen()
    ///     .accept("path-removed", "GET /v1/admins", "it never worked")
    ///     .accept("operation-id-changed", "GET /v1/users", "no generated client exists")
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn accept(
        mut self,
        rule: &'static str,
        operation: &'static str,
        reason: &'static str,
    ) -> Self {
        let _for_readers = reason;
        self.accepted.push(Accepted { rule, operation });
        self
    }
}

/// Returns a message for each change of a frozen version that breaks clients and is not accepted.
pub(crate) fn broken(spec: &Spec, frozen: &[Frozen], accepted: &[Accepted]) -> Vec<String> {
    let new = spec.value();
    let mut messages = Vec::new();
    for Frozen { prefix, document } in frozen {
        let Ok(old) = serde_json::from_str::<Value>(document) else {
            messages.push(format!("the frozen document of `{prefix}` is not JSON"));
            continue;
        };
        let is_accepted = |change: &Change| {
            let operation = format!("{} {}", change.method, change.path);
            let mut accepted = accepted.iter();
            accepted.any(|one| one.rule == change.rule && one.operation == operation)
        };
        let changes = compare(&below(prefix, &old), &below(prefix, &new)).into_iter();
        let breaking = changes.filter(|change| change.kind.is_breaking() && !is_accepted(change));
        messages.extend(
            breaking.map(|change| format!("`{prefix}` is frozen, and {}", line(spec, &change))),
        );
    }
    messages
}

/// Returns a document with the paths below a prefix.
fn below(prefix: &str, document: &Value) -> Value {
    let mut document = document.clone();
    if let Some(paths) = document["paths"].as_object_mut() {
        paths.retain(|path, _| {
            let rest = path.strip_prefix(prefix);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
    }
    document
}
