//! The answers of every response of the framework, and of routes with everything around them.

use std::{borrow::Cow, convert::Infallible};

use highball::{
    body::Body,
    describe::{Answer, Answers, Payloads, Visit},
    extract::*,
    http::{HeaderName, HeaderValue},
    middleware::*,
    paging::Paged,
    prelude::*,
    response::{
        Accepted, Attachment, Conditional, Created, Html, Jsonp, NoContent, NotModified,
        PrettyJson, Redirect, Revision, Status, UnmetPrecondition, WithStatus,
        sse::{JsonEvents, Sse},
    },
};

#[derive(Clone, PartialEq, prost::Message)]
struct Message {
    #[prost(uint32, tag = "1")]
    id: u32,
}

#[derive(Debug, IntoResponse)]
#[allow(dead_code)]
enum Problem {
    #[status(404, "there is no user {id}")]
    Missing { id: u32 },
    #[status(409)]
    Taken,
}

#[derive(IntoResponse)]
#[allow(dead_code)]
enum Wrapped {
    #[status(403)]
    Forbidden,
    #[transparent]
    Problem(Problem),
    #[transparent]
    Page(Html<String>),
}

#[derive(IntoResponse)]
#[allow(dead_code)]
enum ChangeError {
    #[status(404)]
    Missing,
    #[transparent]
    Unmet(#[from] UnmetPrecondition),
}

/// States nothing.
struct Unknown;

impl IntoResponse for Unknown {
    fn into_response(self) -> Response {
        ().into_response()
    }
}

/// Returns an answer as text.
fn text(answer: &Answer) -> String {
    let body = match (answer.is_problem(), answer.media_type()) {
        (true, _) => " problem".to_owned(),
        (false, Some(media_type)) => format!(" {media_type}"),
        (false, None) => String::new(),
    };
    let ty = answer.type_name().map(|ty| format!(" {ty}"));
    let headers: Vec<_> = answer.header_names().collect();
    let headers = (!headers.is_empty()).then(|| format!(" ({})", headers.join(" ")));
    format!(
        "{}{body}{}{}",
        answer.status(),
        ty.unwrap_or_default(),
        headers.unwrap_or_default()
    )
}

#[track_caller]
fn check(answers: &Answers, expected: &str) {
    let mut all: Vec<_> = answers.known().iter().map(text).collect();
    all.extend(answers.is_opaque().then(|| "any".to_owned()));
    assert_eq!(all.join(", "), expected);
}

#[track_caller]
fn of<T: IntoResponse>(expected: &str) {
    check(&T::ANSWERS, expected);
}

#[test]
fn only_responses_with_a_status_as_a_value_are_opaque() {
    of::<()>("200");
    of::<Infallible>("");
    of::<NoContent>("204");
    of::<&'static str>("200 text/plain");
    of::<String>("200 text/plain");
    of::<Cow<'static, str>>("200 text/plain");
    of::<Bytes>("200 application/octet-stream");
    of::<Vec<u8>>("200 application/octet-stream");
    of::<Json<u8>>("200 application/json u8");
    of::<PrettyJson<u8>>("200 application/json u8");
    of::<Xml<u8>>("200 application/xml u8");
    of::<Yaml<u8>>("200 application/yaml u8");
    of::<Toml<u8>>("200 application/toml u8");
    of::<MsgPack<u8>>("200 application/vnd.msgpack u8");
    of::<Protobuf<Message>>("200 application/x-protobuf");
    of::<Paged<u8>>("200 application/json u8 (link)");
    of::<Form<u8>>("200 application/x-www-form-urlencoded u8");
    of::<Jsonp<u8>>("200 text/javascript, 400 problem");
    of::<Html<String>>("200 text/html");
    of::<Sse>("200 text/event-stream");
    of::<JsonEvents<u8>>("200 text/event-stream u8");
    of::<HeaderMap>("200");
    of::<[(HeaderName, HeaderValue); 1]>("200");
    of::<highball::Error>("500 problem, any");
    of::<Redirect>("303 (location)");
    of::<Redirect<308>>("308 (location)");
    of::<Problem>("404 problem, 409 problem");
    of::<UnmetPrecondition>("412 problem, 428 problem");
    of::<ChangeError>("404 problem, 412 problem, 428 problem");
    of::<NotModified>("304 (etag last-modified)");
    for answers in [
        StatusCode::ANSWERS,
        Response::ANSWERS,
        Body::ANSWERS,
        Rejection::ANSWERS,
        Unknown::ANSWERS,
    ] {
        check(&answers, "any");
    }
}

#[test]
fn wrappers_pass_the_answers_of_a_response_on() {
    of::<Option<Json<u8>>>("200 application/json u8, 404 problem");
    of::<Result<Json<u8>, Problem>>("200 application/json u8, 404 problem, 409 problem");
    of::<Result<Created<Json<u8>>, Problem>>(
        "201 application/json u8 (location), 404 problem, 409 problem",
    );
    of::<Created<Result<String, Problem>>>("201 text/plain (location), 404 problem, 409 problem");
    of::<Result<Accepted<Json<u8>>, Problem>>(
        "202 application/json u8 (location), 404 problem, 409 problem",
    );
    of::<WithStatus<207, Json<u8>>>("207 application/json u8");
    of::<WithStatus<402, ()>>("402");
    of::<Option<WithStatus<409, Json<u8>>>>("404 problem, 409 application/json u8");
    of::<WithStatus<202, Result<String, Problem>>>("202 text/plain, 404 problem, 409 problem");
    of::<WithStatus<203, Created<Json<u8>>>>("203 application/json u8 (location)");
    of::<WithStatus<503, Response>>("any");
    of::<Conditional<Json<u8>>>(
        "200 application/json u8 (etag last-modified), 304 (etag last-modified)",
    );
    of::<Result<Conditional<Json<u8>>, ChangeError>>(
        "200 application/json u8 (etag last-modified), 304 (etag last-modified), 404 problem, 412 problem, \
         428 problem",
    );
    of::<Either<String, Html<String>>>("200 text/plain, 200 text/html");
    of::<Attachment<Bytes>>("200 application/octet-stream (content-disposition)");
    of::<(Revision, Json<u8>)>("200 application/json u8 (etag last-modified)");
    of::<(HeaderMap, NoContent)>("204");
    of::<(StatusCode, Json<u8>)>("any");
    of::<(Status, Option<Json<u8>>)>("404 problem, any");
    of::<(StatusCode, HeaderMap, Json<u8>)>("any");
    of::<Result<String, Rejection>>("200 text/plain, any");
    of::<Wrapped>("200 text/html, 403 problem, 404 problem, 409 problem");
}

#[test]
fn messages_of_an_error_describe_its_answers() {
    let known = Problem::ANSWERS.known();
    assert_eq!(known[0].description(), "there is no user {id}");
    assert_eq!(known[1].description(), "");
}

/// Lists the names of types.
#[derive(Default)]
struct Names(Vec<&'static str>);

impl<T> Visit<T> for Names {
    fn visit(&mut self) {
        self.0.push(std::any::type_name::<T>());
    }
}

#[test]
fn wrappers_show_the_payloads_of_a_response() {
    let mut names = Names::default();
    <Accepted<Json<u8>> as Payloads<Names>>::show(&mut names);
    <WithStatus<207, Json<u16>> as Payloads<Names>>::show(&mut names);
    <Result<Conditional<Json<u32>>, ChangeError> as Payloads<Names>>::show(&mut names);
    <Option<Paged<u64>> as Payloads<Names>>::show(&mut names);
    assert_eq!(names.0, ["u8", "u16", "u32", "u64"]);
}

#[guard]
fn signed_in(token: Bearer) -> Result<(), Problem> {
    match token.token() {
        "secret" => Ok(()),
        _ => Err(Problem::Taken),
    }
}

#[guard]
fn opaque_guard() -> Result<(), Rejection> {
    Ok(())
}

#[guard(answers = Answers::one(Answer::problem(402)))]
fn paid() -> Result<(), Rejection> {
    Ok(())
}

#[middleware(answers = Answers::NONE)]
async fn timing(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[middleware]
async fn unknown(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[observer]
fn log(exchange: &Exchange<'_>) {
    let _ = exchange.status();
}

#[get("/plain")]
async fn plain() {}

#[post("/all/{id}", timeout = secs(3))]
async fn all(id: u32, body: Json<u8>, db: State<u8>) -> Result<Json<u8>, Problem> {
    let _ = (id, db);
    Ok(body)
}

#[get("/paid", with(paid, log))]
async fn paid_page(lists: Result<Query<u8>, Rejection>) -> Redirect {
    let _ = lists;
    Redirect::to("/")
}

#[get("/opaque", with(opaque_guard, unknown))]
async fn opaque(cx: &Context<'_>) -> StatusCode {
    let _ = cx;
    StatusCode::OK
}

#[routes(with(signed_in))]
struct Private(all);

#[routes(app, with(timing, SecurityHeaders::new(), ETag))]
struct Api(plain, Private, paid_page, opaque);

#[test]
fn a_route_has_the_answers_of_everything_around_it() {
    let shown = Api::ROUTES.iter().map(|route| {
        let answers: Vec<_> = route.answers().iter().map(text).collect();
        (route.path(), answers.join(", "), route.unknown_answers())
    });
    let unchanged = "304 (etag)";
    let module = module_path!();
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            ("/plain", format!("200, {unchanged}"), vec![]),
            (
                "/all/{id}",
                format!(
                    "200 application/json u8, {unchanged}, 400 problem, 401 problem \
                     (www-authenticate), 404 problem, 408 problem, 409 problem, 413 problem, 415 \
                     problem, 422 problem, 503 problem"
                ),
                vec![]
            ),
            (
                "/paid",
                format!("303 (location), {unchanged}, 402 problem"),
                vec![]
            ),
            (
                "/opaque",
                unchanged.to_owned(),
                vec![
                    &*format!("{module}::opaque_guard").leak(),
                    &*format!("{module}::unknown").leak(),
                    "StatusCode"
                ]
            ),
        ]
    );
}

#[post("/stated/{status}", answers(201 => Json<u8>, 204, 409 => "the name is taken"))]
async fn stated(status: u16) -> Result<Response, Rejection> {
    let code = StatusCode::from_u16(status).map_err(|_| Rejection::internal())?;
    Ok(match status {
        201 | 202 => (code, Json(7_u8)).into_response(),
        409 => return Err(Rejection::new(code, "taken")),
        210 => (StatusCode::CREATED, "text").into_response(),
        _ => code.into_response(),
    })
}

#[routes(app)]
struct Stated(stated);

#[test]
fn stated_answers_replace_those_of_the_type() {
    let route = &Stated::ROUTES[0];
    let answers: Vec<_> = route.answers().iter().map(text).collect();
    assert_eq!(
        answers.join(", "),
        "201 application/json u8, 204, 400 problem, 409 problem"
    );
    assert!(route.unknown_answers().is_empty());
}

/// The last two are not listed: another status, and another body.
#[test]
fn debug_builds_compare_each_response_with_them() {
    let client = Stated.test().start();
    highball::block_on(async {
        for (status, expected) in [(201, 201), (204, 204), (409, 409), (202, 500), (210, 500)] {
            let path = format!("/stated/{status}");
            let response = client.post(&path).send().await;
            let expected = if cfg!(debug_assertions) {
                expected
            } else {
                response.status().as_u16()
            };
            assert_eq!(response.status(), expected, "{status}");
        }
    });
}
