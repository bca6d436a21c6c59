//! Responses that the test client reads piece by piece: streams, events and WebSockets.

use std::{convert::Infallible, time::Duration};

use highball::{
    body::produce,
    prelude::*,
    sse::{Event, Sse},
    testing::{TestEvent, TestSession},
    ws::{Message, WebSocketUpgrade},
};

/// An endless stream whose pieces are split at positions that are difficult for a parser of events.
const PIECES: [&str; 7] = [
    "\u{feff}data: a\r",
    "\n\r\n: alive\n\nev",
    "ent: news\ndata:b\ndata: c\nid: 7\n",
    "retry: 3000\nretry: x\nnonsense: 1\n\n\n\n",
    "data\r\r",
    "id: 8\n",
    "\n",
];

#[get("/pieces")]
async fn pieces() -> Body {
    Body::stream(produce(|out| async move {
        for piece in PIECES {
            out.send(Ok::<_, Infallible>(piece)).await;
        }
        std::future::pending::<()>().await;
    }))
}

#[get("/cut")]
async fn cut() -> &'static str {
    "data: whole\n\ndata: cut off\n"
}

#[get("/events")]
async fn events() -> impl IntoResponse {
    Sse::new(produce(|out| async move {
        for id in 0..2 {
            out.send(Event::data("a\nb").name("news").id(&id.to_string()))
                .await;
        }
    }))
}

#[get("/chat")]
async fn chat(cx: &mut Context<'_>, upgrade: WebSocketUpgrade) -> Response {
    let cookie = cx.header("cookie").unwrap_or("none").to_owned();
    upgrade.protocols(["chat.v2"]).on(|mut socket| async move {
        let _ = socket.send(cookie).await;
        while let Ok(message) = socket.recv().await {
            if message == Message::from("leave") {
                return socket.close(4001, "as you like").await;
            }
            if message == Message::from("vanish") {
                return;
            }
            let _ = socket.send(message).await;
        }
    })
}

#[post("/login")]
async fn login() -> [(&'static str, &'static str); 1] {
    [("set-cookie", "user=zoe; Path=/")]
}

#[routes(app)]
struct Api(pieces, cut, events, chat, login);

fn session() -> TestSession<Api> {
    Api.test().start().keep_cookies()
}

fn data(data: &str) -> TestEvent {
    let mut event = TestEvent::default();
    event.data = data.to_owned();
    event
}

#[tokio::test]
async fn endless_response_is_read_in_pieces() {
    let mut answer = session().get("/pieces").send_streaming().await;
    assert_eq!(answer.status(), 200);
    let mut read = String::new();
    while read.len() < PIECES.concat().len() {
        let piece = answer.next_chunk().await.expect("it does not end");
        read.push_str(std::str::from_utf8(&piece).expect("it is text"));
    }
    assert_eq!(read, PIECES.concat());
}

#[tokio::test]
async fn events_are_parsed_as_in_browsers() {
    let mut answer = session().get("/pieces").send_streaming().await;
    let mut comment = data("");
    comment.comment = Some("alive".to_owned());
    let mut news = data("b\nc");
    news.name = Some("news".to_owned());
    news.id = Some("7".to_owned());
    news.retry = Some(Duration::from_secs(3));
    let mut id = data("");
    id.id = Some("8".to_owned());
    for expected in [data("a"), comment, news, data(""), id] {
        assert_eq!(answer.next_event().await, Some(expected));
    }
}

#[tokio::test]
async fn incomplete_event_is_dropped() {
    let mut answer = session().get("/cut").send_streaming().await;
    assert_eq!(answer.next_event().await, Some(data("whole")));
    assert_eq!(answer.next_event().await, None);
    assert_eq!(answer.next_chunk().await, None);
}

#[tokio::test]
async fn events_of_sse_are_parsed() {
    let mut answer = session().get("/events").send_streaming().await;
    assert_eq!(answer.header("Content-Type"), "text/event-stream");
    for id in ["0", "1"] {
        let event = answer.next_event().await.expect("there are two");
        assert_eq!(event.name.as_deref(), Some("news"));
        assert_eq!((event.id.as_deref(), &*event.data), (Some(id), "a\nb"));
    }
    assert_eq!(answer.next_event().await, None);
}

#[tokio::test]
async fn websocket_has_cookies_and_subprotocol() {
    let session = session();
    session.post("/login").send().await;
    let request = session.get("/chat");
    let request = request.header("sec-websocket-protocol", "chat.v1, chat.v2");
    let mut socket = request.websocket().await.expect("it is a WebSocket");
    assert_eq!(socket.protocol(), Some("chat.v2"));
    assert_eq!(socket.recv().await, Ok(Message::from("user=zoe")));
    for message in [
        Message::from("hello"),
        Message::Binary(Bytes::from(vec![7; 300_000])),
    ] {
        socket.send(message.clone()).await.expect("the app listens");
        assert_eq!(socket.recv().await, Ok(message));
    }
    assert_eq!(socket.close(1000, "bye").await.code(), 1000);
}

#[tokio::test]
async fn client_gets_the_close_code_of_the_app() {
    for (word, code, reason) in [("leave", 4001, "as you like"), ("vanish", 1006, "")] {
        let socket = session().get("/chat").websocket().await;
        let mut socket = socket.expect("it is a WebSocket");
        assert_eq!(socket.protocol(), None);
        socket.recv().await.expect("the cookies");
        socket.send(word).await.expect("the app listens");
        let closed = socket.recv().await.expect_err("the app leaves");
        assert_eq!(closed.code(), code, "{closed}");
        assert!(closed.reason().contains(reason), "{closed}");
    }
}

#[tokio::test]
async fn rejected_handshake_is_a_response() {
    let cases = [
        ("/chat", "origin", "https://elsewhere.example", 403),
        ("/chat", "sec-websocket-version", "12", 426),
        ("/cut", "x-foo", "1", 200),
        ("/nowhere", "x-foo", "1", 404),
    ];
    for (path, name, value, status) in cases {
        let request = session().get(path).header(name, value);
        let answer = request.websocket().await.expect_err("it is refused");
        assert_eq!(answer.status(), status, "{path} {name}");
        assert!(!answer.bytes().is_empty());
    }
}
