//! A storage belongs to one object, whoever in the same realm got hold of it.

mod support;
use support::World;

const PROGRAM: &str = r#"
import { DurableObject } from "cloudflare:workers";
let kept;
const use = async () => {
  try {
    await kept.put("a", "written");
    return "written";
  } catch (error) {
    return error.message.replace(/\..*\(/, " (");
  }
};
export class Thing extends DurableObject {
  keep() { kept = this.ctx.storage; }
  use() { return use(); }
  async useLater() { await scheduler.wait(1); return use(); }
  get() { return this.ctx.storage.get("a"); }
}
export default {
  async fetch(request, env) {
    const [owner, other] = ["owner", "other"].map((name) => env.THING.getByName(name));
    await owner.keep();
    const refused = [await use(), await other.use(), await other.useLater(), (await owner.get()) ?? "nothing"];
    return Response.json([...refused, await owner.use(), await owner.useLater(), await owner.get()]);
  },
};
"#;

#[test]
fn storage_of_another_object_is_refused() {
    let world = World::start(&[("index.js", PROGRAM)], 1).expect("the node starts");
    let request =
        r#""Cannot perform I/O on behalf of a different request (I/O type: ActorCacheInterface)""#;
    let object = r#""Cannot perform I/O on behalf of a different Durable Object (I/O type: ActorCacheInterface)""#;
    assert_eq!(
        world.text("/"),
        format!(r#"[{request},{object},{object},"nothing","written","written","written"]"#),
        "{}",
        world.log()
    );
}
