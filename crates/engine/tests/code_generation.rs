//! Code that a program makes while it runs.

mod support;
use support::World;

const TRIES: &str = r#"
const outcome = (run) => { try { return String(run()); } catch (e) { return `${e.constructor.name}: ${e.message}`; } };
export default [
  () => eval("1 + 1"),
  () => (0, eval)("1 + 1"),
  () => new Function("return 2")(),
  () => new (async () => {}).constructor("await 1").name,
  () => new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
].map(outcome).join("\n");
"#;

const EMPTY_MODULE: [u8; 8] = [0, 97, 115, 109, 1, 0, 0, 0];

fn allow(world: &World, allowed: bool) {
    world.enter(|scope| scope.allow_code_generation(allowed).unwrap());
}

#[test]
fn a_realm_allows_it_until_it_is_told_otherwise() {
    let world = World::new(vec![]);
    assert_eq!(
        world.run(TRIES).unwrap(),
        "2\n2\n2\nanonymous\n[object WebAssembly.Module]"
    );
    allow(&world, false);
    let text = "EvalError: Code generation from strings disallowed for this context";
    let wasm = "CompileError: WebAssembly.Module(): Wasm code generation disallowed by embedder";
    assert_eq!(
        world.run(TRIES).unwrap(),
        [text, text, text, text, wasm].join("\n")
    );
    allow(&world, true);
    assert!(world.run(TRIES).unwrap().starts_with("2\n"));
}

#[test]
fn the_host_compiles_whatever_the_program_may() {
    let world = World::new(vec![]);
    allow(&world, false);
    world.enter(|scope| {
        let global = scope.global();
        let namespace = scope.get(global, "WebAssembly").unwrap();
        let constructor = scope.get(namespace, "Module").unwrap();
        let module = scope.compile_wasm(constructor, &EMPTY_MODULE).unwrap();
        assert_eq!(scope.display(module), "[object WebAssembly.Module]");
        assert!(scope.compile_wasm(constructor, b"text").is_err());
        let error = scope.take_exception();
        assert!(scope.display(error).starts_with("CompileError: "));
    });
    assert!(world.run(TRIES).unwrap().starts_with("EvalError: "));
}
