//! The operations behind `js/cache.js`.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use holdfast_engine::{Args, Extension, JsResult, Scope, Thrown};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::conditional::{Answer, answer};
use super::entry::Head;
use super::policy::{age_seconds, lifetime_ms};
use super::store::{Cache, Found};
use crate::body::{Body, Coding, HostBody, body_from_js, throw_body_error};
use crate::fetch::{HostHeaders, headers_from_js};
use crate::io::{Host, promise_from};

const CF_CACHE_STATUS: HeaderName = HeaderName::from_static("cf-cache-status");

/// Adds the operations of the Cache API.
pub(crate) fn register(extension: Extension) -> Extension {
    extension
        .op("op_cache_put", 7, op_put)
        .op("op_cache_match", 3, op_match)
        .op("op_cache_delete", 2, op_delete)
}

/// The cache that the driver has put into the runtime's state.
fn cache(scope: &mut Scope<'_>) -> Result<Arc<Cache>, Thrown> {
    match scope.try_state::<Arc<Cache>>() {
        Some(cache) => Ok(Arc::clone(&cache)),
        None => Err(scope.throw_error("No Cache was configured")),
    }
}

/// The name of the cache (argument 0) and the key (argument 1).
fn place<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> Result<(String, String), Thrown> {
    Ok((scope.to_string(args.get(0))?, scope.to_string(args.get(1))?))
}

fn now_ms(scope: &Scope<'_>) -> u64 {
    // Not negative and far below 2^53.
    scope.state::<Host>().now_ms() as u64
}

/// `(cache, key, status, status text, headers, body, manual) → Promise<undefined>`: keeps the response, where its headers
/// allow that. `manual` says that the program has encoded the body itself. Waits for the output gate.
fn op_put<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let cache = cache(scope)?;
    let (name, key) = place(scope, args)?;
    let status = args.get(2).as_int().unwrap_or_default();
    let status = u16::try_from(status).unwrap_or_default();
    let status_text = scope.to_string(args.get(3))?;
    let mut headers = headers_from_js(scope, args.get(4))?;
    let mut body = body_from_js(scope, args.get(5))?;
    if args.get(6).as_bool() == Some(true) {
        // It is the content that is kept, however it came.
        body = Body::Stream(body.into_stream().with_coding(Coding::of(&headers)));
    }
    let kept_ms = now_ms(scope);
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(kept_ms);
    let lifetime = lifetime_ms(status, &mut headers, now);
    let gate = scope.state::<Host>().output_gate();
    let keeping = async move {
        gate.await;
        let Some(lifetime_ms) = lifetime else {
            // Its source is let go of.
            drop(body);
            return Ok(());
        };
        let head = Head {
            key,
            status,
            status_text,
            headers,
            kept_ms,
            fresh_until_ms: kept_ms.saturating_add(lifetime_ms),
        };
        cache.put(name, head, body).await
    };
    promise_from(scope, keeping, |scope, result| match result {
        Ok(()) => Ok(scope.undefined()),
        Err(error) => Err(throw_body_error(scope, &error)),
    })
}

/// `(cache, key, headers of the request) → Promise<[status, status text, headers, body | null] | null>`
fn op_match<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let cache = cache(scope)?;
    let (name, key) = place(scope, args)?;
    let asked = headers_from_js(scope, args.get(2))?;
    let now_ms = now_ms(scope);
    let gate = scope.state::<Host>().output_gate();
    let finding = async move {
        gate.await;
        let found = cache.find(name, key, now_ms).await?;
        Some(respond(found, &asked, now_ms))
    };
    promise_from(scope, finding, |scope, hit| {
        let Some(hit) = hit else {
            return Ok(scope.null());
        };
        let status = scope.int(i32::from(hit.status));
        let status_text = scope.string(&hit.status_text)?;
        let headers = scope.wrap(Rc::new(HostHeaders::new(hit.headers)))?;
        let body = match hit.body {
            Some(body) => scope.wrap(HostBody::new(body))?,
            None => scope.null(),
        };
        scope.array(&[status, status_text, headers, body])
    })
}

/// `(cache, key) → Promise<boolean>`: whether there was a response. Waits for the output gate.
fn op_delete<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let cache = cache(scope)?;
    let (name, key) = place(scope, args)?;
    let now_ms = now_ms(scope);
    let gate = scope.state::<Host>().output_gate();
    let deleting = async move {
        gate.await;
        cache.delete(name, key, now_ms).await
    };
    promise_from(scope, deleting, |scope, deleted| Ok(scope.bool(deleted)))
}

/// A response from the cache.
struct Hit {
    status: u16,
    status_text: String,
    headers: HeaderMap,
    body: Option<Body>,
}

/// What a request with these headers gets of a response that was found.
fn respond(found: Found, asked: &HeaderMap, now_ms: u64) -> Hit {
    let length = found.length;
    let answer = answer(asked, found.head.status, &found.head.headers, length);
    let mut headers = found.head.headers.clone();
    let kept_seconds = now_ms.saturating_sub(found.head.kept_ms) / 1000;
    let age = age_seconds(&headers) + kept_seconds;
    headers.insert(header::AGE, HeaderValue::from(age));
    headers.insert(CF_CACHE_STATUS, HeaderValue::from_static("HIT"));
    // What the bytes are when they have been encoded again is not known.
    headers.remove(header::CONTENT_LENGTH);
    let encoded = headers.contains_key(header::CONTENT_ENCODING);
    let hit = |status, status_text: &str, headers, body| Hit {
        status,
        status_text: status_text.to_owned(),
        headers,
        body,
    };
    match answer {
        Answer::NotModified => hit(304, "Not Modified", headers, None),
        Answer::Unsatisfiable => {
            headers.insert(
                header::CONTENT_RANGE,
                header_value(&format!("bytes */{length}")),
            );
            hit(416, "Range Not Satisfiable", headers, None)
        }
        Answer::Part(first, last) => {
            let range = format!("bytes {first}-{last}/{length}");
            headers.insert(header::CONTENT_RANGE, header_value(&range));
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(last + 1 - first));
            hit(
                206,
                "Partial Content",
                headers,
                Some(found.into_body(first, last + 1)),
            )
        }
        Answer::Whole => {
            let status = found.head.status;
            let has_body = !matches!(status, 101 | 204 | 205 | 304);
            if has_body && !encoded {
                headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            }
            let status_text = found.head.status_text.clone();
            let body = has_body.then(|| found.into_body(0, length));
            hit(status, &status_text, headers, body)
        }
    }
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("digits and signs")
}
