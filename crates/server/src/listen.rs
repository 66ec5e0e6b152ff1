//! Several listeners on one address.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, TcpKeepalive, Type};

/// Connections that may wait to be accepted, per listener.
const BACKLOG: i32 = 1024;

/// How long a connection may be silent before the system asks whether the client is still there.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// How long the system waits for a reply before it asks again.
const PROBE_EVERY: Duration = Duration::from_secs(15);
/// After how many questions without a reply the connection is broken.
const PROBES_MAX: u32 = 4;

/// `count` listeners on `addr`, among which the kernel spreads connections. With port 0 the kernel picks a
/// free port, the same for all.
///
/// # Errors
/// The address cannot be used. That another process listens there is an error even where that process
/// would share the port: `SO_REUSEPORT` alone would let two of them take turns in silence.
pub(crate) fn bind(addr: SocketAddr, count: usize) -> io::Result<(Vec<TcpListener>, SocketAddr)> {
    // The first is bound without sharing, which fails if anybody else is there; only then it is opened to
    // the others.
    let first = socket(addr)?;
    first.bind(&addr.into())?;
    first.set_reuse_port(true)?;
    first.listen(BACKLOG)?;
    let first = TcpListener::from(first);
    let addr = first.local_addr()?;
    let mut listeners = vec![first];
    for _ in 1..count {
        let next = socket(addr)?;
        next.set_reuse_port(true)?;
        next.bind(&addr.into())?;
        next.listen(BACKLOG)?;
        listeners.push(TcpListener::from(next));
    }
    Ok((listeners, addr))
}

fn socket(addr: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    // Connections of an earlier process that are still winding down do not keep the port.
    socket.set_reuse_address(true)?;
    // Connections inherit it. A client that vanished without a word (its machine or the network went, or it closed the
    // connection while it owed nothing) would otherwise keep a silent response or WebSocket open for ever.
    let keepalive = TcpKeepalive::new()
        .with_time(SILENCE_MAX)
        .with_interval(PROBE_EVERY)
        .with_retries(PROBES_MAX);
    socket.set_tcp_keepalive(&keepalive)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn localhost(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn all_listeners_have_the_port_that_the_first_was_given() {
        let (listeners, addr) = bind(localhost(0), 4).unwrap();
        assert_eq!(listeners.len(), 4);
        assert_ne!(addr.port(), 0);
        for listener in listeners {
            assert_eq!(listener.local_addr().unwrap(), addr);
        }
    }

    #[test]
    fn connections_ask_whether_the_client_is_still_there() {
        let (listeners, addr) = bind(localhost(0), 1).unwrap();
        let _client = std::net::TcpStream::connect(addr).unwrap();
        listeners[0].set_nonblocking(false).unwrap();
        let (served, _) = listeners[0].accept().unwrap();
        let served = socket2::SockRef::from(&served);
        assert!(served.keepalive().unwrap());
        assert_eq!(served.tcp_keepalive_time().unwrap(), SILENCE_MAX);
    }

    #[test]
    fn a_port_that_others_share_among_themselves_is_taken_all_the_same() {
        let (listeners, addr) = bind(localhost(0), 2).unwrap();
        let error = bind(addr, 2).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        drop(listeners);
        bind(addr, 2).expect("the port is free again");
    }
}
