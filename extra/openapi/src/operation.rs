//! From a route to an operation of the document.

use std::collections::{BTreeMap, BTreeSet};

use highball::{
    Route,
    describe::{Answer as RouteAnswer, InputInfo, InputKind, Login},
    http::StatusCode,
};
use serde_json::{Value, json};

use crate::{
    canonical::canonical,
    common::Common,
    doc_text,
    error::Error,
    examples::{self, add_to_answers, add_to_body, add_to_parameters, without_examples},
    model::{Answer, Header, MediaType, Operation, Parameter, RequestBody},
    primitives, problem, query,
    schemas::{Direction, Schemas, reference_to},
};

/// The name of a part of a form.
const PART_NAME: &str = "^[^\\x00-\\x1f\\x7f\"]*$";

/// Headers that OpenAPI describes in other places (OpenAPI 3.1.1, "Parameter Object").
const ELSEWHERE: [&str; 3] = ["accept", "authorization", "content-type"];

/// Returns how errors name a route: its method and path, and its place.
pub(crate) fn place(route: &Route) -> String {
    let methods: Vec<_> = route.methods().collect();
    let methods = if methods.is_empty() {
        "ANY".to_owned()
    } else {
        methods.join(" ")
    };
    format!(
        "`{methods} {}` ({}:{})",
        route.path(),
        route.file(),
        route.line()
    )
}

/// Shows the types of a route's answers to the schemas.
pub(crate) fn prepare(route: &Route, common: Common, schemas: &mut Schemas) {
    let place = place(route);
    for answer in common.answers(route) {
        if let Some(ty) = answer.type_name() {
            schemas.of(ty, Direction::Answer, &place);
        }
    }
}

/// Returns the operation of a route, and the security schemes that it uses.
pub(crate) fn operation(
    route: &Route,
    id: String,
    common: Common,
    schemas: &mut Schemas,
    logins: &mut BTreeSet<Login>,
) -> Result<Operation, Error> {
    let inputs = route.inputs();
    let all = common.answers(route);
    let (summary, description) = doc_text::split(&without_examples(route.doc()));
    let mut operation = Operation {
        tags: route
            .groups()
            .last()
            .map(|(name, _)| name.to_owned())
            .into_iter()
            .collect(),
        summary,
        description,
        operation_id: id,
        parameters: parameters(&inputs, schemas, &place(route)),
        request_body: request_body(&inputs, schemas, &place(route)),
        responses: answers(&all, schemas, &place(route)),
        deprecated: is_deprecated(route),
        security: security(&inputs, logins),
        unknown_answers: route.unknown_answers(),
    };
    let examples = examples::of(route)?;
    add_to_parameters(&mut operation.parameters, route.path(), &examples);
    if let Some(body) = &mut operation.request_body {
        add_to_body(body, &examples);
    }
    add_to_answers(&mut operation.responses, &examples);
    Ok(operation)
}

/// Returns whether the handler has `#[deprecated]`, or the middleware `Deprecated` is around it.
fn is_deprecated(route: &Route) -> bool {
    let announces = |part: &str| part == "highball::middleware::deprecated::Deprecated";
    route.deprecated().is_some() || route.middleware().any(announces)
}

