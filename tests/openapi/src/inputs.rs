//! A route for each extractor.

use garde::Validate;
use highball::{
    body::BodyStream,
    cookie::{Cookies, SignedCookies},
    extract::{
        Basic, Bind, Client, Either, Header, LastEventId, MsgPack, Precondition, SafePath, Toml,
        Valid, Xml, Yaml,
    },
    http::Version,
    multipart::Multipart,
    prelude::*,
    response::{Accept, Conditional, Html, Revision, UnmetPrecondition},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One route for each extractor.
#[routes("/inputs")]
pub(crate) struct Inputs(Paths, Queries, Bodies, Heads);

/// The kind of a shape, in a path.
#[derive(PathFields)]
struct Place {
    shelf: u16,
    row: i8,
}

#[get("/integers/{a}/{b}/{c}")]
async fn integers(a: u64, b: i32, c: u8) -> Json<u64> {
    Json(a ^ u64::from(b.unsigned_abs()) ^ u64::from(c))
}

#[get("/float/{value}")]
async fn float(value: f64) -> String {
    value.to_string()
}

#[get("/bool/{value}")]
async fn boolean(value: bool) -> Json<bool> {
    Json(value)
}

#[get("/char/{value}")]
async fn character(value: char) -> String {
    value.to_string()
}

#[get("/text/{value}")]
async fn text(value: &str) -> String {
    value.to_owned()
}

#[get("/non-zero/{value}")]
async fn non_zero(value: std::num::NonZeroU32) -> Json<u32> {
    Json(value.get())
}

#[get("/fields/{shelf}/{row}")]
async fn fields(place: Path<Place>) -> Json<i32> {
    Json(i32::from(place.shelf) * i32::from(place.row))
}

#[get("/positional/{a}/{b}")]
async fn positional(Path((a, b)): Path<(u32, String)>) -> String {
    format!("{a}{b}")
}

#[get("/files/{*rest}")]
async fn rest(rest: SafePath) -> String {
    rest.within("").display().to_string()
}

/// Parameters of the path.
#[routes("/path")]
struct Paths(
    integers,
    float,
    boolean,
    character,
    text,
    non_zero,
    fields,
    positional,
    rest,
);

/// A color.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Color {
    Red,
    DarkBlue,
}

/// A filter.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Filter {
    /// Only of this color.
    color: Option<Color>,
    #[serde(default)]
    tag: Vec<String>,
    limit: Option<u8>,
    exact: Option<bool>,
}

/// A filter that has to be complete.
#[derive(Debug, Serialize, Deserialize, JsonSchema, Validate)]
struct Range {
    #[garde(range(min = 1, max = 50))]
    first: u32,
    #[garde(length(chars, min = 2, max = 8))]
    name: String,
}

#[get("/filter")]
async fn filter(filter: Query<Filter>) -> Json<Filter> {
    Json(filter.0)
}

#[get("/range")]
async fn range(range: Valid<Query<Range>>) -> Json<Range> {
    Json(range.0.0)
}

#[get("/form")]
async fn form_of_get(form: Form<Filter>) -> Json<Filter> {
    Json(form.0)
}

/// Parameters of the query.
#[routes("/query")]
struct Queries(filter, range, form_of_get);

/// A shape, with a tag.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shape {
    Circle { radius: u32 },
    Square { side: u32 },
}

/// A thing with fields of every kind.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Thing {
    id: u64,
    name: String,
    #[serde(default)]
    tags: Vec<String>,
    color: Option<Color>,
    shape: Shape,
    #[serde(default = "one")]
    count: u16,
    parent: Option<Box<Thing>>,
}

fn one() -> u16 {
    1
}

/// A thing with rules.
#[derive(Debug, Serialize, Deserialize, JsonSchema, Validate)]
struct Ruled {
    #[garde(length(chars, min = 2, max = 10))]
    name: String,
    #[garde(range(min = 18, max = 130))]
    age: u8,
    #[garde(length(max = 3))]
    nicks: Vec<String>,
}

/// A flat value, for formats that have no nesting.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Flat {
    name: String,
    count: u32,
}

#[post("/json")]
async fn json(thing: Json<Thing>) -> Json<Thing> {
    thing
}

#[post("/optional")]
async fn optional(thing: Option<Json<Flat>>) -> Json<Option<Flat>> {
    Json(thing.map(|thing| thing.0))
}

#[post("/result")]
async fn result(thing: Result<Json<Flat>, Rejection>) -> Json<bool> {
    Json(thing.is_ok())
}

#[post("/valid")]
async fn valid(thing: Valid<Json<Ruled>>) -> Json<Ruled> {
    Json(thing.0.0)
}

