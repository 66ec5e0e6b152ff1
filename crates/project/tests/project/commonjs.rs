//! CommonJS and ES modules: which is which, and what names cross between them.

use holdfast_project::{ModuleKind, RequestKind, Target};

use crate::common::{Fixture, code, import, is_esm, module, names, request, target};

#[test]
fn one_of_several_stars_is_asked_for_a_name() {
    let fixture = Fixture::app(
        "import { Doc, late, lexed } from './index.mjs';\nglobalThis.x = [Doc, late, lexed];",
        &[
            (
                "src/index.mjs",
                "export * from './types.js';\nexport * from './doc.mjs';\nexport * from './late.js';\nexport * from './lexed.js';",
            ),
            // What is left of a file of types.
            ("src/types.js", "//# sourceMappingURL=types.js.map"),
            ("src/doc.mjs", "export class Doc {}"),
            ("src/late.js", "module.exports = make();"),
            ("src/lexed.js", "exports.lexed = 1;"),
        ],
    );
    let graph = fixture.graph();
    let exported = |name: &str| match &module(&graph, name).kind {
        ModuleKind::CommonJs { exports, .. } => exports.clone(),
        other => panic!("{name} is {other:?}"),
    };
    assert_eq!(exported("src/lexed.js"), ["lexed"]);
    assert!(exported("src/types.js").is_empty());
    // Nobody is known to have it, so the first that may have it is asked.
    assert_eq!(exported("src/late.js"), ["late"]);
}

