//! A node: shards on threads of their own, started, given new programs and stopped together.

use std::rc::Rc;
use std::sync::{Arc, mpsc as blocking};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use holdfast_engine::{Runtime, RuntimeOptions};
use holdfast_storage::{
    Disk, Durability, Keeper, PendingAlarm, RealDisk, Store, StoreOptions, SystemClock,
};
use holdfast_web::cache::{Cache, Limits};
use holdfast_web::fetch::{Client, ClientOptions};
use holdfast_web::io::{Host, Io};
use tokio::sync::{mpsc, watch};
use tokio::task::LocalSet;

use crate::admin::Admin;
use crate::app::{App, Log, NodeOptions, ReloadError, StartError};
use crate::core::{Core, Parts};
use crate::durable::Flushes;
use crate::edge::Edge;
use crate::io::ShardIo;
use crate::message::Message;
use crate::ops::{CoreState, CurrentLoader};
use crate::program::Plan;
use crate::quiet::Quiet;
use crate::requests::ShardHandle;
use crate::router::{ById, Router};

/// Native stack of a shard's thread, and how much of it JavaScript may use.
const STACK_BYTES: usize = 8 << 20;
const SCRIPT_STACK_BYTES: usize = 4 << 20;

/// How often a shard looks for objects to evict.
const SWEEP_EVERY: Duration = Duration::from_millis(500);

/// The folder of what `caches` keeps, in the data folder. It may be removed while the node is at rest.
const CACHE_FOLDER: &str = "cache";

/// Instructions to a shard.
pub(crate) enum Control {
    /// Load programs beside those that run, and say whether that worked.
    Prepare(Arc<[Arc<Plan>]>, blocking::Sender<Result<(), ReloadError>>),
    /// Run the prepared programs from now on, or drop them.
    Switch(bool, blocking::Sender<()>),
    /// Collect garbage, and count what is left.
    Census(blocking::Sender<crate::census::Census>),
    /// Keep an object still while its storage is replaced.
    Hold(crate::admin::Hold),
    /// Commit, end all instances, and end the thread.
    Stop,
}

/// A running node.
pub struct Node {
    shards: Vec<mpsc::UnboundedSender<Message>>,
    threads: Vec<JoinHandle<()>>,
    stop: watch::Sender<bool>,
    admin: Admin,
    keeper: Option<Keeper>,
    /// How many Workers it runs.
    workers: usize,
    /// A message from each shard that has been told to stop and has no request under way any more.
    drained: blocking::Receiver<()>,
}

impl Node {
    /// Starts the shards, evaluates the Workers on each, and then calls `edge.run` on each. The first of `apps` gets
    /// the requests. Their bindings to each other are to have been checked, and their names to differ.
    ///
    /// # Errors
    /// The first thing that keeps a shard from starting; the others are stopped again.
    pub fn start(
        apps: Vec<Arc<App>>,
        options: NodeOptions,
        edge: Arc<dyn Edge>,
        log: Arc<dyn Log>,
    ) -> Result<Node, StartError> {
        let disk = RealDisk::new(&options.data).map_err(|error| StartError::Data {
            path: options.data.clone(),
            error,
        })?;
        Node::start_on(Arc::new(disk), apps, options, edge, log)
    }

