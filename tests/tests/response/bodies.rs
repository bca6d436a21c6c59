//! Bodies of responses: streams, events, pages and downloads. Also cookies.

use std::{
    collections::BTreeMap,
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    task::{Context as Task, Poll, Waker},
};

use highball::{
    body::{BoxError, produce},
    cookie::{Cookie, Cookies, Key, PrivateCookies, SameSite, SignedCookies},
    extract::LastEventId,
    http::Request,
    prelude::*,
    response::{Attachment, Html, Jsonp, PrettyJson, Templates},
    sse::{Event, JsonEvents, Sse},
};
use http_body_util::BodyExt;

static STOPPED: AtomicUsize = AtomicUsize::new(0);

struct Stops;

impl Drop for Stops {
    fn drop(&mut self) {
        STOPPED.fetch_add(1, Relaxed);
    }
}

#[get("/page")]
async fn page() -> Html<String> {
    Html("<p>hello</p>".to_owned())
}

#[get("/pretty")]
async fn pretty() -> (StatusCode, PrettyJson<Value>) {
    (StatusCode::ACCEPTED, PrettyJson(json!({ "a": [1] })))
}

#[get("/jsonp")]
async fn jsonp(cx: &Context<'_>) -> Jsonp<Value> {
    let callback = cx.query("callback").unwrap_or_default();
    Jsonp::new(&callback, json!({ "a": "\u{2028}</script>" }))
}

#[get("/save")]
async fn save() -> Attachment<Json<Value>> {
    Attachment::new("a\"b.json", Json(json!(7)))
}

#[get("/lines")]
async fn lines() -> Body {
    Body::stream(produce(|lines| async move {
        for number in 0..3 {
            lines.send(Ok::<_, BoxError>(format!("{number}\n"))).await;
            tokio::task::yield_now().await;
        }
    }))
}

#[get("/breaks")]
async fn breaks() -> Body {
    Body::stream(produce(|lines| async move {
        lines.send(Ok("begun")).await;
        lines.send(Err("the disk is full")).await;
    }))
}

#[get("/events")]
async fn events(last: LastEventId) -> Sse {
    let next = last
        .id()
        .and_then(|id| id.parse().ok())
        .map_or(0, |id: u64| id + 1);
    let events = produce(move |events| async move {
        let _stops = Stops;
        for id in next..next + 2 {
            tokio::time::sleep(secs(25)).await;
            events
                .send(Event::data("a\nb").name("news").id(&id.to_string()))
                .await;
        }
        std::future::pending::<()>().await;
    });
    Sse::new(events).keep_alive(secs(10))
}

/// Sends no event: the type of the items is that of `Sse`.
#[get("/no-events")]
async fn no_events() -> Sse {
    Sse::new(produce(|_events| async {}))
}

/// Its second value cannot be serialized: the key of a map is a list.
#[get("/json-events")]
async fn json_events() -> JsonEvents<BTreeMap<Vec<u8>, u8>> {
    let values = produce(|values| async move {
        values.send(BTreeMap::new()).await;
        values.send(BTreeMap::from([(vec![1], 2)])).await;
        values.send(BTreeMap::new()).await;
    });
    JsonEvents::with(values, |event, value| event.id(&value.len().to_string()))
}

#[get("/cookies")]
async fn cookies(cookies: Cookies<'_>, cx: &mut Context<'_>) -> Response {
    let names: Vec<_> = cookies
        .iter()
        .map(|cookie| cookie.name().to_owned())
        .collect();
    cx.set_cookie(Cookie::new("a", "b c;"));
    cx.set_cookie(
        Cookie::build(("plain", "1"))
            .secure(false)
            .http_only(false)
            .same_site(SameSite::None),
    );
    cx.remove_cookie("old");
    let theme = cookies.get("theme").map(|cookie| cookie.value().to_owned());
    let mut response = cx.text(200, format!("{names:?} {theme:?}"));
    response.set_header(header::SET_COOKIE, "own=1");
    response
}

#[derive(State)]
struct AppState {
    key: Key,
}

#[get("/signed")]
async fn signed(cookies: SignedCookies<'_>, cx: &mut Context<'_>) -> String {
    cx.set_cookie(cookies.seal(Cookie::new("user", "zoe")));
    format!(
        "{:?}",
        cookies.get("user").map(|cookie| cookie.value().to_owned())
    )
}

