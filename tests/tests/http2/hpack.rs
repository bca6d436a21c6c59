//! The representations of fields that a decoder must accept (RFC 7541). `known_deviations` contains those that it must
//! reject.

use highball::tokio;

use crate::{
    case::{Expected::*, case, check},
    frame::*,
};

/// Returns a request whose header block ends with these bytes.
fn with(end: &[u8]) -> Vec<u8> {
    let payload = [&block(&request("GET", "/ping"))[..], end].concat();
    frame(kind::HEADERS, WHOLE, 1, payload)
}

#[tokio::test]
async fn every_representation_of_a_field_is_decoded() {
    let taken = |end| [with(end)];
    let two_sizes = [
        &[0x20, 0x3f, 0xe1, 0x1f],
        &block(&request("GET", "/ping"))[..],
    ]
    .concat();
    // `:method: GET`, `:scheme: http`, `:path: /` and `host` of the static table, all by index.
    let indexed = [0x82, 0x86, 0x84, 0x01, 1, b'a'];
    check([
        case(
            "6.1: indexed",
            [frame(kind::HEADERS, WHOLE, 1, indexed)],
            Answer(200),
        ),
        case(
            "6.2.1: literal, indexed",
            taken(&[0x40, 3, b'x', b'-', b'a', 1, b'b']),
            Answer(200),
        ),
        case(
            "6.2.1: an indexed name",
            taken(&[0x7a, 1, b'b']),
            Answer(200),
        ),
        case(
            "6.2.1: what was indexed",
            taken(&[0x40, 1, b'x', 1, b'b', 0xbe]),
            Answer(200),
        ),
        case(
            "6.2.2: literal",
            taken(&[0x00, 3, b'x', b'-', b'a', 1, b'b']),
            Answer(200),
        ),
        case(
            "6.2.3: literal, never indexed",
            taken(&[0x10, 1, b'x', 1, b'b']),
            Answer(200),
        ),
        case(
            "5.2: Huffman's code",
            taken(&[
                0x00, 0x85, 0xf2, 0xb2, 0x4a, 0x84, 0xff, 0x83, 0x49, 0x50, 0x9f,
            ]),
            Answer(200),
        ),
        case(
            "4.2: sizes at the start",
            [frame(kind::HEADERS, WHOLE, 1, two_sizes)],
            Answer(200),
        ),
    ])
    .await;
}
