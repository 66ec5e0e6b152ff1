//! A node over a project made of text, with an edge that takes requests from the test.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

mod held_disk;

use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use held_disk::{Handle, HeldDisk};
use holdfast_project::{LoadOptions, Project};
pub use holdfast_runtime::NodeOptions;
use holdfast_runtime::{
    App, Edge, IncomingRequest, Log, Node, OutgoingResponse, ReloadError, Shard, StartError,
};
use holdfast_storage::{Disk, RealDisk, Store, StoreOptions, SystemClock};
use holdfast_web::body::Body;
use holdfast_web::io::Level;
use holdfast_web::websocket::{Endpoint, Frame, Received};
use http::header::UPGRADE;
use http::{HeaderMap, HeaderValue, Method};
use tokio::sync::{mpsc, oneshot};

/// No test waits longer than this for anything.
pub const PATIENCE: Duration = Duration::from_secs(20);

type Job = (IncomingRequest, oneshot::Sender<OutgoingResponse>);

/// Gives each shard its own queue of requests.
pub struct TestEdge {
    inboxes: Mutex<Vec<Option<mpsc::UnboundedReceiver<Job>>>>,
}

impl Edge for TestEdge {
    fn run(
        &self,
        shard: Rc<dyn Shard>,
        stop: LocalBoxFuture<'static, ()>,
    ) -> LocalBoxFuture<'static, ()> {
        let inbox = self.inboxes.lock().unwrap()[shard.index()].take();
        Box::pin(async move {
            let mut inbox = inbox.expect("each shard runs its edge once");
            let mut stop = stop;
            loop {
                tokio::select! {
                    job = inbox.recv() => {
                        let Some((request, answer)) = job else { return };
                        let response = shard.fetch(request);
                        tokio::task::spawn_local(async move {
                            let _ = answer.send(response.await);
                        });
                    }
                    () = &mut stop => return,
                }
            }
        })
    }
}

#[derive(Default)]
pub struct Lines(pub Mutex<Vec<String>>);

impl Log for Lines {
    fn console(&self, level: Level, source: &str, text: &str) {
        self.0
            .lock()
            .unwrap()
            .push(format!("{level:?} {source}: {text}"));
    }

    fn storage_failed(&self, error: &holdfast_storage::StoreError) {
        self.0.lock().unwrap().push(format!("storage: {error}"));
    }
}

pub struct World {
    pub node: Option<Node>,
    pub lines: Arc<Lines>,
    senders: Vec<mpsc::UnboundedSender<Job>>,
    tokio: tokio::runtime::Runtime,
    pub folder: tempfile::TempDir,
    /// Folders of further projects, in the folder of the first.
    beside: Vec<String>,
}

pub const CONFIG: &str = r#"{
  "name": "test", "main": "index.js", "compatibility_date": "2026-04-30",
  "vars": { "GREETING": "hello" },
  "durable_objects": { "bindings": [{ "name": "THING", "class_name": "Thing" }] },
  "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Thing"] }]
}"#;

pub fn app(folder: &Path) -> Arc<App> {
    let project = Project::load(folder, &LoadOptions::default()).expect("the project loads");
    let graph = project.graph().expect("the modules load");
    graph
        .check(&project)
        .expect("the program fits its configuration");
    Arc::new(App { project, graph })
}

fn apps(folder: &Path, beside: &[String]) -> Vec<Arc<App>> {
    let beside = beside.iter().map(|name| app(&folder.join(name)));
    std::iter::once(app(folder)).chain(beside).collect()
}

pub fn options(folder: &Path, shards: usize) -> NodeOptions {
    NodeOptions {
        shards,
        data: folder.join("data"),
        cpu_limit: Duration::from_millis(200),
        heap_bytes_max: 128 << 20,
        idle: Duration::from_secs(10),
        history: Duration::from_secs(3_600),
        history_bytes_max: u64::MAX,
        code: None,
    }
}

pub struct Reply {
    pub status: u16,
    pub body: String,
}

impl World {
    pub fn new(script: &str) -> World {
        World::start(&[("index.js", script)], 2).expect("the node starts")
    }

    pub fn start(files: &[(&str, &str)], shards: usize) -> Result<World, StartError> {
        World::start_with(files, |folder| options(folder, shards))
    }

