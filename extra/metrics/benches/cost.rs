//! Measures the cost of metrics: the instructions and allocations of a request, and the time of a scrape.
//!
//! For the instructions, the program runs itself under callgrind and dhat with two numbers of requests; the difference
//! excludes the start-up. The app is called without a socket.
//!
//! ```sh
//! cargo bench -p highball-metrics
//! ```

use std::{env, process::Command, time::Instant};

use highball::{
    http::{Request, header},
    prelude::*,
};
use highball_metrics::{Exporter, measured, metrics};

/// The requests of the first run, and the additional ones of the second.
const WARM_UP: u64 = 200;
const COUNTED: u64 = 2000;

#[derive(State)]
struct AppState {
    exporter: Exporter,
}

#[get("/books/{id}")]
async fn book(id: u64) -> StatusCode {
    let _ = id;
    StatusCode::NO_CONTENT
}

#[routes(app)]
struct Bare(book);

/// It takes the same state, and reads nothing.
#[observer]
fn nothing(exchange: &Exchange<'_>, exporter: State<Exporter>) {
    let _ = (exchange, exporter);
}

/// It reads the duration, which is one reading of the clock.
#[observer]
fn clock(exchange: &Exchange<'_>, exporter: State<Exporter>) {
    let _ = (std::hint::black_box(exchange.duration()), exporter);
}

#[routes(app, with(nothing))]
struct Observed(book);

#[routes(app, with(clock))]
struct Clocked(book);

#[routes(app, with(measured))]
struct Measured(book);

/// Ten routes, which are mounted a hundred times.
macro_rules! ten {
    ($($name:ident $path:literal,)*) => {
        $(#[get($path)]
        async fn $name() {})*

        #[routes]
        struct Ten($($name),*);
    };
}

ten! {
    r0 "/customers-of-a-shop/orders/0", r1 "/customers-of-a-shop/orders/1", r2 "/customers-of-a-shop/orders/2",
    r3 "/customers-of-a-shop/orders/3", r4 "/customers-of-a-shop/orders/4", r5 "/customers-of-a-shop/orders/5",
    r6 "/customers-of-a-shop/orders/6", r7 "/customers-of-a-shop/orders/7", r8 "/customers-of-a-shop/orders/8",
    r9 "/customers-of-a-shop/orders/9",
}

#[routes]
struct Hundred(
    #[prefix("/a")] Ten,
    #[prefix("/b")] Ten,
    #[prefix("/c")] Ten,
    #[prefix("/d")] Ten,
    #[prefix("/e")] Ten,
    #[prefix("/f")] Ten,
    #[prefix("/g")] Ten,
    #[prefix("/h")] Ten,
    #[prefix("/i")] Ten,
    #[prefix("/j")] Ten,
);

#[routes(app, admin = exposed("a measurement"), with(measured))]
struct Thousand(
    metrics,
    #[prefix("/a")] Hundred,
    #[prefix("/b")] Hundred,
    #[prefix("/c")] Hundred,
    #[prefix("/d")] Hundred,
    #[prefix("/e")] Hundred,
    #[prefix("/f")] Hundred,
    #[prefix("/g")] Hundred,
    #[prefix("/h")] Hundred,
    #[prefix("/i")] Hundred,
    #[prefix("/j")] Hundred,
);

fn main() {
    // `cargo bench` adds an argument, and `cargo test` runs the program in a debug build.
    let args: Vec<_> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match &args[..] {
        [case, requests] => run(case, requests.parse().expect("a number of requests")),
        _ if cfg!(debug_assertions) => {}
        _ => {
            report_scrapes();
            report_requests();
        }
    }
}

fn state() -> AppState {
    AppState {
        exporter: Exporter::new(),
    }
}

/// Sends requests to the app of a case.
fn run(case: &str, requests: u64) {
    macro_rules! send {
        ($app:expr) => {
            highball::block_on(async {
                let service = $app;
                for _ in 0..requests {
                    let request = Request::get("/books/7").body(()).expect("a request");
                    assert_eq!(service.call(request).await.status(), 204);
                }
            })
        };
    }
    match case {
        "bare" => send!(Bare.service(())),
        "observed" => send!(Observed.service(state())),
        "clocked" => send!(Clocked.service(state())),
        "measured" => send!(Measured.service(state())),
        other => panic!("unknown case `{other}`"),
    }
}

fn report_requests() {
    println!("| a request | instructions | allocations |\n|---|---|---|");
    for case in ["bare", "observed", "clocked", "measured"] {
        let count = |tool, before| {
            let run = |requests| count(case, tool, before, requests);
            (run(WARM_UP + COUNTED) - run(WARM_UP)) / COUNTED as f64
        };
        let instructions = count("callgrind", "Collected :");
        let allocations = count("dhat", " bytes in ");
        println!("| {case} | {instructions:.0} | {allocations:.2} |");
    }
}

/// Returns the number that valgrind prints behind a text.
fn count(case: &str, tool: &str, before: &str, requests: u64) -> f64 {
    let own = env::current_exe().expect("the program has a path");
    let output = Command::new("valgrind")
        .arg(format!("--tool={tool}"))
        .arg(format!("--{tool}-out-file=/dev/null"))
        .arg(own)
        .args([case, &requests.to_string()])
        .output()
        .expect("valgrind is installed");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    let rest = text.split_once(before).map(|(_, rest)| rest);
    let count = rest.and_then(|rest| rest.split_whitespace().next());
    let count = count.map(|count| count.replace(',', "").parse());
    count
        .expect("valgrind reports a count")
        .expect("it is a number")
}

fn report_scrapes() {
    highball::block_on(async {
        let service = Thousand.service(state());
        let request = Request::get("/a/a/customers-of-a-shop/orders/1").body(());
        service.call(request.expect("a request")).await;
        for accept in ["text/plain", "application/openmetrics-text"] {
            let mut times = Vec::new();
            let mut size = 0;
            for _ in 0..50 {
                let request = Request::get("/metrics").header(header::ACCEPT, accept);
                let request = request.body(()).expect("a request");
                let begun = Instant::now();
                let body = service.call(request).await.into_body();
                let text = body.collect(1 << 30).await.expect("a body");
                times.push(begun.elapsed());
                size = text.len();
            }
            times.sort();
            let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
            println!(
                "a scrape of {} routes, {accept}: {median:?}, at most {most:?}, {size} bytes",
                Thousand::ROUTES.len()
            );
        }
    });
}
