//! Arguments of handlers, and the rejections of requests that lack them.

use std::net::IpAddr;

use highball::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    tag: Vec<String>,
    page: Option<u32>,
}

#[derive(Deserialize)]
struct NewUser {
    name: String,
}

#[derive(PathFields)]
struct Place {
    city: String,
    number: u16,
}

/// A type of the app, which is parsed with `FromStr`.
struct Even(u32);

impl std::str::FromStr for Even {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(number) if number % 2 == 0 => Ok(Self(number)),
            _ => Err("odd".to_owned()),
        }
    }
}

#[get("/num/{n}")]
async fn number(n: i8) -> String {
    n.to_string()
}

#[get("/even/{n}")]
async fn even(n: Even) -> String {
    n.0.to_string()
}

#[get("/ip/{addr}")]
async fn ip(addr: IpAddr) -> String {
    addr.to_string()
}

#[get("/text/{a}/{b}")]
async fn text(b: String, a: &str) -> String {
    format!("{a}|{b}")
}

#[get("/place/{city}/{number}")]
async fn place(place: Path<Place>) -> String {
    format!("{} {}", place.city, place.number)
}

#[get("/find")]
async fn find(filter: Query<Filter>) -> String {
    format!("{:?} {:?}", filter.tag, filter.page)
}

#[post("/json")]
async fn json_body(user: Json<NewUser>) -> String {
    user.0.name
}

#[post("/text")]
async fn text_body(body: String) -> String {
    body
}

#[get("/me")]
async fn me(token: Bearer) -> String {
    token.token().to_owned()
}

#[get("/head")]
async fn head_of(method: Method, uri: &Uri, headers: HeaderMap, route: MatchedRoute) -> String {
    format!("{method} {uri} {} {}", headers.len(), route.path())
}

#[get("/who")]
async fn who(peer: ConnectInfo) -> String {
    peer.0.to_string()
}

#[get("/cx/{id}")]
async fn context(cx: &Context<'_>) -> String {
    let query = cx.query("q").unwrap_or_default();
    format!(
        "{:?} {:?} {query} {:?} {:?}",
        cx.param("id"),
        cx.param("other"),
        cx.header("x-a"),
        cx.full_path()
    )
}

#[post("/bind")]
async fn bind(cx: &mut Context<'_>) -> Result<Response, Rejection> {
    let user: NewUser = cx.bind().await?;
    Ok(cx.json(201, &user.name))
}

#[routes(app)]
struct Api(
    number,
    even,
    ip,
    text,
    place,
    find,
    json_body,
    text_body,
    me,
    head_of,
    who,
    context,
    bind,
);

async fn get(path: &str) -> (u16, String) {
    let response = Api.test().get(path).send().await;
    (response.status().as_u16(), response.text().to_owned())
}

/// Asserts the status, and that the body contains the text.
async fn check(path: &str, status: u16, text: &str) {
    let (got, body) = get(path).await;
    assert!(got == status && body.contains(text), "{path}: {got} {body}");
}