#[get("/private")]
async fn private(cookies: PrivateCookies<'_>, cx: &mut Context<'_>) -> String {
    cx.set_cookie(cookies.seal(Cookie::new("user", "zoe")));
    format!(
        "{:?}",
        cookies.get("user").map(|cookie| cookie.value().to_owned())
    )
}

#[routes(app)]
struct Api(
    page,
    pretty,
    jsonp,
    save,
    lines,
    breaks,
    events,
    json_events,
    no_events,
    cookies,
    signed,
    private,
);

fn state() -> AppState {
    AppState {
        key: Key::from(&[7; 64]),
    }
}

async fn get(path: &str) -> highball::testing::TestResponse {
    Api.test().state(state()).get(path).send().await
}

#[tokio::test]
async fn bodies_have_their_content_type() {
    let page = get("/page").await;
    assert_eq!(
        page.header(header::CONTENT_TYPE),
        "text/html; charset=utf-8"
    );
    assert_eq!(page.text(), "<p>hello</p>");
    let pretty = get("/pretty").await;
    assert_eq!(pretty.status(), 202);
    assert_eq!(pretty.header(header::CONTENT_TYPE), "application/json");
    assert_eq!(pretty.text(), "{\n  \"a\": [\n    1\n  ]\n}\n");
    let save = get("/save").await;
    assert_eq!(
        save.header(header::CONTENT_DISPOSITION),
        "attachment; filename=\"a_b.json\"; filename*=UTF-8''a%22b.json"
    );
    assert_eq!(
        (save.header(header::CONTENT_TYPE), save.text()),
        ("application/json", "7")
    );
    let none = get("/no-events").await;
    assert_eq!(
        (none.header(header::CONTENT_TYPE), none.text()),
        ("text/event-stream", "")
    );
}