    pub fn start_with(
        files: &[(&str, &str)],
        make: impl Fn(&Path) -> NodeOptions,
    ) -> Result<World, StartError> {
        World::start_together(files, &[], make)
    }

    /// With further projects in the folders `beside`.
    pub fn start_together(
        files: &[(&str, &str)],
        beside: &[&str],
        make: impl Fn(&Path) -> NodeOptions,
    ) -> Result<World, StartError> {
        World::start_on(files, beside, make, |options| {
            Arc::new(RealDisk::new(&options.data).unwrap())
        })
    }

    fn start_on(
        files: &[(&str, &str)],
        beside: &[&str],
        make: impl Fn(&Path) -> NodeOptions,
        disk: impl FnOnce(&NodeOptions) -> Arc<dyn Disk>,
    ) -> Result<World, StartError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("wrangler.jsonc"), CONFIG).unwrap();
        for name in beside {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let beside: Vec<String> = beside.iter().map(|name| (*name).to_owned()).collect();
        let lines = Arc::new(Lines::default());
        let options = make(folder.path());
        let (senders, inboxes): (Vec<_>, Vec<_>) = (0..options.shards)
            .map(|_| mpsc::unbounded_channel())
            .unzip();
        let edge = TestEdge {
            inboxes: Mutex::new(inboxes.into_iter().map(Some).collect()),
        };
        let log = Arc::clone(&lines) as Arc<dyn Log>;
        let apps = apps(folder.path(), &beside);
        let node = Node::start_on(disk(&options), apps, options, Arc::new(edge), log)?;
        let tokio = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        Ok(World {
            node: Some(node),
            lines,
            senders,
            tokio,
            folder,
            beside,
        })
    }

    /// On a disk whose flushes can be held back.
    pub fn start_held(script: &str) -> (World, Handle) {
        let mut handle = None;
        let files = [("index.js", script)];
        let world = World::start_on(
            &files,
            &[],
            |folder| options(folder, 1),
            |options| {
                let disk = HeldDisk::new(RealDisk::new(&options.data).unwrap());
                handle = Some(disk.handle());
                Arc::new(disk)
            },
        );
        (world.expect("the node starts"), handle.expect("a disk"))
    }

    pub fn rewrite(&self, script: &str) -> Result<(), StartError> {
        std::fs::write(self.folder.path().join("index.js"), script).unwrap();
        let apps = apps(self.folder.path(), &self.beside);
        let reloaded = self.node.as_ref().unwrap().reload(&apps, &[0]);
        reloaded.map_err(|failed| failed.error)
    }

    /// The same, of a project beside the first.
    pub fn rewrite_beside(&self, index: usize, script: &str) -> Result<(), ReloadError> {
        let folder = self.folder.path().join(&self.beside[index]);
        std::fs::write(folder.join("index.js"), script).unwrap();
        let apps = apps(self.folder.path(), &self.beside);
        self.node.as_ref().unwrap().reload(&apps, &[index + 1])
    }

    /// Stops the node and starts another on the same folder.
    pub fn restart(&mut self) {
        self.restart_after(|_| {});
    }

    /// As [`World::restart`]; in between, something is done to the data.
    pub fn restart_after(&mut self, f: impl FnOnce(&Store)) {
        self.node.take().unwrap().stop(PATIENCE);
        {
            let disk = RealDisk::new(self.folder.path().join("data")).unwrap();
            let options = StoreOptions::default();
            let store = Store::open(Arc::new(disk), Arc::new(SystemClock), options, 0).unwrap();
            f(&store);
            store.flush().unwrap();
        }
        let options = options(self.folder.path(), self.senders.len());
        let (senders, inboxes): (Vec<_>, Vec<_>) = (0..options.shards)
            .map(|_| mpsc::unbounded_channel())
            .unzip();
        let edge = TestEdge {
            inboxes: Mutex::new(inboxes.into_iter().map(Some).collect()),
        };
        let log = Arc::clone(&self.lines) as Arc<dyn Log>;
        self.senders = senders;
        let apps = apps(self.folder.path(), &self.beside);
        let node = Node::start(apps, options, Arc::new(edge), log);
        self.node = Some(node.expect("the node starts again"));
    }

    pub fn send(&self, shard: usize, path: &str) -> oneshot::Receiver<OutgoingResponse> {
        self.send_with(shard, path, HeaderMap::new())
    }

    fn send_with(
        &self,
        shard: usize,
        path: &str,
        headers: HeaderMap,
    ) -> oneshot::Receiver<OutgoingResponse> {
        let (answer, receiver) = oneshot::channel();
        let request = IncomingRequest {
            method: Method::GET,
            url: format!("http://test{path}"),
            headers,
            body: None,
        };
        assert!(
            self.senders[shard].send((request, answer)).is_ok(),
            "the shard runs"
        );
        receiver
    }

    /// A WebSocket to the Worker, as the server's side of the connection has it.
    pub fn open(&self, shard: usize, path: &str) -> Socket<'_> {
        let mut headers = HeaderMap::new();
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        let receiver = self.send_with(shard, path, headers);
        let response = self.tokio.block_on(async {
            let response = tokio::time::timeout(PATIENCE, receiver).await;
            response.expect("an answer in time").expect("an answer")
        });
        assert_eq!(response.status.as_u16(), 101, "{}", self.log());
        let socket = response.web_socket.expect("the connection");
        Socket {
            world: self,
            end: socket.end,
        }
    }

    pub fn wait(&self, receiver: oneshot::Receiver<OutgoingResponse>) -> Reply {
        self.tokio.block_on(async {
            let response = tokio::time::timeout(PATIENCE, receiver)
                .await
                .expect("an answer in time");
            let response = response.expect("an answer");
            let body = response.body.unwrap_or(Body::Empty);
            let bytes = tokio::time::timeout(PATIENCE, body.collect(1 << 20)).await;
            let bytes = bytes.expect("a body in time").expect("a whole body");
            Reply {
                status: response.status.as_u16(),
                body: String::from_utf8_lossy(&bytes).into_owned(),
            }
        })
    }

    pub fn get(&self, path: &str) -> Reply {
        self.get_on(0, path)
    }

    pub fn get_on(&self, shard: usize, path: &str) -> Reply {
        let receiver = self.send(shard, path);
        self.wait(receiver)
    }

    /// The body of a request that must succeed.
    pub fn text(&self, path: &str) -> String {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{}\n{}", reply.body, self.log());
        reply.body
    }

    pub fn log(&self) -> String {
        self.lines.0.lock().unwrap().join("\n")
    }
}

