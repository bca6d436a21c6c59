//! Checks that the peers do equal work: each implements the contract.

mod support;

use serde_json::{Value, json};

use support::{Client, Peer};

const ORDER: &str = include_str!("../../../examples/bench-server/src/order.json");

#[test]
fn hyper_raw_answers() {
    check(env!("CARGO_BIN_EXE_hyper-raw"));
}

#[test]
fn hyper_tuned_answers() {
    check(env!("CARGO_BIN_EXE_hyper-tuned"));
}

#[test]
fn axum_answers() {
    check(env!("CARGO_BIN_EXE_axum"));
}

#[test]
fn actix_answers() {
    check(env!("CARGO_BIN_EXE_actix"));
}

#[test]
fn xitca_answers() {
    check(env!("CARGO_BIN_EXE_xitca"));
}

/// Checks a peer, with one thread and with two.
fn check(program: &str) {
    for threads in [1, 2] {
        let peer = Peer::start(program, threads);
        let client = &mut peer.connect();
        check_small(client);
        check_refused(&peer);
        check_table(client);
        check_echo(&peer);
        check_behind(&peer);
        check_big(client);
    }
}

fn check_small(client: &mut Client) {
    let cases = [
        ("/ping", r#"{"message":"pong"}"#),
        ("/users/42", r#"{"id":42,"name":"user-42"}"#),
        (
            "/repos/rust-lang/rust/issues/1347/comments",
            r#"{"owner":"rust-lang","repo":"rust","number":1347}"#,
        ),
    ];
    for (path, body) in cases {
        let answer = client.get(path);
        assert_eq!((answer.status, answer.body.as_str()), (200, body), "{path}");
        answer.json();
    }
    client
        .get("/plaintext")
        .check_text("Hello, World!", "/plaintext");
}

/// Checks errors, each on its own connection, because the server may close it.
fn check_refused(peer: &Peer) {
    let cases = [
        ("/users/abc", 400),
        ("/users/-1", 400),
        ("/users/18446744073709551616", 400),
        ("/repos/rust-lang/rust/issues/many/comments", 400),
        ("/", 404),
        ("/nowhere", 404),
        ("/mw/more", 404),
        ("/repos/rust-lang/rust/issues/1347/comments/more", 404),
        ("/a/b/c/d/e/f/g/h/i/j", 404),
    ];
    for (path, status) in cases {
        let answer = peer.connect().get(path);
        assert_eq!(answer.status, status, "{path}");
        for name in ["x-response-time", "x-request-id", "x-frame-options"] {
            assert_eq!(answer.header(name), None, "{path}");
        }
    }
}

/// Returns the methods and paths of the table.
macro_rules! list {
    ($($path:literal => $($name:ident $method:ident $upper:ident),+;)*) => {
        [
            $($((stringify!($upper), $path),)+)*
            ("POST", "/repos/{owner}/{repo}/issues/{number}/comments"),
        ]
    };
}

fn check_table(client: &mut Client) {
    let routes = bench_peers::routes!(list);
    assert_eq!(routes.len(), 137);
    for (method, path) in routes {
        // Without its braces, the name of a parameter is a valid value for it.
        let path = path.replace(['{', '}'], "");
        // Without `content-length: 0`, some servers would wait for a body.
        let answer = client.send(method, &path, "content-length: 0\r\n");
        answer.check_text("stub", &format!("{method} {path}"));
    }
}

fn check_echo(peer: &Peer) {
    let order = ORDER.trim();
    let answer = peer.connect().post("/echo", order);
    assert_eq!((answer.status, answer.body.as_str()), (200, order));
    answer.json();
    check_spare_order(peer);
    for bad in ["{", "", "[]", r#"{"id":1}"#, &order.replace("true", "1")] {
        assert_eq!(peer.connect().post("/echo", bad).status, 400, "{bad}");
    }
}

/// Optional fields are returned as null.
fn check_spare_order(peer: &Peer) {
    let mut order: Value = serde_json::from_str(ORDER).expect("it is JSON");
    order["note"] = Value::Null;
    order["customer"]["phone"] = Value::Null;
    let mut spare = order.clone();
    spare.as_object_mut().and_then(|order| order.remove("note"));
    let customer = spare["customer"].as_object_mut();
    customer.and_then(|customer| customer.remove("phone"));
    let answer = peer.connect().post("/echo", &spare.to_string());
    assert_eq!((answer.status, answer.json()), (200, order));
}

fn check_behind(peer: &Peer) {
    let client = &mut peer.connect();
    let token = "authorization: Bearer secret-token\r\n";
    let ids = [1, 2].map(|_| {
        let answer = client.send("GET", "/mw", token);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json(), json!({"message": "pong"}));
        request_id(&answer)
    });
    assert_eq!(ids[0] + 1, ids[1]);
    for wrong in ["", "authorization: Bearer other\r\n"] {
        let answer = peer.connect().send("GET", "/mw", wrong);
        assert_eq!(answer.status, 401, "{wrong}");
        request_id(&answer);
    }
}

/// Checks the headers that the middleware adds, and returns the number of the request.
fn request_id(answer: &support::Answer) -> u64 {
    assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    let micros = answer.header("x-response-time").expect("it is measured");
    assert!(micros.parse::<u64>().is_ok(), "{micros}");
    let id = answer.header("x-request-id").expect("it is numbered");
    assert_eq!(id.len(), 16, "{id}");
    u64::from_str_radix(id, 16).expect("it is hexadecimal")
}

fn check_big(client: &mut Client) {
    let answer = client.get("/big");
    assert_eq!(answer.status, 200);
    assert!((60_000..70_000).contains(&answer.body.len()));
    let items: Vec<_> = (0..512).map(item).collect();
    assert_eq!(answer.json(), Value::from(items));
}

fn item(idx: u32) -> Value {
    json!({
        "id": 100_000 + idx,
        "name": format!("Item number {idx:04}"),
        "email": format!("item{idx:04}@example.com"),
        "active": idx.is_multiple_of(3),
        "score": f64::from(idx) + 0.5,
        "tags": ["red", "large", format!("lot-{:03}", idx % 100)],
    })
}
