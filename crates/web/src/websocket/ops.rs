//! The operations behind `js/websocket.js`.

use std::rc::Rc;

use bytes::Bytes;
use holdfast_engine::{Args, Extension, Global, JsResult, Local, Scope, Thrown};
use http::header::{HeaderName, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use url::Url;

use super::message::{Frame, NO_STATUS, Received};
use super::open::Active;
use super::pipe::{Endpoint, pair};
use super::pump;
use super::socket::{About, HostSocket, Outgoing, Phase};
use super::wire::Role;
use crate::body::Body;
use crate::fetch::{Client, HostUpgrade, Request, Response};
use crate::io::{Completion, Host};

/// Kinds of what a socket's callback is told, besides those of [`received_to_js`].
const OPEN: i32 = 5;
const REFUSED: i32 = 6;

/// Adds the operations of WebSockets.
pub fn register(extension: Extension) -> Extension {
    extension
        .op("op_websocket_pair", 0, op_pair)
        .op("op_websocket_connect", 4, op_connect)
        .op("op_websocket_accept", 3, op_accept)
        .op("op_websocket_send", 2, op_send)
        .op("op_websocket_close", 3, op_close)
        .op("op_websocket_fail", 1, op_fail)
        .op("op_websocket_state", 1, op_state)
        .op("op_websocket_about", 1, op_about)
        .op("op_websocket_attach", 2, op_attach)
        .op("op_websocket_attachment", 1, op_attachment)
}

fn socket<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> Result<Rc<HostSocket>, Thrown> {
    scope.unwrap::<HostSocket>(args.get(0))
}

/// `()` → `[handle, handle]`
fn op_pair<'s>(scope: &mut Scope<'s>, _args: &Args<'s>) -> JsResult<'s> {
    let sockets = scope.state::<Host>().sockets();
    let [left, right] = HostSocket::pair();
    sockets.add(&left);
    sockets.add(&right);
    let left = scope.wrap(left)?;
    let right = scope.wrap(right)?;
    scope.array(&[left, right])
}

// --- events ---------------------------------------------------------------------------------------

/// What a callback or a handler is told: `[kind, …]`: 0 text, 1 ArrayBuffer, 2 code and reason, 3 (lost), 4 message.
pub fn received_to_js<'s>(
    scope: &mut Scope<'s>,
    received: Received,
) -> Result<[Local<'s>; 3], Thrown> {
    let nothing = scope.undefined();
    Ok(match received {
        Received::Frame(Frame::Text(text)) => [scope.int(0), scope.string(&text)?, nothing],
        Received::Frame(Frame::Binary(bytes)) => {
            [scope.int(1), scope.array_buffer(bytes)?, nothing]
        }
        Received::Frame(Frame::Close { code, reason }) => [
            scope.int(2),
            scope.int(i32::from(code)),
            scope.string(&reason)?,
        ],
        Received::Lost => [scope.int(3), nothing, nothing],
        Received::Failed(why) => [scope.int(4), scope.string(&why)?, nothing],
    })
}

/// A socket whose events go to a callback.
struct Listening {
    socket: Rc<HostSocket>,
    callback: Global,
    _active: Active,
}

/// `(handle, half open, callback)`
fn op_accept<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let host = scope.state::<Host>();
    host.require_context(scope)?;
    let socket = socket(scope, args)?;
    let was_accepted = socket.phase() == Phase::Accepted;
    let half_open = args.get(1).as_bool() == Some(true);
    if let Err(message) = socket.accept(half_open) {
        return Err(scope.throw_type_error(message));
    }
    if !was_accepted {
        let listening = Listening {
            socket,
            callback: scope.persist(args.get(2)),
            _active: host.sockets().begin(),
        };
        listen(&host, listening);
    }
    Ok(scope.undefined())
}

/// Waits for the next event in the current context, and tells the callback in a turn of its own.
fn listen(host: &Host, listening: Listening) {
    let Some(receiver) = listening.socket.receiver() else {
        return;
    };
    host.spawn(Box::pin(async move {
        let received = receiver.next().await;
        // Only one holds on to the receiver while nothing is received.
        drop(receiver);
        let completion: Completion = Box::new(move |scope| tell(scope, listening, received));
        completion
    }));
}

