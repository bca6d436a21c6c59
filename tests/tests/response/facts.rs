//! The facts of every response of the framework, and of the routes that return them.

use std::{borrow::Cow, convert::Infallible};

use highball::{
    body::Body,
    extract::*,
    http::{HeaderName, HeaderValue},
    paging::Paged,
    prelude::*,
    response::{
        Accepted, Attachment, Conditional, Created, Html, IntoResponseParts, Jsonp, NoContent,
        NotModified, PrettyJson, Redirect, Revision, Status, UnmetPrecondition, WithStatus,
        sse::Sse,
    },
};

#[derive(Clone, PartialEq, prost::Message)]
struct Message {
    #[prost(uint32, tag = "1")]
    id: u32,
}

#[derive(Debug, IntoResponse)]
enum Problem {
    #[status(404, "no such user")]
    Missing,
}

#[derive(IntoResponse)]
#[allow(dead_code)]
enum Wrapped {
    #[status(409)]
    Conflict,
    #[transparent]
    Events(Sse),
    #[transparent]
    Headers(HeaderMap),
}

#[derive(IntoResponse)]
#[allow(dead_code)]
enum EventsOrProblem {
    #[status(409)]
    Conflict,
    #[transparent]
    Events(Sse),
}

/// States nothing.
struct Unknown;

impl IntoResponse for Unknown {
    fn into_response(self) -> Response {
        ().into_response()
    }
}

fn words<T: IntoResponse>() -> String {
    T::FACTS.words().collect::<Vec<_>>().join(", ")
}

#[test]
fn only_responses_of_any_kind_are_opaque() {
    for plain in [
        words::<()>(),
        words::<Infallible>(),
        words::<StatusCode>(),
        words::<&'static str>(),
        words::<String>(),
        words::<Cow<'static, str>>(),
        words::<Bytes>(),
        words::<Vec<u8>>(),
        words::<Rejection>(),
        words::<highball::Error>(),
        words::<Json<u8>>(),
        words::<PrettyJson<u8>>(),
        words::<Jsonp<u8>>(),
        words::<Xml<u8>>(),
        words::<Yaml<u8>>(),
        words::<Toml<u8>>(),
        words::<MsgPack<u8>>(),
        words::<Protobuf<Message>>(),
        words::<Form<u8>>(),
        words::<Paged<u8>>(),
        words::<NoContent>(),
        words::<Redirect>(),
        words::<NotModified>(),
        words::<UnmetPrecondition>(),
        words::<Conditional<Json<u8>>>(),
        words::<Problem>(),
        words::<(Revision, Json<u8>)>(),
    ] {
        assert_eq!(plain, "");
    }
    assert_eq!(words::<Sse>(), "stream");
    assert_eq!(words::<Body>(), "stream");
    assert_eq!(words::<Html<Body>>(), "stream");
    assert_eq!(words::<HeaderMap>(), "sets a cookie");
    assert_eq!(words::<[(HeaderName, HeaderValue); 1]>(), "sets a cookie");
    assert_eq!(words::<Response>(), "opaque");
    assert_eq!(words::<Unknown>(), "opaque");
    assert!(<HeaderMap as IntoResponseParts>::FACTS.may(Facts::SETS_COOKIE));
    assert!(Sse::FACTS.surely(Facts::STREAM));
    assert!(!Body::FACTS.surely(Facts::STREAM));
}

#[test]
fn wrappers_pass_the_facts_of_a_response_on() {
    for wrapper in [
        words::<Option<Sse>>(),
        words::<Result<Sse, Problem>>(),
        words::<Result<Json<u8>, Sse>>(),
        words::<Either<Json<u8>, Sse>>(),
        words::<Created<Sse>>(),
        words::<Accepted<Sse>>(),
        words::<Conditional<Sse>>(),
        words::<WithStatus<203, Sse>>(),
        words::<Attachment<Sse>>(),
        words::<(StatusCode, Sse)>(),
        words::<(Status, Sse)>(),
        words::<(Revision, Sse)>(),
    ] {
        assert_eq!(wrapper, "stream");
    }
    assert_eq!(
        words::<(StatusCode, HeaderMap, Sse)>(),
        "stream, sets a cookie"
    );
    assert_eq!(words::<Wrapped>(), "stream, sets a cookie");
    let surely = |facts: Facts| facts.surely(Facts::STREAM);
    assert!(surely(<(StatusCode, Sse)>::FACTS));
    assert!(surely(<Result<Sse, Sse>>::FACTS));
    assert!(!surely(<Option<Sse>>::FACTS));
    assert!(!surely(<Result<Sse, Problem>>::FACTS));
    assert!(!surely(Wrapped::FACTS));
    assert!(EventsOrProblem::FACTS.may(Facts::STREAM) && !surely(EventsOrProblem::FACTS));
}

#[get("/nothing")]
async fn nothing() {}

#[get("/json/{id}")]
async fn json(id: u32) -> Result<Json<u32>, Problem> {
    match id {
        0 => Err(Problem::Missing),
        id => Ok(Json(id)),
    }
}

#[get("/headers")]
async fn headers(uri: &Uri) -> (HeaderMap, String) {
    (HeaderMap::new(), uri.path().to_owned())
}

#[get("/response")]
async fn response() -> Response {
    ().into_response()
}

#[get("/unnamed")]
async fn unnamed() -> impl IntoResponse {
    "text"
}

#[get("/cookies")]
async fn cookies(cx: &mut Context<'_>) -> &'static str {
    cx.method().as_str();
    "text"
}

#[routes(app)]
struct Api(nothing, json, headers, response, unnamed, cookies);

#[test]
fn routes_have_the_facts_of_their_responses() {
    let words = Api::ROUTES.iter().map(|route| {
        let words = route.facts().words().collect::<Vec<_>>().join(", ");
        (route.path(), words)
    });
    let expected = [
        ("/nothing", ""),
        ("/json/{id}", "path"),
        ("/headers", "path, query, sets a cookie"),
        ("/response", "stream, sets a cookie"),
        ("/unnamed", "stream, sets a cookie"),
        // The context is opaque, and the text is not.
        ("/cookies", "opaque"),
    ];
    assert!(
        words
            .clone()
            .eq(expected.map(|(path, words)| (path, words.to_owned()))),
        "{:?}",
        words.collect::<Vec<_>>()
    );
}
