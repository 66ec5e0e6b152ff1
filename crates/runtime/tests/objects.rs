//! Objects: calls, order, failures, critical sections.

mod support;
use support::World;

const PROGRAM: &str = r#"
import { DurableObject, env as imported } from "cloudflare:workers";
export class Thing extends DurableObject {
  #n = 0;
  constructor(ctx, env) { super(ctx, env); this.made = Math.random(); }
  add(n) { this.#n += n; return this.#n; }
  echo(...values) { return values; }
  get value() { return this.#n; }
  fail(kind) {
    if (kind === "type") throw new TypeError("bad type");
    if (kind === "string") throw "just text";
    const error = new Error("custom"); error.name = "MyError"; error.code = 7; throw error;
  }
  who() { return [this.ctx.id.toString(), this.ctx.id.name ?? null]; }
  async slow(tag, list) { await scheduler.wait(list[0]); return tag; }
  instance() { return this.made; }
  async child(name, n) { return this.env.THING.getByName(name).add(n); }
  abort(reason) { this.ctx.abort(reason); }
  loop() { for (;;); }
  async section() {
    const order = [];
    const inside = this.ctx.blockConcurrencyWhile(async () => { order.push("begin"); await scheduler.wait(5); order.push("end"); return "result"; });
    order.push("after call");
    order.push(await inside);
    return order;
  }
  async brokenSection() { await this.ctx.blockConcurrencyWhile(async () => { throw new Error("section failed"); }); }
  log = [];
  async enter(tag) { this.log.push("in " + tag); await scheduler.wait(2); this.log.push("out " + tag); }
  async exclusive(tag) { await this.ctx.blockConcurrencyWhile(() => this.enter(tag)); }
  history() { return this.log; }
  fetch(request) { return new Response(`${request.method} ${new URL(request.url).pathname} ${request.headers.get("x-a")}`, { status: 201, headers: { "x-b": "c" } }); }
}
const cases = {
  async add(thing) { return [await thing.add(1), await thing.add(2), await thing.value]; },
  async echo(thing) { return thing.echo(1, "é", null, [true], { a: new Date(5) }, new Map([[1, 2]])).then(([a, b, c, d, e, f]) => [a, b, c, d, e.a.getTime(), f.get(1)]); },
  async order(thing) { const got = []; await Promise.all([30, 20, 10, 0].map((ms, i) => thing.add(1).then((n) => got.push(n)))); return got; },
  async ids(thing, env) { const id = env.THING.idFromName("x"); const [hex, name] = await env.THING.get(id).who(); return [hex === id.toString(), name, id.name, id.equals(env.THING.idFromString(hex)), hex.length]; },
  async same(thing) { return (await thing.instance()) === (await thing.instance()); },
  async child(thing) { return [await thing.child("kid", 5), await thing.child("kid", 6)]; },
  async errors(thing) {
    const out = [];
    for (const kind of ["type", "string", "custom"]) {
      try { await thing.fail(kind) } catch (e) { out.push([e.constructor.name, e.name, e.message, e.remote, e.code ?? null, typeof e.stack]); }
    }
    for (const call of [() => thing.missing(), () => thing.constructor, () => thing.webSocketClose(), () => thing.env(), () => thing.echo([Symbol("s")]), () => thing.echo(new URL("http://x"))]) {
      try { await call() } catch (e) { out.push([e.name, e.message.slice(0, 60)]); }
    }
    return out;
  },
  async fetch(thing) { const r = await thing.fetch("http://o/path", { method: "PUT", headers: { "x-a": "1" } }); return [r.status, r.headers.get("x-b"), await r.text()]; },
  async abort(thing, env) {
    const before = await thing.instance();
    let first, second;
    try { await thing.abort("my reason") } catch (e) { first = [e.message, e.durableObjectReset] }
    try { await thing.instance() } catch (e) { second = e.message }
    const fresh = env.THING.getByName("abort");
    return [first, second, (await fresh.instance()) !== before];
  },
  async loop(thing, env) {
    let message;
    try { await thing.loop() } catch (e) { message = [e.message, e.durableObjectReset, e.overloaded] }
    return [message, typeof (await env.THING.getByName("loop").instance())];
  },
  async section(thing) { return thing.section(); },
  async brokenSection(thing, env) {
    let message;
    try { await thing.brokenSection() } catch (e) { message = [e.message, e.durableObjectReset] }
    return [message, await env.THING.getByName("brokenSection").add(1)];
  },
  async exclusive(thing) { await Promise.all([thing.exclusive("a"), thing.enter("b"), thing.exclusive("c")]); return thing.history(); },
  async imported() { return imported.GREETING; },
};
export default {
  async fetch(request, env) {
    const name = new URL(request.url).pathname.slice(1);
    return Response.json(await cases[name](env.THING.getByName(name), env));
  },
};
"#;

fn case(name: &str) -> String {
    let world = World::new(PROGRAM);
    let first = world.get_on(0, &format!("/{name}"));
    assert_eq!(first.status, 200, "{}", world.log());
    first.body
}

#[test]
fn calls_return_values() {
    assert_eq!(case("add"), "[1,3,3]");
    assert_eq!(case("echo"), r#"[1,"é",null,[true],5,2]"#);
}

#[test]
fn calls_on_a_stub_keep_their_order() {
    assert_eq!(case("order"), "[1,2,3,4]");
}

#[test]
fn ids_and_names_reach_the_object() {
    assert_eq!(case("ids"), r#"[true,"x","x",true,64]"#);
}

#[test]
fn one_instance_answers_whichever_shard_asks() {
    let world = World::new(PROGRAM);
    for (shard, expected) in [(0, "[1,3,3]"), (1, "[4,6,6]"), (0, "[7,9,9]")] {
        let reply = world.get_on(shard, "/add");
        assert_eq!(reply.body, expected, "{}", world.log());
    }
    assert_eq!(world.text("/same"), "true");
}

#[test]
fn an_object_calls_another() {
    assert_eq!(case("child"), "[5,11]");
}

#[test]
fn errors_arrive_with_name_message_and_properties() {
    let got = case("errors");
    assert_eq!(
        got,
        concat!(
            r#"[["TypeError","TypeError","bad type",true,null,"string"],"#,
            r#"["Error","Error","just text",true,null,"string"],"#,
            r#"["Error","MyError","custom",true,7,"string"],"#,
            r#"["TypeError","The RPC receiver does not implement the method \"missing\"."],"#,
            r#"["TypeError","'webSocketClose' is a reserved method and cannot be called o"],"#,
            r#"["TypeError","The RPC receiver does not implement the method \"env\"."],"#,
            r#"["DataCloneError","Symbol(s) could not be cloned."],"#,
            r#"["DataCloneError","Could not serialize object of type \"URL\". This type does not"]]"#
        )
    );
}

#[test]
fn fetch_reaches_the_object_and_back() {
    assert_eq!(case("fetch"), r#"[201,"c","PUT /path 1"]"#);
}

#[test]
fn abort_resets_the_object_and_breaks_its_stub() {
    assert_eq!(case("abort"), r#"[["my reason",true],"my reason",true]"#);
}

#[test]
fn a_runaway_object_is_reset_and_comes_back() {
    assert_eq!(
        case("loop"),
        r#"[["Durable Object exceeded its CPU time limit and was reset.",true,true],"number"]"#
    );
}

#[test]
fn a_critical_section_runs_after_the_turn_and_before_others() {
    assert_eq!(case("section"), r#"["after call","begin","end","result"]"#);
    assert_eq!(
        case("exclusive"),
        r#"["in a","out a","in b","in c","out c","out b"]"#
    );
}

#[test]
fn a_failed_section_breaks_the_object() {
    assert_eq!(case("brokenSection"), r#"[["section failed",true],1]"#);
}

#[test]
fn env_can_be_imported() {
    assert_eq!(case("imported"), r#""hello""#);
}

#[test]
fn a_broken_stub_stays_broken() {
    let world = World::new(
        r#"
import { DurableObject } from "cloudflare:workers";
let constructed = 0;
export class Thing extends DurableObject {
  constructor(ctx, env) { super(ctx, env); constructed += 1; if (constructed === 1) throw new Error("not yet"); }
  hello() { return "hello"; }
}
export default {
  async fetch(request, env) {
    const stub = env.THING.getByName("a");
    const out = [];
    for (const thing of [stub, stub, env.THING.getByName("a")]) {
      try { out.push(await thing.hello()); } catch (e) { out.push(e.message); }
    }
    return Response.json(out);
  },
};"#,
    );
    assert_eq!(world.text("/"), r#"["not yet","not yet","hello"]"#);
}

#[test]
fn a_chain_of_calls_that_never_ends_leaves_room_for_others() {
    let world = World::start(
        &[("index.js", r#"
import { DurableObject } from "cloudflare:workers";
let stop = false;
export class Thing extends DurableObject { poll() { return 1; } }
export default {
  async fetch(request, env) {
    const path = new URL(request.url).pathname;
    if (path === "/chain") { const thing = env.THING.getByName("a"); let n = 0; while (!stop) n += await thing.poll(); return new Response(String(n > 0)); }
    if (path === "/stop") stop = true;
    await scheduler.wait(1);
    return new Response("ok");
  },
};"#)],
        1,
    )
    .unwrap();
    let chain = world.send(0, "/chain");
    assert_eq!(world.text("/"), "ok");
    assert_eq!(world.text("/stop"), "ok");
    assert_eq!(world.wait(chain).body, "true");
}

#[test]
fn removed_and_reordered_classes_keep_their_data_apart() {
    let program = |name: &str| {
        format!(
            r#"import {{ DurableObject }} from "cloudflare:workers";
export class Thing extends DurableObject {{
  async put(v) {{ await this.ctx.storage.put("v", v); }}
  async get() {{ return (await this.ctx.storage.get("v")) ?? "nothing"; }}
}}
export default {{ async fetch(request, env) {{ const t = env.THING.getByName("x"); if (request.url.endsWith("/put")) await t.put("{name}"); return new Response(await t.get()); }} }};"#
        )
    };
    let mut world = World::new(&program("first"));
    assert_eq!(world.text("/put"), "first");
    world.rewrite(&program("second")).unwrap();
    assert_eq!(world.text("/"), "first");
    assert_eq!(world.text("/put"), "second");
    world.restart();
    assert_eq!(world.text("/"), "second");
}

#[test]
fn an_endless_query_is_stopped_like_an_endless_loop() {
    let world = World::start(
        &[("index.js", r#"
import { DurableObject } from "cloudflare:workers";
export class Thing extends DurableObject {
  spin() { return this.ctx.storage.sql.exec("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c").one(); }
  hello() { return "hello"; }
}
export default {
  async fetch(request, env) {
    let message;
    try { await env.THING.getByName("a").spin(); } catch (e) { message = e.message; }
    return Response.json([message, await env.THING.getByName("a").hello()]);
  },
};"#)],
        1,
    )
    .unwrap();
    assert_eq!(
        world.text("/"),
        r#"["Durable Object exceeded its CPU time limit and was reset.","hello"]"#
    );
}