fn parameters(inputs: &[InputInfo], schemas: &mut Schemas, place: &str) -> Vec<Parameter> {
    let mut list: Vec<Parameter> = Vec::new();
    for input in inputs {
        let found = match input.kind {
            InputKind::Param { name, ty } => {
                vec![parameter(name, "path", true, primitives::param(ty()))]
            }
            InputKind::Query { ty, .. } => match schemas.of(ty(), Direction::Request, place) {
                Some(schema) => query::parameters(&schema, schemas, input.is_required),
                None => Vec::new(),
            },
            InputKind::QueryParam { name, ty } => {
                vec![parameter(
                    name,
                    "query",
                    input.is_required,
                    primitives::param(ty()),
                )]
            }
            InputKind::Header(name) if !ELSEWHERE.contains(&name) => {
                vec![parameter(
                    name,
                    "header",
                    input.is_required,
                    json!({ "type": "string" }),
                )]
            }
            InputKind::Cookie(name) => {
                vec![parameter(
                    name,
                    "cookie",
                    input.is_required,
                    json!({ "type": "string" }),
                )]
            }
            _ => Vec::new(),
        };
        for parameter in found {
            let is_same = |other: &&mut Parameter| {
                other.name == parameter.name && other.place == parameter.place
            };
            match list.iter_mut().find(is_same) {
                Some(first) => first.required |= parameter.required,
                None => list.push(parameter),
            }
        }
    }
    list
}

fn parameter(name: &str, place: &'static str, required: bool, schema: Value) -> Parameter {
    Parameter {
        name: name.to_owned(),
        place,
        description: String::new(),
        required,
        allows_empty: false,
        schema: canonical(&schema),
        example: None,
    }
}

fn request_body(inputs: &[InputInfo], schemas: &mut Schemas, place: &str) -> Option<RequestBody> {
    let mut body: Option<RequestBody> = None;
    for input in inputs {
        let InputKind::Body { media_type, ty } = input.kind else {
            continue;
        };
        let schema = ty.and_then(|ty| schemas.of(ty(), Direction::Request, place));
        let body = body.get_or_insert(RequestBody {
            content: BTreeMap::new(),
            required: input.is_required,
        });
        body.required |= input.is_required;
        let (media_type, media) = media(media_type, schema);
        body.content.insert(media_type, media);
    }
    body
}

/// Returns the media type in the document, and the schema of its bodies.
fn media(media_type: &'static str, schema: Option<Value>) -> (&'static str, MediaType) {
    let (media_type, schema) = match (media_type, schema) {
        // A schema of this media type would be that of the whole stream.
        ("text/event-stream", data) => return ("text/event-stream", events(data)),
        (media_type, Some(schema)) => (media_type, schema),
        (text, None) if text.starts_with("text/") => (text, json!({ "type": "string" })),
        ("multipart/form-data", None) => (
            "multipart/form-data",
            json!({ "type": "object", "propertyNames": { "pattern": PART_NAME } }),
        ),
        ("*/*", None) => return ("application/octet-stream", MediaType::default()),
        // OpenAPI 3.1 describes bytes by their media type alone.
        (other, None) => return (other, MediaType::default()),
    };
    let schema = Some(canonical(&schema));
    let media = MediaType {
        schema,
        ..MediaType::default()
    };
    (media_type, media)
}

/// Returns server-sent events whose data has this schema, as OpenAPI 3.2 describes them.
fn events(data: Option<Value>) -> MediaType {
    let event = data.map(|schema| {
        json!({
            "type": "object",
            "properties": {
                "data": {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": schema
                }
            },
            "required": ["data"]
        })
    });
    MediaType {
        item_schema: event.map(|event| canonical(&event)),
        ..MediaType::default()
    }
}

fn answers(list: &[RouteAnswer], schemas: &mut Schemas, place: &str) -> BTreeMap<String, Answer> {
    let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
    for one in list {
        let answer = answers.entry(one.status().to_string()).or_default();
        add_description(&mut answer.description, one);
        for name in one.header_names() {
            let schema = json!({ "type": "string" });
            answer.headers.insert(name, Header { schema });
        }
        let (media_type, schema) = match (one.is_problem(), one.media_type()) {
            (true, _) => (
                problem::MEDIA_TYPE,
                Some(json!({ "$ref": reference_to(problem::NAME) })),
            ),
            (false, Some(media_type)) => {
                let schema = one.type_name();
                let schema = schema.and_then(|ty| schemas.of(ty, Direction::Answer, place));
                let schema = match one.is_page() {
                    true => schema.map(page_of),
                    false => schema,
                };
                (media_type, schema)
            }
            (false, None) => continue,
        };
        let (media_type, media) = media(media_type, schema);
        add_media(answer.content.entry(media_type).or_default(), media);
    }
    for (status, answer) in &mut answers {
        if answer.description.is_empty() {
            answer.description = reason(status);
        }
    }
    answers
}

