//! Facets: whose end ends them, and what is left of them afterwards.

mod support;
use std::time::{Duration, Instant};

use support::{NodeOptions, World, options};
use tokio::sync::oneshot::error::TryRecvError;

/// `/ROOT/METHOD/ARGUMENTS…` calls a method of the object, whose answer comes back as JSON. `child` is one: it calls a
/// method of the facet of that name.
const PROGRAM: &str = r#"
import { DurableObject } from "cloudflare:workers";
const built = [];
class Base extends DurableObject {
  count = 0;
  constructor(ctx, env) {
    super(ctx, env);
    built.push(this.constructor.name);
  }
  next() {
    return ++this.count;
  }
  put(key, value) {
    this.ctx.storage.kv.put(key, value);
    return "confirmed";
  }
  keys() {
    return [...this.ctx.storage.kv.list()].map(([key, value]) => `${key}=${value}`);
  }
  facet(name) {
    return this.ctx.facets.get(name, () => {
      built.push("asked");
      return { class: this.ctx.exports.Facet };
    });
  }
  async child(name, method, ...args) {
    return await this.facet(name)[method](...args);
  }
  remove(name) {
    this.ctx.facets.delete(name);
    return "deleted";
  }
  copy(from, to) {
    this.ctx.facets.clone(from, to);
    return "copied";
  }
  end() {
    this.ctx.abort("ended");
  }
  deleteAll() {
    return this.ctx.storage.deleteAll();
  }
  startInSection() {
    return this.ctx.blockConcurrencyWhile(() => this.child("new", "next"));
  }
  async bookmark() {
    return await this.ctx.storage.getCurrentBookmark();
  }
  async goBack(bookmark) {
    await this.ctx.storage.onNextSessionRestoreBookmark(bookmark);
    return "later";
  }
}
export class Thing extends Base {
  fetch(request) {
    return this.facet("socket").fetch(request);
  }
}
export class Facet extends Base {
  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }
  async webSocketMessage(socket, text) {
    socket.send(`${text} ${this.next()} ${JSON.stringify(built)}`);
  }
}
export default { async fetch(request, env) {
  const [, name, method, ...args] = new URL(request.url).pathname.split("/");
  if (name === "built") return Response.json(built);
  const thing = env.THING.getByName(name);
  if (request.headers.get("upgrade")) return thing.fetch(request);
  try {
    return Response.json(await thing[method](...args));
  } catch (error) {
    return new Response(`${error.name}: ${error.message}`);
  }
} };
"#;

fn world() -> World {
    World::new(PROGRAM)
}

/// Instances leave memory as soon as nobody uses them.
fn forgetful() -> World {
    let options = |folder: &std::path::Path| NodeOptions {
        idle: Duration::ZERO,
        ..options(folder, 1)
    };
    World::start_with(&[("index.js", PROGRAM)], options).unwrap()
}

/// Asks again and again until the answer is this one.
fn until(world: &World, path: &str, answer: &str) {
    let began = Instant::now();
    loop {
        let now = world.text(path);
        if now == answer {
            return;
        }
        assert!(
            began.elapsed() < support::PATIENCE,
            "{path} goes on giving {now}"
        );
        std::thread::yield_now();
    }
}

