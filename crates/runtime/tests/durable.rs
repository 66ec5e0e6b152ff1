//! Output waits until what was written before it is durable.

mod support;
use support::World;
use tokio::sync::oneshot::error::TryRecvError;

const SCRIPT: &str = r#"
import { DurableObject } from "cloudflare:workers";
export class Thing extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    console.log(`built ${ctx.id.name}`);
  }
  write(text) {
    this.ctx.storage.kv.put("text", text);
    console.log(`written ${text}`);
    return "confirmed";
  }
  read() {
    const text = this.ctx.storage.kv.get("text");
    console.log(`read ${text}`);
    return text ?? "nothing";
  }
  end() {
    this.ctx.abort("ended");
  }
}
export default { async fetch(request, env) {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/ping") return new Response("pong");
  const answers = [env.THING.getByName("a")[pathname.slice(1)](...searchParams.values())];
  // A shard flushes a commit itself if that is the only one; two are left to the log's thread, and the shard goes on.
  if (pathname === "/write") answers.push(env.THING.getByName("b").write("two"));
  return new Response(await Promise.all(answers).then(([first]) => first, (error) => error.message));
} };
"#;

/// Waits until a line of the log says so: console output waits for no gate.
fn until_logged(world: &World, text: &str) {
    let began = std::time::Instant::now();
    while !world.log().contains(text) {
        assert!(
            began.elapsed() < support::PATIENCE,
            "{text}: {}",
            world.log()
        );
        std::thread::yield_now();
    }
    // What its turn has let out is on its way before this is answered.
    assert_eq!(world.text("/ping"), "pong");
}

#[test]
fn an_answer_waits_for_the_write_before_it() {
    let (world, disk) = World::start_held(SCRIPT);
    assert_eq!(world.text("/read"), "nothing");
    disk.hold();
    let mut written = world.send(0, "/write?text=one");
    until_logged(&world, "written one");
    until_logged(&world, "written two");
    assert!(matches!(written.try_recv(), Err(TryRecvError::Empty)));
    disk.let_go();
    assert_eq!(world.wait(written).body, "confirmed");
}

#[test]
fn a_new_instance_waits_for_what_its_predecessor_has_written() {
    let (world, disk) = World::start_held(SCRIPT);
    assert_eq!(world.text("/read"), "nothing");
    disk.hold();
    let mut written = world.send(0, "/write?text=one");
    until_logged(&world, "written one");
    until_logged(&world, "written two");
    assert!(matches!(written.try_recv(), Err(TryRecvError::Empty)));
    // The write is committed, and nobody knows yet whether it will be there after a crash.
    assert_eq!(world.text("/end"), "ended");
    assert_eq!(world.wait(written).body, "ended");
    let mut read = world.send(0, "/read");
    until_logged(&world, "read one");
    assert_eq!(world.log().matches("built a").count(), 2, "{}", world.log());
    assert!(
        matches!(read.try_recv(), Err(TryRecvError::Empty)),
        "what may still be lost was told"
    );
    disk.let_go();
    assert_eq!(world.wait(read).body, "one");
}
