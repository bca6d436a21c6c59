//! The client of a request behind trusted proxies, as handlers, logs and rate limits see it.

use highball::{
    extract::Client, http::HeaderName, prelude::*, serve::Proxies, testing::TestResponse,
};

#[get("/whoami")]
async fn whoami(client: Client, peer: ConnectInfo) -> String {
    let (ip, host) = (client.ip(), client.host().unwrap_or("-"));
    format!("{ip} {} {host} {}", client.is_https(), peer.0.ip())
}

#[routes(app)]
struct Api(whoami);

async fn ask(
    proxies: Option<Proxies>,
    peer: &str,
    headers: &[(&'static str, &str)],
) -> TestResponse {
    let client = Api.test().peer(peer.parse().expect("an address"));
    let client = match proxies {
        Some(proxies) => client.proxies(proxies),
        None => client,
    };
    let mut request = client.get("/whoami").header(header::HOST, "inside:8080");
    for (name, value) in headers {
        request = request.header(HeaderName::from_static(name), *value);
    }
    request.send().await
}

const X: [(&str, &str); 3] = [
    ("x-forwarded-for", "6.6.6.6, 1.1.1.1"),
    ("x-forwarded-proto", "http, https"),
    ("x-forwarded-host", "shop.example"),
];

#[tokio::test]
async fn only_trusted_proxies_determine_the_client() {
    let proxies = || Proxies::trust(["10.0.0.0/8"]).expect("proxies");
    let nobody = ask(None, "10.0.0.1:1", &X).await;
    assert_eq!(nobody.text(), "10.0.0.1 false inside:8080 10.0.0.1");
    let stranger = ask(Some(proxies()), "8.8.8.8:1", &X).await;
    assert_eq!(stranger.text(), "8.8.8.8 false inside:8080 8.8.8.8");
    let trusted = ask(Some(proxies()), "10.0.0.1:1", &X).await;
    assert_eq!(trusted.text(), "1.1.1.1 true shop.example 10.0.0.1");
    let silent = ask(Some(proxies()), "10.0.0.1:1", &[]).await;
    assert_eq!(silent.text(), "10.0.0.1 false inside:8080 10.0.0.1");
    let other = ask(Some(proxies().forwarded()), "10.0.0.1:1", &X).await;
    assert_eq!(other.text(), "10.0.0.1 false inside:8080 10.0.0.1");
    let forwarded = [(
        "forwarded",
        "for=6.6.6.6, for=1.1.1.1;proto=https;host=\"shop.example\"",
    )];
    let said = ask(Some(proxies().forwarded()), "10.0.0.1:1", &forwarded).await;
    assert_eq!(said.text(), "1.1.1.1 true shop.example 10.0.0.1");
}

#[tokio::test]
async fn test_client_has_no_peer_by_default() {
    assert_eq!(Api.test().get("/whoami").send().await.status(), 500);
}
