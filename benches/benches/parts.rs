//! Benchmarks of single parts of a request, without a socket, with their allocations.
//!
//! ```sh
//! cargo bench -p benches
//! ```
//!
//! Use these while changing one of the parts. `docs/design/performance.md` compares whole requests with other
//! frameworks.

#[allow(dead_code)]
#[path = "../src/bin/lookup/generate.rs"]
mod generate;
#[allow(dead_code)]
#[path = "../src/bin/lookup/route_set.rs"]
mod route_set;
#[allow(dead_code)]
#[path = "../src/bin/lookup/routers.rs"]
mod routers;

use std::{
    future::Future,
    pin::pin,
    task::{Context as Task, Poll, Waker},
};

use divan::{AllocProfiler, Bencher, black_box};
use highball::{http::Request, prelude::*};
use routers::Router;
use serde::{Deserialize, Serialize};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

#[get("/nothing")]
async fn nothing() -> &'static str {
    "ok"
}

#[get("/number/{number}")]
async fn number(number: u64) -> &'static str {
    black_box(number);
    "ok"
}

#[get("/three/{owner}/{repo}/{number}")]
async fn three(owner: &str, repo: &str, number: u64) -> &'static str {
    black_box((owner, repo, number));
    "ok"
}

#[derive(Deserialize)]
struct Page {
    page: u32,
    size: u32,
}

#[get("/query")]
async fn query(page: Query<Page>) -> &'static str {
    black_box((page.page, page.size));
    "ok"
}

#[derive(Serialize, Deserialize)]
struct Item {
    id: u64,
    active: bool,
    score: f64,
}

#[post("/body")]
async fn body(item: Json<Item>) -> &'static str {
    black_box(item.id);
    "ok"
}

const ITEM: Item = Item {
    id: 42,
    active: true,
    score: 1.5,
};

#[get("/json")]
async fn json_small() -> Json<Item> {
    Json(ITEM)
}

#[get("/json/512")]
async fn json_large() -> Json<&'static [Item]> {
    Json(&[ITEM; 512])
}

#[middleware]
async fn pass(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[get("/chain/1", with(pass))]
async fn one() -> &'static str {
    "ok"
}

#[get("/chain/5", with(pass, pass, pass, pass, pass))]
async fn five() -> &'static str {
    "ok"
}

#[routes(app)]
struct Api(
    nothing,
    number,
    three,
    query,
    body,
    json_small,
    json_large,
    one,
    five,
);

/// Looks up a route in GitHub's table, and in tables of other sizes.
#[divan::bench(args = ["github", "synthetic-10", "synthetic-100", "synthetic-1000", "synthetic-10000"])]
fn lookup(bencher: Bencher<'_, '_>, name: &str) {
    let sets = generate::table_sets(name);
    let set = sets.first().expect("there are hits");
    let table = routers::Highball::new(set);
    let mut requests = set.requests.iter().cycle();
    bencher.bench_local(|| {
        let request = requests.next().expect("they go round");
        table.lookup(black_box(request))
    });
}

/// Extracts arguments from a request, and responds with two bytes.
#[divan::bench(args = ["/nothing", "/number/42", "/three/rust-lang/rust/1347", "/query?page=2&size=50"])]
fn extraction(bencher: Bencher<'_, '_>, path: &str) {
    answer(bencher, || Request::get(path).body(Body::empty()));
}

/// Extracts a JSON body.
#[divan::bench]
fn extraction_of_a_body(bencher: Bencher<'_, '_>) {
    answer(bencher, || {
        let request = Request::post("/body").header("content-type", "application/json");
        request.body(Body::from(r#"{"id":42,"active":true,"score":1.5}"#))
    });
}

/// Runs middleware that does nothing.
#[divan::bench(args = [1, 5])]
fn chain(bencher: Bencher<'_, '_>, depth: u32) {
    answer(bencher, || {
        Request::get(format!("/chain/{depth}")).body(Body::empty())
    });
}

/// Serializes JSON into a response.
#[divan::bench(args = ["/json", "/json/512"])]
fn json(bencher: Bencher<'_, '_>, path: &str) {
    answer(bencher, || Request::get(path).body(Body::empty()));
}

/// Measures the response to a request. Creating the request and dropping the response are not measured.
fn answer<E: std::fmt::Debug>(
    bencher: Bencher<'_, '_>,
    request: impl Fn() -> Result<Request<Body>, E>,
) {
    let service = Api.service(());
    let request = || request().expect("it is well formed");
    assert_eq!(ready(service.call(request())).status(), 200);
    bencher
        .with_inputs(request)
        .bench_local_values(|request| ready(service.call(request)));
}

/// Polls a future that does not wait for I/O.
fn ready<F: Future>(future: F) -> F::Output {
    let mut task = Task::from_waker(Waker::noop());
    match pin!(future).poll(&mut task) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}
