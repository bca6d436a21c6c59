//! Reads the PROXY protocol header, in which a load balancer sends the client's address
//! (<https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt>).

use std::io;
use std::net::SocketAddr;

use proxy_header::{ParseConfig, ProxyHeader};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The first bytes of version 2.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// The first bytes of version 1.
const WORD: &[u8; 6] = b"PROXY ";
/// The longest header of version 1 (§2.1).
const MOST_TEXT: usize = 107;
/// The longest header of version 2 that is accepted: the addresses and common extensions. The
/// format itself allows 64 KiB.
const MOST_BINARY: usize = 2048;

/// Reads the header and no byte after it. Returns the client's address, if the header has one.
///
/// # Errors
/// Fails if the stream does not begin with a valid header.
pub(super) async fn read_header(
    socket: &mut (impl AsyncRead + Unpin),
) -> io::Result<Option<SocketAddr>> {
    let mut header = vec![0; SIGNATURE.len()];
    socket.read_exact(&mut header).await?;
    if header == SIGNATURE {
        read_binary(socket, &mut header).await?;
    } else if header.starts_with(WORD) {
        read_text(socket, &mut header).await?;
    } else {
        return Err(malformed());
    }
    let (parsed, len) =
        ProxyHeader::parse(&header, ParseConfig::default()).map_err(|_| malformed())?;
    if len != header.len() {
        return Err(malformed());
    }
    Ok(parsed.proxied_address().map(|address| address.source))
}

async fn read_binary(
    socket: &mut (impl AsyncRead + Unpin),
    header: &mut Vec<u8>,
) -> io::Result<()> {
    let mut rest = [0; 4];
    socket.read_exact(&mut rest).await?;
    header.extend_from_slice(&rest);
    let len = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
    if len > MOST_BINARY {
        return Err(malformed());
    }
    let start = header.len();
    header.resize(start + len, 0);
    socket.read_exact(&mut header[start..]).await?;
    Ok(())
}

/// Reads to the end of the line, byte by byte, because the bytes after it belong to TLS or HTTP.
async fn read_text(socket: &mut (impl AsyncRead + Unpin), header: &mut Vec<u8>) -> io::Result<()> {
    while header.last() != Some(&b'\n') {
        if header.len() == MOST_TEXT {
            return Err(malformed());
        }
        header.push(socket.read_u8().await?);
    }
    Ok(())
}

fn malformed() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the connection does not begin with a PROXY protocol header",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(bytes: &[u8], expected: Result<Option<&str>, ()>, left: &[u8]) {
        let mut rest = bytes;
        let got = read_header(&mut rest).await.map_err(drop);
        let expected = expected.map(|addr| addr.map(|addr| addr.parse().expect("an address")));
        assert_eq!(got, expected, "{}", bytes.escape_ascii());
        if got.is_ok() {
            assert_eq!(rest, left, "{}", bytes.escape_ascii());
        }
    }

    fn binary(command: u8, family: u8, addresses: &[u8]) -> Vec<u8> {
        let len = u16::try_from(addresses.len()).expect("it is short");
        let mut header = SIGNATURE.to_vec();
        header.extend([command, family]);
        header.extend(len.to_be_bytes());
        header.extend(addresses);
        header.extend(b"GET");
        header
    }

    #[tokio::test]
    async fn header_is_read_and_no_byte_after_it() {
        let text = b"PROXY TCP4 192.0.2.7 10.0.0.1 5000 80\r\nGET";
        check(text, Ok(Some("192.0.2.7:5000")), b"GET").await;
        let text = b"PROXY TCP6 2001:db8::7 ::1 5000 80\r\nGET";
        check(text, Ok(Some("[2001:db8::7]:5000")), b"GET").await;
        check(b"PROXY UNKNOWN\r\nGET", Ok(None), b"GET").await;
        let addresses = [192, 0, 2, 7, 10, 0, 0, 1, 0x13, 0x88, 0, 80];
        let proxied = binary(0x21, 0x11, &addresses);
        check(&proxied, Ok(Some("192.0.2.7:5000")), b"GET").await;
        check(&binary(0x20, 0x00, &[]), Ok(None), b"GET").await;
    }

    #[tokio::test]
    async fn anything_else_is_rejected() {
        let long = [b"PROXY TCP4 ".as_slice(), &[b'1'; 200]].concat();
        let huge = binary(0x21, 0x11, &[0; 4000]);
        let cases: [&[u8]; 6] = [
            b"GET / HTTP/1.1\r\nhost: a\r\n\r\n",
            b"PROXY TCP4 a b c d\r\n",
            b"PROXY TCP4 192.0.2.7\r\nxxxxxxxxxx",
            &long,
            &huge,
            b"PROX",
        ];
        for case in cases {
            check(case, Err(()), b"").await;
        }
    }
}