#[tokio::test]
async fn path_parameters_are_parsed() {
    check("/num/-128", 200, "-128").await;
    check("/num/128", 400, r#""name":"n","expected":"i8","got":"128""#).await;
    check("/even/4", 200, "4").await;
    check("/even/5", 400, "cannot be `5`").await;
    check("/ip/::1", 200, "::1").await;
    check("/text/x%2Fy/z+w", 200, "x/y|z+w").await;
    check("/place/Bern/8", 200, "Bern 8").await;
    check("/place/Bern/x", 400, r#""name":"number","expected":"u16""#).await;
}

#[tokio::test]
async fn rejection_does_not_name_types_of_the_app() {
    let (_, body) = get("/even/5").await;
    assert!(!body.contains("Even") && !body.contains("odd"), "{body}");
}

#[tokio::test]
async fn repeated_keys_of_the_query_fill_a_list() {
    check(
        "/find?tag=a&page=2&tag=b%20c",
        200,
        r#"["a", "b c"] Some(2)"#,
    )
    .await;
    check("/find", 200, "[] None").await;
    check(
        "/find?page=x",
        400,
        "the query parameter `page` must be a `u32`, not `x`",
    )
    .await;
}

async fn post(path: &str, content_type: &str, body: &'static str) -> (u16, String) {
    let request = Api.test().post(path).body(body);
    let response = request
        .header(header::CONTENT_TYPE, content_type)
        .send()
        .await;
    (response.status().as_u16(), response.text().to_owned())
}

#[tokio::test]
async fn json_is_parsed_or_rejected_with_a_reason() {
    for (content_type, body, status, text) in [
        ("application/json", r#"{"name":"ann"}"#, 200, "ann"),
        (
            "application/merge-patch+json",
            r#"{"name":"ann"}"#,
            200,
            "ann",
        ),
        ("text/plain", r#"{"name":"ann"}"#, 415, "application/json"),
        ("application/json", r#"{"name":"#, 400, "ends too early"),
        ("application/json", "", 400, "ends too early"),
        ("application/json", "nope", 400, "not JSON"),
        (
            "application/json",
            r#"{"name":1}"#,
            422,
            "`/name` must be a string",
        ),
        ("application/json", r#"{}"#, 422, "`/name` is missing"),
        (
            "application/json",
            r#"{"name":"a"} x"#,
            400,
            "followed by something else",
        ),
    ] {
        for path in ["/json", "/bind"] {
            let (got, answer) = post(path, content_type, body).await;
            let expected = if path == "/bind" && status == 200 {
                201
            } else {
                status
            };
            assert!(
                got == expected && answer.contains(text),
                "{body}: {got} {answer}"
            );
        }
    }
}

#[tokio::test]
async fn deeply_nested_json_is_rejected() {
    let body = "[".repeat(100_000);
    let request = Api.test().post("/json").body(body);
    let response = request
        .header(header::CONTENT_TYPE, "application/json")
        .send()
        .await;
    assert!(response.status().is_client_error());
}

#[tokio::test]
async fn text_must_be_utf8_and_within_the_limit() {
    let sent = Api.test().post("/text").body(&b"a\xff"[..]).send().await;
    assert_eq!(sent.status(), 400);
    assert!(sent.text().contains("at byte 1"), "{}", sent.text());
    let sent = Api
        .test()
        .body_limit(3)
        .post("/text")
        .body("four")
        .send()
        .await;
    assert_eq!(sent.status(), 413);
}

#[tokio::test]
async fn missing_or_malformed_bearer_token_is_401() {
    for (value, expected) in [
        ("Bearer abc.DEF-1~+/==", Some("abc.DEF-1~+/==")),
        ("bearer x", Some("x")),
        ("Bearer", None),
        ("Bearer ", None),
        ("Bearer a b", None),
        ("Basic abc", None),
    ] {
        let request = Api.test().get("/me").header(header::AUTHORIZATION, value);
        let response = request.send().await;
        match expected {
            Some(token) => assert_eq!(response.text(), token),
            None => {
                assert_eq!(response.status(), 401, "{value}");
                assert_eq!(response.header(header::WWW_AUTHENTICATE), "Bearer");
            }
        }
    }
    let twice = Api.test().get("/me").bearer("a").bearer("b").send().await;
    assert_eq!(twice.status(), 401);
}

#[tokio::test]
async fn parts_of_the_head_are_extractors() {
    check("/head?x=1", 200, "GET /head?x=1 0 /head").await;
    // Without a socket there is no connection. The client gets no detail about this.
    check("/who", 500, "something went wrong on our side").await;
}

#[tokio::test]
async fn context_has_the_accessors_of_gin() {
    let request = Api.test().get("/cx/7?q=a+b").header("x-a", "1");
    let response = request.send().await;
    let expected = r#"Some("7") None a b Some("1") Some("/cx/{id}")"#;
    assert_eq!(response.text(), expected);
}