#[post("/form")]
async fn form(form: Form<Flat>) -> Json<Flat> {
    Json(form.0)
}

#[post("/bind")]
async fn bind(value: Bind<Flat>) -> Json<Flat> {
    Json(value.0)
}

#[post("/either")]
async fn either(value: Either<Json<Flat>, Form<Flat>>) -> Json<Flat> {
    match value {
        Either::Left(value) => value,
        Either::Right(value) => Json(value.0),
    }
}

#[post("/xml")]
async fn xml(value: Xml<Flat>) -> Xml<Flat> {
    value
}

#[post("/yaml")]
async fn yaml(value: Yaml<Flat>) -> Yaml<Flat> {
    value
}

#[post("/toml")]
async fn toml(value: Toml<Flat>) -> Toml<Flat> {
    value
}

#[post("/msgpack")]
async fn msgpack(value: MsgPack<Flat>) -> MsgPack<Flat> {
    value
}

#[post("/text")]
async fn string(value: String) -> String {
    value
}

#[post("/bytes")]
async fn bytes(value: Bytes) -> Bytes {
    value
}

#[post("/stream")]
async fn stream(mut body: BodyStream) -> Result<Json<usize>, highball::Error> {
    let mut length = 0;
    while let Some(chunk) = body.chunk().await? {
        length += chunk.len();
    }
    Ok(Json(length))
}

#[post("/multipart", answers(200 => Json<usize>, 400, 408, 413))]
async fn multipart(mut form: Multipart) -> Result<Json<usize>, Rejection> {
    let mut count = 0;
    while let Some(field) = form.next().await? {
        field.bytes().await?;
        count += 1;
    }
    Ok(Json(count))
}

/// Bodies.
#[routes("/body")]
struct Bodies(
    json,
    optional,
    result,
    valid,
    form,
    bind,
    either,
    xml,
    yaml,
    toml,
    msgpack,
    string,
    bytes,
    stream,
    multipart,
);

#[derive(Debug, IntoResponse)]
#[status(401, "the credentials are wrong")]
struct WrongLogin;

#[get("/bearer")]
async fn bearer(token: Bearer) -> Result<String, WrongLogin> {
    match token.token() {
        "secret" => Ok("hello".to_owned()),
        _ => Err(WrongLogin),
    }
}

#[get("/optional-bearer")]
async fn optional_bearer(token: Option<Bearer>) -> Json<bool> {
    Json(token.is_some())
}

#[get("/basic")]
async fn basic(login: Basic) -> Result<String, WrongLogin> {
    match login.is("ops", "secret") {
        true => Ok("hello".to_owned()),
        false => Err(WrongLogin),
    }
}

#[get("/typed")]
async fn typed(agent: Header<headers::Referer>) -> String {
    agent.to_string()
}

#[get("/etag")]
async fn etag(agent: Option<Header<headers::IfNoneMatch>>) -> Json<bool> {
    Json(agent.is_some())
}

#[get("/cookies")]
async fn cookies(cookies: Cookies<'_>) -> Json<usize> {
    Json(cookies.iter().count())
}

#[get("/signed")]
async fn signed(cookies: SignedCookies<'_>) -> Json<bool> {
    Json(cookies.get("sid").is_some())
}

#[get("/accept", answers(200 => Json<bool>, 200 => Html<&'static str>, 406))]
async fn accept(accept: Accept) -> Response {
    accept
        .offer("application/json", || Json(true))
        .offer("text/html", || Html("true"))
        .answer()
}

#[get("/last-event-id")]
async fn last_event_id(id: LastEventId) -> Json<bool> {
    let _ = id;
    Json(true)
}

#[get("/precondition")]
async fn precondition(
    precondition: Precondition,
) -> Result<Conditional<Json<bool>>, UnmetPrecondition> {
    let version = Revision::tag("1");
    precondition.check(&version)?;
    Ok(precondition.respond(version, Json(true)))
}

#[get("/client")]
async fn client(client: Client, method: &Method, uri: &Uri, version: Version) -> String {
    format!("{method} {uri} {version:?} {}", client.is_https())
}

#[get("/headers")]
async fn all(headers: &HeaderMap) -> Json<usize> {
    Json(headers.len())
}

#[get("/context")]
async fn context(cx: &Context<'_>) -> String {
    cx.path().to_owned()
}

/// Headers, credentials and the rest of the head.
#[routes("/head")]
struct Heads(
    bearer,
    optional_bearer,
    basic,
    typed,
    etag,
    cookies,
    signed,
    accept,
    last_event_id,
    precondition,
    client,
    all,
    context,
);
