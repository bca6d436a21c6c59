//! Requests that have no answer, and why.

use crate::support::{answers, failed, report, serve, serve_bytes, serve_few};

const WHY: [&str; 5] = ["connect", "closed", "timeout", "protocol", "cut"];

/// Runs, and says how many requests failed, which must all be for one reason.
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
fn reasons_are_told_apart() {
    let url = |answer: &'static [u8]| format!("http://{}/", serve_bytes(answer));
    fails("timeout", &[&serve().url("/never")]);
    // It is not asked again and again without a pause.
    assert!(fails("closed", &[&url(b"")]) <= 12);
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    assert!(fails("closed", &[&url(cut)]) <= 12);
    assert!(fails("protocol", &[&url(b"hello\r\n\r\n")]) <= 12);
    let broken = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";
    fails("protocol", &[&url(broken)]);
    let refused = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
    fails("protocol", &["--http2", &url(refused)]);
}

/// A server may end a connection between requests; none of them is lost by that.
#[test]
fn connections_that_end_in_good_order_are_no_failures() {
    for http2 in [&["--http2", "--streams", "8"][..], &[]] {
        let url = serve_few().url("/ping");
        let report = report(&[&["-c", "2", "-d", "1s", &url], http2].concat());
        assert!(answers(&report, 0, "200") > 500, "{report}");
        for why in WHY {
            assert_eq!(failed(&report, why), 0, "{why}: {http2:?}");
        }
    }
}
