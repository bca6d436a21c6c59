//! Values of parameters: decoding and conversion.

use highball::prelude::*;

use super::{answer, route_of};

#[test]
fn value_is_decoded_once_after_the_match() {
    handlers! { show: get("/u/{id}"), rest: get("/files/{*path}"), slash: get("/u/{id}/b"), }
    #[routes(app)]
    struct App(show, rest, slash);

    check!(App,
        "GET /u/a%20b" => "200 /u/{id} id=a b",
        "GET /u/a%2520b" => "200 /u/{id} id=a%20b",
        "GET /u/a%2Fb" => "200 /u/{id} id=a/b",
        "GET /u/%C3%BC" => "200 /u/{id} id=ü",
        "GET /u/a+b" => "200 /u/{id} id=a+b",
        "GET /u/a%2Bb" => "200 /u/{id} id=a+b",
        "GET /files/a%2Fb/%2E%2E" => "200 /files/{*path} path=a/b/..",
    );
}

#[test]
fn value_that_is_not_utf8_is_400() {
    handlers! { show: get("/u/{id}"), fixed: get("/v"), }
    #[routes(app)]
    struct App(show, fixed);

    check!(App,
        "GET /u/%" => "400",
        "GET /u/%2" => "400",
        "GET /u/%zz" => "400",
        "GET /u/%FF" => "400",
        "GET /u/%C3" => "400",
        "GET /%zz" => "404",
        "POST /u/%zz" => "405 GET, HEAD, OPTIONS",
    );
}

#[test]
fn value_of_the_wrong_type_is_400_and_named() {
    #[get("/{org}/{id}")]
    async fn show(org: u8, id: u64) -> String {
        format!("{org} {id}")
    }
    #[routes(app)]
    struct App(show);
    highball::block_on(async {
        let client = App.test().start();
        assert_eq!(client.get("/1/2").send().await.text(), "1 2");
        for (path, name) in [("/1/x", "`id`"), ("/256/1", "`org`"), ("/1/-1", "`id`")] {
            let response = client.get(path).send().await;
            assert_eq!(response.status(), 400, "{path}");
            assert!(
                response.text().contains(name),
                "{path}: {}",
                response.text()
            );
        }
    });
}

#[test]
fn static_text_matches_raw_and_escaped() {
    handlers! {
        greek: get("/α"),
        space: get("/a b"),
        escape: get("/a%20c"),
        signs: get("/a:b@c;d=e,f!$&'()*+~"),
    }
    #[routes(app)]
    struct App(greek, space, escape, signs);

    check!(App,
        "GET /%CE%B1" => "200 /α",
        "GET /a%20b" => "200 /a b",
        "GET /a%20c" => "200 /a%20c",
        "GET /a+b" => "404",
        "GET /a:b@c;d=e,f!$&'()*+~" => "200 /a:b@c;d=e,f!$&'()*+~",
        "GET /A%20b" => "404",
    );
}

#[test]
fn query_is_not_part_of_the_path() {
    handlers! { root: get("/"), show: get("/u/{id}"), }
    #[routes(app)]
    struct App(root, show);

    check!(App,
        "GET /?a=/u/1" => "200 /",
        "GET /u/1?b=2" => "200 /u/{id} id=1",
        "GET /u/?b=2" => "404",
    );
}

#[test]
fn long_paths_are_matched_completely() {
    handlers! { rest: get("/r/{*rest}"), deep: get("/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/{x}"), }
    #[routes(app)]
    struct App(rest, deep);

    highball::block_on(async {
        let client = App.test().start();
        for len in [63, 64, 255, 256, 4_096, 60_000] {
            let value = "x".repeat(len);
            let response = client.get(&format!("/r/{value}")).send().await;
            assert_eq!(response.text(), format!("/r/{{*rest}} rest={value}"));
        }
        let deep = client.get(&format!("{}/1", "/a".repeat(31))).send().await;
        assert!(deep.text().ends_with(" x=1"), "{}", deep.text());
        let missing = client.get(&"/a".repeat(30_000)).send().await;
        assert_eq!(missing.status(), 404);
    });
}
