//! Every complaint about modules: the thing, the place, the next step.

use holdfast_project::ProjectError;

use crate::common::{Fixture, relative};

#[test]
fn syntax_errors_show_the_line() {
    let error = Fixture::app("const a = 1;\nconst b = ;\n", &[]).graph_error();
    assert!(error.starts_with("src/index.ts:2:11: "), "{error}");
    assert!(
        error.contains("\n  2 | const b = ;\n    |           ^"),
        "{error}"
    );

    let error = Fixture::app("import './m.js'", &[("src/m.js", "function {")]).graph_error();
    assert!(error.starts_with("src/m.js:1:10: "), "{error}");

    let error = Fixture::app("let a = 1; let a = 2;", &[]).graph_error();
    assert!(
        error.starts_with("src/index.ts:1:5: ") && error.contains('a'),
        "{error}"
    );
}

#[test]
fn unresolvable_imports_say_what_to_do() {
    let error = Fixture::app("import { Hono } from 'hono/tiny';\nnew Hono()", &[]).graph_error();
    assert_eq!(
        error,
        "src/index.ts:1:22: cannot resolve \"hono/tiny\": no package hono in any node_modules folder above\n  1 | import { Hono } from 'hono/tiny';\n    |                      ^^^^^^^^^^^\n  is it installed? run: npm install hono"
    );
    let error = Fixture::app("export * from '@a/b/c'", &[]).graph_error();
    assert!(error.ends_with("run: npm install @a/b"), "{error}");
    let error = Fixture::app("import '../gone/x'", &[]).graph_error();
    assert!(
        error.starts_with("src/index.ts:1:8: cannot resolve \"../gone/x\": there is no gone/x\n"),
        "{error}"
    );
    assert!(error.ends_with("\n  tried the path itself, with .tsx, .ts, .jsx, .js, .mts, .mjs, .cts, .cjs, .json added, and as a folder with an index file"));
    let error = Fixture::app("import 'https://esm.sh/x'", &[]).graph_error();
    assert!(
        error.contains("modules are not fetched from the network"),
        "{error}"
    );
    let error = Fixture::app("import '#x'", &[]).graph_error();
    assert!(error.contains("no \"imports\" entry matches"), "{error}");
    let error = Fixture::app(
        "import './m.js'",
        &[("src/m.js", "const x = require('nothing')")],
    )
    .graph_error();
    assert!(
        error.starts_with("src/m.js:1:19: cannot resolve \"nothing\""),
        "{error}"
    );
}

#[test]
fn packages_that_do_not_offer_a_path_are_named() {
    let fixture = Fixture::app(
        "import 'p/inner'",
        &[
            (
                "node_modules/p/package.json",
                r#"{ "name": "p", "exports": { ".": "./i.js" } }"#,
            ),
            ("node_modules/p/i.js", ""),
            ("node_modules/q/package.json", "{ \"main\": \"gone.js\" }"),
        ],
    );
    let error = fixture.graph_error();
    assert!(
        error.starts_with("src/index.ts:1:8: cannot resolve \"p/inner\": \"./inner\" is not among the \"exports\" of node_modules/p/package.json (for the conditions "),
        "{error}"
    );
    fixture.write("src/index.ts", b"import 'q'");
    let error = fixture.graph_error();
    assert!(
        error.contains("the package q is installed, but has no such file"),
        "{error}"
    );
}

#[test]
fn files_without_a_loader_suggest_a_rule() {
    let error = Fixture::app("import './a.css'", &[("src/a.css", "")]).graph_error();
    assert!(
        error.contains("cannot resolve \"./a.css\": there is no loader for .css files"),
        "{error}"
    );
    assert!(
        error.contains("\"globs\": [\"**/*.css\"], \"fallthrough\": true"),
        "{error}"
    );
    let error = Fixture::app("import './a.node'", &[("src/a.node", "")]).graph_error();
    assert!(
        error.contains("it is a native addon, which needs Node"),
        "{error}"
    );
}

#[test]
fn bad_json_has_a_place() {
    let error =
        Fixture::app("import './a.json'", &[("src/a.json", "{\n  \"a\": 1,\n}")]).graph_error();
    assert!(
        error.starts_with("src/a.json:3:1: the file is not valid JSON: trailing comma\n"),
        "{error}"
    );
}