fn tell(scope: &mut Scope<'_>, listening: Listening, received: Received) -> Result<(), Thrown> {
    let host = scope.state::<Host>();
    let socket = Rc::clone(&listening.socket);
    match &received {
        Received::Frame(Frame::Close { .. }) => {
            socket.set_close_received();
            if socket.answers_close() {
                socket.set_close_sent();
                if let Received::Frame(close) = &received {
                    host.send_frame(&socket, Outgoing::Frame(close.clone()));
                }
            }
        }
        Received::Failed(_) => socket.set_failed(),
        Received::Frame(_) | Received::Lost => {}
    }
    let goes_on = matches!(received, Received::Frame(Frame::Text(_) | Frame::Binary(_)));
    let lost = received == Received::Lost;
    let arguments = received_to_js(scope, received)?;
    let function = scope.local(&listening.callback);
    let this = scope.undefined();
    let result = scope.call(function, this, &arguments).map(drop);
    if lost {
        // Its listeners still see it open, as those of `workerd` do.
        socket.set_close_received();
        socket.disconnect();
    }
    if goes_on {
        listen(&host, listening);
    }
    result
}

// --- sending --------------------------------------------------------------------------------------

/// `(handle, string | ArrayBuffer | view)`
fn op_send<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let socket = socket(scope, args)?;
    match socket.may_send() {
        Ok(true) => {}
        Ok(false) => return Ok(scope.undefined()),
        Err(message) => return Err(scope.throw_type_error(message)),
    }
    let data = args.get(1);
    let frame = match scope.bytes(data) {
        Some(bytes) => Frame::Binary(bytes.into()),
        None => Frame::Text(scope.to_string(data)?),
    };
    let host = scope.state::<Host>();
    host.require_context(scope)?;
    host.send_frame(&socket, Outgoing::Frame(frame));
    Ok(scope.undefined())
}

/// `(handle, code | undefined, reason)`
fn op_close<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let socket = socket(scope, args)?;
    if socket.phase() == Phase::Connecting {
        // The connection that is being made finds out when it is there.
        socket.set_close_sent();
        socket.set_close_received();
        return Ok(scope.undefined());
    }
    match socket.may_close() {
        Ok(true) => {}
        Ok(false) => return Ok(scope.undefined()),
        Err(message) => return Err(scope.throw_type_error(message)),
    }
    let (code, reason) = match args.get(1).as_number() {
        Some(code) => (code as u16, scope.to_string(args.get(2))?),
        None => (NO_STATUS, String::new()),
    };
    let host = scope.state::<Host>();
    host.require_context(scope)?;
    socket.set_close_sent();
    host.send_frame(&socket, Outgoing::Frame(Frame::Close { code, reason }));
    Ok(scope.undefined())
}

/// `(handle)`: a listener threw, which ends the connection.
fn op_fail<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    socket(scope, args)?.set_failed();
    Ok(scope.undefined())
}

/// `(handle)` → `readyState`
fn op_state<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let state = socket(scope, args)?.ready_state();
    Ok(scope.int(state))
}

/// `(handle)` → `[url | null, protocol, extensions]`
fn op_about<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let About {
        url,
        protocol,
        extensions,
    } = socket(scope, args)?.about();
    let url = match url {
        Some(url) => scope.string(&url)?,
        None => scope.null(),
    };
    let protocol = scope.string(&protocol)?;
    let extensions = scope.string(&extensions)?;
    scope.array(&[url, protocol, extensions])
}

/// `(handle, value)`
fn op_attach<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let socket = socket(scope, args)?;
    let bytes = scope.serialize(args.get(1))?;
    socket.set_attachment(bytes);
    Ok(scope.undefined())
}

/// `(handle)` → a copy of the attachment, or null
fn op_attachment<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    match socket(scope, args)?.attachment() {
        Some(bytes) => scope.deserialize(&bytes),
        None => Ok(scope.null()),
    }
}

// --- connecting -----------------------------------------------------------------------------------

