//! The client's address in the headers of trusted proxies, over a socket. The cases are in `tests/proxies/`.

use std::{future::IntoFuture, net::SocketAddr, path::Path, time::Duration};

use highball::{extract::Client, prelude::*, serve::Proxies, tokio};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// The time after which a test fails. Every step takes much less.
const PATIENCE: Duration = Duration::from_secs(20);

#[get("/whoami")]
async fn whoami(client: Client, cx: &Context<'_>) -> String {
    assert_eq!(client.origin(), cx.origin().as_ref());
    let scheme = if client.is_https() { "https" } else { "http" };
    format!("{} {scheme} {}", client.ip(), client.host().unwrap_or("-"))
}

#[routes(app)]
struct Api(whoami);

#[derive(Default)]
struct Case {
    name: String,
    trusted: Vec<String>,
    host: String,
    /// The other lines of the head.
    headers: Vec<u8>,
    want: String,
}

/// Parses cases. A line is a keyword or the name of a header, and its value.
fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word == "case" {
            cases.push(Case {
                name: rest.to_owned(),
                trusted: vec!["127.0.0.1".to_owned(), "10.0.0.0/8".to_owned()],
                host: "inside:8080".to_owned(),
                ..Case::default()
            });
            continue;
        }
        let case = cases.last_mut().expect("a case comes first");
        match word {
            "trusted" => case.trusted = vec![rest.to_owned()],
            "host" => case.host = rest.to_owned(),
            "want" => case.want = rest.to_owned(),
            _ => {
                case.headers.extend(format!("{word}: ").bytes());
                case.headers.extend(octets(rest));
                case.headers.extend(b"\r\n");
            }
        }
    }
    cases
}

/// Decodes `\xff`, an octet that is not valid in UTF-8.
fn octets(text: &str) -> Vec<u8> {
    let mut pieces = text.split("\\xff");
    let mut octets = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        octets.push(0xff);
        octets.extend(piece.bytes());
    }
    octets
}

/// Serves the app to one request, and returns the body of the response.
async fn ask(proxies: Proxies, case: &Case) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address: SocketAddr = listener.local_addr().expect("an address");
    let server = highball::serve(Api)
        .listen(listener)
        .proxies(proxies)
        .quiet()
        .stop(std::future::pending());
    let task = tokio::spawn(server.into_future());
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let mut head = format!(
        "GET /whoami HTTP/1.1\r\nconnection: close\r\nhost: {}\r\n",
        case.host
    )
    .into_bytes();
    head.extend(&case.headers);
    head.extend(b"\r\n");
    stream.write_all(&head).await.expect("it is sent");
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    let read = timeout(PATIENCE, read).await.expect("it answers");
    read.expect("it is text");
    task.abort();
    let (_, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    body.to_owned()
}

async fn check(file: &str, proxies: impl Fn(Proxies) -> Proxies) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("proxies")
        .join(file);
    let text = std::fs::read_to_string(path).expect("the cases");
    let cases = cases(&text);
    assert!(cases.len() > 10, "{file}");
    for case in cases {
        let trusted = Proxies::trust(&case.trusted).expect("addresses");
        assert_eq!(
            ask(proxies(trusted), &case).await,
            case.want,
            "{file}: {}",
            case.name
        );
    }
}

#[tokio::test]
async fn x_forwarded_headers_are_read_at_the_hop_of_the_client() {
    check("x-forwarded.txt", |proxies| proxies).await;
}

#[tokio::test]
async fn forwarded_is_read_at_the_hop_of_the_client() {
    check("forwarded.txt", Proxies::forwarded).await;
}
