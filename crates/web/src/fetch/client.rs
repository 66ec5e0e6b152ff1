use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderName, TE, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, Version};
use hyper::ext::ReasonPhrase;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use super::FetchError;
use super::connect::{Connector, authority};
use super::upgrade::{Handshake, HostUpgrade};
use crate::body::{Body, BodyStream, Coding};

/// How a [`Client`] connects.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Whom to trust.
    pub roots: Roots,
    /// The longest that name lookup, TCP and TLS together may take. Default: 30 s.
    pub connect_timeout: Duration,
    /// How long an unused connection is kept. Default: 60 s.
    pub idle_timeout: Duration,
    /// How many unused connections are kept for each host and port. Default: 32.
    pub idle_per_host_max: usize,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            roots: Roots::System,
            connect_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(60),
            idle_per_host_max: 32,
        }
    }
}

/// The certificate authorities that a server's certificate may come from.
#[derive(Debug, Clone)]
pub enum Roots {
    /// Those of the operating system, or Mozilla's if it has none.
    System,
    /// These and no others.
    Custom(RootCertStore),
}

/// An HTTP client with its own pool of connections. One serves a shard.
pub struct Client {
    inner: legacy::Client<Connector, Body>,
    connector: Connector,
}

/// One HTTP request.
#[derive(Debug)]
pub struct Request {
    /// Any but CONNECT.
    pub method: Method,
    /// `http:` or `https:`; credentials and fragment are not sent.
    pub url: Url,
    /// What belongs to a connection rather than to the request (`Host`, `Content-Length`, `Connection`,
    /// `Transfer-Encoding`, `TE`, `Keep-Alive`, `Upgrade`) is replaced by the client's own, except that
    /// `Upgrade: websocket` begins a WebSocket handshake.
    pub headers: HeaderMap,
    /// Sent with `Content-Length` if its length is known, else chunked.
    pub body: Body,
}

/// The answer to a request; its body is still arriving.
#[derive(Debug)]
pub struct Response {
    /// The status code.
    pub status: StatusCode,
    /// The text after it.
    pub status_text: String,
    /// As received.
    pub headers: HeaderMap,
    /// `None` where the protocol allows no body (after HEAD, and for the statuses 101, 204, 205 and 304).
    pub body: Option<Body>,
    /// The connection, after a successful WebSocket handshake.
    pub upgrade: Option<HostUpgrade>,
}

/// Headers that are a matter of the connection.
const CONNECTION_HEADERS: [HeaderName; 7] = [
    HOST,
    CONTENT_LENGTH,
    CONNECTION,
    TRANSFER_ENCODING,
    TE,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
];

impl Client {
    /// A client without connections. Needs a tokio runtime only when it sends.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(options: ClientOptions) -> Result<Self, rustls::Error> {
        let connector = Connector::new(options.roots, options.connect_timeout)?;
        let inner = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(options.idle_timeout)
            .pool_max_idle_per_host(options.idle_per_host_max)
            .build(connector.clone());
        Ok(Self { inner, connector })
    }

    /// How TLS is spoken, for other connections than those of requests.
    pub fn tls_config(&self) -> Arc<ClientConfig> {
        self.connector.tls_config()
    }

    /// The longest that connecting may take.
    pub fn connect_timeout(&self) -> Duration {
        self.connector.timeout()
    }

    /// Sends a request and resolves when the head of the response is here. Dropped before, the request is aborted;
    /// dropping the response's body ends its transfer.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn send(&self, request: Request) -> Result<Response, FetchError> {
        let Request {
            method,
            url,
            mut headers,
            body,
        } = request;
        let is_head = method == Method::HEAD;
        let uri = uri_of(&url)?;
        let authority = authority(&uri);
        let handshake = Handshake::wanted(&headers);
        for name in CONNECTION_HEADERS {
            headers.remove(name);
        }
        if let Some(handshake) = &handshake {
            handshake.add_to(&mut headers);
        }
        // Where the length is known to be zero hyper says so only if asked; servers expect it of these methods.
        if body.known_length() == Some(0)
            && matches!(method, Method::POST | Method::PUT | Method::PATCH)
        {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let mut outgoing = http::Request::new(body);
        *outgoing.method_mut() = method;
        *outgoing.uri_mut() = uri;
        *outgoing.version_mut() = Version::HTTP_11;
        *outgoing.headers_mut() = headers;

        let response = self
            .inner
            .request(outgoing)
            .await
            .map_err(|error| FetchError::from_client(&error, &authority))?;
        let status = response.status();
        if status == StatusCode::SWITCHING_PROTOCOLS {
            return switch_protocols(response, handshake, authority);
        }
        let (parts, incoming) = response.into_parts();
        let body = if is_head || is_null_body(status) {
            None
        } else {
            Some(with_coding(
                Body::from(incoming),
                Coding::of(&parts.headers),
            ))
        };
        let status_text = reason(status, parts.extensions.get::<ReasonPhrase>());
        Ok(Response {
            status,
            status_text,
            headers: parts.headers,
            body,
            upgrade: None,
        })
    }
}

fn switch_protocols(
    mut response: http::Response<hyper::body::Incoming>,
    handshake: Option<Handshake>,
    authority: String,
) -> Result<Response, FetchError> {
    let status = response.status();
    let accepted = match handshake {
        Some(handshake) => handshake.check(response.headers()),
        None => Err("the server switched protocols without being asked"),
    };
    let deflate = match accepted {
        Ok(deflate) => deflate,
        Err(detail) => return Err(FetchError::Handshake { authority, detail }),
    };
    let upgrade = HostUpgrade::new(hyper::upgrade::on(&mut response), deflate);
    let status_text = reason(status, response.extensions().get::<ReasonPhrase>());
    let headers = std::mem::take(response.headers_mut());
    Ok(Response {
        status,
        status_text,
        headers,
        body: None,
        upgrade: Some(upgrade),
    })
}

/// A status whose responses never have a body.
fn is_null_body(status: StatusCode) -> bool {
    matches!(status.as_u16(), 101 | 204 | 205 | 304)
}

fn with_coding(body: Body, coding: Coding) -> Body {
    match (coding, body) {
        (Coding::Identity, body) => body,
        (coding, Body::Stream(stream)) => Body::Stream(stream.with_coding(coding)),
        (coding, Body::Bytes(bytes)) => Body::Stream(BodyStream::once(bytes).with_coding(coding)),
        (_, Body::Empty) => Body::Empty,
    }
}

fn reason(status: StatusCode, phrase: Option<&ReasonPhrase>) -> String {
    match phrase {
        Some(phrase) => String::from_utf8_lossy(phrase.as_bytes()).into_owned(),
        None => status.canonical_reason().unwrap_or_default().to_owned(),
    }
}

/// The URL as a request has it: without credentials and fragment.
fn uri_of(url: &Url) -> Result<Uri, FetchError> {
    let invalid =
        |detail: &str| FetchError::Invalid(format!("Fetch API cannot load: {url} ({detail})"));
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchError::Invalid(format!("Fetch API cannot load: {url}")));
    }
    let host = url.host_str().ok_or_else(|| invalid("it has no host"))?;
    let authority = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let path_and_query = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    Uri::builder()
        .scheme(url.scheme())
        .authority(authority)
        .path_and_query(path_and_query)
        .build()
        .map_err(|error| invalid(&error.to_string()))
}
