//! `alias` and `define`.

use holdfast_project::RequestKind;

use crate::common::{Fixture, code, import, target};

fn app(keys: &str, index: &str, more: &[(&str, &str)]) -> Fixture {
    let config = format!(
        r#"{{ "name": "test", "main": "src/index.ts", "compatibility_date": "2025-01-01", {keys} }}"#
    );
    let fixture = Fixture::app(index, more);
    fixture.write("wrangler.jsonc", config.as_bytes());
    fixture
}

#[test]
fn an_alias_leads_wherever_the_specifier_stands() {
    let fixture = app(
        r#""alias": { "old": "./src/new.ts", "left": "right", "node:fs": "./src/fs", "./x": "./src/new.ts" }"#,
        "import a from 'old'; import b from 'left'; import c from 'node:fs'; import d from './x'; import e from 'left/more';
         export default [a, b, c, d, e, import('old')]",
        &[
            ("src/new.ts", "export default 1"),
            ("src/fs.ts", "export default 2"),
            ("node_modules/right/package.json", r#"{ "main": "r.js" }"#),
            ("node_modules/right/r.js", "module.exports = require('old')"),
            ("node_modules/left/more.js", "module.exports = 3"),
        ],
    );
    fixture.project();
    let graph = fixture.graph();
    let from = |file: &str, specifier: &str| import(&graph, file, specifier);
    assert_eq!(from("src/index.ts", "old"), "src/new.ts");
    assert_eq!(from("src/index.ts", "left"), "node_modules/right/r.js");
    assert_eq!(from("src/index.ts", "node:fs"), "src/fs.ts");
    assert_eq!(from("src/index.ts", "./x"), "src/new.ts");
    // The whole specifier counts, as in wrangler.
    assert_eq!(
        from("src/index.ts", "left/more"),
        "node_modules/left/more.js"
    );
    let required = target(
        &graph,
        "node_modules/right/r.js",
        "old",
        RequestKind::Require,
    );
    assert_eq!(required, "src/new.ts");
}

#[test]
fn an_alias_that_leads_nowhere_is_named() {
    let fixture = app(
        r#""alias": { "old": "./src/nowhere.ts" }"#,
        "import 'old'",
        &[],
    );
    let error = fixture.graph_error();
    assert!(
        error.starts_with(
            "src/index.ts:1:8: cannot resolve \"old\": its \"alias\" is \"./src/nowhere.ts\", and "
        ),
        "{error}"
    );
    assert!(
        error.ends_with("\n  correct \"old\" in \"alias\" of the configuration"),
        "{error}"
    );
}

#[test]
fn defined_names_are_replaced_where_nothing_declares_them() {
    let fixture = app(
        r#""define": { "VERSION": "'1.2'", "__DEV__": "false", "process.env.MODE": "\"m\"", "globalThis.limits": "{ \"n\": 5 }",
           "process.env.NODE_ENV": "'mine'" }"#,
        "import './plain.js';
declare const VERSION: string;
declare global { const __DEV__: boolean }
export const all: unknown[] = [VERSION, __DEV__, process.env.MODE, globalThis.limits, process.env.NODE_ENV, 'VERSION'];
export const bound = (VERSION: string) => [VERSION, { VERSION: 1 }, all.VERSION];
",
        &[(
            "src/plain.js",
            "// VERSION\nif (__DEV__) require('fs');\nexports.v = VERSION;\n",
        )],
    );
    fixture.project();
    let graph = fixture.graph();
    assert_eq!(
        code(&graph, "src/index.ts"),
        "import \"./plain.js\";\n\
         export const all = [\n\t\"1.2\",\n\tfalse,\n\t\"m\",\n\t{ \"n\": 5 },\n\t\"mine\",\n\t\"VERSION\"\n];\n\
         export const bound = (VERSION) => [\n\tVERSION,\n\t{ VERSION: 1 },\n\tall.VERSION\n];\n"
    );
    assert_eq!(
        code(&graph, "src/plain.js"),
        "if (false) require(\"fs\");\nexports.v = \"1.2\";\n"
    );
}

#[test]
fn what_cannot_be_defined_is_told() {
    let cases = [
        (
            r#""define": { "A": "'x" }"#,
            "wrangler.jsonc:1:96: \"A\" cannot be defined as `'x`: ",
        ),
        (
            r#""define": { "a-b": "1" }"#,
            "wrangler.jsonc:1:98: \"a-b\" cannot be defined as `1`: The define key `a-b` is not an identifier",
        ),
        (
            r#""define": { "A": 1 }"#,
            "wrangler.jsonc:1:96: \"define.A\" is a number",
        ),
    ];
    for (keys, expected) in cases {
        let error = app(keys, "", &[]).config_error();
        assert!(error.starts_with(expected), "{error}");
    }
}
