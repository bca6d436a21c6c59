//! A panic whose payload panics again when it is dropped is handled like any other panic.

use std::panic::resume_unwind;

use highball::prelude::*;

/// Panics when it is dropped, with another payload of this type until none is left.
struct Bomb(u8);

impl Drop for Bomb {
    fn drop(&mut self) {
        if let Some(more) = self.0.checked_sub(1) {
            resume_unwind(Box::new(Self(more)));
        }
    }
}

/// Panics without running the panic hook.
fn panics() -> ! {
    resume_unwind(Box::new(Bomb(2)))
}

#[observer]
fn bad_observer(_: &Exchange<'_>) {
    panics()
}

#[middleware]
async fn outer(cx: &mut Context<'_>, next: impl Next) -> Response {
    let mut response = next.run(cx).await;
    response.set_header("x-outer", "seen");
    response
}

#[get("/handler")]
async fn in_handler() {
    panics()
}

#[get("/observer", with(bad_observer))]
async fn in_observer() {}

#[get("/returned")]
async fn returned() -> Rejection {
    Rejection::internal()
}

#[routes(app)]
struct Bare(in_handler);

#[routes(app, with(outer))]
struct Api(in_handler, in_observer);

fn bad_format(_: &Rejection, _: &Context<'_>) -> Response {
    panics()
}

#[routes(app, rejection = bad_format)]
struct BadFormat(in_handler, returned);

#[tokio::test]
async fn handler_that_panics_is_500() {
    assert_eq!(Bare.test().get("/handler").send().await.status(), 500);
}

#[tokio::test]
async fn outer_middleware_sees_the_panic() {
    for (path, status) in [("/handler", 500), ("/observer", 200)] {
        let response = Api.test().get(path).send().await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.header("x-outer"), "seen", "{path}");
    }
}

#[tokio::test]
async fn rejection_format_that_panics_is_replaced() {
    for path in ["/handler", "/returned", "/missing"] {
        let response = BadFormat.test().get(path).send().await;
        assert_eq!(response.status(), 500, "{path}");
    }
}
