//! Requests from pages that pass and that are rejected.

use highball::{
    cookie::Key,
    http::{HeaderName, Method},
    middleware::Csrf,
    prelude::*,
    serve::Proxies,
};

#[any("/orders")]
async fn order() {}

#[routes(app, with(Csrf::new().allow(&["https://shop.example", "https://*.b.example"])))]
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
        (vec![HOST, origin("https://a.b.example")], 200),
        (vec![HOST, origin("https://b.example")], 403),
        (vec![HOST, origin("https://evil-b.example")], 403),
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

/// The programs of `ui/csrf/`, with the mistake mended.
mod mended {
    use highball::{
        cookie::{Cookies, Key, PrivateCookies, SignedCookies},
        extract::{Basic, SameOrigin},
        middleware::Csrf,
        prelude::*,
    };

    #[derive(State)]
    pub(super) struct Secret {
        pub(super) key: Key,
    }

    #[get("/pay")]
    async fn form(_cookies: SignedCookies<'_>) {}

    #[post("/pay")]
    async fn pay(_cookies: SignedCookies<'_>, _: SameOrigin) {}

    #[post("/hook", csrf = off("the sender signs it"))]
    async fn hook(_cookies: PrivateCookies<'_>) {}

    #[any("/any")]
    async fn any(_cookies: PrivateCookies<'_>, _: SameOrigin) {}

    /// A guard of the app is one if its argument is.
    #[guard]
    fn same_origin(_: SameOrigin) -> Result<(), StatusCode> {
        Ok(())
    }

    #[put("/name", with(same_origin))]
    async fn rename(_login: Basic) {}

    #[post("/token")]
    async fn token(_token: Bearer) {}

    #[routes(app)]
    pub(super) struct Loose(
        form,
        pay,
        hook,
        any,
        rename,
        token,
        #[with(Csrf::new())] theme,
    );

    #[post("/theme")]
    async fn theme(_cookies: Cookies<'_>, cx: &mut Context<'_>) {
        cx.status(StatusCode::NO_CONTENT);
    }

    #[post("/note")]
    async fn note(_text: String, _query: Query<Value>) {}

    #[routes("/legacy", csrf = off("a token in the form"))]
    struct Legacy(theme);

    #[routes("/new", with(Csrf::new()))]
    struct New(theme);

    #[routes(app, csrf = strict)]
    pub(super) struct Strict(note, Legacy, New);
}

#[tokio::test]
async fn the_extractor_rejects_like_the_guard() {
    let evil = ("sec-fetch-site", "cross-site");
    for (method, path, expected) in [
        (Method::POST, "/pay", 403),
        (Method::PATCH, "/any", 403),
        (Method::GET, "/any", 200),
        (Method::PUT, "/name", 403),
        (Method::POST, "/theme", 403),
        (Method::POST, "/token", 401),
    ] {
        let secret = mended::Secret {
            key: Key::from(&[7; 64]),
        };
        let request = mended::Loose.test().state(secret).request(method, path);
        let response = request.header(evil.0, evil.1).send().await;
        assert_eq!(response.status().as_u16(), expected, "{path}");
    }
    let session = mended::Strict.test().start();
    for (path, expected) in [("/legacy/theme", 204), ("/new/theme", 403)] {
        let response = session.post(path).header(evil.0, evil.1).send().await;
        assert_eq!(response.status().as_u16(), expected, "{path}");
    }
}
