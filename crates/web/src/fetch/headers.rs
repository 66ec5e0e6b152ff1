//! Header lists across the border: `[name, value, name, value, …]` in JavaScript, names in lower case.

use bytes::BytesMut;
use holdfast_engine::{Args, JsResult, Local, Scope, Thrown};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Headers that JavaScript has not looked at; `op_headers_read` gives them as a flat list.
#[derive(Debug)]
pub struct HostHeaders(HeaderMap);

impl HostHeaders {
    /// Moves the values into memory of their own. As they were read they are parts of their connection's buffer, which may
    /// have hundreds of KiB, and JavaScript holds what it is given until the collector comes.
    pub fn new(mut headers: HeaderMap) -> HostHeaders {
        let total = headers.values().map(HeaderValue::len).sum();
        let mut values = BytesMut::with_capacity(total);
        for value in headers.values() {
            values.extend_from_slice(value.as_bytes());
        }
        let mut values = values.freeze();
        for value in headers.values_mut() {
            let bytes = values.split_to(value.len());
            *value = HeaderValue::from_maybe_shared(bytes).expect("these are a header's");
        }
        HostHeaders(headers)
    }
}

/// Bytes that are not UTF-8 become U+FFFD, as in Workers.
pub(super) fn op_headers_read<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let headers = scope.unwrap::<HostHeaders>(args.get(0))?;
    let mut flat = Vec::with_capacity(headers.0.len() * 2);
    for (name, value) in &headers.0 {
        flat.push(scope.latin1(name.as_str().as_bytes())?);
        flat.push(scope.string(&String::from_utf8_lossy(value.as_bytes()))?);
    }
    scope.array(&flat)
}

/// Reads a flat list.
///
/// # Errors
/// A TypeError that names the header which cannot be sent.
pub fn headers_from_js<'s>(scope: &mut Scope<'s>, list: Local<'s>) -> Result<HeaderMap, Thrown> {
    let length = scope.length(list)?;
    let mut headers = HeaderMap::with_capacity(length as usize / 2);
    for index in (0..length).step_by(2) {
        let name = scope.get_index(list, index)?;
        let name = scope.to_string(name)?;
        let value = scope.get_index(list, index + 1)?;
        let value = scope.to_string(value)?;
        let Ok(parsed_name) = HeaderName::from_bytes(name.as_bytes()) else {
            return Err(scope.throw_type_error(&format!("Invalid header name: \"{name}\".")));
        };
        let Ok(parsed_value) = HeaderValue::from_bytes(value.as_bytes()) else {
            return Err(scope.throw_type_error(&format!(
                "The value of the header \"{name}\" has a control character, which HTTP cannot carry."
            )));
        };
        let room = headers.try_append(parsed_name, parsed_value).is_ok();
        if !room {
            return Err(scope.throw_type_error("Too many headers."));
        }
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::header::{ACCEPT, COOKIE};

    use super::*;

    #[test]
    fn what_javascript_holds_keeps_no_connections_buffer() {
        let buffer = Bytes::from([&b"a=b; c=\xffd"[..], b"*/*", &[0; 4096]].concat());
        let value = |range| HeaderValue::from_maybe_shared(buffer.slice(range)).unwrap();
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, value(0..9));
        headers.append(ACCEPT, value(9..12));
        headers.append(COOKIE, value(9..9));
        assert!(!buffer.is_unique());
        let before = headers.clone();
        let kept = HostHeaders::new(headers);
        assert_eq!(kept.0, before);
        drop(before);
        assert!(buffer.is_unique());
    }
}
