//! `holdfast dev`: runs projects until told to stop, and again each time that their files change.

use std::collections::BTreeSet;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use holdfast_project::Config;
use holdfast_runtime::{App, Log, Node, NodeOptions};
use holdfast_server::{HttpEdge, RequestLog};
use holdfast_storage::StoreError;
use holdfast_web::io::Level;

use crate::args::DevOptions;
use crate::banner::Banner;
use crate::compiled::Compiled;
use crate::data::DataFolder;
use crate::failure::Failure;
use crate::loader::{Files, Loader, Reloaded};
use crate::log::{Output, Problem, problem, show_diagnostics};
use crate::objects;
use crate::style::{FAINT, GREEN};
use crate::watch::Watch;

/// Where to listen if nobody says.
const HOST: &str = "127.0.0.1";
const PORT: u16 = 8787;
/// CPU time of one turn, unless `limits.cpu_ms` says otherwise: Cloudflare's default.
const CPU_LIMIT: Duration = Duration::from_secs(30);
/// Memory of one shard's heap. A shard carries many objects, so this is above the 128 MB that Cloudflare
/// gives to an isolate.
const HEAP_BYTES_MAX: usize = 512 << 20;
const SECONDS_PER_DAY: u64 = 86_400;
/// How long requests under way may take to finish when told to stop.
const STOP_PATIENCE: Duration = Duration::from_secs(10);
/// A save is over when nothing has changed for this long, …
const SETTLED_AFTER: Duration = Duration::from_millis(40);
/// … and it is not waited for longer than this, should changes never end.
const SETTLING_MAX: Duration = Duration::from_secs(1);
/// Exit code after a second signal: that of a program ended by Ctrl-C.
const IMPATIENT: i32 = 130;

enum Event {
    /// Files of the project at this place on the command line.
    Changed(usize),
    Stop,
    /// The data folder cannot be written any more.
    StorageFailed(StoreError),
}

/// The output, and the way by which the node says that it cannot go on.
struct NodeLog {
    output: Output,
    events: Sender<Event>,
}

impl Log for NodeLog {
    fn console(&self, level: Level, source: &str, text: &str) {
        self.output.console(level, source, text);
    }

    fn storage_failed(&self, error: &StoreError) {
        // Fails where the command has ended already.
        self.events.send(Event::StorageFailed(error.clone())).ok();
    }
}

/// Runs the command until a signal ends it.
///
/// # Errors
/// What keeps the projects from starting. Once they run, errors are shown and the last program that worked
/// goes on.
pub(crate) fn run(options: &DevOptions) -> Result<(), Failure> {
    show_diagnostics(options.log_level);
    let output = Output::new(options.log_level);
    let mut opened = None;
    let mut loader = Loader::start(options, |root| {
        let data = DataFolder::open(options.data.as_deref(), root)?;
        let compiled = Compiled::open(&data.path);
        let translations = Arc::clone(&compiled.translations);
        opened = Some((data, compiled));
        Ok(translations)
    })?;
    let (data, compiled) = opened.expect("there is a first project");
    let apps = loader.apps.clone();
    let project = &apps[0].project;

    let shards = options.shards.map_or_else(cores, usize::from);
    let edge = listen(options, &project.config, shards, output)?;
    let addr = edge.local_addr();
    let (events, inbox) = mpsc::channel();
    stop_on_signals(events.clone())?;
    let watches = if options.no_watch {
        Vec::new()
    } else {
        start_watching(&apps, &events)
    };

    // Objects have their files open while they are read, sockets one each, and the usual soft limit is 1,024.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit on open files stays as it is");
    }
    let node_options = NodeOptions {
        shards,
        data: data.path.clone(),
        cpu_limit: CPU_LIMIT,
        heap_bytes_max: HEAP_BYTES_MAX,
        idle: Duration::from_secs(options.idle.into()),
        history: Duration::from_secs(u64::from(options.history) * SECONDS_PER_DAY),
        history_bytes_max: options.history_size.unwrap_or(u64::MAX),
        code: Some(Arc::clone(&compiled.code)),
    };
    let node = Node::start(
        apps.clone(),
        node_options,
        Arc::new(edge),
        Arc::new(NodeLog { output, events }),
    )?;
    compiled.save();
    if let Err(error) = objects::control::serve(&data.path, node.admin()) {
        let text = format!("`holdfast objects` cannot reach this server: {error}");
        problem(Problem::Warning, text);
    }
    let banner = Banner {
        projects: apps.iter().map(|app| &app.project).collect(),
        addr,
        data: &data.path,
        watching: !watches.is_empty(),
        colours: output.colours,
    };
    output.print(banner);
    // The loader has those that run, which are others after a change.
    drop(apps);

    let served = serve(&node, &inbox, &mut loader, watches, &compiled, output);
    output.print(output.colours.paint(FAINT, "stopping"));
    match served {
        Ok(()) => node.stop(STOP_PATIENCE),
        // Requests that wait for the log will not be answered.
        Err(_) => node.stop(Duration::ZERO),
    }
    served.map_err(|error| Failure::Storage {
        path: data.path.clone(),
        error,
    })
}