#[test]
fn what_a_facet_has_stored_is_there_after_a_restart() {
    let mut world = world();
    assert_eq!(world.text("/a/put/key/root"), r#""confirmed""#);
    assert_eq!(world.text("/a/child/one/put/key/1"), r#""confirmed""#);
    assert_eq!(world.text("/a/child/two/put/key/2"), r#""confirmed""#);
    assert_eq!(
        world.text("/a/child/one/child/inner/put/key/3"),
        r#""confirmed""#
    );
    assert_eq!(world.text("/b/child/one/put/key/4"), r#""confirmed""#);
    for _ in 0..2 {
        world.restart();
        assert_eq!(world.text("/a/keys"), r#"["key=root"]"#);
        assert_eq!(world.text("/a/child/one/keys"), r#"["key=1"]"#);
        assert_eq!(world.text("/a/child/two/keys"), r#"["key=2"]"#);
        assert_eq!(world.text("/a/child/one/child/inner/keys"), r#"["key=3"]"#);
        assert_eq!(world.text("/b/child/one/keys"), r#"["key=4"]"#);
    }
}

#[test]
fn what_was_deleted_stays_deleted_after_a_restart() {
    let mut world = world();
    world.text("/a/child/one/put/key/1");
    world.text("/a/child/one/child/inner/put/key/2");
    world.text("/a/child/two/put/key/3");
    world.text("/a/child/old/put/key/4");
    // Deleted both while it is only in the log and after it went home.
    assert_eq!(world.text("/a/remove/old"), r#""deleted""#);
    world.restart();
    assert_eq!(world.text("/a/child/old/keys"), "[]");
    assert_eq!(world.text("/a/child/one/keys"), r#"["key=1"]"#);
    assert_eq!(world.text("/a/remove/one"), r#""deleted""#);
    world.restart();
    assert_eq!(world.text("/a/child/one/keys"), "[]");
    assert_eq!(world.text("/a/child/one/child/inner/keys"), "[]");
    assert_eq!(world.text("/a/child/two/keys"), r#"["key=3"]"#);
}

#[test]
fn a_copy_is_complete_and_lasts() {
    let mut world = world();
    world.text("/a/child/one/put/key/1");
    world.text("/a/child/one/child/inner/put/key/2");
    world.text("/a/child/two/put/other/3");
    world.text("/a/child/two/child/gone/put/other/4");
    assert_eq!(world.text("/a/copy/one/two"), r#""copied""#);
    world.text("/a/child/one/put/key/changed");
    for _ in 0..2 {
        assert_eq!(world.text("/a/child/two/keys"), r#"["key=1"]"#);
        assert_eq!(world.text("/a/child/two/child/inner/keys"), r#"["key=2"]"#);
        assert_eq!(world.text("/a/child/two/child/gone/keys"), "[]");
        world.restart();
    }
}

#[test]
fn delete_all_of_the_parent_leaves_its_facets_alone() {
    let mut world = world();
    world.text("/a/put/key/1");
    world.text("/a/child/one/put/key/2");
    world.text("/a/child/one/child/inner/put/key/3");
    world.text("/a/deleteAll");
    world.text("/a/child/one/deleteAll");
    world.restart();
    assert_eq!(world.text("/a/keys"), "[]");
    assert_eq!(world.text("/a/child/one/keys"), "[]");
    assert_eq!(world.text("/a/child/one/child/inner/keys"), r#"["key=3"]"#);
}

#[test]
fn an_answer_waits_for_what_a_facet_has_written_and_for_its_deletion() {
    let (world, disk) = World::start_held(PROGRAM);
    assert_eq!(world.text("/a/child/one/put/key/1"), r#""confirmed""#);
    for path in ["/a/child/one/put/key/2", "/a/copy/one/two", "/a/remove/one"] {
        disk.hold();
        let mut answer = world.send(0, path);
        // Whatever the request has started is done when this is answered.
        for _ in 0..10 {
            world.text("/built");
        }
        assert!(
            matches!(answer.try_recv(), Err(TryRecvError::Empty)),
            "{path}"
        );
        disk.let_go();
        world.wait(answer);
    }
    assert_eq!(world.text("/a/child/one/keys"), "[]");
    assert_eq!(world.text("/a/child/two/keys"), r#"["key=2"]"#);
}

#[test]
fn facets_end_with_a_parent_that_is_reset() {
    let world = world();
    assert_eq!(world.text("/a/child/one/next"), "1");
    assert_eq!(world.text("/a/child/one/child/inner/next"), "1");
    assert_eq!(world.text("/a/child/one/next"), "2");
    assert_eq!(world.text("/a/end"), "Error: ended");
    assert_eq!(world.text("/a/child/one/child/inner/next"), "1");
    assert_eq!(world.text("/a/child/one/next"), "1");
    // The end of a facet is not that of its parent.
    assert_eq!(world.text("/a/next"), "1");
    assert_eq!(world.text("/a/child/one/end"), "Error: ended");
    assert_eq!(world.text("/a/child/one/child/inner/next"), "1");
    assert_eq!(world.text("/a/next"), "2");
}

#[test]
fn a_critical_section_can_start_a_facet() {
    let world = world();
    assert_eq!(world.text("/a/startInSection"), "1");
}

#[test]
fn facets_can_be_taken_back_to_a_bookmark() {
    let world = world();
    world.text("/a/put/key/root");
    world.text("/a/child/one/put/key/before");
    let bookmark = world.text("/a/child/one/bookmark");
    let bookmark = bookmark.trim_matches('"');
    world.text("/a/put/key/later");
    world.text("/a/child/one/put/key/after");
    let path = format!("/a/child/one/goBack/{bookmark}");
    assert_eq!(world.text(&path), r#""later""#);
    assert_eq!(world.text("/a/child/one/end"), "Error: ended");
    assert_eq!(world.text("/a/child/one/keys"), r#"["key=before"]"#);
    assert_eq!(world.text("/a/keys"), r#"["key=later"]"#);
}

#[test]
fn an_idle_facet_leaves_memory_and_what_it_was_started_with_stays_with_its_parent() {
    let world = forgetful();
    world.text("/a/child/one/next");
    // Both may have gone by now, or neither; in the end both start anew.
    until(&world, "/a/child/one/next", "1");
    let built = world.text("/built");
    assert!(built.matches("Facet").count() >= 2, "{built}");
}

#[test]
fn an_object_that_has_called_another_leaves_memory_as_soon_as_one_that_has_not() {
    let world = forgetful();
    assert_eq!(world.text("/a/next"), "1");
    world.text("/a/child/one/next");
    // It calls nobody any more: what counts is that it has.
    until(&world, "/a/next", "1");
}

#[test]
fn a_hibernating_socket_wakes_its_facet_without_the_parent() {
    let world = forgetful();
    let socket = world.open(0, "/a");
    let first = socket.ask("hello");
    assert!(first.starts_with("hello "), "{first}");
    let before = first.matches("Facet").count();
    // By then the facet was built once more; the parent and its answer were not needed again.
    let began = Instant::now();
    loop {
        let answer = socket.ask("again");
        if answer.matches("Facet").count() > before {
            assert_eq!(answer.matches("Thing").count(), 1, "{answer}");
            assert_eq!(answer.matches("asked").count(), 1, "{answer}");
            assert!(answer.starts_with("again 1 "), "{answer}");
            break;
        }
        assert!(began.elapsed() < support::PATIENCE, "{answer}");
        std::thread::yield_now();
    }
    // A parent that is reset takes it along, whether or not it has an instance.
    assert_eq!(world.text("/a/end"), "Error: ended");
    let received = socket.receive();
    assert!(
        matches!(received, holdfast_web::websocket::Received::Lost),
        "{received:?}"
    );
}

#[test]
fn a_new_program_gets_new_facets() {
    let world = world();
    assert_eq!(world.text("/a/child/one/next"), "1");
    world.text("/a/child/one/put/key/1");
    let changed = PROGRAM.replace("return ++this.count", "return `new ${++this.count}`");
    world.rewrite(&changed).unwrap();
    assert_eq!(world.text("/a/child/one/next"), r#""new 1""#);
    assert_eq!(world.text("/a/child/one/keys"), r#"["key=1"]"#);
}
