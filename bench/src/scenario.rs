//! What is asked of the program in `bench/worker`, and what the answers must be.

use std::cell::{Cell, RefCell};

use anyhow::{Context, ensure};

use crate::http1::Body;

/// One thing to measure.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    route: Route,
    /// Over how many objects the requests are spread, each in its turn.
    objects: usize,
    /// The most connections that make sense.
    connections_max: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    Hello,
    Rpc,
    References,
    Between,
    Chain,
    Insert,
    Kv,
    Await,
    Json,
    Routes,
    Echo,
    Broadcast,
    /// Bytes that go through streams of this shape.
    Stream(&'static str),
    /// A request's body that goes through streams of this shape, which comes back or is counted.
    Body(&'static str, Sent),
}

/// What becomes of a body that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    Back,
    Counted,
}

/// How a client talks to the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Talk {
    /// A request is an HTTP request.
    Http,
    /// A request is a message on a WebSocket of each connection, to this path.
    Socket(String),
    /// A request is a message that so many WebSockets to this path get.
    Crowd(String, usize),
}

const ONE: usize = 1;
const MANY: usize = 1000;

/// How many promises one request of `await` awaits.
const AWAITS: u64 = 100_000;

/// How many records one request of `json` sends through JSON.
const RECORDS: u64 = 200;

/// How many requests one of `routes` sends through a router.
const ROUTED: u64 = 20;

/// How many mebibytes go through the streams of one request.
const STREAM_MIB: u64 = 16;

/// How many callbacks one request of `references` passes; it makes twice as many calls, and as many callbacks are called.
const CALLBACKS: u64 = 5;

/// How many calls from object to object one request of `between` makes.
const CALLS: u64 = 20;

/// How many WebSockets get each message of `broadcast`.
const CROWD: usize = 1000;

pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::new("hello", Route::Hello, ONE),
    Scenario::new("rpc", Route::Rpc, ONE),
    Scenario::new("rpc-1000", Route::Rpc, MANY),
    Scenario::new("references", Route::References, ONE),
    Scenario::new("between", Route::Between, ONE),
    Scenario::new("chain", Route::Chain, ONE),
    Scenario::new("echo", Route::Echo, ONE),
    // The next message follows when all have got the one before.
    Scenario::new("broadcast", Route::Broadcast, ONE).alone(),
    Scenario::new("insert", Route::Insert, ONE),
    Scenario::new("insert-1000", Route::Insert, MANY),
    Scenario::new("kv", Route::Kv, ONE),
    Scenario::new("kv-1000", Route::Kv, MANY),
    // About the speed of one request's JavaScript, so no other request may be in its way.
    Scenario::new("await", Route::Await, ONE).alone(),
    Scenario::new("json", Route::Json, ONE),
    Scenario::new("routes", Route::Routes, ONE),
    Scenario::stream("stream-read", "read"),
    Scenario::stream("stream-small", "small"),
    Scenario::stream("stream-byob", "byob"),
    Scenario::stream("stream-sink", "sink"),
    Scenario::stream("stream-transform", "transform"),
    Scenario::stream("stream-identity", "identity"),
    Scenario::stream("stream-text", "text"),
    Scenario::stream("stream-tee", "tee"),
    Scenario::stream("stream-gzip", "gzip"),
    Scenario::body("body-echo", "echo", Sent::Back),
    Scenario::body("body-object", "object", Sent::Back),
    Scenario::body("body-fetch", "fetch", Sent::Back),
    Scenario::body("body-identity", "identity", Sent::Back),
    Scenario::body("body-fixed", "fixed", Sent::Back),
    Scenario::body("body-gzip", "gzip", Sent::Back),
    Scenario::body("body-read", "read", Sent::Counted),
    Scenario::body("body-byob", "byob", Sent::Counted),
    Scenario::body("body-tee", "tee", Sent::Counted),
    Scenario::body("body-decode", "decode", Sent::Counted),
    Scenario::body("body-text", "text", Sent::Counted),
    Scenario::body("body-json", "json", Sent::Counted),
    Scenario::body("body-buffer", "buffer", Sent::Counted),
];

impl Scenario {
    const fn new(name: &'static str, route: Route, objects: usize) -> Scenario {
        Scenario {
            name,
            route,
            objects,
            connections_max: usize::MAX,
        }
    }

    const fn stream(name: &'static str, shape: &'static str) -> Scenario {
        Scenario::new(name, Route::Stream(shape), ONE).alone()
    }

    const fn body(name: &'static str, shape: &'static str, sent: Sent) -> Scenario {
        Scenario::new(name, Route::Body(shape, sent), ONE).alone()
    }

    /// Of requests that must not be in each other's way.
    const fn alone(mut self) -> Scenario {
        self.connections_max = 1;
        self
    }

