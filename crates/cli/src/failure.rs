//! What keeps `holdfast` from running, said so that the user can act.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use holdfast_project::ProjectError;
use holdfast_runtime::StartError;
use holdfast_storage::StoreError;

/// `EX_IOERR`: something else than the program or its arguments has to be mended.
const STORAGE_FAILED: u8 = 74;

/// Why a command ends with exit code 1. The text has the next step on indented lines below it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}\n  looked for wrangler.json, wrangler.jsonc and wrangler.toml")]
    NoConfig(ProjectError),
    #[error("{0}")]
    Project(ProjectError),
    #[error("cannot use the data folder {}: {error}\n  choose another with --data", .path.display())]
    Data { path: PathBuf, error: io::Error },
    #[error(
        "the data folder {} is in use by another holdfast\n  stop it, or choose another folder with --data",
        .path.display()
    )]
    DataInUse { path: PathBuf },
    #[error("{0}")]
    Start(StartError),
    #[error(
        "the data folder {} cannot be written: {error}\n  {}",
        .path.display(),
        storage_help(.error)
    )]
    Storage { path: PathBuf, error: StoreError },
    #[error("cannot use the data folder {}: {error}{}", .path.display(), unusable_help(.error))]
    Unusable { path: PathBuf, error: StoreError },
    #[error("cannot find the host {host}: {error}\n  give an address of this machine with --host")]
    Host { host: String, error: io::Error },
    #[error("cannot listen on {addr}: {}", listen_help(*.addr, .error))]
    Listen { addr: SocketAddr, error: io::Error },
    #[error("{0}")]
    Objects(String),
    #[error("cannot handle signals: {0}")]
    Signals(ctrlc::Error),
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Failure {
        match error {
            ProjectError::NoConfig(_) => Failure::NoConfig(error),
            error => Failure::Project(error),
        }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Failure {
        match error {
            StartError::Data { path, error } => Failure::Data { path, error },
            StartError::Store { path, error } => Failure::Unusable { path, error },
            error => Failure::Start(error),
        }
    }
}

fn storage_help(error: &StoreError) -> &'static str {
    if error.is_disk_full() {
        "nothing that was confirmed is lost; make room on the disk and start again"
    } else {
        "nothing that was confirmed is lost; check the disk and start again"
    }
}

fn unusable_help(error: &StoreError) -> &'static str {
    match error {
        // What is said of it says what to do.
        StoreError::Foreign(_) => "",
        StoreError::Damaged(_) => "\n  put the folder back from a copy",
        error if error.is_disk_full() => "\n  make room on the disk and start again",
        _ => "\n  check the disk, and whether this user may read and write the folder",
    }
}

impl Failure {
    /// The exit code that it ends the command with.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Failure::Storage { .. } => ExitCode::from(STORAGE_FAILED),
            _ => ExitCode::FAILURE,
        }
    }
}

fn listen_help(addr: SocketAddr, error: &io::Error) -> String {
    let port = addr.port();
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {port} is in use\n  stop the program that uses it, or choose another port with --port (0 takes a free one)"
        ),
        io::ErrorKind::PermissionDenied => {
            format!("port {port} is not allowed to you\n  choose one above 1023 with --port")
        }
        io::ErrorKind::AddrNotAvailable => {
            format!(
                "this machine does not have the address {}\n  choose another with --host",
                addr.ip()
            )
        }
        _ => format!("{error}\n  choose another address with --host and --port"),
    }
}
