//! Requests with arbitrary bytes never cause a server error.

mod app;

use proptest::prelude::*;

/// Generates text that is often almost valid.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("text/html"),
        Just("*/*"),
        Just(";q=0.5"),
        Just(";q="),
        Just(", "),
        Just("="),
        Just("\""),
        Just("for=1.1.1.1"),
        Just("for=\"[::1]:1\""),
        Just("10.0.0.1"),
        Just("unknown"),
        Just("bytes="),
        Just("0-4"),
        Just("-"),
        Just("application/json"),
        Just("application/x-www-form-urlencoded"),
        Just("multipart/form-data; boundary=X"),
        Just("a=b"),
        Just("; "),
        Just("%41"),
        Just("%"),
        Just("%2f"),
        Just(".."),
        Just("/"),
        Just("?"),
        Just("&"),
        Just("+"),
        Just("text=x"),
        Just("tag=1"),
        Just("{"),
        Just("{\"text\":\"a\"}"),
        Just("Cargo.toml"),
        Just("src"),
        Just("\\"),
        Just("W/\"a\""),
        Just("null"),
    ];
    let piece =
        prop_oneof![4 => piece.prop_map(str::to_owned), 1 => "[ -~]{0,6}".prop_map(String::from)];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let part =
        Just("--X\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n\r\nhello\r\n");
    let text = proptest::collection::vec(
        prop_oneof![
            part.prop_map(str::to_owned),
            Just("--X--\r\n".to_owned()),
            nearly()
        ],
        0..4,
    );
    prop_oneof![
        text.prop_map(|pieces| pieces.concat().into_bytes()),
        proptest::collection::vec(any::<u8>(), 0..64),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_request_causes_a_server_error(
        path in 0..app::PATHS.len(),
        tail in nearly(),
        headers in proptest::collection::vec((0..app::NAMES.len(), nearly().prop_map(String::into_bytes)), 0..6),
        body in body(),
    ) {
        app::send(path, &tail, &headers, body);
    }
}
