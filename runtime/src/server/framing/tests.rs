use super::*;

/// Reads the text at once and byte by byte, and compares the first rejected request and the
/// number of heads.
fn check(text: &str, rejected: Option<u32>, heads: u32) {
    let mut whole = Framing::default();
    assert_eq!(whole.follow(text.as_bytes()).rejected, rejected, "{text:?}");
    let mut pieces = Framing::default();
    let faults: Vec<_> = text
        .as_bytes()
        .chunks(1)
        .filter_map(|byte| pieces.follow(byte).rejected)
        .collect();
    assert_eq!(faults.first().copied(), rejected, "{text:?} in pieces");
    assert_eq!((whole.heads, pieces.heads), (heads, heads), "{text:?}");
}

#[test]
fn requests_are_separated_by_their_lengths_and_chunks() {
    check("GET / HTTP/1.1\r\nhost: a\r\n\r\n", None, 1);
    check("\r\nGET / HTTP/1.1\r\n\r\n", None, 1);
    let post = "POST / HTTP/1.1\r\ncontent-length: 21\r\n\r\ncontent-length: 1\r\n\r\n";
    let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
                   5;ext=1\r\n\r\n\r\n\n\r\n13\r\ncontent-length: 1\r\n\r\n0\r\ntrailer: 1\r\n\r\n";
    check(&post.repeat(3), None, 3);
    check(&[chunked, post, chunked].concat(), None, 3);
}

#[test]
fn head_with_two_framings_is_rejected() {
    let (cl, te) = ("content-length: 3\r\n", "transfer-encoding: chunked\r\n");
    let head = |lines: String| format!("POST / HTTP/1.1\r\nhost: a\r\n{lines}\r\n");
    check(&head([cl, te].concat()), Some(1), 1);
    check(&head([te, cl].concat()), Some(1), 1);
    check(&head([cl, cl].concat()), Some(1), 1);
    check(&head([te, te].concat()), Some(1), 1);
    check(&head(["Content-Length :3\r\n", te].concat()), Some(1), 1);
    let first = "GET / HTTP/1.1\r\n\r\n".to_owned();
    check(&(first + &head([cl, te].concat())), Some(2), 2);
}

#[test]
fn bare_line_feed_is_rejected() {
    check("GET / HTTP/1.1\nhost: a\r\n\r\n", Some(1), 1);
    check("GET / HTTP/1.1\r\nhost: a\n\r\n", Some(1), 1);
    check("GET / HTTP/1.1\r\nhost: a\r\n\n", Some(1), 1);
    check("\nGET / HTTP/1.1\r\nhost: a\r\n\r\n", Some(1), 1);
}

#[test]
fn length_beyond_the_kept_bytes_is_rejected() {
    let blanks = " ".repeat(60);
    let mut framing = Framing::default();
    let head = format!("POST / HTTP/1.1\r\nContent-Length: {blanks}");
    assert_eq!(framing.follow(head.as_bytes()), FramingErrors::default());
    assert_eq!(framing.follow(b"18\r\n\r\n").rejected, Some(1));
}

#[test]
fn fragment_is_rejected() {
    check("GET /a#b HTTP/1.1\r\nhost: a\r\n\r\n", Some(1), 1);
    check(
        "GET /a HTTP/1.1\r\nx: #\r\n\r\n#GET / HTTP/1.1\r\n\r\n",
        Some(2),
        2,
    );
}

#[test]
fn chunked_body_is_cut_before_an_invalid_line() {
    let head = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
    for (good, bad) in [
        ("", "1\na\r\n"),
        ("1\r\na", "\n0\r\n\r\n"),
        ("0\r\n", "\nGET / HTTP/1.1\r\n\r\n"),
        ("0\r\nx: y\r\n", "z: z\n\r\n"),
        ("", "00000000000000001\r\na\r\n"),
        ("", "1 \r\na\r\n"),
        ("", "\r\n"),
    ] {
        let good = [head, good].concat();
        let seen = Framing::default().follow([&good, bad].concat().as_bytes());
        let expected = FramingErrors {
            rejected: None,
            broken_at: Some(good.len()),
        };
        assert_eq!(seen, expected, "{bad:?}");
    }
}

#[test]
fn long_line_in_pieces_is_not_a_length() {
    let long = "a".repeat(1000);
    check(
        &format!("GET / HTTP/1.1\r\nx: {long}\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
        None,
        2,
    );
}
