//! Several listeners on one address.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

/// Connections that may wait to be accepted, per listener.
const BACKLOG: i32 = 1024;

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
    fn a_port_that_others_share_among_themselves_is_taken_all_the_same() {
        let (listeners, addr) = bind(localhost(0), 2).unwrap();
        let error = bind(addr, 2).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        drop(listeners);
        bind(addr, 2).expect("the port is free again");
    }
}
