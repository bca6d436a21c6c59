//! Requests from pages that pass and that are rejected.

use highball::{
    http::{HeaderName, Method},
    prelude::*,
    serve::Proxies,
};
use highball_csrf::Csrf;

#[any("/orders")]
async fn order() {}

#[routes(app, with(Csrf::new().allow(&["https://shop.example"])))]
struct Api(order);

async fn send(method: Method, headers: &[(&'static str, &str)]) -> u16 {
    let proxies = Proxies::trust(["127.0.0.1"]).expect("an address");
    let client = Api.test().peer("127.0.0.1:1".parse().expect("an address"));
    let mut request = client.proxies(proxies).request(method, "/orders");
    for (name, value) in headers {
        request = request.header(HeaderName::from_static(name), *value);
    }
    request.send().await.status().as_u16()
}

#[tokio::test]
async fn a_page_of_another_origin_changes_nothing() {
    const HOST: (&str, &str) = ("host", "API.example:80");
    const FORWARDED: [(&str, &str); 4] = [
        ("host", "inner:8080"),
        ("x-forwarded-for", "1.2.3.4"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "api.example"),
    ];
    let site = |site| ("sec-fetch-site", site);
    let origin = |origin| ("origin", origin);
    for (headers, expected) in [
        (vec![], 200),
        (vec![HOST], 200),
        (vec![HOST, origin("http://api.example")], 200),
        (vec![HOST, origin("https://shop.example:443")], 200),
        (vec![HOST, origin("https://evil.example")], 403),
        (vec![HOST, origin("null")], 403),
        (vec![HOST, origin("\u{e4}")], 403),
        (
            vec![
                HOST,
                origin("http://api.example"),
                origin("http://a.example"),
            ],
            403,
        ),
        (vec![HOST, site("same-origin")], 200),
        (vec![HOST, site("none")], 200),
        (vec![HOST, site("same-site")], 403),
        (vec![HOST, site("cross-site")], 403),
        (vec![HOST, site("same-origin"), site("cross-site")], 403),
        (
            vec![HOST, site("cross-site"), origin("https://shop.example")],
            200,
        ),
        (
            [&FORWARDED[..], &[origin("https://api.example")]].concat(),
            200,
        ),
        (
            [&FORWARDED[..], &[origin("http://api.example")]].concat(),
            403,
        ),
        (
            [&FORWARDED[..], &[origin("https://inner:8080")]].concat(),
            403,
        ),
    ] {
        assert_eq!(send(Method::POST, &headers).await, expected, "{headers:?}");
        assert_eq!(send(Method::GET, &headers).await, 200, "{headers:?}");
    }
}
