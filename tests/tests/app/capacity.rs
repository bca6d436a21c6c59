//! `Capacity`: the order of waiting requests, and the rejection of requests under load.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use highball::{
    Priority,
    prelude::*,
    serve::Capacity,
    testing::{TestResponse, TestSession},
};
use tokio::time::{Instant, sleep};

#[derive(State)]
struct AppState {
    /// The handled requests, in order.
    order: Order,
    guarded: Arc<AtomicUsize>,
    observed: Observed,
}

type Order = Arc<Mutex<Vec<&'static str>>>;

#[derive(Clone, Default)]
struct Observed(Arc<AtomicUsize>);

async fn work(name: &'static str, order: &Order) {
    sleep(secs(1)).await;
    order.lock().expect("no panic while it is held").push(name);
}

#[get("/pay", priority = critical)]
async fn pay(order: State<Order>) {
    work("critical", &order).await;
}

#[get("/list")]
async fn list(order: State<Order>) {
    work("normal", &order).await;
}

#[get("/report")]
async fn report(order: State<Order>) {
    work("background", &order).await;
}

#[delete("/report")]
async fn no_report(order: State<Order>) {
    order.lock().expect("no panic").push("deleted");
}

#[get("/urgent", priority = critical)]
async fn urgent() {}

#[get("/quick")]
async fn quick() {}

#[guard]
fn counted(guarded: State<Arc<AtomicUsize>>) -> Result<(), StatusCode> {
    guarded.fetch_add(1, Relaxed);
    Ok(())
}

#[middleware]
async fn marked(cx: &mut Context<'_>, next: impl Next) -> Response {
    let mut response = next.run(cx).await;
    response.set_header(header::VIA, "marked");
    response
}

#[observer]
fn observed(exchange: &Exchange<'_>, observed: State<Observed>) {
    let refused = exchange.status() == Some(StatusCode::SERVICE_UNAVAILABLE);
    observed.0.fetch_add(usize::from(refused), Relaxed);
}

#[routes(
    "/reports",
    with(observed, marked, counted),
    priority = background
)]
struct Reports(report, no_report, urgent);

#[routes(app)]
struct Api(pay, list, quick, Reports);

fn client(capacity: Capacity) -> (TestSession<Api>, Order) {
    let order = Order::default();
    let state = AppState {
        order: order.clone(),
        guarded: Arc::default(),
        observed: Observed::default(),
    };
    let client = Api.test().state(state).capacity(capacity).start();
    (client, order)
}

fn check_refused(response: &TestResponse) {
    assert_eq!(response.status(), 503);
    assert_eq!(response.header(header::RETRY_AFTER), "1");
    assert_eq!(
        response.header(header::CONTENT_TYPE),
        "application/problem+json"
    );
}

#[test]
fn route_takes_the_nearest_priority() {
    let of = |path: &str| {
        let mut routes = Api::ROUTES.iter();
        routes
            .find(|route| route.path() == path)
            .expect("a route")
            .priority()
    };
    assert_eq!(of("/pay"), Priority::Critical);
    assert_eq!(of("/list"), Priority::Normal);
    assert_eq!(of("/reports/report"), Priority::Background);
    assert_eq!(of("/reports/urgent"), Priority::Critical);
}

#[tokio::test(start_paused = true)]
async fn waiting_requests_are_ordered_by_priority() {
    let (client, order) = client(Capacity::of(1).wait(secs(60)));
    tokio::join!(
        client.get("/list").send(),
        client.get("/reports/report").send(),
        client.get("/list").send(),
        client.get("/pay").send(),
    );
    assert_eq!(
        *order.lock().expect("no panic"),
        ["normal", "critical", "normal", "background"]
    );
}

#[tokio::test(start_paused = true)]
async fn request_that_waits_too_long_is_503() {
    let (client, _) = client(Capacity::of(1).wait(millis(200)));
    let start = Instant::now();
    let late = async {
        let response = client.get("/quick").send().await;
        assert_eq!(start.elapsed(), millis(200));
        response
    };
    let (first, late) = tokio::join!(client.get("/pay").send(), late);
    assert_eq!(first.status(), 200);
    check_refused(&late);
    assert_eq!(client.get("/quick").send().await.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn capacity_is_reserved_for_critical_requests() {
    let (client, _) = client(Capacity::of(4).wait(millis(100)).normal(3).background(2));
    let start = Instant::now();
    let urgent = async {
        sleep(millis(10)).await;
        let response = client.get("/reports/urgent").send().await;
        assert_eq!(start.elapsed(), millis(10), "it does not wait");
        response
    };
    let report = || client.get("/reports/report").send();
    let (a, b, c, list, urgent) = tokio::join!(
        report(),
        report(),
        report(),
        client.get("/list").send(),
        urgent
    );
    let statuses = [&a, &b, &c, &list, &urgent].map(|response| response.status().as_u16());
    assert_eq!(statuses, [200, 200, 503, 200, 200]);
}

#[tokio::test(start_paused = true)]
async fn rejection_passes_middleware_and_observers_but_no_guard() {
    let state = AppState {
        order: Order::default(),
        guarded: Arc::default(),
        observed: Observed::default(),
    };
    let (guarded, observed) = (state.guarded.clone(), state.observed.clone());
    let client = Api.test().state(state).capacity(Capacity::of(1)).start();
    let report = client.get("/reports/report");
    let (_, refused) = tokio::join!(client.get("/list").send(), report.send());
    check_refused(&refused);
    assert_eq!(refused.header(header::VIA), "marked");
    assert_eq!(guarded.load(Relaxed), 0);
    assert_eq!(observed.0.load(Relaxed), 1);
}

/// A supervisor would restart a process whose liveness fails, and a load balancer would move the load to the next one.
#[tokio::test(start_paused = true)]
async fn health_routes_answer_under_overload() {
    #[routes(app)]
    struct Probed(list, highball::serve::livez, highball::serve::readyz);

    let order = Order::default();
    let state = AppState {
        order: order.clone(),
        guarded: Arc::default(),
        observed: Observed::default(),
    };
    let capacity = Capacity::of(4).wait(millis(100)).normal(3);
    let client = Probed.test().state(state).capacity(capacity).start();
    let start = Instant::now();
    let probe = async |path: &'static str| {
        sleep(millis(10)).await;
        let status = client.get(path).send().await.status();
        assert_eq!(start.elapsed(), millis(10), "it does not wait");
        status
    };
    let list = || client.get("/list").send();
    let (.., refused, livez, readyz) = tokio::join!(
        list(),
        list(),
        list(),
        list(),
        probe("/livez"),
        probe("/readyz")
    );
    check_refused(&refused);
    assert_eq!((livez.as_u16(), readyz.as_u16()), (200, 200));
}

#[tokio::test(start_paused = true)]
async fn miss_has_normal_priority() {
    let (client, _) = client(Capacity::of(1));
    let (_, missing) = tokio::join!(client.get("/pay").send(), client.get("/nowhere").send());
    check_refused(&missing);
    assert_eq!(client.get("/nowhere").send().await.status(), 404);
}

#[tokio::test(start_paused = true)]
async fn rejected_preflight_runs_no_handler() {
    let (client, order) = client(Capacity::of(1));
    let preflight = client
        .options("/reports/report")
        .header(header::ORIGIN, "https://a.example")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "DELETE");
    let (_, refused) = tokio::join!(client.get("/list").send(), preflight.send());
    check_refused(&refused);
    assert_eq!(refused.header(header::VIA), "marked");
    assert_eq!(*order.lock().expect("no panic"), ["normal"]);
}
