//! From hyper's request to the one a Worker sees.

use std::fmt;

use holdfast_runtime::IncomingRequest;
use holdfast_web::body::Body;
use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Request, StatusCode, Uri, request};
use hyper::body::Incoming;

/// Why a request does not reach the Worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no `Host`.
    NoHost,
    /// There are several.
    ManyHosts,
    /// It is not `host` or `host:port`.
    BadHost,
    /// The body is in a coding beside chunks, or in chunks twice.
    TransferCoding,
    /// `CONNECT`, or `OPTIONS *`: it asks a proxy or the server itself, not the Worker.
    NoPath,
}

impl Refusal {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Refusal::TransferCoding => StatusCode::NOT_IMPLEMENTED,
            Refusal::NoHost | Refusal::ManyHosts | Refusal::BadHost | Refusal::NoPath => {
                StatusCode::BAD_REQUEST
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::NoHost => "Bad request: the Host header is missing\n",
            Refusal::ManyHosts => "Bad request: more than one Host header\n",
            Refusal::BadHost => {
                "Bad request: the Host header is not a host name with an optional port\n"
            }
            Refusal::TransferCoding => {
                "Not implemented: the only Transfer-Encoding that is understood is chunked\n"
            }
            Refusal::NoPath => "Bad request: the request target has no path\n",
        })
    }
}

/// The request for the Worker. A request without `Content-Length` and `Transfer-Encoding` has no body;
/// one that says its body has zero bytes has an empty one.
pub(crate) fn received(request: Request<Incoming>) -> Result<IncomingRequest, Refusal> {
    let (
        request::Parts {
            method,
            uri,
            headers,
            ..
        },
        body,
    ) = request.into_parts();
    let url = url(&method, &uri, &headers)?;
    if !is_plainly_chunked(&headers) {
        return Err(Refusal::TransferCoding);
    }
    let has_body = headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING);
    let body = has_body.then(|| Body::from(body));
    Ok(IncomingRequest {
        method,
        url,
        headers,
        body,
    })
}

/// Whether the only coding of the transfer, if there is one, is that into chunks. Hyper undoes the last one and says
/// nothing of those before it, so the Worker would take coded bytes for the body (RFC 9112, section 6.1).
fn is_plainly_chunked(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(coding), None) => coding.as_bytes().eq_ignore_ascii_case(b"chunked"),
        (Some(_), Some(_)) => false,
    }
}

/// `http://host/path?query`. The host is that of an absolute request target, else the `Host` header's
/// (RFC 9112, section 3.3).
fn url(method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<String, Refusal> {
    let path = uri.path_and_query().map_or("", |target| target.as_str());
    if *method == Method::CONNECT || !path.starts_with('/') {
        return Err(Refusal::NoPath);
    }
    let mut hosts = headers.get_all(HOST).iter();
    let host = match (uri.authority(), hosts.next(), hosts.next()) {
        // Whatever the target is: who stands between may have looked at either.
        (_, _, Some(_)) => return Err(Refusal::ManyHosts),
        (Some(authority), _, None) => authority.as_str().as_bytes(),
        (None, Some(host), None) => host.as_bytes(),
        (None, None, None) => return Err(Refusal::NoHost),
    };
    let host = authority(host).ok_or(Refusal::BadHost)?;
    let mut url = String::with_capacity("http://".len() + host.len() + path.len());
    url.push_str("http://");
    url.push_str(host);
    url.push_str(path);
    Ok(url)
}

/// `host` or `host:port` (RFC 3986, section 3.2, without user information), so that what follows it in a
/// URL cannot be mistaken. Names that the Domain Name System does not allow pass.
fn authority(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (host, port) = if text.starts_with('[') {
        let end = text.find(']')?;
        let address = &text[1..end];
        let legal = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
        if address.is_empty() || !address.bytes().all(legal) {
            return None;
        }
        match &text[end + 1..] {
            "" => (text, ""),
            rest => (text, rest.strip_prefix(':')?),
        }
    } else {
        let (host, port) = text.split_once(':').unwrap_or((text, ""));
        if !host.bytes().all(is_name_byte) {
            return None;
        }
        (host, port)
    };
    let port_is_number = port.is_empty() || (port.len() <= 5 && port.parse::<u16>().is_ok());
    (!host.is_empty() && port_is_number && !port.starts_with('+')).then_some(text)
}

/// Whether a byte may stand in a registered name: unreserved, sub-delims, or the percent sign.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn url_of(target: &'static str, hosts: &[&'static str]) -> Result<String, Refusal> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_static(host));
        }
        url(&Method::GET, &Uri::from_static(target), &headers)
    }

    #[test]
    fn urls_join_host_and_target() {
        assert_eq!(
            url_of("/a/b?c=d", &["example.com"]).unwrap(),
            "http://example.com/a/b?c=d"
        );
        assert_eq!(
            url_of("/", &["localhost:8787"]).unwrap(),
            "http://localhost:8787/"
        );
        assert_eq!(url_of("/", &["[::1]:80"]).unwrap(), "http://[::1]:80/");
        assert_eq!(url_of("/", &["[::1]"]).unwrap(), "http://[::1]/");
        assert_eq!(
            url_of("/", &["a_b.example"]).unwrap(),
            "http://a_b.example/"
        );
    }

    #[test]
    fn an_absolute_target_wins_over_the_header() {
        assert_eq!(
            url_of("http://proxy.example/x?y", &["other"]).unwrap(),
            "http://proxy.example/x?y"
        );
        assert_eq!(
            url_of("http://proxy.example", &[]).unwrap(),
            "http://proxy.example/"
        );
    }

    #[test]
    fn hosts_that_could_be_taken_for_something_else_are_refused() {
        for host in [
            "", ":80", "a b", "a/b", "a?b", "a#b", "a\\b", "me@a", "a:b", "a:80:90", "a:99999",
            "a:+80", "[::1", "[]", "[::1]x", "[x]", "[::1]:x",
        ] {
            assert_eq!(url_of("/", &[host]), Err(Refusal::BadHost), "{host:?}");
        }
        assert_eq!(url_of("/", &[]), Err(Refusal::NoHost));
        assert_eq!(url_of("/", &["a", "a"]), Err(Refusal::ManyHosts));
        assert_eq!(
            url_of("http://a/", &["a", "b"]),
            Err(Refusal::ManyHosts),
            "also beside an absolute target"
        );
        assert_eq!(url_of("http://me@a/", &[]), Err(Refusal::BadHost));
    }

    #[test]
    fn targets_without_a_path_are_refused() {
        assert_eq!(url_of("*", &["a"]), Err(Refusal::NoPath));
        let connect = url(
            &Method::CONNECT,
            &Uri::from_static("a:443"),
            &HeaderMap::new(),
        );
        assert_eq!(connect, Err(Refusal::NoPath));
    }
}
