//! Asks the machine's name servers: by UDP, and by TCP what does not fit. The resolvers that there are as crates ask them
//! in an order of their own, or by sockets that do not hear that nobody listens (`ECONNREFUSED`), and refuse all of a
//! `resolv.conf` for a line that they do not know.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use domain::base::Message;
use domain::base::iana::Rtype;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use super::message::{Answer, DATAGRAM_MAX, Failure, Record, answer, question};

/// As the C library has it: each server is asked so often, and has so long to answer.
const ATTEMPTS: usize = 2;
const PATIENCE: Duration = Duration::from_secs(5);
const SERVERS_MAX: usize = 3;
const PORT: u16 = 53;

/// The name servers of the machine (`/etc/resolv.conf`); without any, the one that may run on it.
pub(super) fn servers(config: &str) -> Vec<SocketAddr> {
    let lines = config.lines().map(str::split_whitespace);
    let named = lines.filter_map(|mut words| match (words.next(), words.next()) {
        // An address of one link only has the link's name behind it, which is not followed.
        (Some("nameserver"), Some(address)) => address.parse::<IpAddr>().ok(),
        _ => None,
    });
    let mut servers: Vec<SocketAddr> = named
        .take(SERVERS_MAX)
        .map(|address| SocketAddr::new(address, PORT))
        .collect();
    if servers.is_empty() {
        servers.push(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), PORT));
    }
    servers
}

/// The records of a name. What a server says is final, unless it says that it cannot tell.
pub(super) async fn query(
    servers: &[SocketAddr],
    id: u16,
    name: &str,
    kind: Rtype,
) -> Result<Vec<Record>, Failure> {
    let question = question(id, name, kind)?;
    let mut last = Failure::Unreachable;
    for server in servers.iter().cycle().take(servers.len() * ATTEMPTS) {
        let asked = timeout(PATIENCE, ask(*server, &question)).await;
        match asked.unwrap_or(Err(Failure::Timeout)) {
            Err(failure) if is_of_server(failure) => last = failure,
            done => return done,
        }
    }
    Err(last)
}

/// Whether another server may do better.
fn is_of_server(failure: Failure) -> bool {
    !matches!(failure, Failure::NotFound | Failure::BadName)
}

async fn ask(server: SocketAddr, question: &Message<Vec<u8>>) -> Result<Vec<Record>, Failure> {
    let unreachable = |_| Failure::Unreachable;
    let here: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => std::net::Ipv6Addr::UNSPECIFIED.into(),
    };
    // The port is drawn by the system, so that nobody can guess where an answer must be sent.
    let socket = UdpSocket::bind((here, 0)).await.map_err(unreachable)?;
    socket.connect(server).await.map_err(unreachable)?;
    socket
        .send(question.as_slice())
        .await
        .map_err(unreachable)?;
    let mut room = vec![0; DATAGRAM_MAX];
    loop {
        let length = socket.recv(&mut room).await.map_err(unreachable)?;
        match answer(question, &room[..length]) {
            Answer::Foreign => {}
            Answer::Truncated => break,
            Answer::Is(result) => return result,
        }
    }
    let message = ask_by_stream(server, question.as_slice())
        .await
        .map_err(unreachable)?;
    match answer(question, &message) {
        Answer::Is(result) => result,
        Answer::Foreign | Answer::Truncated => Err(Failure::BadResponse),
    }
}

/// Messages on a connection have their length before them.
async fn ask_by_stream(server: SocketAddr, question: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    let mut sent = (question.len() as u16).to_be_bytes().to_vec();
    sent.extend(question);
    stream.write_all(&sent).await?;
    let length = stream.read_u16().await?;
    let mut message = vec![0; usize::from(length)];
    stream.read_exact(&mut message).await?;
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::super::message::Field;
    use super::super::message::tests::answer_to;
    use super::*;
    use domain::base::iana::Rcode;
    use tokio::net::TcpListener;

    #[test]
    fn servers_of_the_configuration() {
        let config = "# nameserver 9.9.9.9\nsearch a b\nnameserver 10.0.0.1\nnameserver ::1 # two\n\
            nameserver fe80::1%eth0\nnameserver 10.0.0.2\nnameserver 10.0.0.3";
        let found = servers(config)
            .iter()
            .map(SocketAddr::to_string)
            .collect::<Vec<_>>();
        assert_eq!(found, ["10.0.0.1:53", "[::1]:53", "10.0.0.2:53"]);
        assert_eq!(servers("")[0].to_string(), "127.0.0.1:53");
    }

    fn run(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(test);
    }

    #[test]
    fn an_answer_that_does_not_fit_comes_by_tcp() {
        run(async {
            let stream = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let server = stream.local_addr().unwrap();
            let datagrams = UdpSocket::bind(server).await.unwrap();
            let serve = async {
                let mut room = [0; 512];
                let (length, from) = datagrams.recv_from(&mut room).await.unwrap();
                let question = &room[..length];
                // One that nobody asked for first.
                let mut foreign = answer_to(question, Rcode::NXDOMAIN, &[]);
                foreign.header_mut().set_id(8);
                datagrams.send_to(foreign.as_slice(), from).await.unwrap();
                let mut message = answer_to(question, Rcode::NOERROR, &[]);
                message.header_mut().set_tc(true);
                datagrams.send_to(message.as_slice(), from).await.unwrap();
                let (mut stream, _) = stream.accept().await.unwrap();
                let length = stream.read_u16().await.unwrap();
                let mut question = vec![0; usize::from(length)];
                stream.read_exact(&mut question).await.unwrap();
                let records: [(Rtype, &[u8]); 1] = [(Rtype::A, &[1, 2, 3, 4])];
                let message = answer_to(&question, Rcode::NOERROR, &records).into_octets();
                stream.write_u16(message.len() as u16).await.unwrap();
                stream.write_all(&message).await.unwrap();
            };
            let servers = [server];
            let (found, ()) = tokio::join!(query(&servers, 7, "a.example", Rtype::A), serve);
            let expected = vec![Field::Number(60), Field::Text("1.2.3.4".to_owned())];
            assert_eq!(found, Ok(vec![expected]));
        });
    }

    #[test]
    fn the_next_server_is_asked_when_one_cannot_tell() {
        run(async {
            let first = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            let second = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            let servers = [first.local_addr().unwrap(), second.local_addr().unwrap()];
            let serve = async {
                let mut room = [0; 512];
                for (socket, code) in [(&first, Rcode::SERVFAIL), (&second, Rcode::NXDOMAIN)] {
                    let (length, from) = socket.recv_from(&mut room).await.unwrap();
                    let message = answer_to(&room[..length], code, &[]);
                    socket.send_to(message.as_slice(), from).await.unwrap();
                }
            };
            let (found, ()) = tokio::join!(query(&servers, 7, "a.example", Rtype::A), serve);
            assert_eq!(found, Err(Failure::NotFound));
        });
    }

    #[test]
    fn a_server_that_is_not_there_is_said_to_be() {
        run(async {
            let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            let server = socket.local_addr().unwrap();
            drop(socket);
            let found = query(&[server], 7, "a.example", Rtype::A).await;
            assert_eq!(found, Err(Failure::Unreachable));
        });
    }
}
