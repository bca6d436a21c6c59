//! Every query of the board has a sample in a real Prometheus.

mod common;

use std::{
    fs,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use common::{Load, Running, query, wait_for};
use highball::{
    battery::{Battery, Hooks},
    json,
    prelude::*,
    serde_json,
    serve::{Capacity, Serve, WithState},
};
use highball_alerts::Dashboard;
use highball_cache::responses::{ResponseCache, cached};
use highball_db::{Pool, Sqlite, database};
use highball_faults::Folder;
use highball_jobs::{Job, Jobs, PushError, Queue, Retry, consumer};
use highball_jobs_redb::Redb;
use highball_metrics::{
    Counter, Exporter, Gauge, Histogram, Labels, Metrics, Seconds, measured, metrics,
};
use highball_object_pool::ObjectPool;
use highball_session::Sessions;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Labels)]
enum Channel {
    Web,
}

#[derive(Clone, Metrics)]
struct Sales {
    /// Orders that were paid.
    paid: Counter<Channel>,
    /// Times until the bank has answered.
    #[buckets(0.1, 0.5)]
    bank: Histogram<(), Seconds>,
    /// Carts that are open.
    carts: Gauge,
}

database!(Shop: Sqlite);

#[derive(Serialize, Deserialize, Job)]
#[job("email")]
struct Email {
    to: String,
}

#[consumer(timeout = secs(30))]
async fn send_email(_email: Email) -> Result<(), Retry> {
    Ok(())
}

#[derive(Clone, State)]
struct AppState {
    exporter: Exporter,
    sales: Sales,
    jobs: Jobs,
    responses: ResponseCache,
}

/// Shows a book.
#[get("/{id}")]
async fn book(id: u64, sales: State<Sales>) -> String {
    sales.paid.inc(Channel::Web);
    sales.bank.observe(millis(20));
    sales.carts.set(1);
    format!("book {id}")
}

#[any("/any")]
async fn anything() -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

#[post("/emails")]
async fn email(queue: Queue<'_, Email>) -> Result<StatusCode, PushError> {
    queue
        .push(Email {
            to: "ada".to_owned(),
        })
        .await?;
    Ok(StatusCode::ACCEPTED)
}

#[get("/slow", cached(ttl = secs(60)))]
async fn slow() -> &'static str {
    "slow"
}

#[routes("/books")]
struct Books(book);

#[routes(app, admin = exposed("a test"), jobs(send_email), with(measured))]
struct Api(
    Books,
    anything,
    email,
    slow,
    metrics,
    highball::serve::livez,
);

/// Keeps the JSON of the board when the server has started.
struct Keep(Dashboard, Arc<Mutex<String>>);

impl Battery for Keep {
    fn name(&self) -> String {
        "keep".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let routes = hooks.routes();
        hooks.on_start(secs(5), async move {
            let json = self.0.json(routes)?;
            *self.1.lock().expect("no panic") = json;
            Ok(())
        });
    }
}

/// Returns an app with all batteries, and the place of its board.
fn full(folder: &Folder) -> (Serve<Api, WithState<AppState>>, Arc<Mutex<String>>) {
    let exporter = Exporter::new().skip_probes();
    let jobs = Redb::open(folder.file("jobs.redb")).expect("a folder");
    let state = AppState {
        sales: exporter.add(),
        exporter: exporter.clone(),
        jobs: Jobs::on(jobs),
        responses: ResponseCache::new(),
    };
    let board = Arc::new(Mutex::new(String::new()));
    let keep = Keep(Dashboard::new("Shop", &exporter), Arc::clone(&board));
    let workers = state.jobs.workers(Api, &state);
    let serve = highball::serve(Api)
        .state(state.clone())
        .capacity(Capacity::of(64))
        .install(workers)
        .install(state.responses)
        .install(Pool::<Shop>::file(folder.file("shop.db")).build())
        .install(Sessions::memory())
        .install(ObjectPool::builder(4, String::new).name("texts").build())
        .install(exporter)
        .install(keep);
    (serve, board)
}

/// Returns the rows, and the panels in them and after them.
fn rows_and_panels(board: &Value) -> (Vec<&Value>, Vec<&Value>) {
    let entries = board["panels"].as_array().expect("entries").iter();
    let (rows, mut panels): (Vec<_>, Vec<_>) = entries.partition(|entry| entry["type"] == "row");
    let inner = rows
        .iter()
        .flat_map(|row| row["panels"].as_array().expect("panels"));
    panels.extend(inner);
    (rows, panels)
}

fn panels(board: &Value) -> Vec<&Value> {
    rows_and_panels(board).1
}

/// Returns the titles and the queries of all panels, with the variables replaced.
fn queries(board: &Value) -> Vec<(String, String)> {
    let targets = panels(board).into_iter().flat_map(|panel| {
        let targets = panel["targets"].as_array().expect("targets").iter();
        targets.map(|target| {
            (
                panel["title"].to_string(),
                target["expr"].as_str().expect("a query"),
            )
        })
    });
    let replaced = targets.map(|(title, query)| {
        let query = query.replace("$job", "app").replace("$instance", ".*");
        (title, query.replace("$__rate_interval", "10s"))
    });
    replaced.collect()
}