/// A client's end of a WebSocket.
pub struct Socket<'w> {
    world: &'w World,
    pub end: Endpoint,
}

impl Socket<'_> {
    pub fn send(&self, text: &str) {
        let frame = Frame::Text(text.to_owned());
        self.end.sender.push(frame).expect("there is room");
    }

    pub fn close(&self, code: u16, reason: &str) {
        let reason = reason.to_owned();
        let frame = Frame::Close { code, reason };
        self.end.sender.push(frame).expect("there is room");
    }

    pub fn receive(&self) -> Received {
        let received = async { tokio::time::timeout(PATIENCE, self.end.receiver.next()).await };
        let received = self.world.tokio.block_on(received);
        received.unwrap_or_else(|_| panic!("nothing was received in time\n{}", self.world.log()))
    }

    /// The next thing received, which must be a text.
    pub fn text(&self) -> String {
        match self.receive() {
            Received::Frame(Frame::Text(text)) => text,
            other => panic!("{other:?} is no text\n{}", self.world.log()),
        }
    }

    /// Sends a text, and gives the text that answers it.
    pub fn ask(&self, text: &str) -> String {
        self.send(text);
        self.text()
    }

    /// Asks again and again, with longer and longer pauses, until the answer is another one.
    pub fn ask_until_changed(&self, text: &str, before: &str) -> String {
        let mut pause = Duration::from_millis(500);
        let began = std::time::Instant::now();
        loop {
            std::thread::sleep(pause);
            let answer = self.ask(text);
            if answer != before {
                return answer;
            }
            assert!(began.elapsed() < PATIENCE, "{text} goes on giving {before}");
            pause *= 2;
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(node) = self.node.take() {
            node.stop(PATIENCE);
        }
    }
}