    /// As [`Node::start`], with another disk in place of the data folder.
    ///
    /// # Errors
    /// As there.
    pub fn start_on(
        disk: Arc<dyn Disk>,
        apps: Vec<Arc<App>>,
        options: NodeOptions,
        edge: Arc<dyn Edge>,
        log: Arc<dyn Log>,
    ) -> Result<Node, StartError> {
        assert!(options.shards > 0, "a node has at least one shard");
        assert!(!apps.is_empty(), "a node runs at least one Worker");
        let (store, keeper) = open_store(disk, &options, &log)?;
        let alarms: Arc<[PendingAlarm]> = store
            .pending_alarms()
            .map_err(|error| StartError::Data {
                path: options.data.clone(),
                error: std::io::Error::other(error.message),
            })?
            .into();
        let plans: Arc<[Arc<Plan>]> = (0..apps.len())
            .map(|worker| Arc::new(Plan::new(&apps, worker)))
            .collect();
        let router: Arc<dyn Router> = Arc::new(ById {
            shards: options.shards,
        });
        let cache = Cache::new(options.data.join(CACHE_FOLDER), Limits::default());
        let (stop, stopped) = watch::channel(false);
        let mut senders = Vec::new();
        let mut inboxes = Vec::new();
        for _ in 0..options.shards {
            let (sender, inbox) = mpsc::unbounded_channel();
            senders.push(sender);
            inboxes.push(inbox);
        }
        let (ready, started) = blocking::channel();
        let (drain, drained) = blocking::channel();
        let mut node = Node {
            shards: senders.clone(),
            threads: Vec::new(),
            stop,
            admin: Admin {
                store: store.clone(),
                shards: senders.clone(),
                router: Arc::clone(&router),
            },
            keeper: Some(keeper),
            workers: plans.len(),
            drained,
        };
        for (index, inbox) in inboxes.into_iter().enumerate() {
            let seed = Seed {
                index,
                options: options.clone(),
                log: Arc::clone(&log),
                router: Arc::clone(&router),
                shards: senders.clone(),
                store: store.clone(),
                cache: Arc::clone(&cache),
                plans: Arc::clone(&plans),
                edge: Arc::clone(&edge),
                alarms: Arc::clone(&alarms),
                inbox,
                stopped: stopped.clone(),
                ready: ready.clone(),
                drained: drain.clone(),
            };
            let thread = std::thread::Builder::new()
                .name(format!("shard-{index}"))
                .stack_size(STACK_BYTES)
                .spawn(move || seed.run());
            match thread {
                Ok(thread) => node.threads.push(thread),
                Err(error) => {
                    node.stop(Duration::ZERO);
                    return Err(StartError::Thread(error));
                }
            }
        }
        drop(ready);
        for _ in 0..options.shards {
            let result = started.recv().unwrap_or_else(|_| {
                Err(StartError::Script(
                    "a shard ended while it started".to_owned(),
                ))
            });
            if let Err(error) = result {
                node.stop(Duration::ZERO);
                return Err(error);
            }
        }
        Ok(node)
    }

    /// A way to the node's objects.
    pub fn admin(&self) -> Admin {
        self.admin.clone()
    }

    /// Replaces programs, all of them or none: those of the Workers at the places `changed`. `apps` are all Workers in the
    /// order in which the node was started with them. New requests run the new programs, and the Workers' objects are reset.
    ///
    /// # Errors
    /// What keeps one of the new programs from running; the old ones then go on.
    pub fn reload(&self, apps: &[Arc<App>], changed: &[usize]) -> Result<(), ReloadError> {
        assert_eq!(apps.len(), self.workers, "the node's Workers stay the same");
        let plans: Arc<[Arc<Plan>]> = changed
            .iter()
            .map(|worker| Arc::new(Plan::new(apps, *worker)))
            .collect();
        let mut outcome = Ok(());
        let (answer, prepared) = blocking::channel();
        for shard in &self.shards {
            let _ = shard.send(Message::Control(Control::Prepare(
                Arc::clone(&plans),
                answer.clone(),
            )));
        }
        drop(answer);
        for _ in &self.shards {
            let result = prepared.recv().unwrap_or_else(|_| {
                let text = "a shard ended while it loaded the program".to_owned();
                Err(ReloadError {
                    worker: 0,
                    error: StartError::Script(text),
                })
            });
            if outcome.is_ok() {
                outcome = result;
            }
        }
        let (answer, switched) = blocking::channel();
        for shard in &self.shards {
            let _ = shard.send(Message::Control(Control::Switch(
                outcome.is_ok(),
                answer.clone(),
            )));
        }
        drop(answer);
        for _ in &self.shards {
            let _ = switched.recv();
        }
        outcome
    }