#[tokio::test]
async fn jsonp_callback_must_be_a_function_name() {
    let response = get("/jsonp?callback=page.show_1").await;
    assert_eq!(
        response.text(),
        "/**/page.show_1({\"a\":\"\\u2028</script>\"});"
    );
    assert_eq!(response.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    for wrong in ["", "alert(1)//", "a..b", "1a", "a;b", "<script>", "a.1"] {
        let path = format!(
            "/jsonp?callback={}",
            wrong
                .replace('<', "%3C")
                .replace('>', "%3E")
                .replace(';', "%3B")
        );
        assert_eq!(get(&path).await.status(), 400, "{wrong}");
    }
}

#[tokio::test]
async fn stream_is_sent_completely_or_fails() {
    assert_eq!(get("/lines").await.text(), "0\n1\n2\n");
    let service = Api.service(state());
    let request = Request::get("/breaks").body(()).expect("a request");
    let mut body = service.call(request).await.into_body();
    let first = body.frame().await.expect("a frame").expect("data");
    assert_eq!(first.into_data().expect("data"), "begun");
    let error = body.frame().await.expect("a frame").expect_err("an error");
    assert_eq!(error.to_string(), "the disk is full");
}

#[tokio::test]
async fn json_event_that_cannot_be_serialized_ends_the_response() {
    let service = Api.service(state());
    let request = Request::get("/json-events").body(()).expect("a request");
    let mut body = service.call(request).await.into_body();
    let first = body.frame().await.expect("a frame").expect("data");
    assert_eq!(first.into_data().expect("data"), "data: {}\nid: 0\n\n");
    let error = body.frame().await.expect("a frame").expect_err("an error");
    assert_eq!(error.to_string(), "key must be a string");
    assert!(body.frame().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn events_are_kept_alive_until_the_client_disconnects() {
    let service = Api.service(state());
    let request = Request::get("/events").header("last-event-id", "4");
    let response = service.call(request.body(()).expect("a request")).await;
    assert_eq!(
        response.headers()[header::CONTENT_TYPE],
        "text/event-stream"
    );
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache");
    let mut body = response.into_body();
    let mut text = String::new();
    for _ in 0..7 {
        let frame = body.frame().await.expect("a frame").expect("data");
        text += std::str::from_utf8(&frame.into_data().expect("data")).expect("text");
    }
    let news = |id: u8| format!("data: a\ndata: b\nevent: news\nid: {id}\n\n");
    let quiet = ":\n\n";
    assert_eq!(
        text,
        [quiet, quiet, &news(5), quiet, quiet, &news(6), quiet].concat()
    );
    assert_eq!(STOPPED.load(Relaxed), 0);
    drop(body);
    assert_eq!(STOPPED.load(Relaxed), 1);
}

#[tokio::test]
async fn producer_waits_until_the_last_item_is_taken() {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let mut stream = pin!(produce(|items| async move {
        loop {
            MADE.fetch_add(1, Relaxed);
            items.send(()).await;
        }
    }));
    let mut task = Task::from_waker(Waker::noop());
    for _ in 0..3 {
        let next = futures_core::Stream::poll_next(stream.as_mut(), &mut task);
        assert!(matches!(next, Poll::Ready(Some(()))));
    }
    assert!(MADE.load(Relaxed) <= 5, "{}", MADE.load(Relaxed));
}

#[tokio::test]
async fn cookies_are_read_and_set_safely() {
    let client = Api.test().state(state()).start();
    let request = client
        .get("/cookies")
        .header(header::COOKIE, "theme=a%20b; x=; =y; bad");
    let response = request.header(header::COOKIE, "more=1").send().await;
    assert_eq!(
        response.text(),
        "[\"theme\", \"x\", \"more\"] Some(\"a b\")"
    );
    let set = response.headers().get_all(header::SET_COOKIE).iter();
    let set: Vec<_> = set.map(|value| value.to_str().expect("text")).collect();
    assert_eq!(set.len(), 4, "{set:?}");
    assert_eq!(set[0], "own=1");
    assert_eq!(set[1], "a=b%20c%3B; HttpOnly; SameSite=Lax; Secure; Path=/");
    assert_eq!(set[2], "plain=1; SameSite=None; Path=/");
    assert!(
        set[3].starts_with("old=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0;"),
        "{}",
        set[3]
    );
}

#[tokio::test]
async fn only_unmodified_cookies_of_the_app_are_accepted() {
    for path in ["/signed", "/private"] {
        let client = Api.test().state(state()).start();
        let first = client.get(path).send().await;
        assert_eq!(first.text(), "None");
        let set = first.header(header::SET_COOKIE);
        let cookie = set.split(';').next().expect("a pair").to_owned();
        assert_eq!(cookie.contains("zoe"), path == "/signed", "{cookie}");
        let again = client
            .get(path)
            .header(header::COOKIE, &cookie)
            .send()
            .await;
        assert_eq!(again.text(), "Some(\"zoe\")", "{path}");
        let forged = cookie.replace("user=", "user=x");
        for wrong in ["user=zoe", &forged, &cookie[..cookie.len() - 4], "user="] {
            let answer = client.get(path).header(header::COOKIE, wrong).send().await;
            assert_eq!(answer.text(), "None", "{wrong}");
        }
        let planted = format!("user=zoe; {cookie}");
        let answer = client.get(path).header(header::COOKIE, &planted);
        assert_eq!(answer.send().await.text(), "Some(\"zoe\")", "{path}");
        let key = Key::from(&[8; 64]);
        let other = Api.test().state(AppState { key });
        let answer = other.get(path).header(header::COOKIE, &cookie).send().await;
        assert_eq!(answer.text(), "None");
    }
}

#[test]
fn templates_are_reloaded_if_enabled() {
    let dir = std::env::temp_dir().join(format!("highball-templates-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a folder");
    let path = dir.join("hello.html");
    std::fs::write(&path, "hello {{ name }}").expect("a file");
    let templates = Templates::new(&dir).reload(true);
    let kept = Templates::new(&dir).reload(false);
    let zoe = json!({ "name": "<zoe>" });
    for templates in [&templates, &kept] {
        let page = templates.page("hello.html", &zoe).expect("a page");
        assert_eq!(page.0, "hello &lt;zoe&gt;");
    }
    std::fs::write(&path, "goodbye {{ name | }}").expect("a file");
    assert_eq!(
        kept.page("hello.html", &zoe).expect("a page").0,
        "hello &lt;zoe&gt;"
    );
    for name in ["hello.html", "none.html", "../hello.html"] {
        let rejection = templates.page(name, &zoe).expect_err("no page");
        assert_eq!(rejection.status(), 500, "{name}");
        assert!(rejection.cause().is_some(), "{name}");
        assert!(!rejection.detail().contains(name), "{name}");
    }
    std::fs::remove_dir_all(&dir).ok();
}
