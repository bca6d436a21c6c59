//! Spellings of a path: raw, escaped, and escaped with digits of either case.

use std::{future::IntoFuture, time::Duration};

use highball::{prelude::*, tokio};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::{answer, outer, route_of};

#[test]
fn escape_is_one_unit_for_the_text_around_a_parameter() {
    handlers! {
        hash: get("/x/{hash}0"),
        rest: get("/x/{*path}"),
        days: get("/{days}d"),
        version: get("/%25{version}"),
        name: get("/{name}"),
    }
    #[routes(app)]
    struct App(hash, rest, days, version, name);

    check!(App,
        "GET /x/a%20" => "200 /x/{*path} path=a ",
        "GET /x/a%200" => "200 /x/{hash}0 hash=a ",
        "GET /x/a%2%30" => "400",
        "GET /x/%30" => "200 /x/{*path} path=0",
        "GET /x/a%30" => "200 /x/{hash}0 hash=a",
        "GET /x/a0" => "200 /x/{hash}0 hash=a",
        "GET /a%2d" => "200 /{name} name=a-",
        "GET /%c3%ad" => "200 /{name} name=í",
        "GET /í" => "200 /{name} name=í",
        "GET /a%2dd" => "200 /{days}d days=a-",
        "GET /a%2D%64" => "200 /{days}d days=a-",
        "GET /%2525" => "200 /%25{version} version=25",
        "GET /%25" => "200 /{name} name=%",
        "GET /%" => "400",
    );
}

#[test]
fn text_around_a_parameter_is_whole_characters() {
    handlers! {
        both: get("/é{x}í"),
        plain: get("/{x}"),
    }
    #[routes(app)]
    struct App(both, plain);

    check!(App,
        "GET /éaí" => "200 /é{x}í x=a",
        "GET /%c3%a9a%C3%AD" => "200 /é{x}í x=a",
        "GET /é%C3%A9%c3%ad" => "200 /é{x}í x=é",
        "GET /éí" => "200 /{x} x=éí",
        "GET /%C3%A9%AD" => "400",
    );
}

#[test]
fn raw_and_escaped_characters_are_the_same_static_text() {
    handlers! {
        index: get("/q[1]"),
        or: get("/a|b"),
        braces: get("/{{}}/^"),
        quotes: get("/\"q\""),
        back: get("/b%5Cc"),
        list: get("/l[{n}]"),
        long: get("/a-long-text-[with]-more-than-sixteen-bytes/{x}"),
    }
    #[routes(app)]
    struct App(index, or, braces, quotes, back, list, long);

    check!(App,
        "GET /q[1]" => "200 /q[1]",
        "GET /q%5B1%5D" => "200 /q[1]",
        "GET /q%5b1]" => "200 /q[1]",
        "GET /q%5B%31%5D" => "200 /q[1]",
        "GET /q[2]" => "404",
        "GET /q[1]x" => "404",
        "GET /a|b" => "200 /a|b",
        "GET /a%7cb" => "200 /a|b",
        "GET /{}/^" => "200 /{{}}/^",
        "GET /%7B%7D/%5E" => "200 /{{}}/^",
        "GET /\"q\"" => "200 /\"q\"",
        "GET /%22q%22" => "200 /\"q\"",
        "GET /b\\c" => "200 /b%5Cc",
        "GET /b%5cc" => "200 /b%5Cc",
        "GET /l[7]" => "200 /l[{n}] n=7",
        "GET /l%5B[a]%5D]" => "200 /l[{n}] n=[a]]",
        "GET /l[]" => "404",
        "GET /a-long-text-[with]-more-than-sixteen-bytes/é" =>
            "200 /a-long-text-[with]-more-than-sixteen-bytes/{x} x=é",
        "GET /a-long-text-%5bwith]-more-than-sixteen-byte%73/[" =>
            "200 /a-long-text-[with]-more-than-sixteen-bytes/{x} x=[",
        "POST /q[1]" => "405 GET, HEAD, OPTIONS",
        "OPTIONS /q[1]" => "204 GET, HEAD, OPTIONS",
    );
}

