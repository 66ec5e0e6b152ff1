//! The operations behind `js/fetch.js` and `js/headers.js`.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::future::{Either, select};
use holdfast_engine::{Args, Extension, JsResult, Scope, Thrown};
use http::Method;
use tokio::sync::oneshot;
use url::Url;

use super::headers::{HostHeaders, headers_from_js, op_headers_read};
use super::{Client, FetchError, Request, Response, data_url};
use crate::body::{HostBody, body_from_js};
use crate::io::{Host, promise_from};
use crate::websocket::from_upgrade;

/// Adds the operations of headers, requests, responses and `fetch()`.
pub fn register(extension: Extension) -> Extension {
    extension
        .op("op_headers_read", 1, op_headers_read)
        .op("op_fetch", 5, op_fetch)
        .op("op_fetch_call", 0, op_fetch_call)
        .op("op_fetch_abort", 1, op_fetch_abort)
        .op("op_data_url", 1, op_data_url)
}

/// A request that can be aborted.
struct FetchCall {
    abort: RefCell<Option<oneshot::Sender<()>>>,
    aborted: RefCell<Option<oneshot::Receiver<()>>>,
}

fn op_fetch_call<'s>(scope: &mut Scope<'s>, _args: &Args<'s>) -> JsResult<'s> {
    let (abort, aborted) = oneshot::channel();
    scope.wrap(Rc::new(FetchCall {
        abort: RefCell::new(Some(abort)),
        aborted: RefCell::new(Some(aborted)),
    }))
}

/// `(call)`: drops the request wherever it is; its promise then rejects.
fn op_fetch_abort<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let call = scope.unwrap::<FetchCall>(args.get(0))?;
    // Dropping the sender is the signal.
    call.abort.take();
    Ok(scope.undefined())
}

/// `(call | null, method, url, headers, body) → Promise<[status, status text, headers, body | null, WebSocket handle | null]>`
fn op_fetch<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let aborted = match args.get(0) {
        call if call.is_null() => None,
        call => scope.unwrap::<FetchCall>(call)?.aborted.take(),
    };
    let request = request_from_js(scope, args)?;
    let client = scope.state::<Client>();
    let gate = scope.state::<Host>().output_gate();
    let sending = async move {
        gate.await;
        client.send(request).await
    };
    let work = async move {
        let Some(aborted) = aborted else {
            return sending.await;
        };
        match select(std::pin::pin!(sending), aborted).await {
            Either::Left((result, _)) => result,
            Either::Right(_) => Err(FetchError::Invalid("The request was aborted.".to_owned())),
        }
    };
    promise_from(scope, work, |scope, result| match result {
        Ok(response) => response_to_js(scope, response),
        Err(error) => Err(throw_fetch_error(scope, &error)),
    })
}

fn request_from_js<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> Result<Request, Thrown> {
    let method = scope.to_string(args.get(1))?;
    let Ok(method) = Method::from_bytes(method.as_bytes()) else {
        return Err(scope.throw_type_error(&format!("Invalid HTTP method string: {method}")));
    };
    let url = scope.to_string(args.get(2))?;
    let Ok(url) = Url::parse(&url) else {
        return Err(scope.throw_type_error(&format!("Invalid URL: {url}")));
    };
    let headers = headers_from_js(scope, args.get(3))?;
    let body = body_from_js(scope, args.get(4))?;
    Ok(Request {
        method,
        url,
        headers,
        body,
    })
}

fn response_to_js<'s>(scope: &mut Scope<'s>, response: Response) -> JsResult<'s> {
    let web_socket = match response.upgrade {
        Some(upgrade) => {
            let socket = from_upgrade(scope, response.status, upgrade, &response.headers);
            scope.wrap(socket)?
        }
        None => scope.null(),
    };
    let status = scope.int(i32::from(response.status.as_u16()));
    let status_text = scope.string(&response.status_text)?;
    let headers = scope.wrap(Rc::new(HostHeaders::new(response.headers)))?;
    let body = match response.body {
        Some(body) => scope.wrap(HostBody::new(body))?,
        None => scope.null(),
    };
    scope.array(&[status, status_text, headers, body, web_socket])
}

fn throw_fetch_error(scope: &mut Scope<'_>, error: &FetchError) -> Thrown {
    match build_error(scope, error) {
        Ok(built) => scope.throw(built),
        Err(thrown) => thrown,
    }
}

fn build_error<'s>(scope: &mut Scope<'s>, error: &FetchError) -> JsResult<'s> {
    let class = if error.is_type_error() {
        "TypeError"
    } else {
        "Error"
    };
    let text = error.to_string();
    let Some(detail) = error.detail() else {
        return scope.new_error(class, &text);
    };
    let cause = scope.new_error("Error", &detail)?;
    let options = scope.object()?;
    scope.define(options, "cause", cause)?;
    let global = scope.global();
    let constructor = scope.get(global, class)?;
    let text = scope.string(&text)?;
    scope.construct(constructor, &[text, options])
}

/// `(url) → [MIME type, bytes] | undefined`
fn op_data_url<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let url = scope.to_string(args.get(0))?;
    let Some((mime_type, content)) = data_url::process(&url) else {
        return Ok(scope.undefined());
    };
    let mime_type = scope.string(&mime_type)?;
    let content = scope.uint8_array(content)?;
    scope.array(&[mime_type, content])
}
