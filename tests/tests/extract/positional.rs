//! Parameters by their position, as in axum: `Path((org, id)): Path<(String, u32)>`.

use std::{fmt::Debug, path::PathBuf, str::FromStr};

use highball::prelude::*;

/// A type of the app, which is parsed with `FromStr`.
struct Even(u32);

impl FromStr for Even {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(number) if number % 2 == 0 => Ok(Self(number)),
            _ => Err("odd".to_owned()),
        }
    }
}

type Key = (String, Even);

#[derive(PathFields)]
struct City {
    city: String,
}

#[get("/one/{id}")]
async fn one(Path(id): Path<u32>) -> String {
    id.to_string()
}

#[get("/named/{id}")]
async fn named(id: Path<Even>) -> String {
    id.0.0.to_string()
}

#[post("/two/{org}/{id}")]
async fn two(Path((org, id)): Path<(String, Even)>, body: String) -> String {
    format!("{org} {} {body}", id.0)
}

#[get("/rest/{*rest}")]
async fn rest(Path(rest): Path<String>) -> String {
    rest
}

#[get("/city/{city}")]
async fn city(Path(City { city }): Path<City>) -> String {
    city
}

#[get("/maybe/{id}")]
async fn maybe(found: Result<Path<u32>, Rejection>, cx: &Context<'_>) -> String {
    format!("{:?} {:?}", found.ok().map(|id| id.0), cx.param("id"))
}

#[get("/file/{name}")]
async fn file<T: FromStr + Debug>(Path(name): Path<T>) -> String {
    format!("{name:?}")
}

/// The context is not one of the values that are counted.
#[get("/last/{id}")]
async fn last(cx: &Context<'_>, #[param] tenant: String, id: u32) -> String {
    format!("{} {tenant} {id}", cx.method())
}

#[routes("/in/{tenant}")]
struct Inner(one, two, last);

#[routes(app)]
struct Api(one, named, two, rest, city, maybe, file<PathBuf>, Inner);

async fn check(path: &str, expected: &str) {
    let response = Api.test().get(path).send().await;
    assert_eq!(response.text(), expected);
}

#[tokio::test]
async fn one_value_is_the_only_parameter() {
    check("/one/7", "7").await;
    check("/named/8", "8").await;
    check("/rest/a/b%20c", "a/b c").await;
    check("/city/ulm", "ulm").await;
    check("/maybe/7", "Some(7) Some(\"7\")").await;
    // The parameters of prefixes come before the handler's own.
    check("/in/acme/one/7", "7").await;
}

#[tokio::test]
async fn a_tuple_has_the_parameters_in_their_order() {
    for path in ["/two/acme/8", "/in/x/two/acme/8"] {
        let response = Api.test().post(path).body("text").send().await;
        assert_eq!(response.text(), "acme 8 text");
    }
    let key: Path<Key> = Path(("acme".to_owned(), Even(2)));
    assert_eq!(two(key, String::new()).await, "acme 2 ");
}

#[tokio::test]
async fn an_invalid_parameter_is_named() {
    let response = Api.test().get("/one/abc").send().await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let expected = "the path parameter `id` must be a `u32`, not `abc`";
    assert!(response.text().contains(expected), "{}", response.text());

    let response = Api.test().post("/two/acme/7").body("text").send().await;
    let expected = "the path parameter `id` cannot be `7`";
    assert!(response.text().contains(expected), "{}", response.text());
}

#[tokio::test]
async fn a_parameter_after_the_context_has_its_own_name() {
    check("/in/acme/last/7", "GET acme 7").await;
    let response = Api.test().get("/in/acme/last/abc").send().await;
    let expected = "the path parameter `id` must be a `u32`, not `abc`";
    assert!(response.text().contains(expected), "{}", response.text());
    let argument = Api::ROUTES[Api::ROUTES.len() - 1]
        .arguments()
        .next()
        .expect("an argument");
    assert_eq!((argument.name, argument.ty), ("cx", "&Context<'_>"));
}

#[tokio::test]
async fn a_file_path_of_a_generic_handler_is_not_read() {
    let response = Api.test().get("/file/passwd").send().await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
}
