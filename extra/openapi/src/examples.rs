//! Examples in the doc comments of handlers, which are run as tests and are in the document.

mod parse;
mod pattern;
mod place;

use highball::{
    App, Route,
    http::Method,
    testing::{TestRequest, TestResponse, TestSession},
};
use serde_json::Value;

pub(crate) use self::{
    parse::{Example, without_examples},
    place::{add_to_answers, add_to_body, add_to_parameters},
};
use crate::{error::Error, operation::place};

/// Runs the examples of an app: the requests in the doc comments of its handlers, whose responses are compared.
///
/// An example is a block of code in the language `http`: a request line, headers, a body, the status, and then headers
/// and a body of the response if they matter. A header of the response has to be there with this value. A body is
/// equal as JSON if it is JSON, and otherwise as text. Without a `Content-Type`, a request body is sent as JSON. A line
/// that is a status ends the request, unless it begins with white space.
///
/// The same examples are in the document, so its readers see requests that work. Text behind `http` is the summary of
/// the example. The examples run in the order of the routes, in one session.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
/// struct Item {
///     name: String,
/// }
///
/// /// Adds an item.
/// ///
/// /// ```http
/// /// POST /items
/// /// {"name": "tea"}
/// /// 201
/// /// Location: /items/1
/// /// {"name": "tea"}
/// /// ```
/// ///
/// /// ```http without a name
/// /// POST /items
/// /// {}
/// /// 422
/// /// ```
/// #[post("/items")]
/// async fn add(item: Json<Item>) -> Created<Json<Item>> {
///     Created::at("/items/1", item)
/// }
///
/// #[routes(app)]
/// struct Api(add);
///
/// # highball::block_on(async {
/// // In a test of the app:
/// highball_openapi::examples(&Api.test().start()).await;
/// # });
/// ```
///
/// # Panics
/// Panics with a list of the examples that are wrong: the response differs, the route does not document the status, the
/// target is that of another route, or the block cannot be read. Panics if no handler has an example.
pub async fn examples<A: App>(session: &TestSession<A>) {
    let (mut count, mut wrong) = (0, Vec::new());
    for route in A::ROUTES {
        let examples = match of(route) {
            Ok(examples) => examples,
            Err(error) => {
                wrong.push(error.to_string());
                continue;
            }
        };
        for example in examples {
            count += 1;
            if let Err(reason) = run(session, route, &example).await {
                let Example { method, target, .. } = &example;
                wrong.push(format!(
                    "the example `{method} {target}` of {}: {reason}",
                    place(route)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "wrong examples:\n{}", wrong.join("\n"));
    assert!(
        count > 0,
        "no handler has an example, which is a block of code in the language `http`"
    );
}

/// Returns the examples of a route.
pub(crate) fn of(route: &Route) -> Result<Vec<Example>, Error> {
    parse::examples(route.doc()).map_err(|reason| {
        let place = place(route);
        Error::new(vec![format!(
            "an example of {place} cannot be read: {reason}; write another language than `http` for other blocks"
        )])
    })
}

/// Sends the request of an example, and compares the response.
async fn run<A: App>(
    session: &TestSession<A>,
    route: &Route,
    example: &Example,
) -> Result<(), String> {
    check(route, example)?;
    let method = Method::from_bytes(example.method.as_bytes()).map_err(|e| e.to_string())?;
    let response = with_message(session.request(method, &example.target), example)
        .send()
        .await;
    compare(&response, example)
}

/// Checks that the example is one of this route.
fn check(route: &Route, example: &Example) -> Result<(), String> {
    let method = example.method.as_str();
    let mut methods = route.methods();
    let has_method = methods.any(|known| known == method || (known, method) == ("GET", "HEAD"));
    if !has_method && route.methods().next().is_some() {
        return Err("the handler has another method".to_owned());
    }
    if pattern::values(route.path(), example.path()).is_none() {
        return Err(format!("its path does not match `{}`", route.path()));
    }
    let is_known = |status| {
        route
            .answers()
            .iter()
            .any(|answer| answer.status() == status)
    };
    if route.unknown_answers().is_empty() && !is_known(example.status) {
        let status = example.status;
        return Err(format!("the route does not document the status {status}"));
    }
    Ok(())
}

fn with_message(mut request: TestRequest, example: &Example) -> TestRequest {
    let message = &example.request;
    if !message.body.is_empty() {
        request = request.body(message.body.clone());
        if message.header("content-type").is_none() {
            request = request.header("content-type", "application/json");
        }
    }
    for (name, value) in &message.headers {
        request = request.header(name.as_str(), value.as_str());
    }
    request
}

fn compare(response: &TestResponse, example: &Example) -> Result<(), String> {
    let body = String::from_utf8_lossy(response.bytes());
    if response.status() != example.status {
        let (status, expected) = (response.status().as_u16(), example.status);
        return Err(format!("expected {expected}, got {status}: {body}"));
    }
    for (name, expected) in &example.response.headers {
        let value = response.header(name.as_str());
        if value != expected {
            return Err(format!(
                "expected the header `{name}: {expected}`, got `{value}`"
            ));
        }
    }
    let expected = example.response.body.as_str();
    if expected.is_empty() || is_equal(expected, &body) {
        return Ok(());
    }
    Err(format!("expected the body {expected}, got {body}"))
}

fn is_equal(expected: &str, body: &str) -> bool {
    let json = |text| serde_json::from_str::<Value>(text);
    match (json(expected), json(body)) {
        (Ok(expected), Ok(body)) => expected == body,
        _ => expected == body.trim(),
    }
}
