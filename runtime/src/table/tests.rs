//! Tests of the matching rules, one for each rule.

use http::Method;

use super::{
    testing::{differ, parse},
    *,
};
use crate::routes::{Methods, Segment, Shape, Slash};

/// Looks up each request (`METHOD /path`) among the routes (`METHOD /path [redirect|ignore]`) and
/// compares the route and the captures that are found.
fn check(routes: &[&str], cases: &[(&str, &str)]) {
    let shapes: Vec<Shape> = routes.iter().map(|route| parse::shape(route)).collect();
    let table = parse::table(&shapes);
    for (request, expected) in cases {
        let (method, path) = request.split_once(' ').unwrap();
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut captures = Captures::new();
        let found = match table.find(&method, path, &mut captures) {
            Found::Route(route) => routes[usize::from(route)].to_owned(),
            Found::Redirect(route) => format!("redirect by {}", routes[usize::from(route)]),
            Found::WrongMethod(allowed) => format!("405 {allowed}"),
            Found::Missing => "404".to_owned(),
        };
        let values = (0..captures.ranges().len()).map(|idx| captures.value(idx, path).unwrap());
        let answer = [&*found]
            .into_iter()
            .chain(values)
            .collect::<Vec<_>>()
            .join(" | ");
        assert_eq!(answer, *expected, "{request}");
    }
}

#[test]
fn a_parameter_is_one_whole_segment_and_never_empty() {
    check(
        &["GET /users/{id}", "GET /users/{id}/posts/{post}"],
        &[
            ("GET /users/42", "GET /users/{id} | 42"),
            ("GET /users/a%2Fb", "GET /users/{id} | a%2Fb"),
            ("GET /users/α", "GET /users/{id} | α"),
            ("GET /users/", "404"),
            ("GET /users", "404"),
            ("GET /users/42/", "404"),
            ("GET /users//posts/1", "404"),
            (
                "GET /users/1/posts/2",
                "GET /users/{id}/posts/{post} | 1 | 2",
            ),
        ],
    );
}

#[test]
fn a_catch_all_is_the_rest_and_never_empty() {
    check(
        &["GET /files/{*path}"],
        &[
            ("GET /files/a", "GET /files/{*path} | a"),
            ("GET /files/a/b//c/", "GET /files/{*path} | a/b//c/"),
            ("GET /files//", "GET /files/{*path} | /"),
            ("GET /files/", "404"),
            ("GET /files", "404"),
        ],
    );
}

#[test]
fn static_then_affixed_then_plain_then_catch_all() {
    check(
        &[
            "GET /{*rest}",
            "GET /{p}",
            "GET /v{a}",
            "GET /{a}.js",
            "GET /v{a}.js",
            "GET /v1{a}",
            "GET /v1.js",
        ],
        &[
            ("GET /v1.js", "GET /v1.js"),
            ("GET /v12.js", "GET /v1{a} | 2.js"),
            ("GET /v2.js", "GET /v{a}.js | 2"),
            ("GET /v2", "GET /v{a} | 2"),
            ("GET /v", "GET /{p} | v"),
            ("GET /v.js", "GET /v{a} | .js"),
            ("GET /.js", "GET /{p} | .js"),
            ("GET /a.js", "GET /{a}.js | a"),
            ("GET /a/b", "GET /{*rest} | a/b"),
            ("GET /", "404"),
        ],
    );
}

#[test]
fn a_failed_walk_backtracks_to_the_root() {
    check(
        &[
            "GET /a/b/c/d",
            "GET /a/b/{x}/e",
            "GET /a/{y}/c/f",
            "GET /{z}/b/c/g",
            "GET /{*rest}",
        ],
        &[
            ("GET /a/b/c/d", "GET /a/b/c/d"),
            ("GET /a/b/c/e", "GET /a/b/{x}/e | c"),
            ("GET /a/b/c/f", "GET /a/{y}/c/f | b"),
            ("GET /a/b/c/g", "GET /{z}/b/c/g | a"),
            ("GET /a/b/c/h", "GET /{*rest} | a/b/c/h"),
        ],
    );
}

#[test]
fn slashes_and_dots_are_literal() {
    check(
        &["GET /", "GET /a", "GET /b/", "GET //c", "GET /d/./../e"],
        &[
            ("GET /", "GET /"),
            ("GET //", "404"),
            ("GET /a/", "404"),
            ("GET /b", "404"),
            ("GET /b/", "GET /b/"),
            ("GET //c", "GET //c"),
            ("GET /c", "404"),
            ("GET /d/./../e", "GET /d/./../e"),
            ("GET /e", "404"),
            ("GET *", "404"),
        ],
    );
}

#[test]
fn of_two_aliases_the_shorter_route_wins_in_any_order() {
    for routes in [
        ["GET /a ignore", "GET /a// redirect"],
        ["GET /a// redirect", "GET /a ignore"],
    ] {
        check(&routes, &[("GET /a/", "GET /a ignore")]);
    }
}

#[test]
fn a_trailing_slash_is_redirected_or_ignored_if_the_route_has_that_option() {
    check(
        &[
            "GET /a redirect",
            "GET /b/ redirect",
            "GET /c/{x} ignore",
            "GET /d/ ignore",
            "GET / redirect",
            "GET /e/{*x} redirect",
        ],
        &[
            ("GET /a/", "redirect by GET /a redirect"),
            ("HEAD /a/", "redirect by GET /a redirect"),
            ("POST /a/", "405 GET, HEAD, OPTIONS"),
            ("GET /a//", "404"),
            ("GET /b", "redirect by GET /b/ redirect"),
            ("GET /c/1/", "GET /c/{x} ignore | 1"),
            ("GET /d", "GET /d/ ignore"),
            ("GET //", "404"),
            ("GET /e/x/", "GET /e/{*x} redirect | x/"),
            ("GET /e", "404"),
        ],
    );
}

