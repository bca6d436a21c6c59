use highball::{
    prelude::*,
    serve::Capacity,
    testing::{TestResponse, TestSession},
};
use tokio::time::{Duration, Instant, sleep};

use crate::{Api, AppState, Role, account::User, capacity};

/// Returns a state with a logged-in user of each role, and their tokens.
fn state() -> (AppState, [String; 3]) {
    let state = AppState::default();
    let users = [
        ("zoe", Role::Customer),
        ("carl", Role::Clerk),
        ("ada", Role::Admin),
    ];
    let tokens = users.map(|(name, role)| {
        let name = name.to_owned();
        state.sessions.begin(User { name, role }).expect("a token")
    });
    (state, tokens)
}

#[tokio::test]
async fn role_of_the_login_decides_which_routes_are_allowed() {
    let state = AppState::with_accounts().expect("random numbers");
    let client = Api.test().state(state).start();
    for (name, role, report, stock) in [
        ("zoe", "customer", 403, 403),
        ("carl", "clerk", 200, 403),
        ("ada", "admin", 200, 200),
    ] {
        let login = json!({ "name": name, "password": name });
        let session: Value = client.post("/login").json(&login).send().await.json();
        assert_eq!(session["user"], json!({ "name": name, "role": role }));
        let token = session["token"].as_str().expect("a token");
        let response = client.get("/office/report").bearer(token).send().await;
        assert_eq!(response.status(), report, "{name}");
        let delivery = client.post("/office/products/1/stock").bearer(token);
        let response = delivery.json(&json!({ "count": 5 })).send().await;
        assert_eq!(response.status(), stock, "{name}");
    }
    for (name, password) in [("zoe", "ada"), ("nobody", "zoe"), ("", "")] {
        let login = json!({ "name": name, "password": password });
        let response = client.post("/login").json(&login).send().await;
        assert_eq!(response.status(), 401, "{name}");
        assert!(
            response
                .text()
                .contains("the name or the password is wrong")
        );
    }
}

#[tokio::test]
async fn only_logged_in_customers_can_buy() {
    let (state, [zoe, ..]) = state();
    let client = Api.test().state(state).start();
    let wish = json!({ "product": 2, "count": 3 });
    let bought = client.post("/orders").bearer(&zoe).json(&wish).send().await;
    assert_eq!(bought.status(), 201, "{}", bought.text());
    let order = json!({ "id": 1, "customer": "zoe", "product": 2, "count": 3 });
    assert_eq!(
        bought.json::<Value>(),
        json!({ "order": order, "left": 99_999 })
    );
    let orders = client.get("/orders").bearer(&zoe).send().await;
    assert_eq!(orders.json::<Value>(), json!([order]));
    assert_eq!(client.get("/orders").send().await.status(), 401);
    assert_eq!(
        client.get("/orders").bearer("guess").send().await.status(),
        401
    );
    for (wish, status) in [
        (json!({ "product": 9 }), 404),
        (json!({ "product": 1, "count": 2_000_000 }), 409),
        (json!({ "product": 1, "color": "red" }), 422),
    ] {
        let request = client.post("/orders").bearer(&zoe).json(&wish);
        assert_eq!(request.send().await.status(), status, "{wish}");
    }
}

#[tokio::test]
async fn blocked_account_cannot_buy() {
    let (state, _) = state();
    let name = "mallory".to_owned();
    let role = Role::Customer;
    let token = state.sessions.begin(User { name, role }).expect("a token");
    let client = Api.test().state(state).start();
    let request = client
        .post("/orders")
        .bearer(&token)
        .json(&json!({ "product": 1 }));
    assert_eq!(request.send().await.status(), 403);
}