    /// # Errors
    /// There is none of that name.
    pub(crate) fn find(name: &str) -> Result<&'static Scenario, String> {
        let known = |scenario: &&Scenario| scenario.name == name;
        SCENARIOS.iter().find(known).ok_or_else(|| {
            let names: Vec<_> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
            format!("there are {}", names.join(", "))
        })
    }

    /// Whether an answer confirms that something was written.
    pub(crate) fn writes(&self) -> bool {
        matches!(self.route, Route::Insert | Route::Kv)
    }

    /// Whether all writes go to one object: its flushes are easy to tell apart.
    pub(crate) fn writes_one_object(&self) -> bool {
        self.writes() && self.objects == ONE
    }

    pub(crate) fn talk(&self) -> Talk {
        match self.route {
            Route::Echo => Talk::Socket(self.path(0)),
            Route::Broadcast => Talk::Crowd(self.path(0), CROWD),
            _ => Talk::Http,
        }
    }

    pub(crate) fn connections(&self, wanted: usize) -> usize {
        wanted.min(self.connections_max)
    }

    fn path(&self, object: usize) -> String {
        match self.route {
            Route::Hello => "/hello".to_owned(),
            Route::Rpc => format!("/rpc?o={}", object_name(object)),
            Route::References => format!("/references?o={}&n={CALLBACKS}", object_name(object)),
            Route::Between => format!("/between?o={}&n={CALLS}", object_name(object)),
            Route::Chain => format!("/chain?o={}", object_name(object)),
            Route::Echo => format!("/echo?o={}", object_name(object)),
            Route::Broadcast => format!("/broadcast?o={}", object_name(object)),
            Route::Insert => format!("/insert?o={}", object_name(object)),
            Route::Kv => format!("/kv?o={}", object_name(object)),
            Route::Await => format!("/await?n={AWAITS}"),
            Route::Json => format!("/json?n={RECORDS}"),
            Route::Routes => format!("/routes?n={ROUTED}"),
            Route::Stream(shape) => format!("/stream?shape={shape}&mib={STREAM_MIB}"),
            Route::Body(shape, _) => format!("/body?shape={shape}"),
        }
    }

    fn answer(&self, object: usize) -> Answer {
        match self.route {
            Route::Hello => Answer::Text("Hello".to_owned()),
            Route::Rpc | Route::Between => Answer::Text(format!("Hello, {}", object_name(object))),
            Route::Chain => Answer::Text("7".to_owned()),
            Route::Echo | Route::Broadcast => Answer::Text(MESSAGE.to_owned()),
            Route::References => Answer::Text((CALLBACKS * (CALLBACKS + 1) / 2).to_string()),
            Route::Insert | Route::Kv => Answer::NextNumber,
            Route::Await => Answer::Text((AWAITS * (AWAITS + 1) / 2).to_string()),
            Route::Json => Answer::Text(sum_of_prices().to_string()),
            Route::Routes => Answer::Text((ROUTED * (ROUTED + 1) / 2).to_string()),
            Route::Stream(_) | Route::Body(_, Sent::Counted) => {
                Answer::Text((STREAM_MIB << 20).to_string())
            }
            Route::Body(_, Sent::Back) => Answer::Length(STREAM_MIB << 20),
        }
    }
}

/// What `json` computes: the prices of the records that are active.
fn sum_of_prices() -> u64 {
    let active = (0..RECORDS).filter(|id| id % 3 != 0);
    active.map(|id| id * 7 % 97).sum()
}

/// What is sent by WebSocket.
const MESSAGE: &str = "a message of some forty characters, echoed";

fn http_request(scenario: &Scenario, object: usize, host: &str) -> Vec<u8> {
    let path = scenario.path(object);
    let Route::Body(..) = scenario.route else {
        return format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes();
    };
    let length = (STREAM_MIB << 20) as usize;
    let head = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n");
    let mut request = head.into_bytes();
    // A JSON text: one string.
    let letters = b"letters, digits and {braces}: 0123456789. ".iter().cycle();
    request.push(b'"');
    request.extend(letters.take(length - 2));
    request.push(b'"');
    request
}

fn object_name(object: usize) -> String {
    format!("object-{object}")
}

#[derive(Debug)]
enum Answer {
    Text(String),
    /// So many bytes, whichever.
    Length(u64),
    /// Each write of an object is answered by its number: 1, 2, 3, …
    NextNumber,
}

/// The requests to one server for as long as its data lives, and the account of their answers.
#[derive(Debug)]
pub(crate) struct Script {
    talk: Talk,
    objects: Vec<Object>,
    asked: Cell<usize>,
}

#[derive(Debug)]
struct Object {
    request: Vec<u8>,
    answer: Answer,
    numbers: RefCell<Numbers>,
}

/// What an object with [`Answer::NextNumber`] said so far. Where `count` answers are `1..=count`, the highest
/// and the sum follow from their count; an update that got lost or a write that was done twice breaks that.
#[derive(Debug, Default)]
struct Numbers {
    count: u64,
    highest: u64,
    sum: u64,
}