#[test]
fn escapes_are_compared_without_case() {
    handlers! {
        accent: get("/é"),
        latin: get("/caf%E9"),
        ping: get("/ping"),
        home: get("/~ann"),
        batch: get("/books:batch"),
        undelete: get("/books/{id}:undelete"),
        me: get("/@me"),
        slash: get("/a%2Fb"),
        two: get("/a/b"),
        percent: get("/100%25"),
        dots: get("/%2E%2e"),
    }
    #[routes(app)]
    struct App(
        accent,
        latin,
        ping,
        home,
        batch,
        undelete,
        me,
        slash,
        two,
        percent,
        dots,
    );

    check!(App,
        "GET /%C3%A9" => "200 /é",
        "GET /%c3%a9" => "200 /é",
        "GET /%c3%A9" => "200 /é",
        "GET /%C3%89" => "404",
        "GET /e%CC%81" => "404",
        "GET /caf%e9" => "200 /caf%E9",
        "GET /café" => "404",
        "GET /%70ing" => "200 /ping",
        "GET /%50ing" => "404",
        "GET /%2570ing" => "404",
        "GET /%7Eann" => "200 /~ann",
        "GET /books%3Abatch" => "200 /books:batch",
        "GET /books/a%3A%3aundelete" => "200 /books/{id}:undelete id=a:",
        "GET /%40me" => "200 /@me",
        "GET /a%2fb" => "200 /a%2Fb",
        "GET /a/b" => "200 /a/b",
        "GET /100%25" => "200 /100%25",
        "GET /100%" => "404",
        "GET /.." => "200 /%2E%2e",
        "GET /%2e." => "200 /%2E%2e",
    );
}

#[test]
fn special_characters_of_other_frameworks_can_be_escaped() {
    handlers! {
        colon: get("/%3Afoo"),
        star: get("/%2Afoo"),
        angle: get("/%3Cfoo%3E"),
        query: get("/what%3F"),
        hash: get("/%23"),
        dash: get("/:batch-get"),
    }
    #[routes(app)]
    struct App(colon, star, angle, query, hash, dash);

    check!(App,
        "GET /:foo" => "200 /%3Afoo",
        "GET /%3Afoo" => "200 /%3Afoo",
        "GET /*foo" => "200 /%2Afoo",
        "GET /%3cfoo%3e" => "200 /%3Cfoo%3E",
        "GET /what%3f" => "200 /what%3F",
        "GET /%23" => "200 /%23",
        "GET /:batch-get" => "200 /:batch-get",
        "GET /foo" => "404",
    );
}

#[test]
fn prefix_is_compared_like_a_route() {
    handlers! { show: get("/{id}"), }
    #[routes("/é/v{n}|", with(outer))]
    struct Group(show);
    #[routes(app)]
    struct App(Group);

    check!(App,
        "GET /%c3%a9/v1|/2" => "200 /é/v{n}|/{id} n=1 id=2 via outer",
        "GET /%C3%A9/v1%7c/2/3" => "404 via outer",
        "GET /é/%761%7C" => "404 via outer",
        "GET /é/v%7C/2/3" => "404",
        "GET /e/v1|/2/3" => "404",
    );
}

#[test]
fn redirect_keeps_the_path_and_escapes_invalid_characters() {
    handlers! { name: get("/n/{name}"), odd: get("/o[é]/"), }
    #[routes(app, slash = redirect)]
    struct App(name, odd);

    check!(App,
        "GET /n/%c3%a9/" => "308 /n/%c3%a9",
        "GET /n/é/?q=é&a[]=1" => "308 /n/%C3%A9?q=%C3%A9&a[]=1",
        "GET /n/\"/" => "308 /n/%22",
        "GET /n/a\\b/" => "308 /n/a%5Cb",
        "GET /n/{a|b}^/" => "308 /n/%7Ba%7Cb%7D%5E",
        // A redirect would turn this into a valid path, perhaps that of another route.
        "GET /n/100%/" => "400",
        "GET /n/1/?q=100%" => "308 /n/1?q=100%25",
        "GET /o[%C3%A9]" => "308 /o[%C3%A9]/",
        "GET /o%5bé]" => "308 /o%5b%C3%A9]/",
    );
}