#[test]
fn a_broken_tsconfig_is_named() {
    let error = Fixture::app(
        "export {}",
        &[("tsconfig.json", "{ \"extends\": \"@tsconfig/none\" }")],
    )
    .graph_error();
    assert!(
        error.contains("the TypeScript configuration cannot be used"),
        "{error}"
    );
    assert!(error.contains("@tsconfig/none"), "{error}");
}

#[test]
fn the_first_error_in_graph_order_is_reported_every_time() {
    let files: Vec<_> = (0..40)
        .map(|n| (format!("src/m{n}.ts"), format!("import './gone{n}'")))
        .collect();
    let index: String = (0..40).map(|n| format!("import './m{n}';")).collect();
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let fixture = Fixture::app(&index, &files);
    for _ in 0..5 {
        assert!(
            fixture
                .graph_error()
                .starts_with("src/m0.ts:1:8: cannot resolve")
        );
    }
}

const ROOM: &str = r#"{
  "name": "test", "main": "src/index.ts", "compatibility_date": "2025-01-01",
  "durable_objects": { "bindings": [
    { "name": "ROOM", "class_name": "ChatRoom" },
    { "name": "FAR", "class_name": "Far", "script_name": "elsewhere" }
  ] },
  "migrations": [{ "tag": "v1", "new_sqlite_classes": ["ChatRoom"] }]
}"#;

fn check(config: &str, index: &str, more: &[(&str, &str)]) -> Result<(), ProjectError> {
    let fixture = Fixture::app(index, more);
    fixture.write("wrangler.jsonc", config.as_bytes());
    let project = fixture.project();
    project.graph().unwrap().check(&project)
}

#[test]
fn bindings_need_an_exported_class() {
    check(ROOM, "export class ChatRoom {}", &[]).unwrap();
    check(ROOM, "class A {} export { A as ChatRoom }", &[]).unwrap();
    check(
        ROOM,
        "export * from './room'",
        &[(
            "src/room.ts",
            "export const { ChatRoom } = make(); declare function make(): any",
        )],
    )
    .unwrap();
    check(
        ROOM,
        "export * from './room.js'",
        &[("src/room.js", "module.exports = make()")],
    )
    .unwrap();
    check(ROOM, "export * from 'cloudflare:workers'", &[]).unwrap();

    let error = check(ROOM, "export default {}", &[]).unwrap_err();
    assert!(matches!(error, ProjectError::Class(_)));
    assert_eq!(
        error.to_string(),
        "wrangler.jsonc:4:5: binding ROOM names class ChatRoom, which src/index.ts does not export\n  add: export class ChatRoom extends DurableObject { … }"
    );
    let error = check(
        ROOM,
        "export * from './room'; export default 1",
        &[("src/room.ts", "export class Room {}; export default 1")],
    )
    .unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("\n  it exports Room; add ChatRoom, or correct \"class_name\""),
        "{error}"
    );
}

#[test]
fn bindings_need_a_migration() {
    let config = ROOM.replace(
        "\"new_sqlite_classes\": [\"ChatRoom\"]",
        "\"new_classes\": []",
    );
    let error = check(&config, "export class ChatRoom {}", &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "wrangler.jsonc:4:5: class ChatRoom has a binding but no migration\n  add one: \"migrations\": [{ \"tag\": \"v1\", \"new_sqlite_classes\": [\"ChatRoom\"] }]"
    );
}

#[test]
fn decorators_that_cannot_be_are_refused_by_name() {
    let error =
        Fixture::app("const d: any = 1;\nexport class A {\n  @d #m() {}\n}", &[]).graph_error();
    assert!(error.starts_with("src/index.ts:3:"), "{error}");
    assert!(
        error.contains("decorators of private methods are not supported yet"),
        "{error}"
    );
    let error =
        Fixture::app("const d: any = 1;\nexport class A { m(@d x: any) {} }", &[]).graph_error();
    assert!(error.starts_with("src/index.ts:2:"), "{error}");
    assert!(error.contains("experimentalDecorators"), "{error}");
}

