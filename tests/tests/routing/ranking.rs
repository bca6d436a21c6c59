//! The order of matching routes: the path ranks before the method, and a trailing slash is part of the path.

use highball::prelude::*;

use super::{answer, inner, outer, route_of};

#[test]
fn path_ranks_before_the_method() {
    handlers! {
        any_param: any("/a/{x}"),
        get_rest: get("/a/{*rest}"),
        any_static: any("/b/c"),
        get_param: get("/b/{x}"),
        get_better: get("/c/{x}"),
        head_worse: head("/c/{*rest}"),
        any_equal: any("/d/{x}"),
        get_equal: get("/d/{y}"),
        options_worse: options("/e/{*rest}"),
        post_better: post("/e/{x}"),
    }
    #[routes(app)]
    struct App(
        any_param,
        get_rest,
        any_static,
        get_param,
        get_better,
        head_worse,
        any_equal,
        get_equal,
        options_worse,
        post_better,
    );

    check!(App,
        "GET /a/1" => "200 /a/{x} x=1",
        "GET /a/1/2" => "200 /a/{*rest} rest=1/2",
        "POST /a/1/2" => "405 GET, HEAD, OPTIONS",
        "GET /b/c" => "200 /b/c",
        "GET /b/d" => "200 /b/{x} x=d",
        "HEAD /c/1" => "200",
        "GET /d/1" => "200 /d/{y} y=1",
        "POST /d/1" => "200 /d/{x} x=1",
        "OPTIONS /e/1" => "200 /e/{*rest} rest=1",
        "PUT /e/1" => "405 POST, OPTIONS",
    );
}

#[test]
fn head_selects_the_better_path_too() {
    #[get("/{x}")]
    async fn better(cx: &mut Context<'_>) {
        cx.set_header(header::VIA, "get");
    }
    #[head("/{*rest}")]
    async fn worse(cx: &mut Context<'_>) {
        cx.set_header(header::VIA, "head");
    }
    #[routes(app)]
    struct App(better, worse);

    check!(App,
        "HEAD /a" => "200 via get",
        "HEAD /a/b" => "200 via head",
    );
}

#[test]
fn ignored_or_redirected_slash_ranks_as_part_of_the_path() {
    handlers! {
        about: get("/about", slash = ignore),
        moved: get("/moved", slash = redirect),
        strict: get("/strict"),
        slashed: get("/slashed/", slash = ignore),
        param: get("/p/{x}", slash = ignore),
        fixed: get("/p/{x}/"),
        rest: get("/{*path}", slash = ignore),
    }
    #[routes(app)]
    struct App(about, moved, strict, slashed, param, fixed, rest);

    check!(App,
        "GET /about" => "200 /about",
        "GET /about/" => "200 /about",
        "GET /about//" => "200 /{*path} path=about//",
        "GET /moved/" => "308 /moved",
        "GET /strict/" => "200 /{*path} path=strict/",
        "GET /slashed" => "200 /slashed/",
        "GET /p/1" => "200 /p/{x} x=1",
        "GET /p/1/" => "200 /p/{x}/ x=1",
        "POST /about/" => "405 GET, HEAD, OPTIONS",
        "GET /" => "404",
    );
}

#[test]
fn only_one_slash_is_ignored_or_redirected() {
    handlers! {
        ignore: get("/a", slash = ignore),
        redirect: get("/b", slash = redirect),
        two: get("/c//", slash = ignore),
        empty: get("//d", slash = redirect),
        root: get("/", slash = ignore),
    }
    #[routes(app)]
    struct App(ignore, redirect, two, empty, root);

    check!(App,
        "GET /a/" => "200 /a",
        "GET /a//" => "404",
        "GET /b//" => "404",
        "GET /c/" => "200 /c//",
        "GET /c" => "404",
        "GET //d" => "200 //d",
        "GET //d/" => "404",
        "GET /" => "200 /",
        "GET //" => "404",
        "GET /a%2F" => "404",
    );
}

#[test]
fn alias_ranks_after_any_route_of_the_same_path() {
    handlers! {
        get_a: get("/a", slash = ignore),
        any_a: any("/a/"),
        any_b: any("/b", slash = ignore),
        post_b: post("/b/"),
        c: get("/c", slash = ignore),
        c_slash: post("/c//", slash = redirect),
        c_any: any("/c//", slash = redirect),
    }
    #[routes(app)]
    struct App(get_a, any_a, any_b, post_b, c, c_slash, c_any);

    check!(App,
        "GET /a/" => "200 /a/",
        "GET /a" => "200 /a",
        "GET /b/" => "200 /b",
        "POST /b/" => "200 /b/",
        "GET /c/" => "200 /c",
        "POST /c/" => "308 /c//",
        "PUT /c/" => "308 /c//",
    );
}

#[test]
fn redirect_to_another_origin_is_404() {
    handlers! { name: get("//{name}", slash = redirect), rest: get("/{*rest}"), }
    #[routes(app)]
    struct App(name, rest);

    check!(App,
        "GET //a" => "200 //{name} name=a",
        "GET //a/" => "404",
        "GET //a/b" => "200 /{*rest} rest=/a/b",
        "GET /\\a/" => "200 /{*rest} rest=\\a/",
    );
}

#[test]
fn group_of_the_best_path_handles_405() {
    handlers! { read: get("/a/{x}"), both: get("/b"), }
    #[routes(with(inner))]
    struct Read(read, both);
    handlers! { rest: post("/a/{*rest}"), write: post("/b"), }
    #[routes(with(outer))]
    struct Write(write, rest);

    #[routes(app)]
    struct App(Read, Write);
    #[routes(app)]
    struct Swapped(Write, Read);

    check!(App,
        "PUT /a/1" => "405 GET, HEAD, POST, OPTIONS via inner",
        "OPTIONS /a/1" => "204 GET, HEAD, POST, OPTIONS via inner",
        "PUT /a/1/2" => "405 POST, OPTIONS via outer",
        "PUT /b" => "405 GET, HEAD, POST, OPTIONS via outer",
    );
    check!(Swapped,
        "PUT /a/1" => "405 GET, HEAD, POST, OPTIONS via inner",
        "PUT /b" => "405 GET, HEAD, POST, OPTIONS via inner",
    );
}

#[test]
fn longest_prefix_handles_404_and_the_first_of_equal_ones() {
    handlers! { a: get("/a"), }
    #[routes("/{any}", with(inner))]
    struct Any(a);
    handlers! { b: get("/b"), }
    #[routes("/x", with(outer))]
    struct Fixed(b);

    #[routes(app)]
    struct App(Any, Fixed);
    #[routes(app)]
    struct Swapped(Fixed, Any);

    check!(App,
        "GET /x/nothing" => "404 via inner",
        "GET /y/nothing" => "404 via inner",
        "GET //nothing" => "404",
    );
    check!(Swapped,
        "GET /x/nothing" => "404 via outer",
        "GET /y/nothing" => "404 via inner",
    );
}

#[test]
fn allow_lists_standard_methods_first() {
    handlers! {
        other: route("/x", methods = ["UNLOCK", "LOCK"]),
        query: query("/x"),
        delete: delete("/x"),
        head: head("/y"),
    }
    #[routes(app)]
    struct App(other, query, delete, head);

    check!(App,
        "GET /x" => "405 DELETE, OPTIONS, QUERY, UNLOCK, LOCK",
        "HEAD /x" => "405 DELETE, OPTIONS, QUERY, UNLOCK, LOCK",
        "GET /y" => "405 HEAD, OPTIONS",
        "FOO /x" => "405 DELETE, OPTIONS, QUERY, UNLOCK, LOCK",
    );
}
