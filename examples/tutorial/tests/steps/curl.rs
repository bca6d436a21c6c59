//! An implementation of curl with the options that the pages use.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

/// Runs a `curl` command against the address, and returns what it prints.
pub(crate) fn run(command: &str, addr: SocketAddr) -> String {
    let words = words(&fill(command));
    let mut words = words.iter().map(String::as_str).skip(1);
    let (mut method, mut shows_head) = (None, false);
    let (mut path, mut body) = (String::new(), String::new());
    let mut headers = String::new();
    let value = |words: &mut dyn Iterator<Item = &str>| words.next().expect("a value").to_owned();
    while let Some(word) = words.next() {
        match word {
            "-i" => shows_head = true,
            "-X" => method = Some(value(&mut words)),
            "-H" => headers += &format!("{}\r\n", value(&mut words)),
            "-d" => {
                body = value(&mut words);
                headers += "content-type: application/x-www-form-urlencoded\r\n";
            }
            "--json" => {
                body = value(&mut words);
                headers += "content-type: application/json\r\naccept: application/json\r\n";
            }
            url => {
                let at = url
                    .strip_prefix("localhost:8080")
                    .expect("a URL of the app");
                path = at.to_owned();
            }
        }
    }
    let posts = if body.is_empty() { "GET" } else { "POST" };
    let method = method.unwrap_or_else(|| posts.to_owned());
    if !body.is_empty() {
        headers += &format!("content-length: {}\r\n", body.len());
    }
    let request =
        format!("{method} {path} HTTP/1.1\r\nhost: localhost:8080\r\n{headers}\r\n{body}");
    let (head, body) = exchange(&request, addr);
    match shows_head {
        true => format!("{head}\n{body}"),
        false => body,
    }
}

/// Sends a request, and returns the head and the body of the response.
fn exchange(request: &str, addr: SocketAddr) -> (String, String) {
    let mut stream = TcpStream::connect(addr).expect("the app listens");
    stream
        .write_all(request.as_bytes())
        .expect("it takes the request");
    let mut stream = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).expect("a line of the head");
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(digits) = line.strip_prefix("content-length: ") {
            length = digits.parse().expect("a number");
        }
        head += &format!("{line}\n");
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("the body");
    (head, String::from_utf8(body).expect("text"))
}

/// Replaces `$(head -c 9000 /dev/zero | tr '\\0' a)`, which prints 9,000 letters.
fn fill(command: &str) -> String {
    let Some((before, rest)) = command.split_once("$(head -c ") else {
        return command.to_owned();
    };
    let (number, rest) = rest.split_once(' ').expect("more after the number");
    let (_, after) = rest.split_once(')').expect("the end of it");
    let letters = "a".repeat(number.parse().expect("a number"));
    format!("{before}{letters}{after}")
}

/// Splits a command into words, as a shell does.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in command.chars() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (' ' | '\n' | '\\', None) => words.push(std::mem::take(&mut word)),
            (c, _) => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}
