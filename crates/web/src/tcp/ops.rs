//! The operations behind `js/socket.js`.

use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Scope, Thrown};

use super::{ConnectError, Socket};
use crate::fetch::Client;
use crate::io::{Completion, Host, promise_from};

/// Adds the operations of TCP sockets.
pub fn register(extension: Extension) -> Extension {
    extension
        .op("op_tcp_connect", 3, connect)
        .op("op_tcp_start_tls", 2, start_tls)
        .op("op_tcp_read", 1, read)
        .op("op_tcp_write", 2, write)
        .op("op_tcp_shutdown", 1, shutdown)
        .op("op_tcp_close", 1, close)
}

/// `(host, port, with TLS) → Promise<socket>`
fn connect<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let host = scope.to_string(args.get(0))?;
    let port = scope.to_number(args.get(1))? as u16;
    let client = scope.state::<Client>();
    let tls = scope.to_bool(args.get(2)).then(|| client.tls_config());
    let timeout = client.connect_timeout();
    let gate = scope.state::<Host>().output_gate();
    let connecting = async move {
        gate.await;
        Socket::connect(host, port, tls, timeout).await
    };
    promise_from(scope, connecting, move |scope, result| {
        settle_socket(scope, result, port)
    })
}

/// `(socket, host) → Promise<socket>`: the given one is over.
fn start_tls<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let socket = scope.unwrap::<Socket>(args.get(0))?;
    let host = scope.to_string(args.get(1))?;
    let client = scope.state::<Client>();
    let (config, timeout) = (client.tls_config(), client.connect_timeout());
    let gate = scope.state::<Host>().output_gate();
    let starting = async move {
        gate.await;
        let result = socket.start_tls(host, config, timeout).await;
        socket.close();
        result
    };
    promise_from(scope, starting, |scope, result| {
        settle_socket(scope, result, 0)
    })
}

fn settle_socket<'s>(
    scope: &mut Scope<'s>,
    result: Result<Socket, ConnectError>,
    port: u16,
) -> JsResult<'s> {
    match result {
        Ok(socket) => {
            let socket = Rc::new(socket);
            watch(scope, &socket);
            scope.wrap(socket)
        }
        Err(error) => {
            tracing::debug!(?error, "a connection of a program failed");
            Err(throw_connect_error(scope, port))
        }
    }
}

// Like a read that never ends: the context's end drops it, and with it the guard.
fn watch(scope: &Scope<'_>, socket: &Rc<Socket>) {
    let guard = socket.guard();
    let gone = socket.gone();
    scope.state::<Host>().spawn(Box::pin(async move {
        gone.await;
        drop(guard);
        let nothing: Completion = Box::new(|_scope| Ok(()));
        nothing
    }));
}

fn throw_connect_error(scope: &mut Scope<'_>, port: u16) -> Thrown {
    let hint = if port == 80 || port == 443 {
        ". It looks like you might be trying to connect to a HTTP-based service — consider using fetch instead"
    } else {
        ""
    };
    scope.throw_error(&format!(
        "proxy request failed, cannot connect to the specified address{hint}"
    ))
}

fn throw_lost(scope: &mut Scope<'_>) -> Thrown {
    scope.throw_error("Network connection lost.")
}

/// `(socket) → Promise<Uint8Array | null>`: one read at a time.
fn read<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let socket = scope.unwrap::<Socket>(args.get(0))?;
    let reading = async move { socket.read().await };
    promise_from(scope, reading, |scope, result| match result {
        Ok(Some(bytes)) => scope.uint8_array(bytes),
        Ok(None) => Ok(scope.null()),
        Err(_lost) => Err(throw_lost(scope)),
    })
}

/// `(socket, bytes) → Promise<undefined>`: one write at a time.
fn write<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let socket = scope.unwrap::<Socket>(args.get(0))?;
    let Some(bytes) = scope.bytes(args.get(1)) else {
        return Err(scope.throw_type_error("A socket takes bytes only."));
    };
    let gate = scope.state::<Host>().output_gate();
    let writing = async move {
        gate.await;
        socket.write(bytes).await
    };
    promise_from(scope, writing, |scope, result| match result {
        Ok(()) => Ok(scope.undefined()),
        Err(_lost) => Err(throw_lost(scope)),
    })
}

/// `(socket) → Promise<undefined>`: after the writes that were made.
fn shutdown<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let socket = scope.unwrap::<Socket>(args.get(0))?;
    let gate = scope.state::<Host>().output_gate();
    let ending = async move {
        gate.await;
        socket.shutdown().await
    };
    // Whoever is gone need not be told.
    promise_from(scope, ending, |scope, _result| Ok(scope.undefined()))
}

/// `(socket)`
fn close<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    scope.unwrap::<Socket>(args.get(0))?.close();
    Ok(scope.undefined())
}