    /// Stops: the edge takes no more requests, those under way finish (for at most `patience`), objects
    /// commit, threads end.
    pub fn stop(self, patience: Duration) {
        // The edges may have ended already.
        let _ = self.stop.send(true);
        let deadline = Instant::now() + patience;
        // Requests of one shard may need objects of any other: all wait for all.
        for _ in &self.threads {
            let left = deadline.saturating_duration_since(Instant::now());
            if self.drained.recv_timeout(left).is_err() {
                break;
            }
        }
        for shard in &self.shards {
            let _ = shard.send(Message::Control(Control::Stop));
        }
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a shard's thread panicked");
            }
        }
        // Everything goes home, so that the next start has nothing to replay.
        if let Some(keeper) = self.keeper
            && let Err(error) = keeper.stop()
        {
            tracing::error!(%error, "the data folder could not be put in order; the next start will");
        }
    }
}

/// Opens the data folder, and starts the threads that write it.
fn open_store(
    disk: Arc<dyn Disk>,
    options: &NodeOptions,
    log: &Arc<dyn Log>,
) -> Result<(Store, Keeper), StartError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)
        .map_err(|error| StartError::Thread(std::io::Error::other(error.to_string())))?;
    let store = Store::open(
        disk,
        Arc::new(SystemClock),
        StoreOptions {
            history_ms: options.history.as_millis() as u64,
            history_bytes_max: options.history_bytes_max,
            ..StoreOptions::default()
        },
        u128::from_le_bytes(random),
    )
    .map_err(|error| StartError::Store {
        path: options.data.clone(),
        error,
    })?;
    let told = Arc::clone(log);
    store.subscribe(Box::new(move |news| {
        if let Durability::Failed(error) = news {
            told.storage_failed(error);
        }
    }));
    let keeper = store.start().map_err(StartError::Thread)?;
    Ok((store, keeper))
}

/// What a shard's thread starts from.
struct Seed {
    index: usize,
    options: NodeOptions,
    log: Arc<dyn Log>,
    router: Arc<dyn Router>,
    shards: Vec<mpsc::UnboundedSender<Message>>,
    store: Store,
    cache: Arc<Cache>,
    plans: Arc<[Arc<Plan>]>,
    edge: Arc<dyn Edge>,
    alarms: Arc<[PendingAlarm]>,
    inbox: mpsc::UnboundedReceiver<Message>,
    stopped: watch::Receiver<bool>,
    ready: blocking::Sender<Result<(), StartError>>,
    drained: blocking::Sender<()>,
}

impl Seed {
    fn run(self) {
        let flushes = Arc::new(Flushes::new(&self.store));
        let idle = Arc::clone(&flushes);
        let tokio = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .on_thread_park(move || idle.before_park())
            .build();
        let tokio = match tokio {
            Ok(tokio) => tokio,
            Err(error) => {
                let _ = self.ready.send(Err(StartError::Thread(error)));
                return;
            }
        };
        let local = LocalSet::new();
        local.block_on(&tokio, self.serve(flushes));
    }

