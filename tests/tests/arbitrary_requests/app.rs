//! An app whose handlers read every part of a request. The fuzz target `request` uses it too.

use highball::{
    cookie::Cookies,
    extract::{Bind, Client, LastEventId},
    http::{HeaderName, HeaderValue},
    middleware::Files,
    multipart::Multipart,
    prelude::*,
    response::Accept,
    serve::Proxies,
};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Wish {
    text: Option<String>,
    #[serde(default)]
    tag: Vec<u8>,
}

#[any("/head/{name}")]
async fn head(
    name: String,
    query: Result<Query<Wish>, Rejection>,
    accept: Accept,
    client: Client,
    cookies: Cookies<'_>,
    last: LastEventId,
    cx: &mut Context<'_>,
) -> Response {
    let query = query.map_or(0, |query| {
        query.tag.len() + query.text.as_ref().map_or(0, String::len)
    });
    let cookies = cookies.iter().count();
    let seen = format!(
        "{name} {query} {client:?} {cookies} {last:?} {:?}",
        cx.query("text")
    );
    accept
        .offer("text/plain", || seen.clone())
        .offer("application/json", || Json(seen.len()))
        .answer()
}

#[any("/bind")]
async fn bind(wish: Bind<Wish>) -> String {
    wish.0.text.unwrap_or_default()
}

#[any("/form")]
async fn form(wish: Form<Wish>) -> String {
    wish.0.text.unwrap_or_default()
}

#[any("/parts")]
async fn parts(mut form: Multipart) -> Result<String, Rejection> {
    let mut bytes = 0;
    while let Some(field) = form.next().await? {
        bytes += field.name().len() + field.file_name().map_or(0, str::len);
        bytes += field.bytes_up_to(1000).await?.len();
    }
    Ok(bytes.to_string())
}

#[any("/save")]
async fn save(text: String) -> highball::response::Attachment<String> {
    highball::response::Attachment::new(text.clone(), text)
}

#[any("/files/{*path}")]
async fn files(path: &str, files: State<Files>, cx: &mut Context<'_>) -> Response {
    files.serve(path, cx).await
}

#[derive(State)]
struct AppState {
    files: Files,
}

#[routes(app)]
struct Api(head, bind, form, parts, save, files);

/// The headers of the generated requests.
pub(crate) const NAMES: [&str; 12] = [
    "accept",
    "content-type",
    "cookie",
    "forwarded",
    "host",
    "if-none-match",
    "last-event-id",
    "origin",
    "range",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
];

/// The beginnings of the generated paths.
pub(crate) const PATHS: [&str; 6] = ["/head/", "/bind", "/form", "/parts", "/save", "/files/"];

/// Sends a request, and asserts that the response is not a server error.
pub(crate) fn send(path: usize, tail: &str, headers: &[(usize, Vec<u8>)], body: Vec<u8>) {
    let target = format!("{}{tail}", PATHS[path % PATHS.len()]);
    if target.parse::<Uri>().is_err() {
        return;
    }
    let state = AppState {
        files: Files::new(env!("CARGO_MANIFEST_DIR")),
    };
    let proxies = Proxies::trust(["127.0.0.1"]).expect("an address");
    let client = Api.test().state(state).proxies(proxies);
    let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
    let mut request = client.peer(peer).post(&target).body(body);
    for (name, value) in headers {
        let name = HeaderName::from_static(NAMES[name % NAMES.len()]);
        let value = HeaderValue::from_bytes(value).ok();
        // The test client accepts only values that are text.
        if let Some(value) = value.as_ref().and_then(|value| value.to_str().ok()) {
            request = request.header(name, value);
        }
    }
    let response = highball::block_on(request.send());
    assert!(
        response.status().as_u16() < 500,
        "{target} {headers:?}: {}",
        response.text()
    );
}