/// Returns the queries that have no sample.
async fn missing(prometheus: SocketAddr, queries: &[(String, String)]) -> Vec<(String, String)> {
    let mut missing = Vec::new();
    for (title, promql) in queries {
        let samples = query(prometheus, promql).await;
        if samples.is_none_or(|samples| samples.is_empty()) {
            missing.push((title.clone(), promql.clone()));
        }
    }
    missing
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_query_of_every_panel_has_a_sample() {
    let folder = Folder::new();
    let (serve, board) = full(&folder);
    let running = Running::start(serve).await;
    let scrape = wait_for("the app", secs(60), async || {
        running.check();
        let text = common::get(running.addr, "/metrics").await;
        (!text.is_empty()).then_some(text)
    })
    .await;
    let text = board.lock().expect("no panic").clone();
    let board: Value = serde_json::from_str(&text).expect("JSON");
    check_shape(&board);
    // A name in a table of the package that no battery has would be of no use.
    for name in [
        "cached_response_hits",
        "cached_response_stale",
        "cached_response_loads",
        "cached_response_errors",
        "object_pool_wait_seconds",
        "session_slots_dropped",
    ] {
        assert!(scrape.contains(&format!("\n{name}")), "{name}");
        let rate = format!("rate({name}{{");
        assert!(text.contains(&rate), "{name} has no rate");
    }

    let Some(prometheus) = common::prometheus(running.addr, "", None).await else {
        common::left_out("prometheus");
        return running.stop().await;
    };
    let load = ["/books/7", "/any", "/slow", "/none"]
        .map(|path| Load::start(running.addr, path, millis(50)));
    let mut queries = queries(&board);
    wait_for("all queries", secs(60), async || {
        let missing = missing(prometheus.addr, &queries).await;
        missing.is_empty().then_some(())
    })
    .await;
    // The same check finds a label, a name and a syntax that are wrong.
    let wrong = [
        "sum(rate(http_server_responses_total{http_route=\"/renamed\"}[10s]))",
        "db_connections_busy",
        "sum(rate(up[10s])",
    ];
    queries.extend(wrong.map(|query| ("wrong".to_owned(), query.to_owned())));
    let found = missing(prometheus.addr, &queries).await;
    assert_eq!(
        found
            .iter()
            .map(|(_, query)| query.as_str())
            .collect::<Vec<_>>(),
        wrong
    );
    drop(load);
    running.stop().await;
}

fn check_shape(board: &Value) {
    assert_eq!(board["uid"], "highball-shop");
    assert_eq!(board["schemaVersion"], 36);
    let variables = board["templating"]["list"].as_array().expect("variables");
    let names: Vec<_> = variables.iter().map(|one| &one["name"]).collect();
    assert_eq!(json!(names), json!(["datasource", "job", "instance"]));
    let (rows, _) = rows_and_panels(board);
    let titles: Vec<_> = rows.iter().map(|row| &row["title"]).collect();
    let expected = json!([
        "All requests",
        "Routes of Api.Books",
        "Routes of Api",
        "App",
        "Server",
        "Databases",
        "Object pools",
        "Sessions",
        "Caches",
        "Jobs",
        "Process",
        "Tokio"
    ]);
    assert_eq!(json!(titles), expected);
    let mut ids: Vec<_> = rows
        .iter()
        .copied()
        .chain(panels(board))
        .map(|one| one["id"].as_u64())
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "ids are unique");
    let titles: Vec<_> = panels(board)
        .into_iter()
        .map(|panel| &panel["title"])
        .collect();
    for title in [
        "GET /books/{id}: requests",
        "Db connections",
        "Object pool objects",
    ] {
        assert!(titles.contains(&&json!(title)), "{title}");
    }
    // Health checks and scrapes are not counted.
    assert!(!json!(titles).to_string().contains("livez"));
    assert_eq!(
        panels(board)[4]["description"],
        "Shows a book. (`board::book`)"
    );
}

/// An app before and after a route got another name.
macro_rules! app {
    ($name:ident, $path:literal) => {
        mod $name {
            use highball::prelude::*;
            use highball_metrics::measured;

            #[get($path)]
            async fn book() {}

            #[routes(app, with(measured))]
            pub(super) struct Api(book);
        }
    };
}

app!(before, "/books");
app!(after, "/titles");

#[derive(State)]
struct Small {
    exporter: Exporter,
}

/// Runs the command `dashboard` of an app, and returns its result and the board.
macro_rules! dashboard {
    ($app:expr, $file:expr) => {{
        let exporter = Exporter::new();
        let board = Arc::new(Mutex::new(String::new()));
        let dashboard = Dashboard::new("Shop", &exporter);
        let arguments = ["dashboard", "--check", $file.to_str().expect("UTF-8")];
        let done = highball::serve($app)
            .state(Small {
                exporter: exporter.clone(),
            })
            .install(dashboard.clone())
            .install(exporter)
            .install(Keep(dashboard, Arc::clone(&board)))
            .arguments(arguments.map(str::to_owned))
            .quiet()
            .await;
        let board = board.lock().expect("no panic").clone();
        (done, board)
    }};
}

#[tokio::test]
async fn renamed_route_is_found() {
    let folder = Folder::new();
    let file = folder.file("board.json");
    fs::write(&file, "").expect("a folder");
    let (done, board) = dashboard!(before::Api, file);
    done.expect_err("the file is empty");
    fs::write(&file, board).expect("a folder");
    dashboard!(before::Api, file)
        .0
        .expect("nothing has changed");
    let error = dashboard!(after::Api, file)
        .0
        .expect_err("a route has another name");
    let error = error.to_string();
    assert!(error.contains("GET /books: requests"), "{error}");
    assert!(error.contains("GET /titles: requests"), "{error}");
    assert!(error.contains("cargo run -- dashboard > "), "{error}");
}
