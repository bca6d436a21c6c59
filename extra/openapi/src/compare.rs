//! Compares two OpenAPI 3.1 documents, and classes each change by what it breaks.
//!
//! The direction decides. A request may be anything that the server accepts, so a schema of requests breaks clients if
//! it **narrows**: values that were valid are rejected. A schema of answers breaks clients if it **widens**: they get
//! values that they do not expect. So a raised maximum is compatible in a request, and breaks in an answer. A change
//! in both directions, such as another type, breaks on both sides.
//!
//! # What is equal
//!
//! Schemas are compared by what they allow, and not by how they are written:
//!
//! - References are resolved, recursive ones too, so the name of a component does not matter. Keywords next to `$ref`
//!   apply, and `allOf` is merged.
//! - `anyOf` and `oneOf` are sets of variants. Those with the same tag (a required property with one value), name or
//!   title are compared with each other, then those that are equal or the only ones of their type. A variant that
//!   another one contains does not count. Whether variants exclude each other is not compared.
//! - `null` is one fact, as a type, as a variant or in a list of values. `const` is a list of one value, and variants
//!   with values are one list.
//! - `integer` is a part of `number`, and `int32` of `int64`. Bounds that a format implies do not count.
//! - Paths match, although their parameters have other names. The case of header names, the parameters of media types
//!   and the names of security schemes do not matter.
//! - Titles, descriptions, summaries, tags, examples and extensions are no changes.
//!
//! A change of a component is reported once for each body, at the place that is nearest to the root, and so is an equal
//! change of schemas that refer to components in the same way.
//!
//! # Decisions
//!
//! | Change | Class | Why |
//! |---|---|---|
//! | new property in a request | compatible, or breaking if it is required | A default does not help: a required value has to be sent. |
//! | property removed from a request | breaking if `additionalProperties` is `false`, else compatible | An open schema allows any property; the server ignores this one. |
//! | property removed from an answer, or optional | breaking | Clients read it. |
//! | new property in an answer | compatible, or breaking if `additionalProperties` was `false` | Such a schema is a promise to clients that reject unknown properties. |
//! | new value of an enum, new variant, `null` in an answer | breaking | Clients have a closed list. |
//! | limits and formats of answers, such as a raised maximum or a lowered minimum length | breaking | Clients have room for the old ones. |
//! | default of a request | compatible | Requests remain valid, but have another effect. |
//! | parameter removed, moved or renamed | breaking | A filter that is ignored is worse than an error. |
//! | path parameter renamed | compatible | It is not in the request, but generated clients may have its name. |
//! | new success status (1xx, 2xx, 3xx), or one removed | breaking | Clients expect one of the old ones. |
//! | new error status (4xx, 5xx, `default`), or one removed | compatible | Clients have to handle errors in any case. |
//! | 101, 206 and 304 | compatible | Only clients that request them get them. |
//! | header of an answer removed, or no longer required | breaking | Clients read it. |
//! | new media type of an answer | compatible | Clients get the one that they accept. |
//! | other `operationId` | breaks code | Generated clients have a function of another name. |
//! | deprecated operation removed | breaking, with its own rule | The rule can be accepted by its name. |
//! | value of a parameter or header as text | a number is a part of `string`, there is no `null`, and one value is a list with one item | That is how values are written there. |
//! | other keyword, such as `not` or `if` | narrows if it is new, widens if it is removed, else breaking | Whether its new value allows more is not decided. |
//!
//! Read-only properties are not part of requests, and write-only properties not of answers. Servers, links, callbacks,
//! webhooks, examples, and components that no operation uses are not compared.
mod answers;
mod content;
mod document;
mod limits;
mod merge;
mod numbers;
mod objects;
mod operations;
mod parameters;
mod plain;
mod read;
mod report;
mod rules;
mod schema;
mod security;
mod stable;
mod types;
mod variants;
mod view;
mod walk;

use std::fmt;

use serde_json::Value;