#[test]
fn syntax_decides_then_the_package_then_the_extension() {
    let cases: &[(&str, &str, bool)] = &[
        ("a.js", "export const a = 1", true),
        ("b.js", "module.exports = 1", false),
        ("c.js", "exports.a = 1", false),
        ("d.js", "const x = require('./a.js')", false),
        ("e.js", "globalThis.x = 1", false),
        ("f.mjs", "globalThis.x = 1", true),
        ("g.cjs", "globalThis.x = 1", false),
        ("h.cjs", "export const a = 1", true),
        ("i.ts", "globalThis.x = 1", true),
        ("j.ts", "export type T = 1", true),
        ("k.js", "import.meta.url", true),
        ("l.js", "await globalThis.x", true),
        (
            "m.js",
            "(function (exports, require, module) { exports.a = require('nothing') })({})",
            false,
        ),
        ("n.js", "import('./a.js')", false),
        ("o.js", "return 1", false),
        ("p.js", "import './a.js'; module.exports", true),
        ("q.mjs", "exports.a = 1", true),
        ("module/r.js", "globalThis.x = 1", true),
        ("module/s.js", "exports.a = 1", false),
        ("module/t.cjs", "globalThis.x = 1", false),
        ("commonjs/u.ts", "globalThis.x = 1", false),
        ("commonjs/v.mts", "globalThis.x = 1", true),
        ("w.js", "#!/usr/bin/env node\nexports.a = 1", false),
    ];
    let index: String = cases
        .iter()
        .map(|(name, ..)| format!("import './{name}';\n"))
        .collect();
    let fixture = Fixture::app(
        &index,
        &[
            ("src/module/package.json", r#"{ "type": "module" }"#),
            ("src/commonjs/package.json", r#"{ "type": "commonjs" }"#),
        ],
    );
    for (name, text, _) in cases {
        fixture.write(&format!("src/{name}"), text.as_bytes());
    }
    let graph = fixture.graph();
    for (name, _, esm) in cases {
        assert_eq!(is_esm(&graph, &format!("src/{name}")), *esm, "{name}");
    }
    assert_eq!(
        code(&graph, "src/w.js"),
        "///usr/bin/env node\nexports.a = 1"
    );
    let interop = |name: &str| module(&graph, name).node_interop;
    assert!(interop("src/f.mjs") && interop("src/module/r.js"));
    assert!(!interop("src/a.js") && !interop("src/h.cjs"));
}

#[test]
fn assigned_names_are_found() {
    let cases: &[(&str, &[&str])] = &[
        (
            "exports.a = exports['b-c'] = 1; module.exports.d = 2;",
            &["a", "b-c", "d"],
        ),
        (
            "module.exports = { a, b: 1, 'c': 2, [d]: 3, get e() {}, f() {} }; var a, d",
            &["a", "b", "c", "e", "f"],
        ),
        ("exports = module.exports = { a: 1 }", &["a"]),
        (
            "Object.defineProperty(exports, '__esModule', { value: true }); Object.defineProperty(exports, 'a', { enumerable: true, get() {} });",
            &["a"],
        ),
        ("0 && (module.exports = { a, b })", &["a", "b"]),
        (
            "if (x) { exports.a = 1 } else { exports.b = 2 } var x",
            &["a", "b"],
        ),
        (
            "(function (g, f) { typeof exports === 'object' ? f(exports) : 0 })(this, function (e) { e.a = 1 })",
            &[],
        ),
        (
            "function f(exports) { exports.a = 1 }; module.exports = f",
            &[],
        ),
        ("exports.default = 1; exports.a = void 0", &["a"]),
    ];
    for (text, expected) in cases {
        let graph = Fixture::app("import './c.js'", &[("src/c.js", text)]).graph();
        assert_eq!(names(&graph, "src/c.js"), *expected, "{text}");
        let ModuleKind::CommonJs { es_module, .. } = module(&graph, "src/c.js").kind else {
            panic!()
        };
        assert_eq!(es_module, text.contains("__esModule"), "{text}");
    }
}

#[test]
fn reexported_names_are_followed() {
    let cases = [
        "module.exports = require('./d')",
        "if (process.env.NODE_ENV === 'production') { module.exports = require('./e.js') } else { module.exports = require('./d') }",
        "module.exports = x ? require('./d') : 0; var x",
        "var __exportStar = 1; __exportStar(require('./d'), exports)",
        "const tslib = require('./e.js'); tslib.__exportStar(require('./d'), exports)",
        "__reExport(src_exports, require('./d'), module.exports)",
        "module.exports = { ...require('./d') }",
        "var _d = require('./d'); Object.keys(_d).forEach(function (key) { exports[key] = _d[key] })",
        "var _d = _interopRequireWildcard(require('./d')); Object.keys(_d).forEach(function (key) { exports[key] = _d[key] })",
    ];
    for text in cases {
        let more = [
            ("src/c.js", text),
            (
                "src/d.js",
                "exports.a = 1; module.exports.more = require('./m.mjs'); __export(require('./m.mjs'))",
            ),
            ("src/m.mjs", "export const b = 1; export default 2"),
            ("src/e.js", ""),
        ];
        let graph = Fixture::app("import './c.js'", &more).graph();
        assert_eq!(
            names(&graph, "src/c.js"),
            ["a", "b"]
                .map(str::to_owned)
                .into_iter()
                .chain(["more".to_owned()])
                .collect::<Vec<_>>(),
            "{text}"
        );
    }
}

#[test]
fn importers_names_are_added() {
    let index = "import x, { a, b as c } from './c.js';\nimport * as ns from './c.js';\nexport { d as dd, default } from './c.js';\nimport { e } from './star.js';\nns.f(); const { g, h: i } = ns; function q() { return ns.j }\nexport default [x, a, c, e, g, i];";
    let more = [
        ("src/c.js", "module.exports = globalThis.make()"),
        (
            "src/star.js",
            "export * from './c.js'; export const own = 1",
        ),
    ];
    let index = index.replace(", default }", " }");
    let graph = Fixture::app(&index, &more).graph();
    assert_eq!(
        names(&graph, "src/c.js"),
        ["a", "b", "d", "e", "f", "g", "h", "j"]
    );
}

#[test]
fn requires_are_edges_where_require_is_the_real_one() {
    let text = "const a = require('./a.js');\nfunction f(require) { require('./nowhere') }\nconst lazy = () => require(x ? './b.js' : './c.js');\nrequire(x); require('./' + x);\ntry { require('./gone') } catch {}\nimport('./a.js'); import(x); import('./lost.js').catch(() => 0);\nvar x";
    let more = [
        ("src/m.js", text),
        ("src/a.js", ""),
        ("src/b.js", ""),
        ("src/c.js", ""),
    ];
    let graph = Fixture::app("import './m.js'", &more).graph();
    let found: Vec<_> = module(&graph, "src/m.js")
        .requests
        .iter()
        .map(|r| (r.specifier.as_str(), r.kind, r.place.to_string()))
        .collect();
    use RequestKind::{DynamicImport, Require};
    assert_eq!(
        found,
        [
            ("./a.js", Require, "src/m.js:1:19".to_owned()),
            ("./b.js", Require, "src/m.js:3:32".to_owned()),
            ("./c.js", Require, "src/m.js:3:43".to_owned()),
            ("./gone", Require, "src/m.js:5:15".to_owned()),
            ("./a.js", DynamicImport, "src/m.js:6:8".to_owned()),
            ("./lost.js", DynamicImport, "src/m.js:6:37".to_owned()),
        ]
    );
    let missing = &request(&graph, "src/m.js", "./gone", Require).target;
    assert_eq!(
        *missing,
        Target::Missing("Cannot find module \"./gone\": there is no src/gone".to_owned())
    );
    assert!(graph.warnings.is_empty(), "{:?}", graph.warnings);
}

#[test]
fn an_unforeseen_failing_import_call_is_a_warning() {
    let graph = Fixture::app("export const f = () => import('./lost');", &[]).graph();
    let texts: Vec<_> = graph.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "src/index.ts:1:31: cannot resolve \"./lost\": there is no src/lost; this import() will be rejected"
        ]
    );
}

