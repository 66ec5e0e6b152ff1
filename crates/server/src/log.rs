//! Telling somebody about each request.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{Method, StatusCode, Uri};

/// Hears of every request, on the thread of the shard that served it: it must not block for long.
pub trait RequestLog: Send + Sync + 'static {
    /// A request has been answered. `status` is `None` where the client went away before that. `took` is
    /// the time from the request's headers to the answer's; a body may still be on its way.
    fn request(&self, method: &Method, path: &str, status: Option<StatusCode>, took: Duration);
}

/// One request that will be reported: with its status, or without one when dropped before.
pub(crate) struct Report {
    log: Arc<dyn RequestLog>,
    method: Method,
    uri: Uri,
    started: Instant,
    status: Option<StatusCode>,
}

impl Report {
    pub(crate) fn begin(log: &Arc<dyn RequestLog>, method: &Method, uri: &Uri) -> Report {
        Report {
            log: Arc::clone(log),
            method: method.clone(),
            uri: uri.clone(),
            started: Instant::now(),
            status: None,
        }
    }

    pub(crate) fn answered(mut self, status: StatusCode) {
        self.status = Some(status);
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        self.log.request(
            &self.method,
            self.uri.path(),
            self.status,
            self.started.elapsed(),
        );
    }
}
