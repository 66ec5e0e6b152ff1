//! One connection: requests in turn until it closes.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::Either;
use holdfast_runtime::Shard;
use http::{Request, Version};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::log::{Report, RequestLog};
use crate::socket::{Handshake, Socket};
use crate::stream::{Cut, Stream};
use crate::{request, response, socket};

/// How long a client may take for the headers of a request, and how long a connection may lie idle between
/// two requests.
const HEADER_READ_MAX: Duration = Duration::from_secs(60);

/// What the connections of one shard have in common.
#[derive(Clone)]
pub(crate) struct Connections {
    shard: Rc<dyn Shard>,
    log: Option<Arc<dyn RequestLog>>,
    http: http1::Builder,
}

impl Connections {
    pub(crate) fn new(shard: Rc<dyn Shard>, log: Option<Arc<dyn RequestLog>>) -> Connections {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(HEADER_READ_MAX)
            // A client that sends no more may still wait for its answers.
            .half_close(true);
        Connections { shard, log, http }
    }
}

/// Serves one connection until it ends. After the sender of `stopped` is gone, the request under way is
/// finished and none follows.
pub(crate) async fn serve(
    stream: TcpStream,
    connections: Connections,
    mut stopped: watch::Receiver<()>,
) {
    // Boxed one after the other: a WebSocket may lie idle for days, and need not hold what served HTTP before it.
    let socket = Box::pin(serve_http(stream, connections, &mut stopped)).await;
    if let Some(socket) = socket {
        let told = async {
            // That the sender is gone is the sign.
            let _ = stopped.changed().await;
        };
        Box::pin(socket.serve(told)).await;
    }
}

/// Serves HTTP until the connection ends or becomes a WebSocket.
async fn serve_http(
    stream: TcpStream,
    connections: Connections,
    stopped: &mut watch::Receiver<()>,
) -> Option<Socket> {
    let Connections { shard, log, http } = connections;
    // Answers are written in one go; waiting to fill a packet would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the client left before it was served");
        return None;
    }
    let state = State::default();
    let cut = Cut::default();
    let stream = Stream::new(stream, cut.clone());
    let watch = stream.watch();
    let service = service_fn(|request| answer(&*shard, log.as_ref(), request, &state));
    let mut connection = http
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();

    let mut told = false;
    let mut stop = std::pin::pin!(stopped.changed());
    let mut broken = std::pin::pin!(watch.broken());
    let result = poll_fn(|cx| {
        if !told && stop.as_mut().poll(cx).is_ready() {
            told = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        match Pin::new(&mut connection).poll(cx) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending => broken.as_mut().poll(cx).map(|()| None),
        }
    })
    .await;
    let Some(result) = result else {
        // Whoever answers or reads a body learns of it when the connection is dropped.
        tracing::debug!("the client reset its connection");
        return None;
    };

    if let Err(error) = result {
        tracing::debug!(%error, "a connection was cut");
        if state.ends_by_closing.get() {
            // The client takes the end of the connection for the end of the body: this one must not look
            // like one.
            cut.ask();
        }
        return None;
    }
    drop(connection);
    state.socket.take()
}

/// What the answers of a connection leave behind for its end.
#[derive(Default)]
struct State {
    /// Only the end of the connection ends the last answer's body.
    ends_by_closing: Cell<bool>,
    /// The connection has become this.
    socket: RefCell<Option<Socket>>,
}

/// Hands a request to the shard and waits for the answer.
fn answer<'c>(
    shard: &dyn Shard,
    log: Option<&Arc<dyn RequestLog>>,
    mut request: Request<Incoming>,
    state: &'c State,
) -> impl Future<Output = Result<response::Outgoing, Infallible>> + use<'c> {
    let report = log.map(|log| Report::begin(log, request.method(), request.uri()));
    let version = request.version();
    let method = request.method().clone();
    let handshake = Handshake::of(&mut request);
    let answer = match request::received(request) {
        Ok(request) => Either::Left(shard.fetch(request)),
        Err(refusal) => Either::Right(std::future::ready(response::refused(refusal))),
    };
    async move {
        let mut answer = answer.await;
        let response = match answer.web_socket.take() {
            None => response::outgoing(response::not_switching(answer), &method),
            Some(socket) => {
                let (response, socket) = socket::answer(handshake, answer, socket, &method);
                state.socket.replace(socket);
                response
            }
        };
        // HTTP/1.0 has no chunks.
        let length_known = http_body::Body::size_hint(response.body())
            .exact()
            .is_some();
        state
            .ends_by_closing
            .set(version < Version::HTTP_11 && !length_known);
        if let Some(report) = report {
            report.answered(response.status());
        }
        Ok(response)
    }
}
