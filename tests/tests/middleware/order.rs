//! The order of guards and middleware around a handler, and the values that they provide.

use highball::prelude::*;

/// The header to which each middleware adds its name on the way back.
fn mark(mut response: Response, name: &'static str) -> Response {
    let name = header::HeaderValue::from_static(name);
    response.headers_mut().append(header::VIA, name);
    response
}

macro_rules! middleware {
    ($($name:ident),*) => {$(
        #[middleware]
        async fn $name(cx: &mut Context<'_>, next: impl Next) -> Response {
            if cx.query("stop").as_deref() == Some(stringify!($name)) {
                return mark(StatusCode::IM_A_TEAPOT.into_response(), stringify!($name));
            }
            if cx.query("panic").as_deref() == Some(stringify!($name)) {
                std::panic::resume_unwind(Box::new(stringify!($name)));
            }
            mark(next.run(cx).await, stringify!($name))
        }
    )*};
}

middleware!(app, outer, mount, inner, own);

#[derive(Local)]
struct User(&'static str);

#[derive(Local)]
struct Wrapped<T>(T);

#[guard]
async fn user(cx: &Context<'_>) -> Result<User, StatusCode> {
    match cx.query("user") {
        Some(_) => Ok(User("zoe")),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

#[guard]
fn wrapped(user: Local<'_, User>) -> Wrapped<User> {
    Wrapped(User(user.0))
}

#[middleware]
async fn names(cx: &mut Context<'_>, next: impl Next, user: Local<'_, User>) -> Response {
    let mut response = next.run(cx).await;
    response.set_header("x-user", user.0);
    response
}

#[get("/", with(own))]
async fn plain() -> &'static str {
    "plain"
}

#[get("/user")]
async fn show(user: Local<'_, User>, again: Local<'_, Wrapped<User>>) -> String {
    format!("{} {}", user.0, again.0.0)
}

#[routes("/c", with(inner))]
struct Third(plain);

#[routes("/b", with(outer))]
struct Second(#[with(mount)] Third);

#[routes("/guarded", with(user, names, wrapped))]
struct Guarded(show);

#[routes(app, with(app))]
struct Api(Second, Guarded);

/// Asserts the status, and which middleware marked the response.
async fn check(path: &str, status: u16, via: &[&str]) {
    let response = Api.test().get(path).send().await;
    let got = response.headers().get_all(header::VIA).iter();
    let got: Vec<_> = got.filter_map(|name| name.to_str().ok()).collect();
    assert_eq!((response.status().as_u16(), &*got), (status, via), "{path}");
}

#[tokio::test]
async fn middleware_runs_from_the_app_to_the_handler_and_back() {
    check("/b/c", 200, &["own", "inner", "mount", "outer", "app"]).await;
}

#[tokio::test]
async fn early_response_passes_the_outer_middleware() {
    check(
        "/b/c?stop=own",
        418,
        &["own", "inner", "mount", "outer", "app"],
    )
    .await;
    check("/b/c?stop=inner", 418, &["inner", "mount", "outer", "app"]).await;
    check("/b/c?stop=outer", 418, &["outer", "app"]).await;
    check("/b/c?stop=app", 418, &["app"]).await;
}

#[tokio::test]
async fn panic_in_any_middleware_is_500() {
    let parts = ["own", "inner", "mount", "outer", "app"];
    for (idx, part) in parts.into_iter().enumerate() {
        // The response passes the middleware outside the one that panics.
        check(&format!("/b/c?panic={part}"), 500, &parts[idx + 1..]).await;
    }
}

#[tokio::test]
async fn miss_passes_the_middleware_of_its_group() {
    check("/b/c/d", 404, &["inner", "mount", "outer", "app"]).await;
    check("/b/d", 404, &["outer", "app"]).await;
    check("/d", 404, &["app"]).await;
}

#[tokio::test]
async fn guards_provide_values_or_respond() {
    check("/guarded/user", 401, &["app"]).await;
    let response = Api.test().get("/guarded/user?user").send().await;
    assert_eq!(response.text(), "zoe zoe");
    assert_eq!(response.headers()["x-user"], "zoe");
}

#[tokio::test]
async fn guards_do_not_run_for_a_miss() {
    check("/guarded/other", 404, &["app"]).await;
    let response = Api.test().post("/guarded/user").send().await;
    assert_eq!(response.status(), 405);
    let response = Api.test().options("/guarded/user").send().await;
    assert_eq!(response.status(), 204);
}

#[test]
fn guard_can_be_called_as_a_function() {
    let zoe = User("zoe");
    assert_eq!(wrapped(Local::new(&zoe)).0.0, "zoe");
}