/// What an error has met, relative to the project: what was read, and what was looked for in vain.
fn met(fixture: &Fixture) -> (Vec<String>, Vec<String>) {
    let loaded = fixture.load().and_then(|project| {
        let graph = project.graph()?;
        graph.check(&project)
    });
    let error = loaded.expect_err("it does not load");
    let root = fixture.path();
    let names = |paths: &[std::path::PathBuf]| {
        let inside = paths.iter().filter(|path| path.starts_with(&root));
        let mut names: Vec<_> = inside.map(|path| relative(&root, path)).collect();
        names.sort();
        names.dedup();
        names
    };
    let met = &error.report().met;
    (names(&met.read), names(&met.missing))
}

fn has(names: &[String], wanted: &[&str]) {
    for name in wanted {
        assert!(
            names.iter().any(|found| found == name),
            "no {name} in {names:?}"
        );
    }
}

#[test]
fn an_error_knows_what_was_read_and_what_was_missing() {
    const ALL: [&str; 4] = ["src/a.ts", "src/b.ts", "src/index.ts", "wrangler.jsonc"];
    let app = |b: &str| {
        let index = "import './a'; import './b.js'; export default {}";
        Fixture::app(
            index,
            &[("src/a.ts", ""), ("src/b.ts", b), ("src/c.ts", "")],
        )
    };
    let (read, missing) = met(&app("const 1;"));
    assert_eq!(read, ALL);
    assert!(missing.is_empty(), "{missing:?}");

    let (read, missing) = met(&app("import './deep/gone'"));
    has(&read, &ALL);
    has(
        &missing,
        &["src/deep/gone", "src/deep/gone.tsx", "src/deep/gone.js"],
    );
    // Both are to be corrected: it is all the same which one comes first.
    let fixture = app("import './deep/gone'");
    fixture.write("src/a.ts", b"import './lost'");
    let (_, missing) = met(&fixture);
    has(&missing, &["src/lost.ts", "src/deep/gone.ts"]);

    let (_, missing) = met(&app("import '@a/b/c'"));
    let package = ["node_modules", "src/node_modules"];
    assert!(
        package
            .iter()
            .all(|folder| missing.iter().any(|path| path.starts_with(folder))),
        "{missing:?}"
    );
    let fixture = app("import 'p/inner'");
    fixture.write(
        "node_modules/p/package.json",
        br#"{ "exports": { ".": "./i.js" } }"#,
    );
    has(&met(&fixture).0, &["node_modules/p/package.json"]);
}

#[test]
fn an_error_of_the_configuration_knows_the_files_too() {
    let fixture = Fixture::app("", &[]);
    fixture.write("wrangler.jsonc", b"{ \"name\": 3 }");
    assert_eq!(met(&fixture).0, ["wrangler.jsonc"]);
    fixture.write("wrangler.jsonc", b"{");
    assert_eq!(met(&fixture).0, ["wrangler.jsonc"]);
    fixture.write(
        "wrangler.jsonc",
        br#"{ "name": "a", "main": "src/../lib/gone.ts" }"#,
    );
    let (read, missing) = met(&fixture);
    assert_eq!(read, ["wrangler.jsonc"]);
    assert_eq!(missing, ["lib/gone.ts"]);

    let fixture = Fixture::app("", &[("tsconfig.json", "{ \"extends\": \"./base\" }")]);
    let (read, missing) = met(&fixture);
    has(&read, &["src/index.ts", "tsconfig.json", "wrangler.jsonc"]);
    has(&missing, &["base", "base.json"]);
    fixture.write("base.json", b"{");
    has(&met(&fixture).0, &["base.json", "tsconfig.json"]);
    fixture.write("tsconfig.json", b"{ \"extends\": \"@a/base\" }");
    let (read, missing) = met(&fixture);
    has(&read, &["tsconfig.json"]);
    has(
        &missing,
        &[
            "node_modules/@a/base/tsconfig.json",
            "node_modules/@a/base.json",
        ],
    );

    let config = r#"{ "name": "a", "main": "src/index.ts", "compatibility_date": "2025-01-01",
        "durable_objects": { "bindings": [{ "name": "R", "class_name": "Room" }] } }"#;
    let fixture = Fixture::app("export * from './room'", &[("src/room.ts", "")]);
    fixture.write("wrangler.jsonc", config.as_bytes());
    assert_eq!(
        met(&fixture).0,
        ["src/index.ts", "src/room.ts", "wrangler.jsonc"]
    );
}
