//! References to what lives in another context.

use std::fmt;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::message::{Message, ObjectKey};

/// A context among those of its shard that have exported something. The serial tells it from an earlier one
/// in the same slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ContextId {
    pub(crate) slot: usize,
    pub(crate) serial: u64,
}

/// Where an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExportAt {
    pub(crate) shard: usize,
    pub(crate) context: ContextId,
    pub(crate) number: u64,
}

/// What one may call, wherever it is. It can be copied and sent.
#[derive(Debug, Clone)]
pub(crate) enum Capability {
    /// An object; calling it may wake it.
    Object {
        key: ObjectKey,
        name: Option<String>,
    },
    /// An entry of a Worker.
    Service(Arc<Service>),
    /// A function, target or other value of a live context.
    Export(Arc<Export>),
}

/// An entry of a Worker with the properties it is called with.
#[derive(Debug)]
pub(crate) struct Service {
    /// The Worker's name.
    pub(crate) worker: String,
    /// The name of the export: `default` for the default one.
    pub(crate) entry: String,
    /// `ctx.props`, serialised; `None` for none.
    pub(crate) props: Option<Vec<u8>>,
}

/// A share in an export. When the last share is dropped, the exporting shard is told.
pub(crate) struct Export {
    pub(crate) at: ExportAt,
    home: mpsc::UnboundedSender<Message>,
}

impl Export {
    pub(crate) fn new(at: ExportAt, home: mpsc::UnboundedSender<Message>) -> Arc<Export> {
        Arc::new(Export { at, home })
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        // A shard that has stopped has let go of everything.
        let _ = self.home.send(Message::Release(self.at));
    }
}

impl fmt::Debug for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.at.fmt(f)
    }
}