    async fn serve(self, flushes: Arc<Flushes>) {
        let Seed {
            index,
            options,
            log,
            router,
            shards,
            store: _,
            cache,
            plans,
            edge,
            alarms,
            mut inbox,
            mut stopped,
            ready,
            drained,
        } = self;
        let parts = Parts {
            index,
            runtime: runtime(&options),
            options,
            log,
            router,
            shards,
            flushes,
        };
        let core = match start(parts, cache) {
            Ok(core) => core,
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
        for plan in &*plans {
            match core.load(plan) {
                Ok(program) => core.programs.push(program),
                Err(error) => {
                    let _ = ready.send(Err(error));
                    core.programs.clear();
                    return;
                }
            }
        }
        core.load_alarms(&alarms);
        drop(alarms);
        let _ = ready.send(Ok(()));
        let stop = Box::pin(async move {
            // The node's end is as good as its word.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        });
        let shard: Rc<dyn crate::edge::Shard> = Rc::new(ShardHandle(Rc::clone(&core)));
        let mut edge = tokio::task::spawn_local(edge.run(shard, stop));
        let alarm_clock = tokio::task::spawn_local(crate::alarms::keep_time(Rc::clone(&core)));
        let mut edge_done = false;
        let mut drained = Some(drained);
        let mut quiet = Quiet::new(Instant::now());
        let mut sweep = tokio::time::interval(SWEEP_EVERY);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            if edge_done
                && core.requests.get() == 0
                && let Some(drained) = drained.take()
            {
                // The node may have lost its patience.
                let _ = drained.send(());
            }
            tokio::select! {
                message = inbox.recv() => match message {
                    Some(Message::Control(Control::Stop)) | None => break,
                    Some(message) => {
                        core.receive(message);
                        // Take in what else has arrived before running any of it.
                        for _ in 0..64 {
                            match inbox.try_recv() {
                                Ok(Message::Control(Control::Stop)) => {
                                    core.retire_all();
                                    alarm_clock.abort();
                                    core.programs.clear();
                                    return;
                                }
                                Ok(message) => core.receive(message),
                                Err(_) => break,
                            }
                        }
                        core.run_ready();
                    }
                },
                () = core.wake.notified() => {
                    core.run_ready();
                    // A chain of turns that never ends must not keep sockets and timers waiting.
                    tokio::task::yield_now().await;
                }
                () = core.idle.notified() => {}
                _ = sweep.tick() => {
                    core.sweep_late();
                    core.sweep_locked(core.now_ms());
                    core.retire_old_programs();
                    while core.sweep() {
                        tokio::task::yield_now().await;
                    }
                    core.shrink_if_quiet(&mut quiet);
                }
                _ = &mut edge, if !edge_done => edge_done = true,
            }
        }
        alarm_clock.abort();
        core.retire_all();
        // The queues refer to the shard, and the shard to the queues.
        core.programs.clear();
    }
}

fn runtime(options: &NodeOptions) -> Runtime {
    let extensions = vec![
        holdfast_web::extension(),
        holdfast_node::extension(),
        holdfast_workers::extension(),
        crate::ops::extension(),
    ];
    let options = RuntimeOptions {
        heap_bytes_max: Some(options.heap_bytes_max),
        async_stacks: false,
        stack_bytes: SCRIPT_STACK_BYTES,
        code: options.code.clone(),
    };
    Runtime::new(&options, extensions)
}

fn start(parts: Parts, cache: Arc<Cache>) -> Result<Rc<Core>, StartError> {
    let client = Client::new(ClientOptions::default())
        .map_err(|error| StartError::Script(format!("TLS cannot be set up: {error}")))?;
    let core = Core::new(parts);
    let io: Rc<dyn Io> = Rc::new(ShardIo(Rc::downgrade(&core)));
    core.runtime.put_state(Rc::new(Host::new(io)));
    core.runtime.put_state(Rc::new(client));
    core.runtime.put_state(Rc::new(cache));
    core.runtime
        .put_state(Rc::new(CoreState(Rc::downgrade(&core))));
    core.runtime.put_state(Rc::new(CurrentLoader::default()));
    Ok(core)
}

/// Carries out an instruction.
pub(crate) fn control(core: &Rc<Core>, control: Control) {
    match control {
        Control::Prepare(plans, answer) => {
            let _ = answer.send(core.prepare(&plans));
        }
        Control::Switch(go, answer) => {
            core.switch(go);
            let _ = answer.send(());
        }
        Control::Census(answer) => {
            let _ = answer.send(core.census());
        }
        Control::Hold(hold) => crate::admin::hold(core, hold),
        Control::Stop => {}
    }
}