#[test]
fn es_modules_that_require_import_require() {
    let more = [
        ("src/m.js", "export const a = require('./c.js')"),
        ("src/c.js", "exports.b = 1"),
        ("src/n.js", "export const t = typeof require"),
    ];
    let graph = Fixture::app("import './m.js'; import './n.js'", &more).graph();
    assert!(is_esm(&graph, "src/m.js"));
    assert_eq!(
        code(&graph, "src/m.js"),
        "export const a = require('./c.js')\nimport require from \"holdfast:require\";\n"
    );
    assert_eq!(
        import(&graph, "src/m.js", "holdfast:require"),
        "holdfast:require"
    );
    assert_eq!(
        target(&graph, "src/m.js", "./c.js", RequestKind::Require),
        "src/c.js"
    );
    assert_eq!(code(&graph, "src/n.js"), "export const t = typeof require");
}

#[test]
fn node_env_is_replaced_without_moving_anything() {
    let text = "if (process.env.NODE_ENV === 'x') a(globalThis.process.env.NODE_ENV, process?.env?.NODE_ENV);\nprocess.env.NODE_ENV = 1; delete process.env.NODE_ENV; process\n  .env\n  .NODE_ENV + process.env['NODE_ENV'] + a.process.env.NODE_ENV; exports.a = 1";
    let graph = Fixture::app("import './m.js'", &[("src/m.js", text)]).graph();
    let code = code(&graph, "src/m.js");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(
        words(code),
        "if (\"development\" === 'x') a(\"development\" , \"development\" ); process.env.NODE_ENV = 1; delete process.env.NODE_ENV; \"development\" + \"development\" + a.process.env.NODE_ENV; exports.a = 1"
    );
    assert_eq!(code.lines().count(), text.lines().count());
    for needle in [" === 'x'", "delete", "+ a.process", "exports.a"] {
        let at = |text: &str| crate::common::position(text, needle);
        assert_eq!(at(code), at(text), "{needle} has moved");
    }
}

#[test]
fn production_changes_node_env() {
    let fixture = Fixture::app("export default process.env.NODE_ENV", &[]);
    let opts = holdfast_project::LoadOptions {
        production: true,
        ..Default::default()
    };
    let project = holdfast_project::Project::load(&fixture.path(), &opts).unwrap();
    assert_eq!(
        code(&project.graph().unwrap(), "src/index.ts"),
        "export default \"production\";\n"
    );
}
