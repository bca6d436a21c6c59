//! Patterns: what they match, and which one wins if several match.

use highball::prelude::*;

use super::{answer, route_of};

#[test]
fn parameter_is_one_whole_segment_and_never_empty() {
    handlers! {
        show: get("/users/{id}"),
        post: get("/users/{id}/posts/{post}"),
    }
    #[routes(app)]
    struct App(show, post);

    check!(App,
        "GET /users/42" => "200 /users/{id} id=42",
        "GET /users/" => "404",
        "GET /users" => "404",
        "GET /users/42/" => "404",
        "GET /users/42/posts/7" => "200 /users/{id}/posts/{post} id=42 post=7",
        "GET /users//posts/7" => "404",
        "GET /users/42/posts/" => "404",
    );
}

#[test]
fn catch_all_is_the_nonempty_rest_of_the_path() {
    handlers! { files: get("/files/{*path}"), }
    #[routes(app)]
    struct App(files);

    check!(App,
        "GET /files/a" => "200 /files/{*path} path=a",
        "GET /files/a/b//c/" => "200 /files/{*path} path=a/b//c/",
        "GET /files//" => "200 /files/{*path} path=/",
        "GET /files/" => "404",
        "GET /files" => "404",
    );
}

#[test]
fn parameter_can_have_text_around_it() {
    handlers! {
        version: get("/v{major}/docs"),
        data: get("/data/{name}.json"),
        both: get("/img-{id}.png"),
    }
    #[routes(app)]
    struct App(version, data, both);

    check!(App,
        "GET /v2/docs" => "200 /v{major}/docs major=2",
        "GET /v/docs" => "404",
        "GET /V2/docs" => "404",
        "GET /data/a.json.json" => "200 /data/{name}.json name=a.json",
        "GET /data/.json" => "404",
        "GET /img-7.png" => "200 /img-{id}.png id=7",
        "GET /img-.png" => "404",
    );
}

#[test]
fn doubled_braces_are_literal() {
    handlers! {
        literal: get("/{{id}}"),
        beside: get("/{{{id}}}/x"),
    }
    #[routes(app)]
    struct App(literal, beside);

    check!(App,
        "GET /%7Bid%7D" => "200 /{{id}}",
        "GET /%7B42%7D/x" => "200 /{{{id}}}/x id=42",
        "GET /42" => "404",
    );
}

#[test]
fn static_precedes_affixed_precedes_plain_precedes_catch_all() {
    handlers! {
        rest: get("/{*rest}"),
        plain: get("/{plain}"),
        prefix: get("/v{a}"),
        long_prefix: get("/v1{a}"),
        suffix: get("/{a}.js"),
        long_suffix: get("/{a}.min.js"),
        both: get("/v{a}.js"),
        fixed: get("/v1.js"),
    }
    #[routes(app)]
    struct App(
        rest,
        plain,
        prefix,
        long_prefix,
        suffix,
        long_suffix,
        both,
        fixed,
    );

    check!(App,
        "GET /v1.js" => "200 /v1.js",
        "GET /v12.js" => "200 /v1{a} a=2.js",
        "GET /v2.js" => "200 /v{a}.js a=2",
        "GET /v2" => "200 /v{a} a=2",
        "GET /a.min.js" => "200 /{a}.min.js a=a",
        "GET /a.js" => "200 /{a}.js a=a",
        "GET /v" => "200 /{plain} plain=v",
        "GET /a/b" => "200 /{*rest} rest=a/b",
    );
}

#[test]
fn failed_match_backtracks_completely() {
    handlers! {
        a: get("/a/b/c/d"),
        b: get("/a/b/{x}/e"),
        c: get("/a/{x}/c/f"),
        d: get("/a/{x}y/c/i"),
        e: get("/{x}/b/c/g"),
        f: get("/{*rest}"),
    }
    #[routes(app)]
    struct App(a, b, c, d, e, f);

    check!(App,
        "GET /a/b/c/d" => "200 /a/b/c/d",
        "GET /a/b/c/e" => "200 /a/b/{x}/e x=c",
        "GET /a/b/c/f" => "200 /a/{x}/c/f x=b",
        "GET /a/by/c/i" => "200 /a/{x}y/c/i x=b",
        "GET /a/by/c/f" => "200 /a/{x}/c/f x=by",
        "GET /a/b/c/g" => "200 /{x}/b/c/g x=a",
        "GET /a/b/c/h" => "200 /{*rest} rest=a/b/c/h",
    );
}

#[test]
fn order_of_routes_does_not_matter() {
    handlers! { a: get("/x/new"), b: get("/x/{id}"), c: get("/x/{*rest}"), d: get("/{y}/new"), }
    #[routes(app)]
    struct Down(a, b, c, d);

    handlers! { h: get("/{y}/new"), g: get("/x/{*rest}"), f: get("/x/{id}"), e: get("/x/new"), }
    #[routes(app)]
    struct Up(h, g, f, e);

    for path in ["/x/new", "/x/1", "/x/1/2", "/z/new", "/z/1"] {
        highball::block_on(async {
            let (down, up) = (Down.test().get(path), Up.test().get(path));
            assert_eq!(
                answer(&down.send().await),
                answer(&up.send().await),
                "{path}"
            );
        });
    }
}

#[test]
fn parameters_of_different_paths_can_have_different_names() {
    handlers! { p: get("/x/{a}/p"), q: get("/x/{b}/q"), own: post("/x/{c}/p"), }
    #[routes(app)]
    struct App(p, q, own);

    check!(App,
        "GET /x/1/p" => "200 /x/{a}/p a=1",
        "GET /x/1/q" => "200 /x/{b}/q b=1",
        "POST /x/1/p" => "200 /x/{c}/p c=1",
    );
}
