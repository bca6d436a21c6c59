//! Methods: HEAD, OPTIONS, 405 and extension methods.

use highball::prelude::*;

use super::{answer, route_of};

#[test]
fn head_has_the_headers_of_get() {
    handlers! { a: get("/a"), }
    #[routes(app)]
    struct App(a);

    highball::block_on(async {
        let response = App.test().head("/a").send().await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.header(header::CONTENT_LENGTH), "2");
        assert!(response.bytes().is_empty());
        assert_eq!(App.test().head("/b").send().await.status(), 404);
    });
}

#[test]
fn explicit_head_or_options_precedes_the_derived_one() {
    #[get("/a")]
    async fn read() -> &'static str {
        "long text"
    }
    #[head("/a")]
    async fn length(cx: &mut Context<'_>) {
        cx.set_header(header::VIA, "head");
    }
    #[options("/a")]
    async fn ask() -> &'static str {
        "ours"
    }
    #[routes(app)]
    struct App(read, length, ask);
    check!(App,
        "GET /a" => "200 long text",
        "HEAD /a" => "200 via head",
        "OPTIONS /a" => "200 ours",
        "POST /a" => "405 GET, HEAD, OPTIONS",
    );
}

#[test]
fn options_lists_the_methods_of_the_path() {
    handlers! { a: get("/a"), b: post("/a"), c: delete("/{x}"), d: put("/b"), }
    #[routes(app)]
    struct App(a, b, c, d);

    check!(App,
        "OPTIONS /a" => "204 GET, HEAD, POST, DELETE, OPTIONS",
        "OPTIONS /x" => "204 DELETE, OPTIONS",
        "OPTIONS /none/x" => "404",
        "OPTIONS *" => "204",
    );
}

#[test]
fn unsupported_method_is_405() {
    handlers! { a: get("/a"), b: post("/a"), c: delete("/{x}"), }
    #[routes(app)]
    struct App(a, b, c);

    check!(App,
        "PUT /a" => "405 GET, HEAD, POST, DELETE, OPTIONS",
        "PURGE /a" => "405 GET, HEAD, POST, DELETE, OPTIONS",
        "GET /x" => "405 DELETE, OPTIONS",
        "HEAD /x" => "405 DELETE, OPTIONS",
        "PUT /x/y" => "404",
        "get /a" => "405 GET, HEAD, POST, DELETE, OPTIONS",
    );
}

#[test]
fn each_method_matches_only_its_routes() {
    handlers! { new: get("/users/new"), update: post("/users/{id}"), }
    #[routes(app)]
    struct App(new, update);

    check!(App,
        "GET /users/new" => "200 /users/new",
        "POST /users/new" => "200 /users/{id} id=new",
        "GET /users/1" => "405 POST, OPTIONS",
        "PUT /users/new" => "405 GET, HEAD, POST, OPTIONS",
    );
}

#[test]
fn specific_method_precedes_any() {
    handlers! {
        all: any("/a"),
        read: get("/a"),
        param: any("/u/{x}"),
        new: get("/u/new"),
    }
    #[routes(app)]
    struct App(all, read, param, new);

    check!(App,
        "GET /a" => "200 /a",
        "BREW /a" => "200 /a",
        "GET /u/new" => "200 /u/new",
        "PUT /u/new" => "200 /u/{x} x=new",
        "OPTIONS /u/1" => "200 /u/{x} x=1",
    );
    let found = |method: &str| {
        let routes = App::ROUTES.iter().filter(|route| route.path() == "/a");
        let mut routes = routes.filter(|route| route.methods().any(|own| own == method));
        routes.next().map(highball::Route::handler)
    };
    assert!(found("GET").is_some_and(|name| name.ends_with("read")));
    assert!(found("BREW").is_none());
}

#[test]
fn extension_methods_and_query_are_supported() {
    handlers! {
        cache: route("/a", methods = [GET, "PURGE"]),
        search: query("/a"),
        lock: route("/b", methods = ["LOCK", "UNLOCK"]),
    }
    #[routes(app)]
    struct App(cache, search, lock);

    check!(App,
        "PURGE /a" => "200 /a",
        "QUERY /a" => "200 /a",
        "GET /a" => "200 /a",
        "UNLOCK /b" => "200 /b",
        "PURGE /b" => "405 OPTIONS, LOCK, UNLOCK",
        "OPTIONS /a" => "204 GET, HEAD, OPTIONS, QUERY, PURGE",
    );
}
