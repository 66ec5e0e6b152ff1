//! The graph as a whole: order, files, exports.

use holdfast_project::{ModuleId, Target};

use crate::common::{Fixture, module, relative};

fn cycle() -> Fixture {
    Fixture::app(
        "import './a'; import './b'; export { x } from './a'; export * as ns from './b';",
        &[
            (
                "src/a.ts",
                "import './c'; import './b'; export const x = 1;",
            ),
            (
                "src/b.ts",
                "import './index'; export default function named() {}",
            ),
            ("src/c.ts", "export {}"),
            ("src/unused.ts", "this is not even TypeScript"),
        ],
    )
}

#[test]
fn modules_are_in_breadth_first_order_whatever_the_threads_do() {
    let fixture = cycle();
    for _ in 0..20 {
        let graph = fixture.graph();
        let displays: Vec<_> = graph
            .modules
            .iter()
            .map(|module| module.display.as_str())
            .collect();
        assert_eq!(
            displays,
            ["src/index.ts", "src/a.ts", "src/b.ts", "src/c.ts"]
        );
        assert_eq!(graph.main, ModuleId(0));
        assert!(
            graph
                .modules
                .iter()
                .enumerate()
                .all(|(index, module)| module.id == ModuleId(index))
        );
        assert_eq!(
            module(&graph, "src/b.ts").requests[0].target,
            Target::Module(ModuleId(0))
        );
    }
}

#[test]
fn every_file_read_is_listed_once() {
    let fixture = cycle();
    fixture.write(".dev.vars", b"A=1");
    fixture.write("tsconfig.json", b"{}");
    let root = fixture.path();
    let files: Vec<_> = fixture
        .graph()
        .files
        .iter()
        .map(|file| relative(&root, file))
        .collect();
    assert_eq!(
        files,
        [
            ".dev.vars",
            "src/a.ts",
            "src/b.ts",
            "src/c.ts",
            "src/index.ts",
            "tsconfig.json",
            "wrangler.jsonc"
        ]
    );
}

#[test]
fn the_entrys_exports_are_known() {
    let exports = cycle().graph().main_exports();
    assert_eq!(exports.names, ["x", "ns"]);
    assert!(exports.complete);

    let text = "export const { a, b: [c, ...d], ...e } = f(), g = 1; export function f() {} export class K {} export default 1; const h = 2; export { h as i }; export * from './m'";
    let exports = Fixture::app(
        text,
        &[(
            "src/m.ts",
            "export const j = 1; export default 2; export * from './index'",
        )],
    )
    .graph()
    .main_exports();
    assert_eq!(
        exports.names,
        ["a", "c", "d", "e", "g", "f", "K", "default", "i", "j"]
    );
    assert!(exports.complete);

    let exports = Fixture::app("export * from './c.js'", &[("src/c.js", "exports.a = 1")])
        .graph()
        .main_exports();
    assert_eq!(exports.names, ["a"]);
    assert!(!exports.complete);
}

#[test]
fn text_is_read_as_utf8_without_a_byte_order_mark() {
    let fixture = Fixture::app("", &[]);
    fixture.write("src/index.ts", "\u{feff}export const a = 'ä'".as_bytes());
    assert_eq!(
        crate::common::code(&fixture.graph(), "src/index.ts"),
        "export const a = \"ä\";\n"
    );
}
