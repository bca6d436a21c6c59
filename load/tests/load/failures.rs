//! Requests without a response, and the reasons.

use crate::support::{failed, report, responses, serve, serve_bytes, serve_few};

const WHY: [&str; 5] = ["connect", "closed", "timeout", "protocol", "aborted"];

/// Runs the generator, and returns the number of failed requests, all of which must have failed for this reason.
fn fails(why: &str, args: &[&str]) -> u64 {
    let report = report(&[&["-c", "1", "-d", "500ms", "--timeout", "200ms"], args].concat());
    for other in WHY.into_iter().filter(|other| *other != why) {
        assert_eq!(failed(&report, other), 0, "{report}");
    }
    let count = failed(&report, why);
    assert!(count > 0, "no {why}: {report}");
    count
}

#[test]
fn failures_have_reasons() {
    let url = |answer: &'static [u8]| format!("http://{}/", serve_bytes(answer));
    fails("timeout", &[&serve().url("/never")]);
    // The generator pauses between attempts.
    assert!(fails("closed", &[&url(b"")]) <= 12);
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    assert!(fails("closed", &[&url(cut)]) <= 12);
    assert!(fails("protocol", &[&url(b"hello\r\n\r\n")]) <= 12);
    let broken = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";
    fails("protocol", &[&url(broken)]);
    let refused = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
    fails("protocol", &["--http2", &url(refused)]);
}

/// A server may close a connection between requests. No request may be lost by that.
#[test]
fn graceful_close_is_not_a_failure() {
    for http2 in [&["--http2", "--streams", "8"][..], &[]] {
        let url = serve_few().url("/ping");
        let report = report(&[&["-c", "2", "-d", "1s", &url], http2].concat());
        assert!(responses(&report, 0, "200") > 500, "{report}");
        for why in WHY {
            assert_eq!(failed(&report, why), 0, "{why}: {http2:?}");
        }
    }
}