impl Script {
    /// `host` is what requests name as their host.
    pub(crate) fn new(scenario: &Scenario, host: &str) -> Script {
        let object = |index| Object {
            request: match scenario.talk() {
                Talk::Http => http_request(scenario, index, host),
                Talk::Socket(_) | Talk::Crowd(..) => MESSAGE.to_owned().into_bytes(),
            },
            answer: scenario.answer(index),
            numbers: RefCell::default(),
        };
        Script {
            talk: scenario.talk(),
            objects: (0..scenario.objects).map(object).collect(),
            asked: Cell::new(0),
        }
    }

    /// The object whose turn it is, and what to send.
    pub(crate) fn next(&self) -> (usize, &[u8]) {
        let asked = self.asked.get();
        self.asked.set(asked + 1);
        let index = asked % self.objects.len();
        (index, &self.objects[index].request)
    }

    pub(crate) fn talk(&self) -> &Talk {
        &self.talk
    }

    /// How many requests were made so far.
    pub(crate) fn asked(&self) -> usize {
        self.asked.get()
    }

    pub(crate) fn objects(&self) -> usize {
        self.objects.len()
    }

    /// # Errors
    /// The body is not what the object must answer.
    pub(crate) fn accept(&self, object: usize, body: Body<'_>) -> anyhow::Result<()> {
        if let Answer::Length(length) = self.objects[object].answer {
            ensure!(
                body.length == length,
                "the answer has {} bytes instead of {length}",
                body.length
            );
            return Ok(());
        }
        let body = str::from_utf8(body.bytes).context("an answer is not UTF-8")?;
        let name = object_name(object);
        let object = &self.objects[object];
        match &object.answer {
            Answer::Text(text) => {
                ensure!(body == text, "the answer is {body:?} instead of {text:?}")
            }
            Answer::Length(_) => unreachable!("answered above"),
            Answer::NextNumber => {
                let number: u64 = body
                    .parse()
                    .with_context(|| format!("{name} answered {body:?} instead of a number"))?;
                let mut numbers = object.numbers.borrow_mut();
                numbers.count += 1;
                numbers.highest = numbers.highest.max(number);
                numbers.sum += number;
            }
        }
        Ok(())
    }

    /// Whether the objects did each confirmed write exactly once. To be asked while no request is under way.
    ///
    /// # Errors
    /// An object did not.
    pub(crate) fn audit(&self) -> anyhow::Result<()> {
        for (index, object) in self.objects.iter().enumerate() {
            let Numbers {
                count,
                highest,
                sum,
            } = *object.numbers.borrow();
            ensure!(
                highest == count && sum == count * (count + 1) / 2,
                "{} confirmed {count} writes, but the highest number is {highest} and their sum {sum}",
                object_name(index)
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_go_around_the_objects() {
        let script = Script::new(Scenario::find("rpc-1000").unwrap(), "127.0.0.1:1");
        assert_eq!(
            script.next(),
            (
                0,
                &b"GET /rpc?o=object-0 HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n"[..]
            )
        );
        assert_eq!(script.next().0, 1);
        (2..MANY).for_each(|index| assert_eq!(script.next().0, index));
        assert_eq!(script.next().0, 0);
    }

    #[test]
    fn bodies_are_of_the_length_that_they_say_and_counted() {
        let script = Script::new(Scenario::find("body-echo").unwrap(), "h");
        let (_, request) = script.next();
        assert!(request.ends_with(b"\""));
        let body_at = request.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        assert_eq!(request.len() - body_at.unwrap() - 4, 16 << 20);
        let answer = |length| Body {
            bytes: b"x",
            length,
        };
        script.accept(0, answer(16 << 20)).unwrap();
        script.accept(0, answer(1)).unwrap_err();
    }

    #[test]
    fn other_texts_are_refused() {
        let script = Script::new(Scenario::find("rpc-1000").unwrap(), "h");
        script.accept(7, Body::whole(b"Hello, object-7")).unwrap();
        script
            .accept(7, Body::whole(b"Hello, object-8"))
            .unwrap_err();
        script.accept(7, Body::whole(b"\xff")).unwrap_err();
    }

    #[test]
    fn the_account_balances_in_any_order() {
        let script = Script::new(Scenario::find("insert").unwrap(), "h");
        script.audit().unwrap();
        for number in [b"2", b"1", b"3"] {
            script.accept(0, Body::whole(number)).unwrap();
        }
        script.audit().unwrap();
        script.accept(0, Body::whole(b"three")).unwrap_err();
    }

    #[test]
    fn lost_and_repeated_writes_are_found() {
        for answers in [["1", "1"], ["1", "3"], ["2", "2"], ["0", "2"]] {
            let script = Script::new(Scenario::find("kv").unwrap(), "h");
            for answer in answers {
                script.accept(0, Body::whole(answer.as_bytes())).unwrap();
            }
            assert!(script.audit().is_err(), "{answers:?}");
        }
    }
}