#[test]
fn a_route_takes_precedence_over_the_alias_of_another() {
    check(
        &[
            "GET /a redirect",
            "GET /a/",
            "ANY /b ignore",
            "POST /b/",
            "GET /c ignore",
            "ANY /c/",
            "GET /d/{x} redirect",
            "GET /d/{*y}",
        ],
        &[
            ("GET /a/", "GET /a/"),
            ("GET /b/", "ANY /b ignore"),
            ("POST /b/", "POST /b/"),
            ("GET /c/", "ANY /c/"),
            ("GET /d/1/", "redirect by GET /d/{x} redirect | 1"),
        ],
    );
}

#[test]
fn a_path_allows_the_methods_of_all_its_routes() {
    check(
        &[
            "GET /users/new",
            "POST /users/{id}",
            "PURGE /users/{id}",
            "QUERY /users",
        ],
        &[
            ("GET /users/new", "GET /users/new"),
            ("POST /users/new", "POST /users/{id} | new"),
            ("PUT /users/new", "405 GET, HEAD, POST, OPTIONS, PURGE"),
            ("GET /users/1", "405 POST, OPTIONS, PURGE"),
            ("PURGE /users/1", "PURGE /users/{id} | 1"),
            ("LOCK /users/1", "405 POST, OPTIONS, PURGE"),
            ("OPTIONS /users/1", "405 POST, OPTIONS, PURGE"),
            ("QUERY /users", "QUERY /users"),
            ("GET /nobody", "404"),
        ],
    );
}

#[test]
fn an_explicit_method_takes_precedence_over_implied_head_and_any() {
    check(
        &[
            "ANY /a",
            "GET /a",
            "HEAD /b",
            "GET /b",
            "OPTIONS /b",
            "ANY /c",
            "HEAD /c",
            "ANY /u/{x}",
            "GET /u/new",
        ],
        &[
            ("GET /a", "GET /a"),
            ("HEAD /a", "GET /a"),
            ("POST /a", "ANY /a"),
            ("LOCK /a", "ANY /a"),
            ("OPTIONS /a", "ANY /a"),
            ("HEAD /b", "HEAD /b"),
            ("OPTIONS /b", "OPTIONS /b"),
            ("POST /b", "405 GET, HEAD, OPTIONS"),
            ("HEAD /c", "HEAD /c"),
            ("GET /c", "ANY /c"),
            ("GET /u/new", "GET /u/new"),
            ("PUT /u/new", "ANY /u/{x} | new"),
        ],
    );
}

#[test]
fn a_long_segment_is_compared_completely() {
    check(
        &[
            "GET /abcdefgh",
            "GET /abcdefghi",
            "GET /abcdefgh-------x-12345678",
            "GET /abcdefgh-------y-12345678/z",
        ],
        &[
            ("GET /abcdefgh", "GET /abcdefgh"),
            ("GET /abcdefghi", "GET /abcdefghi"),
            ("GET /abcdefghj", "404"),
            (
                "GET /abcdefgh-------x-12345678",
                "GET /abcdefgh-------x-12345678",
            ),
            ("GET /abcdefgh-------z-12345678", "404"),
            (
                "GET /abcdefgh-------y-12345678/z",
                "GET /abcdefgh-------y-12345678/z",
            ),
        ],
    );
}

#[test]
fn a_path_that_is_too_long_for_the_offsets_is_missing() {
    let shapes = [parse::shape("GET /{*rest}")];
    let table = parse::table(&shapes);
    let mut captures = Captures::new();
    let path = format!("/{}", "x".repeat(65_534));
    assert_eq!(
        table.find(&Method::GET, &path, &mut captures),
        Found::Route(0)
    );
    assert_eq!(captures.value(0, &path).unwrap().len(), 65_534);
    assert_eq!(
        table.find(&Method::GET, &(path + "x"), &mut captures),
        Found::Missing
    );
}

#[test]
fn patterns_over_the_limits_are_too_big() {
    let check =
        |route: String, too_big| assert_eq!(parse::shape(&route).too_big(), too_big, "{route}");
    check(format!("GET {}", "/a".repeat(32)), false);
    check(format!("GET {}", "/a".repeat(33)), true);
    check(format!("GET {}", "/{x}".repeat(16)), false);
    check(format!("GET {}", "/{x}".repeat(17)), true);
}

#[test]
fn a_table_is_constant_data() {
    const SHAPES: [Shape; 2] = [
        Shape {
            methods: Methods::new(1, &[]),
            segments: &[],
            slash: Slash::Strict,
        },
        Shape {
            methods: Methods::new(1, &[]),
            segments: &[Segment::Static("a"), Segment::CatchAll { name: "rest" }],
            slash: Slash::Strict,
        },
    ];
    const PLAN: Plan<{ capacity(&SHAPES) }> = Plan::new(&SHAPES);
    static PARTS: Parts<{ PLAN.size().nodes }, { PLAN.size().slots }, 0, 2> = PLAN.build();
    static TABLE: Table = PARTS.table();
    let mut captures = Captures::new();
    assert_eq!(
        TABLE.find(&Method::GET, "/", &mut captures),
        Found::Route(0)
    );
    assert_eq!(
        TABLE.find(&Method::GET, "/a/b", &mut captures),
        Found::Route(1)
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_table_agrees_with_the_oracle(bytes in proptest::collection::vec(proptest::num::u8::ANY, 200..400)) {
        differ::check(&bytes);
    }
}
