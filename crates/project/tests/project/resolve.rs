//! Where specifiers lead.

use holdfast_project::{ModuleKind, RequestKind, Target};

use crate::common::{CONFIG, Fixture, code, import, module, request, target};

/// A package's files, each exporting its own name.
fn package(fixture: &Fixture, name: &str, package_json: &str, files: &[&str]) {
    fixture.write(
        &format!("node_modules/{name}/package.json"),
        package_json.as_bytes(),
    );
    for file in files {
        let text = format!("exports.name = {file:?}");
        fixture.write(&format!("node_modules/{name}/{file}"), text.as_bytes());
    }
}

fn import_of(fixture: &Fixture, specifier: &str) -> String {
    fixture.write(
        "src/index.ts",
        format!("import x from '{specifier}'; export default x").as_bytes(),
    );
    import(&fixture.graph(), "src/index.ts", specifier)
}

#[test]
fn export_maps_use_the_workers_conditions() {
    let fixture = Fixture::app("", &[]);
    let maps = [
        (
            r#"{ "node": "./n.js", "workerd": "./w.js", "import": "./i.js" }"#,
            "w.js",
        ),
        (
            r#"{ "node": "./n.js", "worker": "./w.js", "default": "./d.js" }"#,
            "w.js",
        ),
        (r#"{ "browser": "./w.js", "default": "./d.js" }"#, "w.js"),
        (
            r#"{ "node": "./n.js", "import": "./i.js", "require": "./r.js" }"#,
            "i.js",
        ),
        (
            r#"{ "node": "./n.js", "require": "./r.js", "default": "./d.js" }"#,
            "d.js",
        ),
        (
            r#"{ ".": { "types": "./t.d.ts", "deno": "./n.js", "default": { "import": "./i.js" } } }"#,
            "i.js",
        ),
    ];
    for (index, (map, expected)) in maps.iter().enumerate() {
        let name = format!("p{index}");
        let json = format!(r#"{{ "name": "{name}", "exports": {map} }}"#);
        package(
            &fixture,
            &name,
            &json,
            &["n.js", "w.js", "i.js", "r.js", "d.js"],
        );
        assert_eq!(
            import_of(&fixture, &name),
            format!("node_modules/{name}/{expected}"),
            "{map}"
        );
    }
}

#[test]
fn import_and_require_may_lead_to_two_files_by_the_map_but_one_file_is_one_module() {
    let fixture = Fixture::app(
        "import a from 'dual'; import b from 'single'; import './c.js'; export default [a, b]",
        &[(
            "src/c.js",
            "exports.a = require('dual'); exports.b = require('single');",
        )],
    );
    package(
        &fixture,
        "dual",
        r#"{ "exports": { "import": "./i.js", "require": "./r.js" } }"#,
        &["i.js", "r.js"],
    );
    package(&fixture, "single", r#"{ "main": "m.js" }"#, &["m.js"]);
    let graph = fixture.graph();
    let require = |specifier: &str| target(&graph, "src/c.js", specifier, RequestKind::Require);
    assert_eq!(
        import(&graph, "src/index.ts", "dual"),
        "node_modules/dual/i.js"
    );
    assert_eq!(require("dual"), "node_modules/dual/r.js");
    assert_eq!(
        import(&graph, "src/index.ts", "single"),
        "node_modules/single/m.js"
    );
    assert_eq!(require("single"), "node_modules/single/m.js");
    assert_eq!(graph.modules.len(), 5);
}

#[test]
fn main_fields_prefer_browser_then_module_then_main() {
    let fixture = Fixture::app("", &[]);
    let all = ["b.js", "m.js", "n.js", "index.js"];
    package(
        &fixture,
        "a",
        r#"{ "browser": "./b.js", "module": "./m.js", "main": "./n.js" }"#,
        &all,
    );
    package(
        &fixture,
        "b",
        r#"{ "module": "./m.js", "main": "./n.js" }"#,
        &all,
    );
    package(&fixture, "c", r#"{ "main": "./n" }"#, &all);
    package(&fixture, "d", "{}", &all);
    assert_eq!(import_of(&fixture, "a"), "node_modules/a/b.js");
    assert_eq!(import_of(&fixture, "b"), "node_modules/b/m.js");
    assert_eq!(import_of(&fixture, "c"), "node_modules/c/n.js");
    assert_eq!(import_of(&fixture, "d"), "node_modules/d/index.js");
}

#[test]
fn module_and_main_of_a_package_are_one_copy_when_something_requires_it() {
    let fixture = Fixture::app(
        "import a from 'p'; import './c.js'; export default a",
        &[("src/c.js", "")],
    );
    package(
        &fixture,
        "p",
        r#"{ "module": "./m.js", "main": "./n.js" }"#,
        &["m.js", "n.js"],
    );
    assert_eq!(
        import(&fixture.graph(), "src/index.ts", "p"),
        "node_modules/p/m.js"
    );
    fixture.write("src/c.js", b"require('p')");
    let graph = fixture.graph();
    assert_eq!(import(&graph, "src/index.ts", "p"), "node_modules/p/n.js");
    assert_eq!(
        target(&graph, "src/c.js", "p", RequestKind::Require),
        "node_modules/p/n.js"
    );
    assert!(
        graph
            .modules
            .iter()
            .all(|module| module.display != "node_modules/p/m.js")
    );
}

#[test]
fn the_browser_object_replaces_and_blanks() {
    let fixture = Fixture::app("import 'p'", &[]);
    let json = r#"{ "main": "./index.js", "browser": { "./node.js": "./web.js", "heavy": "./light.js", "./off.js": false, "gone": false } }"#;
    package(
        &fixture,
        "p",
        json,
        &["node.js", "web.js", "light.js", "off.js"],
    );
    package(&fixture, "heavy", "{}", &["index.js"]);
    let index = "require('./node'); require('heavy'); require('./off.js'); require('gone');";
    fixture.write("node_modules/p/index.js", index.as_bytes());
    let graph = fixture.graph();
    let require = |specifier: &str| {
        target(
            &graph,
            "node_modules/p/index.js",
            specifier,
            RequestKind::Require,
        )
    };
    assert_eq!(require("./node"), "node_modules/p/web.js");
    assert_eq!(require("heavy"), "node_modules/p/light.js");
    for specifier in ["./off.js", "gone"] {
        let display = require(specifier);
        assert!(display.ends_with(" (disabled)"), "{display}");
        assert_eq!(code(&graph, &display), "");
    }
}

#[test]
fn extensions_and_folders_may_be_left_out() {
    let fixture = Fixture::app("", &[]);
    for file in [
        "a.tsx",
        "a.ts",
        "b.ts",
        "b.js",
        "c.js",
        "c.json",
        "d/index.ts",
        "e.ts",
        "f.mts",
        "g.js",
        "g.ts",
        "h.jsx",
        "dots.v1.ts",
    ] {
        fixture.write(
            &format!("src/{file}"),
            if file.ends_with("json") {
                b"{}"
            } else {
                b"export default 1"
            },
        );
    }
    for (specifier, expected) in [
        ("./a", "src/a.tsx"),
        ("./b", "src/b.ts"),
        ("./c", "src/c.js"),
        ("./d", "src/d/index.ts"),
        ("./d/", "src/d/index.ts"),
        ("./e.js", "src/e.ts"),
        ("./f.mjs", "src/f.mts"),
        ("./g.js", "src/g.js"),
        ("./h", "src/h.jsx"),
        ("./dots.v1", "src/dots.v1.ts"),
        ("./e.ts", "src/e.ts"),
    ] {
        assert_eq!(import_of(&fixture, specifier), expected, "{specifier}");
    }
    // Packages ship TypeScript beside JavaScript: there JavaScript goes first.
    package(
        &fixture,
        "both",
        r#"{ "main": "lib/index" }"#,
        &["lib/index.ts", "lib/index.js", "lib/x.ts", "lib/x.js"],
    );
    assert_eq!(
        import_of(&fixture, "both"),
        "node_modules/both/lib/index.js"
    );
    assert_eq!(
        import_of(&fixture, "both/lib/x"),
        "node_modules/both/lib/x.js"
    );
}

#[test]
fn self_references_import_maps_and_tsconfig_paths_work() {
    let fixture = Fixture::app(
        "",
        &[
            ("src/util.ts", "export default 1"),
            ("lib/deep/x.ts", "export default 2"),
        ],
    );
    fixture.write("package.json", br##"{ "name": "me", "exports": { "./util": "./src/util.ts" }, "imports": { "#x": { "workerd": "./src/util.ts", "default": "./no.ts" } } }"##);
    fixture.write("tsconfig.json", br#"{ "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["./lib/*"], "exact": ["./src/util"] } } }"#);
    assert_eq!(import_of(&fixture, "me/util"), "src/util.ts");
    assert_eq!(import_of(&fixture, "#x"), "src/util.ts");
    assert_eq!(import_of(&fixture, "@/deep/x"), "lib/deep/x.ts");
    assert_eq!(import_of(&fixture, "exact"), "src/util.ts");
}

#[test]
fn another_tsconfig_may_be_named() {
    let fixture = Fixture::app("", &[("lib/x.ts", "export default 1")]);
    fixture.write(
        "wrangler.jsonc",
        CONFIG
            .replace('}', r#", "tsconfig": "conf/ts.json" }"#)
            .as_bytes(),
    );
    fixture.write(
        "conf/ts.json",
        br#"{ "compilerOptions": { "paths": { "~/*": ["../lib/*"] } } }"#,
    );
    assert_eq!(import_of(&fixture, "~/x"), "lib/x.ts");
}

#[cfg(unix)]
#[test]
fn symlinked_packages_are_one_module() {
    let fixture = Fixture::app(
        "import a from 'a'; import b from 'b'; export default [a, b]",
        &[],
    );
    let store = "node_modules/.pnpm/b@1.0.0/node_modules/b";
    fixture.write(&format!("{store}/index.js"), b"exports.name = 'b'");
    fixture.write(
        "node_modules/.pnpm/a@1.0.0/node_modules/a/index.js",
        b"exports.b = require('b')",
    );
    let root = fixture.path();
    std::os::unix::fs::symlink(
        "../../b@1.0.0/node_modules/b",
        root.join("node_modules/.pnpm/a@1.0.0/node_modules/b"),
    )
    .unwrap();
    std::os::unix::fs::symlink(".pnpm/a@1.0.0/node_modules/a", root.join("node_modules/a"))
        .unwrap();
    std::os::unix::fs::symlink(".pnpm/b@1.0.0/node_modules/b", root.join("node_modules/b"))
        .unwrap();
    let graph = fixture.graph();
    assert_eq!(
        import(&graph, "src/index.ts", "b"),
        format!("{store}/index.js")
    );
    assert_eq!(graph.modules.len(), 3);
}

#[test]
fn builtins_keep_their_names() {
    let fixture = Fixture::app(
        "import 'cloudflare:workers'; import 'node:buffer'; import 'workerd:x'; import 'events'; import 'fs/promises'; import 'buffer'; import 'buffer/'",
        &[],
    );
    package(&fixture, "buffer", "{}", &["index.js"]);
    let builtin = |specifier: &str, graph: &holdfast_project::ModuleGraph| match &request(
        graph,
        "src/index.ts",
        specifier,
        RequestKind::Import,
    )
    .target
    {
        Target::Builtin(name) => name.clone(),
        other => format!("{other:?}"),
    };
    let graph = fixture.graph();
    for (specifier, expected) in [
        ("cloudflare:workers", "cloudflare:workers"),
        ("node:buffer", "node:buffer"),
        ("workerd:x", "workerd:x"),
        ("events", "node:events"),
        ("fs/promises", "node:fs/promises"),
    ] {
        assert_eq!(builtin(specifier, &graph), expected);
    }
    assert_eq!(
        import(&graph, "src/index.ts", "buffer"),
        "node_modules/buffer/index.js"
    );
    assert_eq!(
        import(&graph, "src/index.ts", "buffer/"),
        "node_modules/buffer/index.js"
    );

    // With nodejs_compat the built-in module wins over a package of the same name.
    fixture.write(
        "wrangler.jsonc",
        CONFIG
            .replace('}', r#", "compatibility_flags": ["nodejs_compat"] }"#)
            .as_bytes(),
    );
    let graph = fixture.graph();
    assert_eq!(builtin("buffer", &graph), "node:buffer");
    assert_eq!(
        import(&graph, "src/index.ts", "buffer/"),
        "node_modules/buffer/index.js"
    );
}

#[test]
fn files_that_are_not_scripts_follow_the_rules() {
    let fixture = Fixture::app(
        "import a from './a.txt'; import b from './b.bin'; import c from './c.wasm'; import d from './c.wasm?module'; import e from './e.md'; import { x, y } from './f.json'; import g from './g.sql'; import t from './f.json' with { type: 'text' }; export default [a, b, c, d, e, x, y, g, t]",
        &[
            ("src/a.txt", "text ä"),
            ("src/e.md", "# md"),
            (
                "src/f.json",
                r#"{ "x": 1, "y": [2], "not-a-name": 3, "default": 4 }"#,
            ),
            ("src/g.sql", "SELECT 1"),
        ],
    );
    fixture.write("src/b.bin", &[0, 255, 10]);
    fixture.write("src/c.wasm", b"\0asm");
    let rules = r#", "rules": [{ "type": "Text", "globs": ["**/*.md"], "fallthrough": true }] }"#;
    fixture.write("wrangler.jsonc", CONFIG.replace('}', rules).as_bytes());
    let graph = fixture.graph();
    let kind = |specifier: &str| &module(&graph, &import(&graph, "src/index.ts", specifier)).kind;
    assert_eq!(
        *kind("./a.txt"),
        ModuleKind::Text {
            text: "text ä".to_owned()
        }
    );
    assert_eq!(
        *kind("./b.bin"),
        ModuleKind::Data {
            bytes: vec![0, 255, 10]
        }
    );
    assert_eq!(
        *kind("./c.wasm"),
        ModuleKind::Wasm {
            bytes: b"\0asm".to_vec()
        }
    );
    assert_eq!(*kind("./c.wasm?module"), *kind("./c.wasm"));
    assert_eq!(
        *kind("./e.md"),
        ModuleKind::Text {
            text: "# md".to_owned()
        }
    );
    assert_eq!(
        *kind("./g.sql"),
        ModuleKind::Text {
            text: "SELECT 1".to_owned()
        }
    );
    let ModuleKind::Json { exports, .. } = kind("./f.json") else {
        panic!()
    };
    assert_eq!(*exports, ["x", "y"]);
    let forms = graph
        .modules
        .iter()
        .filter(|module| module.display == "src/f.json");
    assert_eq!(forms.count(), 2, "as JSON and as text");
    let wasm = graph
        .modules
        .iter()
        .filter(|module| module.display == "src/c.wasm");
    assert_eq!(wasm.count(), 1);
}

#[test]
fn import_attributes_are_blanked_in_place() {
    let text = "import a from './a.json' with { type: 'json' };\nimport b from './a.json' assert { type: 'json' }; export { x } from './a.json'\n  with { type: 'json' };";
    let graph = Fixture::app(
        "import './m.js'",
        &[("src/m.js", text), ("src/a.json", r#"{ "x": 1 }"#)],
    )
    .graph();
    let code = code(&graph, "src/m.js");
    assert!(!code.contains("with") && !code.contains("assert"), "{code}");
    assert_eq!(
        crate::common::position(code, "export"),
        crate::common::position(text, "export")
    );
    assert_eq!(code.len(), text.len());
}
