//! Prefixes of groups, and which group handles a request without a matching route.

use highball::prelude::*;

use super::{answer, inner, outer, route_of};

#[test]
fn prefixes_are_joined_and_a_slash_is_the_prefix_itself() {
    handlers! { list: get("/"), show: get("/{post}"), slash: get("/new/"), }
    #[routes("/posts")]
    struct Posts(list, show, slash);

    #[get("/")]
    async fn user(cx: &Context<'_>) -> String {
        route_of(cx)
    }
    #[routes("/users/{id}")]
    struct User(user, #[prefix("/old")] Posts, Posts);
    #[get("/")]
    async fn root(cx: &Context<'_>) -> String {
        route_of(cx)
    }
    #[routes(app)]
    struct App(root, #[prefix("/api")] User);
    check!(App,
        "GET /" => "200 /",
        "GET /api" => "404",
        "GET /api/users/1" => "200 /api/users/{id} id=1",
        "GET /api/users/1/" => "404",
        "GET /api/users/1/posts" => "200 /api/users/{id}/posts id=1",
        "GET /api/users/1/posts/2" => "200 /api/users/{id}/posts/{post} id=1 post=2",
        "GET /api/users/1/posts/new/" => "200 /api/users/{id}/posts/new/ id=1",
        "GET /api/users/1/old/posts/2" => "200 /api/users/{id}/old/posts/{post} id=1 post=2",
        "GET /users/1" => "404",
    );
}

#[test]
fn prefix_of_the_app_applies_to_all_routes() {
    handlers! { root: get("/"), ping: get("/ping"), }
    #[routes(app, "/api/v1")]
    struct App(root, ping);

    check!(App,
        "GET /api/v1" => "200 /api/v1",
        "GET /api/v1/ping" => "200 /api/v1/ping",
        "GET /" => "404",
        "GET /api/v1/" => "404",
    );
}

#[test]
fn miss_runs_the_middleware_of_the_longest_matching_prefix() {
    handlers! { show: get("/{id}"), }
    #[routes("/users", with(inner))]
    struct Users(show);

    handlers! { other: get("/x"), }
    #[routes("/other")]
    struct Other(other);

    #[routes(app, with(outer))]
    struct App(Users, Other);
    check!(App,
        "GET /users/1" => "200 /users/{id} id=1 via inner via outer",
        "GET /users/1/2" => "404 via inner via outer",
        "GET /users" => "404 via inner via outer",
        "POST /users/1" => "405 GET, HEAD, OPTIONS via inner via outer",
        "OPTIONS /users/1" => "204 GET, HEAD, OPTIONS via inner via outer",
        "GET /users/%FF" => "400 via inner via outer",
        "GET /usersx/1" => "404 via outer",
        "GET /other/y" => "404 via outer",
        "GET /" => "404 via outer",
        "OPTIONS *" => "204 via outer",
    );
}

#[test]
fn middleware_of_a_route_runs_only_for_the_route() {
    handlers! { a: get("/a", with(inner)), }
    #[routes(app)]
    struct App(a);

    check!(App,
        "GET /a" => "200 /a via inner",
        "POST /a" => "405 GET, HEAD, OPTIONS",
        "GET /b" => "404",
    );
}

#[test]
fn miss_runs_the_fallback_of_the_nearest_group() {
    #[fallback]
    async fn nothing_here(uri: &Uri) -> String {
        format!("nothing at {}", uri.path())
    }
    #[fallback]
    async fn no_user() -> &'static str {
        "no user"
    }
    handlers! { show: get("/{id}"), }
    #[routes("/users", fallback = no_user)]
    struct Users(show);

    handlers! { plain: get("/x"), }
    #[routes("/users/{id}/plain")]
    struct Plain(plain);

    #[routes(app, fallback = nothing_here)]
    struct App(Users, Plain);
    check!(App,
        "GET /a" => "200 nothing at /a",
        "GET /users" => "200 no user",
        "GET /users/1/2" => "200 no user",
        "GET /users/1/plain/y" => "200 nothing at /users/1/plain/y",
        "POST /users/1" => "405 GET, HEAD, OPTIONS",
        "POST /users/1/2" => "200 no user",
    );
}