/// A change of an operation between two documents. It is written as one line, with its operation and rule.
///
/// # Examples
/// ```
/// use highball_openapi::compare::{Change, compare};
/// use serde_json::json;
///
/// let with = |parameters| json!({ "paths": { "/todos": { "get": { "parameters": parameters } } } });
/// let changes = compare(&with(json!([])), &with(json!([{ "name": "q", "in": "query", "required": true }])));
/// let [Change { rule, method, path, place, .. }] = &changes[..] else { panic!() };
/// assert_eq!([*rule, method, path, place], ["required-parameter-added", "GET", "/todos", "query q"]);
/// assert_eq!(
///     changes[0].to_string(),
///     "GET /todos, query q: The parameter is new and required, so requests without it are rejected; \
///      make it optional. [required-parameter-added]",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The side that the change breaks.
    pub kind: Kind,
    /// The name of the rule, which is stable: one of [`rules`].
    pub rule: &'static str,
    /// The method of the operation, in capitals.
    pub method: String,
    /// The path of the operation: the new one, or the old one of an operation that is removed.
    pub path: String,
    /// The place in the operation, and in a value as a JSON pointer: `body application/json, /title`. `*` is any item
    /// or property. Empty if it is the operation itself.
    pub place: String,
    /// One sentence: what is changed, what a client notices, and what to do instead if it breaks.
    pub message: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if !self.place.is_empty() {
            write!(f, ", {}", self.place)?;
        }
        write!(f, ": {} [{}]", self.message, self.rule)
    }
}

/// The side that a change breaks.
///
/// # Examples
/// ```
/// use highball_openapi::compare::{Kind, compare};
/// use serde_json::json;
///
/// let with = |id: &str| json!({ "paths": { "/": { "get": { "operationId": id } } } });
/// let changes = compare(&with("home"), &with("index"));
/// assert_eq!(changes[0].kind, Kind::BreaksCode);
/// assert!(changes[0].kind.is_breaking());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Requests that were valid are rejected, or have another effect.
    BreaksRequests,
    /// Answers may contain what clients do not expect, or lack what they read.
    BreaksAnswers,
    /// Code that uses a generated client no longer compiles. Requests and answers are the same.
    BreaksCode,
    /// Clients need no change.
    Compatible,
}

impl Kind {
    /// Returns whether clients need a change.
    pub fn is_breaking(self) -> bool {
        self != Self::Compatible
    }
}

/// Returns the changes between two documents, by path and method. Operations that are new come last.
///
/// Invalid parts of a document are ignored. The [module](self) describes what counts as a change.
///
/// # Examples
/// ```
/// use highball_openapi::compare::{Kind, compare};
/// use serde_json::json;
///
/// let todos = |title| {
///     let schema = json!({ "type": "object", "properties": { "title": title } });
///     let body = json!({ "content": { "application/json": { "schema": schema } } });
///     json!({ "paths": { "/todos": { "post": { "requestBody": body, "responses": { "200": body } } } } })
/// };
/// let old = todos(json!({ "type": "string", "maxLength": 80 }));
/// let new = todos(json!({ "type": "string", "maxLength": 40 }));
/// let changes: Vec<_> = compare(&old, &new).into_iter().map(|change| (change.kind, change.rule)).collect();
/// let lowered = [
///     (Kind::BreaksRequests, "request-max-length-lowered"),
///     (Kind::Compatible, "answer-max-length-lowered"),
/// ];
/// assert_eq!(changes, lowered);
/// assert!(compare(&old, &old).is_empty());
/// ```
pub fn compare(old: &Value, new: &Value) -> Vec<Change> {
    operations::compare(old, new)
}

/// Returns the name and the kind of every rule.
///
/// # Examples
/// ```
/// use highball_openapi::compare::{Kind, rules};
///
/// assert!(rules().any(|rule| rule == ("answer-property-removed", Kind::BreaksAnswers)));
/// ```
pub fn rules() -> impl Iterator<Item = (&'static str, Kind)> {
    rules::all().map(|rule| (rule.name, rule.kind))
}
