//! Connections: names, TCP, TLS, and a limit on the time all of it may take.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use tokio::net::TcpStream;
use tower_service::Service;

use super::{FetchError, Roots};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Connects to the authority of a URI, TLS included for `https`.
#[derive(Clone)]
pub(super) struct Connector {
    tcp: HttpConnector<Resolver>,
    tls: Arc<LazyTls>,
    timeout: Duration,
}

impl Connector {
    pub(super) fn new(roots: Roots, timeout: Duration) -> Result<Self, rustls::Error> {
        let mut tcp = HttpConnector::new_with_resolver(Resolver {
            system: GaiResolver::new(),
        });
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        Ok(Self {
            tcp,
            tls: Arc::new(LazyTls::new(roots)?),
            timeout,
        })
    }

    pub(super) fn tls_config(&self) -> Arc<ClientConfig> {
        self.tls.config()
    }

    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }
}

/// What TLS needs, made for the first `https` request: the system's certificates take some milliseconds to read.
struct LazyTls {
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    roots: Roots,
    config: OnceLock<Arc<ClientConfig>>,
}

impl LazyTls {
    fn new(roots: Roots) -> Result<Self, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(Self {
            builder,
            roots,
            config: OnceLock::new(),
        })
    }

    fn config(&self) -> Arc<ClientConfig> {
        let config = self.config.get_or_init(|| {
            let roots = root_store(self.roots.clone());
            Arc::new(
                self.builder
                    .clone()
                    .with_root_certificates(roots)
                    .with_no_client_auth(),
            )
        });
        Arc::clone(config)
    }
}

fn root_store(roots: Roots) -> RootCertStore {
    let store = match roots {
        Roots::Custom(store) => return store,
        Roots::System => system_roots(),
    };
    if !store.is_empty() {
        return store;
    }
    // A minimal container image has no certificates of its own.
    tracing::info!("no certificates in the system's store: https uses the built-in Mozilla roots");
    RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    }
}

fn system_roots() -> RootCertStore {
    let mut store = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate of the system's store could not be read");
    }
    let (_added, ignored) = store.add_parsable_certificates(found.certs);
    if ignored > 0 {
        tracing::debug!(
            ignored,
            "certificates of the system's store were not understood"
        );
    }
    store
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let timeout = self.timeout;
        let authority = authority(&uri);
        let connecting: Self::Future = if uri.scheme() == Some(&Scheme::HTTPS) {
            HttpsConnector::from((self.tcp.clone(), self.tls.config())).call(uri)
        } else {
            let connecting = self.tcp.call(uri);
            Box::pin(async move { Ok(MaybeHttpsStream::Http(connecting.await?)) })
        };
        Box::pin(async move {
            tokio::time::timeout(timeout, connecting)
                .await
                .unwrap_or_else(|_elapsed| {
                    Err(FetchError::ConnectTimeout {
                        authority,
                        seconds: timeout.as_secs(),
                    }
                    .into())
                })
        })
    }
}

/// `host:port` of a URI, with the port that its scheme implies.
pub(super) fn authority(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    let implied = if uri.scheme_str() == Some("https") {
        443
    } else {
        80
    };
    format!("{host}:{}", uri.port_u16().unwrap_or(implied))
}

/// The system's resolver, with errors that say what name they are about.
#[derive(Clone)]
pub(super) struct Resolver {
    system: GaiResolver,
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, FetchError>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), FetchError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let host = name.as_str().to_owned();
        let looking_up = self.system.call(name);
        Box::pin(async move {
            match looking_up.await {
                Ok(addresses) => Ok(addresses.collect::<Vec<_>>().into_iter()),
                Err(error) => Err(FetchError::Dns {
                    host,
                    detail: error.to_string(),
                }),
            }
        })
    }
}
