//! The parts of an OpenAPI document (OpenAPI 3.1.1), in the order in which they are written.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// A document.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Root {
    pub(crate) openapi: &'static str,
    pub(crate) info: Info,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) servers: Vec<Server>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<Tag>,
    pub(crate) paths: BTreeMap<String, BTreeMap<String, Operation>>,
    pub(crate) components: Components,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Info {
    pub(crate) title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    pub(crate) version: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Server {
    pub(crate) url: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tag {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operation {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) summary: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    pub(crate) operation_id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) parameters: Vec<Parameter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_body: Option<RequestBody>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) responses: BTreeMap<String, Answer>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) deprecated: bool,
    /// Empty if the operation needs no login.
    pub(crate) security: Vec<BTreeMap<String, [String; 0]>>,
    /// The types and parts whose answers are not known.
    #[serde(rename = "x-unknown-answers", skip_serializing_if = "Vec::is_empty")]
    pub(crate) unknown_answers: Vec<&'static str>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    #[serde(rename = "in")]
    pub(crate) place: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    pub(crate) required: bool,
    /// Whether an empty value is the same as none.
    #[serde(rename = "allowEmptyValue", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) allows_empty: bool,
    pub(crate) schema: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) example: Option<Value>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct RequestBody {
    pub(crate) content: BTreeMap<&'static str, MediaType>,
    pub(crate) required: bool,
}

#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct MediaType {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) schema: Option<Value>,
    /// The schema of one event of a stream: `itemSchema` of OpenAPI 3.2.
    #[serde(rename = "x-itemSchema", skip_serializing_if = "Option::is_none")]
    pub(crate) item_schema: Option<Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) examples: BTreeMap<String, ExampleValue>,
}

/// An example of a body.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ExampleValue {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) summary: String,
    pub(crate) value: Value,
}

/// A response.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Answer {
    pub(crate) description: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<&'static str, Header>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) content: BTreeMap<&'static str, MediaType>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Header {
    pub(crate) schema: Value,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Components {
    pub(crate) schemas: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) security_schemes: BTreeMap<String, Value>,
}
