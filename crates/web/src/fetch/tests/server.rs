//! A server for the tests: one function answers every request; connections are counted.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::body::Body;

pub(super) type Answer = http::Response<Body>;

pub(super) struct Server {
    pub(super) address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Plain HTTP.
    pub(super) async fn http<F, A>(answer: F) -> Self
    where
        F: Fn(http::Request<Incoming>) -> A + Clone + Send + 'static,
        A: Future<Output = Answer> + Send + 'static,
    {
        Self::accept(move |stream| serve(stream, answer.clone())).await
    }

    /// HTTPS with a fresh certificate for `localhost`; the store trusts it.
    pub(super) async fn https<F, A>(answer: F) -> (Self, RootCertStore)
    where
        F: Fn(http::Request<Incoming>) -> A + Clone + Send + 'static,
        A: Future<Output = Answer> + Send + 'static,
    {
        let (acceptor, roots) = certificate();
        let server = Self::accept(move |stream| {
            let acceptor = acceptor.clone();
            let answer = answer.clone();
            async move {
                // A client that does not trust the certificate hangs up: that is one of the tests.
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream, answer).await;
                }
            }
        })
        .await;
        (server, roots)
    }

    /// Writes `reply` whatever comes, and hangs up.
    pub(super) async fn raw(reply: &'static str) -> Self {
        Self::accept(move |mut stream| async move {
            let mut request = [0; 4096];
            let length = stream
                .read(&mut request)
                .await
                .expect("the client sends a request");
            assert!(
                request[..length].ends_with(b"\r\n\r\n"),
                "the requests of these tests fit in one packet"
            );
            stream
                .write_all(reply.as_bytes())
                .await
                .expect("the client reads");
        })
        .await
    }

    async fn accept<F, A>(handle: F) -> Self
    where
        F: Fn(TcpStream) -> A + Send + 'static,
        A: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            loop {
                let (stream, _peer) = listener.accept().await.expect("the listener stays open");
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(handle(stream));
            }
        });
        Self {
            address,
            connections,
        }
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

async fn serve<S, F, A>(stream: S, answer: F)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    F: Fn(http::Request<Incoming>) -> A + Send + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    let service = service_fn(move |request| {
        let answering = answer(request);
        async move { Ok::<_, Infallible>(answering.await) }
    });
    // Clients that hang up in the middle are part of the tests.
    http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await
        .ok();
}

fn certificate() -> (TlsAcceptor, RootCertStore) {
    let signed =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signed.signing_key.serialize_der()));
    let certificate = signed.cert.der().clone();
    let mut roots = RootCertStore::empty();
    roots
        .add(certificate.clone())
        .expect("our own certificate is well formed");
    let config =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has the default versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("key and certificate belong together");
    (TlsAcceptor::from(Arc::new(config)), roots)
}
