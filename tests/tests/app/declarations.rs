//! Declarations of handlers and groups: by macros, with generics, and from other crates.

use highball::prelude::*;
use highball_renamed::{AppState, Numbers, Service, limited, r#match, module, numbered, place};

/// Declares handlers with names that only the macro contains.
macro_rules! answering {
    ($($name:ident: $verb:ident $path:literal => $answer:expr,)*) => {$(
        #[$verb($path)]
        async fn $name(cx: &Context<'_>) -> String {
            let answer: &str = $answer;
            format!("{answer} at {}", cx.path())
        }
    )*};
}

answering! {
    first: get "/first" => "1",
    second: post "/second" => "2",
}

#[get("/default/{key}")]
async fn default<T>(key: &str, limit: State<u64>) -> String
where
    T: Default + std::fmt::Debug,
{
    format!("{key} {:?} {}", T::default(), *limit)
}

#[get("/named/{piece}")]
#[allow(
    clippy::needless_lifetimes,
    reason = "a lifetime with a name is what is tested"
)]
async fn named<'a>(piece: &'a str, uri: &'a Uri) -> String {
    format!("{piece} of {}", uri.path())
}

#[get("/result")]
fn result() -> Result<&'static str, StatusCode> {
    Err(StatusCode::IM_A_TEAPOT)
}

#[get("/short")]
async fn short(cx: &mut Context) -> String {
    cx.path().to_owned()
}

#[get("/lent")]
async fn lent<'a>(uri: &'a Uri, _headers: &HeaderMap) -> Json<&'a str> {
    Json(uri.path())
}

#[derive(Debug, Local)]
struct Visitor;

impl<'r> Extract<'r> for Visitor {
    type State = ();

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

#[get("/visitor")]
async fn visitor(visitor: Visitor) -> String {
    format!("{visitor:?}")
}

#[cfg(any())]
#[get("/never")]
async fn never(missing: DoesNotExist) {}

#[get("/old")]
#[deprecated = "its attributes are kept"]
async fn old() -> &'static str {
    "old"
}

#[routes("/u8")]
struct Bytes8(default<u8>);

#[routes("/text")]
struct Texts(default<String>);

#[routes(app)]
struct Api(
    first,
    second,
    Bytes8,
    Texts,
    named,
    result,
    short,
    lent,
    visitor,
    #[cfg(any())] never,
    old,
    r#match,
    #[prefix("/here")] Numbers,
    #[prefix("/there")]
    #[with(numbered, limited)]
    Numbers,
    place,
    module::Routes,
    Service,
);

async fn check(method: Method, path: &str, status: u16, text: &str) {
    let state = AppState { limit: 5 };
    let request = Api.test().state(state).request(method, path);
    let response = request.send().await;
    assert_eq!(
        (response.status().as_u16(), response.text()),
        (status, text),
        "{path}"
    );
}

#[tokio::test]
async fn macro_can_declare_handlers() {
    check(Method::GET, "/first", 200, "1 at /first").await;
    check(Method::POST, "/second", 200, "2 at /second").await;
}

#[tokio::test]
async fn generic_handler_is_listed_with_its_type() {
    check(Method::GET, "/u8/default/a", 200, "a 0 5").await;
    check(Method::GET, "/text/default/b", 200, "b \"\" 5").await;
}

#[tokio::test]
async fn handler_can_have_everything_that_a_function_can() {
    check(Method::GET, "/named/x", 200, "x of /named/x").await;
    check(Method::GET, "/result", 418, "").await;
    check(Method::GET, "/old", 200, "old").await;
}

#[tokio::test]
async fn lifetime_of_the_context_can_be_left_out() {
    check(Method::GET, "/short", 200, "/short").await;
}

#[tokio::test]
async fn what_is_serialized_can_be_borrowed() {
    check(Method::GET, "/lent", 200, "\"/lent\"").await;
}

#[tokio::test]
async fn local_that_is_an_extractor_is_an_argument() {
    check(Method::GET, "/visitor", 200, "Visitor").await;
}

#[tokio::test]
async fn routes_compile_in_a_crate_that_renames_highball() {
    check(Method::GET, "/a/as/9", 200, "a 9 7").await;
    check(Method::PATCH, "/in/Bern", 200, "Bern").await;
    check(Method::GET, "/module", 200, "index").await;
    check(Method::GET, "/service/21", 200, "42").await;
    check(Method::POST, "/here/numbers/4", 200, "/numbers/4").await;
    check(Method::GET, "/there/numbers/4/5", 404, "/there/numbers/4/5").await;
}

#[test]
fn handler_can_be_called_as_a_function() {
    assert_eq!(result(), Err(StatusCode::IM_A_TEAPOT));
    assert_eq!(named::path("a/b"), "/named/a%2Fb");
}

#[test]
fn route_list_contains_the_chain_of_each_route() {
    let routes: Vec<_> = Api::ROUTES
        .iter()
        .filter(|route| route.path().contains("/numbers"))
        .collect();
    let listed: Vec<_> = routes
        .iter()
        .map(|route| {
            let middleware = route.middleware().collect::<Vec<_>>();
            (route.path(), route.guards().collect(), middleware)
        })
        .collect();
    assert_eq!(
        listed,
        [
            ("/here/numbers/{n}", vec![], vec![]),
            (
                "/there/numbers/{n}",
                vec!["highball_renamed::limited"],
                vec!["highball_renamed::numbered"]
            )
        ]
    );
    assert_eq!(routes[0].handler(), "highball_renamed::check");
    assert!(routes[0].file().ends_with("renamed/src/lib.rs"));
}

#[tokio::test]
async fn a_renamed_dependency_is_found() {
    for (path, expected) in [("/found", "/found 7"), ("/found-module", "index")] {
        let client = highball_renamed::Api.test().state(AppState { limit: 7 });
        assert_eq!(client.get(path).send().await.text(), expected);
    }
}

/// An extractor that has the name of a type of Highball.
struct Exchange(u32);

impl<'r> Extract<'r> for Exchange {
    type State = ();

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Self(7))
    }
}

#[get("/exchange")]
async fn exchange(rate: Exchange) -> String {
    rate.0.to_string()
}

#[routes(app)]
struct Exchanges(exchange);

#[tokio::test]
async fn an_extractor_may_be_named_exchange() {
    let client = Exchanges.test().start();
    assert_eq!(client.get("/exchange").send().await.text(), "7");
}

/// Has the name of a type parameter in generated code.
#[routes(app)]
struct AnyState(exchange);

#[tokio::test]
async fn an_app_may_have_the_name_of_a_type_parameter() {
    let client = AnyState.test().start();
    assert_eq!(client.get("/exchange").send().await.text(), "7");
}
