//! What is run: a project with its modules, and where its data lives.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use holdfast_engine::CodeCache;
use holdfast_project::{ModuleGraph, Project};
use holdfast_web::io::Level;

/// A project ready to run. Shared by all shards.
pub struct App {
    /// Configuration and place.
    pub project: Project,
    /// Its modules, checked against the configuration.
    pub graph: ModuleGraph,
}

/// How a node runs.
#[derive(Debug, Clone)]
pub struct NodeOptions {
    /// Threads that own objects.
    pub shards: usize,
    /// The data folder.
    pub data: PathBuf,
    /// CPU time that one turn may take, where a Worker's configuration says nothing.
    pub cpu_limit: Duration,
    /// Memory of one shard's JavaScript heap, in bytes.
    pub heap_bytes_max: usize,
    /// How long an unused object stays in memory.
    pub idle: Duration,
    /// How far back objects can be taken by bookmarks; zero keeps no history.
    pub history: Duration,
    /// Bytes that the history may take before its oldest part goes.
    pub history_bytes_max: u64,
    /// Where compiled code is found, and remembered.
    pub code: Option<Arc<CodeCache>>,
}

/// Where console output and errors of user code go.
pub trait Log: Send + Sync + 'static {
    /// A line (perhaps of several) of output. `source` names the object or handler it came from.
    fn console(&self, level: Level, source: &str, text: &str);

    /// The data folder cannot be written any more: nothing is confirmed from now on, and the node is to be
    /// stopped. What was confirmed is safe.
    fn storage_failed(&self, error: &holdfast_storage::StoreError);
}

/// Why a program could not take the place of another.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct ReloadError {
    /// The place of the Worker among the node's.
    pub worker: usize,
    /// What is wrong.
    pub error: StartError,
}

/// Why a node could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The Worker's modules threw, or their exports are not what they must be. The text names the
    /// place in the user's source.
    #[error("{0}")]
    Script(String),
    /// The data folder cannot be used.
    #[error("cannot use the data folder {path}: {error}")]
    Data {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        error: std::io::Error,
    },
    /// The data folder is none of ours, or what it holds cannot be read.
    #[error("cannot use the data folder {path}: {error}")]
    Store {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        error: holdfast_storage::StoreError,
    },
    /// A thread cannot be started.
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
}