/// Returns the schema of a page of values.
fn page_of(schema: Value) -> Value {
    json!({
        "type": "object",
        "properties": {
            "items": { "type": "array", "items": schema },
            "next": {
                "type": ["string", "null"],
                "description": "The cursor of the next page, or null at the end."
            }
        },
        "required": ["items", "next"]
    })
}

/// Adds a second body with the same media type.
fn add_media(known: &mut MediaType, other: MediaType) {
    known.schema = match (known.schema.take(), other.schema) {
        (Some(first), Some(second)) if first != second => Some(json!({ "anyOf": [first, second] })),
        (first, second) => first.or(second),
    };
}

fn add_description(text: &mut String, answer: &RouteAnswer) {
    for about in answer.descriptions() {
        if text.split("; ").any(|known| known == about) {
            continue;
        }
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(about);
    }
}

/// Returns the reason phrase of a status.
fn reason(status: &str) -> String {
    let status = StatusCode::from_bytes(status.as_bytes()).ok();
    let reason = status.and_then(|status| status.canonical_reason());
    reason.unwrap_or("A response").to_owned()
}

/// Returns the security requirements: all required logins together, and nothing if one is optional.
fn security(
    inputs: &[InputInfo],
    logins: &mut BTreeSet<Login>,
) -> Vec<BTreeMap<String, [String; 0]>> {
    let (mut required, mut optional) = (BTreeMap::new(), Vec::new());
    for input in inputs {
        let InputKind::Login(login) = input.kind else {
            continue;
        };
        logins.insert(login);
        let name = scheme_name(&login);
        match input.is_required {
            true => drop(required.insert(name, [])),
            false => optional.push(BTreeMap::from([(name, [])])),
        }
    }
    optional.retain(|one| !one.keys().any(|name| required.contains_key(name)));
    match (required.is_empty(), optional.is_empty()) {
        (true, true) => Vec::new(),
        (false, _) => vec![required],
        (true, false) => {
            // An empty requirement means that a request may have none of them.
            optional.push(BTreeMap::new());
            optional
        }
    }
}

/// Returns the name of a security scheme.
pub(crate) fn scheme_name(login: &Login) -> String {
    match login {
        Login::Basic => "basic".to_owned(),
        Login::Bearer { format: "" } => "bearer".to_owned(),
        Login::Bearer { format } => format!("bearer_{}", format.to_lowercase()),
        Login::Header(name) => format!("header_{}", name.replace('-', "_")),
        Login::Cookie(name) => {
            let name = name.trim_start_matches("__Host-");
            format!("cookie_{}", name.replace('-', "_"))
        }
        _ => "other".to_owned(),
    }
}

/// Returns the security schemes by their names.
pub(crate) fn security_schemes(logins: &BTreeSet<Login>) -> BTreeMap<String, Value> {
    let schemes = logins.iter().map(|login| {
        let scheme = match login {
            Login::Basic => json!({ "type": "http", "scheme": "basic" }),
            Login::Bearer { format: "" } => json!({ "type": "http", "scheme": "bearer" }),
            Login::Bearer { format } => {
                json!({ "type": "http", "scheme": "bearer", "bearerFormat": format })
            }
            Login::Header(name) => json!({ "type": "apiKey", "in": "header", "name": name }),
            Login::Cookie(name) => json!({ "type": "apiKey", "in": "cookie", "name": name }),
            _ => json!({ "type": "http", "scheme": "other" }),
        };
        (scheme_name(login), canonical(&scheme))
    });
    schemes.collect()
}
