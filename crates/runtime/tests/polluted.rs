//! A program, or a package of it, that leaves properties on `Object.prototype` harms nobody but those who look there.

mod support;
use support::World;

/// Every descriptor that is written as a plain literal inherits what is put there.
const PROGRAM: &str = r#"
import { DurableObject, RpcTarget } from "cloudflare:workers";
class Target extends RpcTarget { hello() { return "hello"; } }
export class Thing extends DurableObject {
  pollute() {
    for (const key of ["get", "set", "writable", "enumerable", "configurable"]) Object.prototype[key] = "polluted";
  }
  async store() { await this.ctx.storage.put("a", { b: 1 }); return (await this.ctx.storage.get("a")).b; }
  target() { return new Target(); }
  mixed() { return { target: new Target(), c: 2 }; }
  fail() { throw Object.assign(new TypeError("as thrown"), { own: 1 }); }
  async wake() { await this.ctx.storage.setAlarm(Date.now()); }
  async alarm(info) { await this.ctx.storage.put("alarm", info.isRetry); }
  rang() { return this.ctx.storage.get("alarm"); }
}
async function outcome(run) {
  try { return await run(); } catch (e) { return `${e.name}: ${e.message}`; }
}
export default {
  async fetch(request, env) {
    const thing = env.THING.get(env.THING.idFromName("a"));
    if (request.url.endsWith("/pollute")) return new Response(String(await thing.pollute()));
    await thing.wake();
    while ((await thing.rang()) === undefined) await scheduler.wait(1);
    return Response.json([
      await outcome(() => thing.store()),
      await outcome(async () => (await thing.target()).hello()),
      await outcome(async () => (await thing.mixed()).c),
      await outcome(() => thing.fail()),
      await outcome(() => env.THING.getByName("another").store()),
      await thing.rang(),
    ]);
  },
};
"#;

#[test]
fn what_inherits_from_a_polluted_prototype_goes_on() {
    let world = World::start(&[("index.js", PROGRAM)], 1).expect("the node starts");
    assert_eq!(world.text("/pollute"), "undefined", "{}", world.log());
    assert_eq!(
        world.text("/"),
        r#"[1,"hello",2,"TypeError: as thrown",1,false]"#,
        "{}",
        world.log()
    );
}
