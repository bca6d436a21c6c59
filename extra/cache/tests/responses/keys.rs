//! The parts of a request in the key of a response.

use highball::{prelude::*, response::Accept};
use highball_cache::responses::cached;
use serde::Deserialize;

use crate::app::{AppState, Runs};

#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    tag: Vec<String>,
    page: Option<u32>,
}

#[get("/{shop}/products/{id}", cached(ttl = mins(1)))]
async fn product(shop: String, id: u64, runs: State<Runs>) -> String {
    format!("{shop} {id} {}", runs.begin())
}

#[get("/search", cached(ttl = mins(1)))]
async fn search(filter: Query<Filter>, runs: State<Runs>) -> String {
    format!("{:?} {:?} {}", filter.tag, filter.page, runs.begin())
}

#[get("/greeting", cached(ttl = mins(1)))]
async fn greeting(accept: Accept, runs: State<Runs>) -> String {
    let _ = accept;
    format!("hello {}", runs.begin())
}

#[get("/any", cached(ttl = mins(1), vary = ["x-tenant"]))]
async fn any(cx: &Context<'_>, runs: State<Runs>) -> String {
    format!("{:?} {}", cx.header("x-tenant"), runs.begin())
}

#[get("/target/{id}", cached(ttl = mins(1)))]
async fn target(id: u64, uri: Uri, filter: Query<Filter>) -> String {
    let _ = (id, filter);
    uri.to_string()
}

#[routes(app)]
struct Api(product, search, greeting, any, target);

#[tokio::test(start_paused = true)]
async fn parameters_of_the_path_are_in_the_key() {
    let client = Api.test().state(AppState::new()).start();
    let get = |path: &str| client.get(path).send();
    assert_eq!(get("/a/products/1").await.text(), "a 1 1");
    assert_eq!(get("/a/products/2").await.text(), "a 2 2");
    assert_eq!(get("/b/products/1").await.text(), "b 1 3");
    // The same values, written in another way.
    assert_eq!(get("/%61/products/1").await.text(), "a 1 1");
    // `1` and `2%2Fproducts` must not be another split of the same text.
    assert_eq!(
        get("/a%2Fproducts/products/1").await.text(),
        "a/products 1 4"
    );
}

#[tokio::test(start_paused = true)]
async fn the_fields_of_the_query_are_in_the_key_and_nothing_else() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    let get = |path: &str| client.get(path).send();
    let first = get("/search?page=1&tag=a&tag=b").await;
    assert_eq!(first.text(), "[\"a\", \"b\"] Some(1) 1");
    for same in [
        "/search?tag=a&page=1&tag=b",
        "/search?page=1&x=%zz&tag=a&tag=b",
        "/search?utm_source=x&page=1&tag=a&tag=b",
        "/search?page=%31&t%61g=a&tag=b&",
    ] {
        assert_eq!(get(same).await.text(), first.text(), "{same}");
    }
    // The order of a list matters.
    assert_eq!(
        get("/search?page=1&tag=b&tag=a").await.text(),
        "[\"b\", \"a\"] Some(1) 2"
    );
    // An empty value and a missing one differ.
    get("/search?page=").await;
    get("/search").await;
    assert_eq!(state.runs.count(), 4);
    assert_eq!(get("/search?page=x").await.status(), 400);
    for byte in ["%ff", "%fe", "%EF%BF%BD"] {
        get(&format!("/search?tag={byte}")).await;
    }
    assert_eq!(state.runs.count(), 5);
    // Neither is valid, and the second one is.
    assert_eq!(get("/search?tag=%zz").await.status(), 400);
    assert_eq!(get("/search?tag=%25zz").await.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn numbers_have_one_spelling_in_the_key() {
    let client = Api.test().state(AppState::new()).start();
    assert_eq!(client.get("/a/products/7").send().await.text(), "a 7 1");
    assert_eq!(client.get("/a/products/007").send().await.text(), "a 7 1");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_the_target_has_all_of_it_in_the_key() {
    let client = Api.test().state(AppState::new()).start();
    let get = |path: &str| client.get(path).send();
    assert_eq!(
        get("/target/7?page=1&a=b").await.text(),
        "/target/7?page=1&a=b"
    );
    assert_eq!(get("/target/7?page=1").await.text(), "/target/7?page=1");
    assert_eq!(get("/target/%37?page=1").await.text(), "/target/%37?page=1");
}

#[tokio::test(start_paused = true)]
async fn random_parameters_are_one_entry() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    let rounds = if cfg!(debug_assertions) {
        10_000
    } else {
        1_000_000
    };
    for round in 0..rounds {
        client
            .get(&format!("/search?utm_{round}={round}&page=1"))
            .send()
            .await;
    }
    assert_eq!(state.responses.stats().entries, 1);
    assert_eq!(state.runs.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn headers_that_the_handler_takes_are_in_the_key_and_in_vary() {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    let get = |accept: &'static str| client.get("/greeting").header("accept", accept).send();
    let json = get("application/json").await;
    assert_eq!(json.header("vary"), "accept");
    assert_eq!(json.text(), "hello 1");
    assert_eq!(get("text/html").await.text(), "hello 2");
    assert_eq!(get("application/json").await.text(), "hello 1");
    assert_eq!(client.get("/greeting").send().await.text(), "hello 3");
    let other = client
        .get("/greeting")
        .header("user-agent", "x")
        .send()
        .await;
    assert_eq!(other.text(), "hello 3");
}

#[tokio::test(start_paused = true)]
async fn named_headers_and_the_host_are_in_the_key_of_unknown_code() {
    let client = Api.test().state(AppState::new()).start();
    let get = |tenant: &'static str| client.get("/any").header("x-tenant", tenant);
    let first = get("a").send().await;
    assert_eq!(first.text(), "Some(\"a\") 1");
    assert_eq!(first.header("vary"), "x-tenant");
    assert_eq!(get("b").send().await.text(), "Some(\"b\") 2");
    assert_eq!(get("a").send().await.text(), "Some(\"a\") 1");
    assert_eq!(
        get("a").header("host", "other").send().await.text(),
        "Some(\"a\") 3"
    );
    assert_eq!(
        client
            .get("/any?x=1")
            .header("x-tenant", "a")
            .send()
            .await
            .text(),
        "Some(\"a\") 4"
    );
}