#[tokio::test]
async fn catalogue_is_public_and_has_an_etag() {
    let client = Api.test().state(AppState::default()).start();
    let list = client.get("/products").send().await;
    assert_eq!(list.json::<Value>().as_array().map(Vec::len), Some(3));
    let again = client.get("/products");
    let again = again.header(header::IF_NONE_MATCH, list.header(header::ETAG));
    assert_eq!(again.send().await.status(), 304);
    assert_eq!(client.get("/products/9").send().await.status(), 404);
}

#[tokio::test]
async fn pages_for_browsers_need_no_token() {
    let client = Api.test().state(AppState::default()).start();
    let docs = client.get("/docs").send().await;
    assert!(docs.text().contains("<title>Shop</title>"));
    let routes = client.get("/routes").send().await;
    // A release build does not serve the routes.
    let expected = if cfg!(debug_assertions) { 200 } else { 404 };
    assert_eq!(routes.status(), expected);
    assert_eq!(client.get("/orders").send().await.status(), 401);
}

/// The results of the requests of one kind.
#[derive(Default)]
struct Kind {
    took: Vec<Duration>,
    refused: usize,
}

impl Kind {
    fn add(&mut self, response: &TestResponse, took: Duration) {
        match response.status().as_u16() {
            503 => self.refused += 1,
            200 | 201 => self.took.push(took),
            other => panic!("{other}: {}", response.text()),
        }
    }

    /// Returns the time that 99 of 100 requests did not exceed.
    fn p99(&mut self) -> Duration {
        self.took.sort();
        self.took[self.took.len() * 99 / 100]
    }
}

/// Sends an order every 25 ms for five seconds of the paused clock, and reports at the given interval.
async fn rush(capacity: Option<Capacity>, report_every: Option<Duration>) -> [Kind; 2] {
    let (state, [zoe, carl, _]) = state();
    let client = Api.test().state(state);
    let client = match capacity {
        Some(capacity) => client.capacity(capacity).start(),
        None => client.start(),
    };
    let end = Duration::from_secs(5);
    let orders = send(end, Duration::from_millis(25), || {
        let request = client.post("/orders").bearer(&zoe);
        request.json(&json!({ "product": 1 })).send()
    });
    let reports = async {
        match report_every {
            Some(every) => send(end, every, || report(&client, &carl)).await,
            None => Kind::default(),
        }
    };
    tokio::join!(orders, reports).into()
}

fn report(client: &TestSession<Api>, token: &str) -> impl Future<Output = TestResponse> + use<> {
    client.get("/office/report").bearer(token).send()
}

/// Sends a request at a fixed interval, without waiting for the responses.
async fn send<F>(end: Duration, every: Duration, request: impl Fn() -> F) -> Kind
where
    F: Future<Output = TestResponse> + Send + 'static,
{
    let start = Instant::now();
    let mut sent = Vec::new();
    while start.elapsed() < end {
        let request = request();
        sent.push(tokio::spawn(async move {
            let start = Instant::now();
            (request.await, start.elapsed())
        }));
        sleep(every).await;
    }
    let mut kind = Kind::default();
    for answer in sent {
        let (response, took) = answer.await.expect("no panic");
        kind.add(&response, took);
    }
    kind
}

#[tokio::test(start_paused = true)]
async fn many_reports_do_not_delay_orders() {
    // The database runs 800 queries a second. The reports need 1,600, and the orders need 120.
    let every = Some(Duration::from_millis(5));
    let [mut quiet, _] = rush(Some(capacity()), None).await;
    let [mut unguarded, _] = rush(None, every).await;
    let [mut orders, reports] = rush(Some(capacity()), every).await;
    let (quiet, unguarded, guarded) = (quiet.p99(), unguarded.p99(), orders.p99());
    assert_eq!(orders.refused, 0, "no order is refused");
    assert!(reports.refused > 0, "some reports are refused");
    assert!(!reports.took.is_empty(), "not all reports are refused");
    assert!(
        guarded < 3 * quiet,
        "{guarded:?} in a rush, {quiet:?} without one"
    );
    assert!(unguarded > 10 * quiet, "{unguarded:?} without a capacity");
}