/// `(url, protocols, callback, half open)` → handle
fn op_connect<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let host = scope.state::<Host>();
    host.require_context(scope)?;
    let text = scope.to_string(args.get(0))?;
    let Ok(mut url) = Url::parse(&text) else {
        return Err(scope.throw_type_error(&format!("Invalid URL: {text}")));
    };
    let scheme = if url.scheme() == "wss" {
        "https"
    } else {
        "http"
    };
    // Both are special schemes with the same rules, between which the standard allows to change.
    let changed = url.set_scheme(scheme).is_ok();
    debug_assert!(changed, "ws and http are of a kind");
    let mut headers = HeaderMap::new();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    let protocols = scope.to_string(args.get(1))?;
    if !protocols.is_empty() {
        match HeaderValue::from_str(&protocols) {
            Ok(value) => drop(headers.insert(SEC_WEBSOCKET_PROTOCOL, value)),
            Err(_) => return Err(scope.throw_type_error("Invalid header value.")),
        }
    }
    let socket = HostSocket::connecting(text);
    socket.set_half_open(args.get(3).as_bool() == Some(true));
    host.sockets().add(&socket);
    let listening = Listening {
        socket: Rc::clone(&socket),
        callback: scope.persist(args.get(2)),
        _active: host.sockets().begin(),
    };
    let client = scope.state::<Client>();
    let gate = host.output_gate();
    host.spawn(Box::pin(async move {
        gate.await;
        let answer = client
            .send(Request {
                method: Method::GET,
                url,
                headers,
                body: Body::Empty,
            })
            .await;
        let outcome = answer
            .map_err(|_unreachable| "WebSocket connection failed".to_owned())
            .and_then(opened);
        let completion: Completion = Box::new(move |scope| connected(scope, listening, outcome));
        completion
    }));
    scope.wrap(socket)
}

/// The connection behind a response, or why it is none.
fn opened(response: Response) -> Result<(Endpoint, About), String> {
    let Response {
        status,
        headers,
        upgrade,
        ..
    } = response;
    match upgrade {
        Some(upgrade) => Ok((serve(upgrade), about(&headers))),
        None => Err(format!(
            "Failed to establish the WebSocket connection: expected server to reply with HTTP status \
             code 101 (switching protocols), but received {} instead.",
            status.as_u16()
        )),
    }
}

fn about(headers: &HeaderMap) -> About {
    let text = |name: HeaderName| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    About {
        url: None,
        protocol: text(SEC_WEBSOCKET_PROTOCOL),
        extensions: text(SEC_WEBSOCKET_EXTENSIONS),
    }
}

/// Serves the connection on this thread for as long as the other end lives.
fn serve(upgrade: HostUpgrade) -> Endpoint {
    let (ours, theirs) = pair();
    tokio::task::spawn_local(async move {
        let deflate = upgrade.deflate();
        match upgrade.take().await {
            Ok(stream) => {
                pump(
                    stream,
                    Bytes::new(),
                    theirs,
                    Role::Client,
                    deflate,
                    std::future::pending(),
                )
                .await
            }
            Err(error) => theirs.sender.fail(error.to_string()),
        }
    });
    ours
}

fn connected(
    scope: &mut Scope<'_>,
    listening: Listening,
    outcome: Result<(Endpoint, About), String>,
) -> Result<(), Thrown> {
    let host = scope.state::<Host>();
    let socket = Rc::clone(&listening.socket);
    let function = scope.local(&listening.callback);
    let this = scope.undefined();
    match outcome {
        Ok((end, about)) => {
            if !socket.connected(end, about.protocol, about.extensions) {
                return Ok(());
            }
            // The socket's own way to end with its context begins here.
            host.sockets().add(&socket);
            let kind = scope.int(OPEN);
            let result = scope.call(function, this, &[kind]).map(drop);
            listen(&host, listening);
            result
        }
        Err(why) => {
            socket.set_failed();
            let kind = scope.int(REFUSED);
            let why = scope.string(&why)?;
            scope.call(function, this, &[kind, why]).map(drop)
        }
    }
}

/// The socket of a response to `fetch()` that switched protocols.
pub(crate) fn from_upgrade(
    scope: &mut Scope<'_>,
    status: StatusCode,
    upgrade: HostUpgrade,
    headers: &HeaderMap,
) -> Rc<HostSocket> {
    debug_assert_eq!(status, StatusCode::SWITCHING_PROTOCOLS);
    let socket = HostSocket::from_endpoint(serve(upgrade));
    socket.set_about(about(headers));
    scope.state::<Host>().sockets().add(&socket);
    socket
}
