//! Binds sockets to addresses.

use std::{io, net::SocketAddr};

use socket2::{Domain, Protocol, SockAddr, Type};

use crate::error::{Error, Result};

/// How many connections the system queues until they are accepted; tokio's default.
const BACKLOG: i32 = 1024;

/// Binds an address. With `only_v6`, an IPv6 socket does not accept IPv4 connections.
pub(crate) fn bind_tcp(
    addr: SocketAddr,
    reuse_port: bool,
    only_v6: bool,
) -> Result<std::net::TcpListener> {
    try_bind_tcp(addr, reuse_port, only_v6).map_err(|error| {
        let hint = match error.kind() {
            io::ErrorKind::AddrInUse => "another program uses it; choose a free port",
            io::ErrorKind::PermissionDenied => {
                "ports below 1024 need a privilege; set PORT to a higher port"
            }
            _ => "set HOST and PORT to an address of this machine",
        };
        Error::because(format!("cannot listen on {addr}: {hint}"), error)
    })
}

fn try_bind_tcp(
    addr: SocketAddr,
    reuse_port: bool,
    only_v6: bool,
) -> io::Result<std::net::TcpListener> {
    let socket =
        socket2::Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    if addr.is_ipv6() && only_v6 {
        socket.set_only_v6(true)?;
    }
    // On unix this takes over a port only from a process that has ended. On Windows it would take
    // the port from a running one.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    #[cfg(unix)]
    if reuse_port {
        socket.set_reuse_port(true)?;
    }
    socket.bind(&SockAddr::from(addr))?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// Binds the UDP port of the same number.
#[cfg(feature = "http3")]
pub(crate) fn bind_udp(addr: SocketAddr, only_v6: bool) -> io::Result<std::net::UdpSocket> {
    let socket = socket2::Socket::new(Domain::for_address(addr), Type::DGRAM, Some(Protocol::UDP))?;
    if addr.is_ipv6() && only_v6 {
        socket.set_only_v6(true)?;
    }
    socket.bind(&SockAddr::from(addr))?;
    Ok(socket.into())
}
