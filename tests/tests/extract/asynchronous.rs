//! Asynchronous extractors: they see the request, the values of guards, and the state.

use highball::{
    extract::{LocalId, LocalType},
    prelude::*,
};

#[derive(Local)]
struct User(&'static str);

/// Provides the user before the extractors run.
#[guard]
fn signed_in(cx: &Context<'_>) -> Result<User, StatusCode> {
    match cx.header("x-user") {
        Some("zoe") => Ok(User("zoe")),
        Some("max") => Ok(User("max")),
        _ => Err(StatusCode::UNAUTHORIZED),
    }
}

/// The names of the users who may see orders.
#[derive(Clone)]
struct Allowed(&'static [&'static str]);

#[derive(State)]
struct AppState {
    allowed: Allowed,
}

/// The orders of the signed-in user.
struct Orders(String);

impl ExtractAsync for Orders {
    type State = Allowed;
    const NEEDS: &'static [LocalId] = &[User::ID];

    async fn extract(_: &mut Context<'_>, input: Input<'_, Allowed>) -> Result<Self, Rejection> {
        tokio::task::yield_now().await;
        let user = input.local::<User>().ok_or_else(Rejection::internal)?.0;
        if !input.state().0.contains(&user) {
            let detail = "this user may not see orders";
            return Err(Rejection::new(StatusCode::FORBIDDEN, detail));
        }
        let (id, query) = (input.param("id").unwrap_or("-"), input.query());
        Ok(Self(format!("{user} {} {id} {query}", input.method())))
    }
}

#[get("/orders/{id}", with(signed_in))]
async fn order(orders: Orders, id: u32) -> String {
    format!("{}: {id}", orders.0)
}

/// Takes the extractor before the handler.
#[guard]
fn has_orders(orders: Orders) -> Result<(), StatusCode> {
    match orders.0.contains("empty") {
        true => Err(StatusCode::NOT_FOUND),
        false => Ok(()),
    }
}

#[post("/orders", with(signed_in, has_orders))]
async fn add(orders: Orders, text: String) -> String {
    format!("{}: {text}", orders.0)
}

#[routes(app)]
struct Api(order, add);

#[tokio::test]
async fn an_asynchronous_extractor_sees_request_values_and_state() {
    let state = || AppState {
        allowed: Allowed(&["zoe"]),
    };
    for (request, user, status, text) in [
        ("GET /orders/7?full", "zoe", 200, "zoe GET 7 full: 7"),
        ("POST /orders", "zoe", 200, "zoe POST - : text"),
        ("POST /orders?empty", "zoe", 404, ""),
        ("GET /orders/7", "max", 403, "this user may not see orders"),
        ("POST /orders", "max", 403, "this user may not see orders"),
        ("GET /orders/7", "eve", 401, ""),
        ("GET /orders/x", "zoe", 400, "id"),
    ] {
        let client = Api.test().state(state());
        let (method, path) = request.split_once(' ').expect("a method and a path");
        let request = client.request(method.parse().expect("a method"), path);
        let request = request.header("x-user", user).body("text");
        let response = request.send().await;
        assert_eq!(response.status(), status, "{path}");
        assert!(response.text().contains(text), "{}", response.text());
    }
}
