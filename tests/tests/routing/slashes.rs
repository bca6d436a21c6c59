//! Trailing slashes: strict, redirected or ignored.

use highball::prelude::*;

use super::{answer, outer, route_of};

#[test]
fn slashes_and_dots_are_literal() {
    handlers! {
        root: get("/"),
        double: get("//a"),
        middle: get("/a//b"),
        dots: get("/d/../e"),
        dot: get("/d/./e"),
        plain: get("/e"),
    }
    #[routes(app)]
    struct App(root, double, middle, dots, dot, plain);

    check!(App,
        "GET /" => "200 /",
        "GET //" => "404",
        "GET //a" => "200 //a",
        "GET /a" => "404",
        "GET /a//b" => "200 /a//b",
        "GET /a/b" => "404",
        "GET /d/../e" => "200 /d/../e",
        "GET /d/./e" => "200 /d/./e",
        "GET /./e" => "404",
        "GET /e" => "200 /e",
    );
}

#[test]
fn path_with_trailing_slash_is_different() {
    handlers! { a: get("/a"), b: get("/b/"), }
    #[routes(app)]
    struct App(a, b);

    check!(App,
        "GET /a/" => "404",
        "GET /b" => "404",
        "GET /b/" => "200 /b/",
    );
}

#[test]
fn trailing_slash_is_redirected_if_the_app_enables_it() {
    handlers! {
        root: get("/"),
        a: get("/a"),
        b: post("/b/"),
        c: get("/c/{x}"),
        rest: get("/r/{*rest}"),
        strict: get("/strict", slash = strict),
        ignore: get("/ignore", slash = ignore),
    }
    #[routes(app, slash = redirect)]
    struct App(root, a, b, c, rest, strict, ignore);

    check!(App,
        "GET /a/" => "308 /a",
        "HEAD /a/" => "308 /a",
        "GET /a/?x=%20&y" => "308 /a?x=%20&y",
        "POST /b" => "308 /b/",
        "POST /b?x" => "308 /b/?x",
        "GET /c/1%20/" => "308 /c/1%20",
        "GET /a//" => "404",
        "GET //" => "404",
        "GET /r/a/" => "200 /r/{*rest} rest=a/",
        "GET /strict/" => "404",
        "GET /ignore/" => "200 /ignore",
        "POST /a/" => "405 GET, HEAD, OPTIONS",
    );
}

#[test]
fn trailing_slash_is_ignored_if_the_group_enables_it() {
    handlers! { list: get("/"), show: get("/{id}"), }
    #[routes("/users", slash = ignore)]
    struct Users(list, show);

    handlers! { inner: get("/x"), }
    #[routes("/strict", slash = strict)]
    struct Strict(inner);

    #[get("/other")]
    async fn other() {}
    #[routes(app, slash = redirect)]
    struct App(Users, Strict, other);
    check!(App,
        "GET /users/" => "200 /users",
        "GET /users/1/" => "200 /users/{id} id=1",
        "GET /strict/x/" => "404",
        "GET /other/" => "308 /other",
    );
}

#[test]
fn exact_route_precedes_a_redirect() {
    handlers! { a: get("/a"), a_slash: get("/a/"), new: get("/new/"), id: get("/{id}"), }
    #[routes(app, slash = redirect)]
    struct App(a, a_slash, new, id);

    check!(App,
        "GET /a" => "200 /a",
        "GET /a/" => "200 /a/",
        "GET /x/" => "308 /x",
    );
}

#[test]
fn redirect_never_leaves_the_origin() {
    handlers! {
        name: get("/{name}"),
        empty: get("//{name}"),
        deep: get("//{name}/x/"),
    }
    #[routes(app, slash = redirect)]
    struct App(name, empty, deep);

    check!(App,
        "GET /evil.com/" => "308 /evil.com",
        "GET //evil.com/" => "404",
        "GET //evil.com/x" => "404",
        "GET ///evil.com/" => "404",
        "GET /%2Fevil.com/" => "308 /%2Fevil.com",
        "GET /%5Cevil.com/" => "308 /%5Cevil.com",
    );
}

#[test]
fn redirect_runs_the_middleware() {
    handlers! { a: get("/a"), }
    #[routes(app, slash = redirect, with(outer))]
    struct App(a);

    check!(App,
        "GET /a/" => "308 /a via outer",
    );
}
