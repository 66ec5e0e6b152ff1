//! Every complaint about modules: the thing, the place, the next step.

use holdfast_project::ProjectError;

use crate::common::Fixture;

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