/// Reloads at changes, until told to stop.
///
/// # Errors
/// What keeps the data folder from being written.
fn serve(
    node: &Node,
    inbox: &Receiver<Event>,
    loader: &mut Loader<'_>,
    mut watches: Vec<Watch>,
    compiled: &Compiled,
    output: Output,
) -> Result<(), StoreError> {
    while let Ok(event) = inbox.recv() {
        let mut changed = BTreeSet::new();
        match event {
            Event::Changed(project) => changed.insert(project),
            Event::Stop => break,
            Event::StorageFailed(error) => return Err(error),
        };
        match settle(inbox, &mut changed) {
            Settled::Changed => {}
            Settled::Stop => break,
            Settled::StorageFailed(error) => return Err(error),
        }
        let begun = Instant::now();
        let reloaded = loader.reload(changed, node);
        compiled.save();
        for (project, files) in &reloaded.files {
            if let Some(watch) = watches.get_mut(*project) {
                let watched = match files {
                    Files::All(files) => watch.follow(files),
                    Files::Met(met) => watch.follow_also(met),
                };
                watched.unwrap_or_else(|error| incomplete(&error));
            }
        }
        report(&reloaded, loader, begun.elapsed(), output);
    }
    Ok(())
}

fn report(reloaded: &Reloaded, loader: &Loader<'_>, took: Duration, output: Output) {
    for failure in &reloaded.failures {
        problem(
            Problem::Error,
            format_args!("{failure}\n  the program that was loaded before goes on running"),
        );
    }
    if reloaded.done.is_empty() {
        return;
    }
    let name = |project: &usize| loader.apps[*project].project.config.name.as_str();
    let which = match loader.apps.len() {
        1 => String::new(),
        _ => {
            let names: Vec<_> = reloaded.done.iter().map(name).collect();
            format!("{} ", names.join(", "))
        }
    };
    let text = format!("{which}reloaded in {} ms", took.as_millis());
    output.print(output.colours.paint(GREEN, text));
}

enum Settled {
    Changed,
    Stop,
    StorageFailed(StoreError),
}

/// Waits until the changes that belong together are over, and adds the projects that they are in.
fn settle(inbox: &Receiver<Event>, changed: &mut BTreeSet<usize>) -> Settled {
    let until = Instant::now() + SETTLING_MAX;
    while Instant::now() < until {
        match inbox.recv_timeout(SETTLED_AFTER) {
            Ok(Event::Changed(project)) => {
                changed.insert(project);
            }
            Ok(Event::StorageFailed(error)) => return Settled::StorageFailed(error),
            Ok(Event::Stop) | Err(RecvTimeoutError::Disconnected) => return Settled::Stop,
            Err(RecvTimeoutError::Timeout) => break,
        }
    }
    Settled::Changed
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn listen(
    options: &DevOptions,
    config: &Config,
    shards: usize,
    output: Output,
) -> Result<HttpEdge, Failure> {
    let host = options
        .host
        .as_deref()
        .or(config.dev_ip.as_deref())
        .unwrap_or(HOST);
    let port = options.port.or(config.dev_port).unwrap_or(PORT);
    let addr = resolve(host, port).map_err(|error| Failure::Host {
        host: host.to_owned(),
        error,
    })?;
    let log = output
        .shows_requests()
        .then(|| Arc::new(output) as Arc<dyn RequestLog>);
    HttpEdge::bind(addr, shards, log).map_err(|error| Failure::Listen { addr, error })
}

fn resolve(host: &str, port: u16) -> io::Result<SocketAddr> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (host, port)
        .to_socket_addrs()?
        .next()
        .ok_or_else(|| io::Error::other("the name has no address"))
}

/// The first signal stops in an orderly way, the second at once: whoever sends two does not want to wait.
fn stop_on_signals(events: Sender<Event>) -> Result<(), Failure> {
    let mut told = false;
    let handler = move || {
        if told {
            std::process::exit(IMPATIENT);
        }
        told = true;
        // Fails where the command has ended already.
        events.send(Event::Stop).ok();
    };
    ctrlc::set_handler(handler).map_err(Failure::Signals)
}

/// Without watches the projects run all the same, and the user knows.
fn start_watching(apps: &[Arc<App>], events: &Sender<Event>) -> Vec<Watch> {
    let watches = apps.iter().enumerate().map(|(project, app)| {
        let events = events.clone();
        let changed = move || {
            // Fails where the command has ended already.
            events.send(Event::Changed(project)).ok();
        };
        let mut watch = Watch::new(&app.project.root, changed)?;
        watch
            .follow(&app.graph.files)
            .unwrap_or_else(|error| incomplete(&error));
        Ok(watch)
    });
    let watches: notify::Result<Vec<Watch>> = watches.collect();
    watches.unwrap_or_else(|error| {
        problem(
            Problem::Warning,
            format_args!("cannot watch files, so saving does not reload: {error}"),
        );
        Vec::new()
    })
}

fn incomplete(error: &notify::Error) {
    let path = error
        .paths
        .first()
        .map_or(Path::new("some folders"), |path| path);
    let text = format!(
        "cannot watch {}: {:?}\n  saving a file there does not reload; on Linux, raise fs.inotify.max_user_watches",
        path.display(),
        error.kind
    );
    problem(Problem::Warning, text);
}
