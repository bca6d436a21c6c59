//! A server that sends back each byte, and clients of it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// A time in which something would have happened on a busy machine, too.
pub(crate) const LONG: Duration = Duration::from_secs(10);
/// A time in which nothing happens.
pub(crate) const SHORT: Duration = Duration::from_millis(150);

/// Starts the server, which runs until the test program ends.
pub(crate) fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || io::copy(&mut &stream, &mut &stream));
        }
    });
    addr
}

pub(crate) fn connect(addr: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Sends a text, and reads it again.
pub(crate) fn echo(stream: &mut TcpStream, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    let mut answer = vec![0; text.len()];
    stream.read_exact(&mut answer)?;
    assert_eq!(answer, text.as_bytes());
    Ok(())
}

/// Asserts that nothing arrives for a while.
#[track_caller]
pub(crate) fn assert_silent(stream: &mut TcpStream) {
    stream.set_read_timeout(Some(SHORT)).unwrap();
    let error = stream
        .read(&mut [0; 16])
        .expect_err("nothing should arrive");
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    stream.set_read_timeout(Some(LONG)).unwrap();
}

/// Asserts that the connection was reset.
#[track_caller]
pub(crate) fn assert_reset(stream: &mut TcpStream) {
    let error = stream
        .read(&mut [0; 16])
        .expect_err("the connection should be reset");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

/// Waits until a condition holds.
#[track_caller]
pub(crate) fn eventually(condition: impl Fn() -> bool) {
    let deadline = Instant::now() + LONG;
    while !condition() {
        assert!(Instant::now() < deadline, "the condition does not hold");
        thread::sleep(Duration::from_millis(5));
    }
}