#[test]
fn link_finds_its_route() {
    handlers! {
        odd: get("/%70/q[1]|é"),
        colon: get("/%3Afoo/{{x}}"),
    }
    #[get("/s/[{name}]")]
    async fn show(name: &str) -> String {
        name.to_owned()
    }
    #[get("/r/{*rest}")]
    async fn rest(rest: &str) -> String {
        rest.to_owned()
    }
    #[routes(app)]
    struct App(odd, colon, show, rest);

    assert_eq!(url!(App, odd()), "/p/q%5B1%5D%7C%C3%A9");
    assert_eq!(url!(App, colon()), "/:foo/%7Bx%7D");
    highball::block_on(async {
        let client = App.test().start();
        for (link, expected) in [
            (url!(App, odd()), "/%70/q[1]|é"),
            (url!(App, colon()), "/%3Afoo/{{x}}"),
        ] {
            assert_eq!(client.get(&link).send().await.text(), expected, "{link}");
        }
        for name in ["a", "]", "[]", "%5D", "é/í", "a b", "100%", "%zz"] {
            let link = url!(App, show(name));
            assert_eq!(client.get(&link).send().await.text(), name, "{link}");
            let link = url!(App, rest(name));
            assert_eq!(client.get(&link).send().await.text(), name, "{link}");
        }
    });
}

#[test]
fn miss_suggests_a_similar_pattern() {
    handlers! { accent: get("/préfecture"), or: get("/a|b"), }
    #[routes(app)]
    struct App(accent, or);

    highball::block_on(async {
        let client = App.test().start();
        for (path, pattern) in [
            ("/pr%c3%a9fectur", "`/préfecture`"),
            ("/préfectures", "`/préfecture`"),
            ("/a%7C", "`/a|b`"),
        ] {
            let missing = client.get(path).send().await;
            assert_eq!(missing.status(), 404, "{path}");
            assert!(missing.text().contains(pattern), "{}", missing.text());
        }
    });
}

/// Serves the app to one request of raw bytes, and returns the response.
async fn ask(target: &[u8]) -> String {
    handlers! { odd: get("/é[1]|{x}\"^"), }
    #[routes(app)]
    struct App(odd);

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let server = tokio::spawn(highball::serve(App).listen(listener).quiet().into_future());
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = [
        b"GET ",
        target,
        b" HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    ];
    stream.write_all(&request.concat()).await.expect("it reads");
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(10), stream.read_to_end(&mut answer));
    read.await.expect("it answers").expect("it is read");
    server.abort();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn raw_bytes_on_a_socket_find_the_route() {
    for (target, status, end) in [
        (&b"/\xc3\xa9[1]|7\"^"[..], "200", "x=7"),
        (b"/%c3%A9%5b1]%7C7\"%5E", "200", "x=7"),
        (b"/\xc3\xa9[1]|\xc3\xad\"^", "200", "x=\u{ed}"),
        (b"/\xc3\xa9[1]|\"^", "404", ""),
        // Targets that are not UTF-8, or that hyper rejects as a URI.
        (b"/\xe9[1]|7\"^", "400", ""),
        (b"/\xc3\xa9[1]|<7>\"^", "400", ""),
    ] {
        let answer = ask(target).await;
        let shown = String::from_utf8_lossy(target);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{shown}: {answer}"
        );
        assert!(answer.ends_with(end), "{shown}: {answer}");
    }
}
