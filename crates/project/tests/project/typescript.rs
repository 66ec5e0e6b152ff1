//! TypeScript and JSX become JavaScript, and what is thrown there points at the source.

use holdfast_project::{ModuleKind, RequestKind};

use crate::common::{Fixture, code, import, is_esm, module, position, target};

/// The code of `src/index.ts` with this text.
fn index(text: &str) -> String {
    let fixture = Fixture::app(text, &[]);
    fixture.project();
    code(&fixture.graph(), "src/index.ts").to_owned()
}

/// The same in a project with compiler options.
fn with_options(options: &str, text: &str) -> String {
    let tsconfig = format!("{{ \"compilerOptions\": {{ {options} }} }}");
    let fixture = Fixture::app(
        text,
        &[
            ("tsconfig.json", &tsconfig),
            ("src/t.ts", "export type T = 1; export const v = 1;"),
        ],
    );
    code(&fixture.graph(), "src/index.ts").to_owned()
}

#[test]
fn types_are_taken_off_and_the_rest_is_kept() {
    assert_eq!(
        index(
            "export const f = <T,>(x: T): T => x as T;\nexport default { n: 1 satisfies number, m: (null as any)! };"
        ),
        "export const f = (x) => x;\nexport default {\n\tn: 1,\n\tm: null\n};\n"
    );
    assert_eq!(
        index("declare const x: 1; interface A {} type B = A; export {}"),
        "export {};\n"
    );
    let kept = "export class A {\n\t#x = 1;\n\tstatic y = 2;\n\tstatic {\n\t\tusing z = f();\n\t\tawait0 ||= /a/v;\n\t}\n}\nawait using q = g();\n";
    assert_eq!(index(kept), kept, "what the engine knows is not lowered");
}

#[test]
fn typescripts_own_constructs_are_translated() {
    let code = index(
        "export enum E { A, B = 'b' }\nexport namespace N { export const x = 1 }\nexport class C { constructor(private a: number, readonly b = 2) {} }",
    );
    assert!(
        code.contains("export let E = ") && code.contains("E[E[\"A\"] = 0] = \"A\";"),
        "{code}"
    );
    assert!(
        code.contains("export let N;") && code.contains("N.x = 1"),
        "{code}"
    );
    assert!(code.contains("this.a = a;\n\t\tthis.b = b;"), "{code}");
    assert!(code.contains("export class C {"), "{code}");
}

#[test]
fn imports_of_types_and_unused_imports_are_dropped() {
    let text = "import type { A } from './t';\nimport { type B, v } from './t';\nimport { T } from './gone';\nimport D, * as ns from './gone2';\nimport './effect';\nexport const x: T | D = v;";
    let fixture = Fixture::app(
        text,
        &[
            ("src/t.ts", "export const v = 1"),
            ("src/effect.ts", "export {}"),
        ],
    );
    let graph = fixture.graph();
    let requests: Vec<_> = graph.modules[0]
        .requests
        .iter()
        .map(|request| request.specifier.as_str())
        .collect();
    assert_eq!(requests, ["./t", "./effect"]);
    assert!(code(&graph, "src/index.ts").contains("import { v } from \"./t\";"));
}

#[test]
fn verbatim_module_syntax_keeps_imports() {
    let text = "import { T } from './t'; export const x: T = 1";
    assert!(!with_options("", text).contains("import"));
    assert!(
        with_options("\"verbatimModuleSyntax\": true", text).contains("import { T } from \"./t\"")
    );
    assert!(
        with_options("\"preserveValueImports\": true", text).contains("import { T } from \"./t\"")
    );
    assert!(
        with_options("\"importsNotUsedAsValues\": \"preserve\"", text).contains("import \"./t\"")
    );
}

#[test]
fn reexported_types_are_dropped_as_whole_program_compilers_do() {
    let files = [
        (
            "src/barrel.ts",
            "export { T, v } from './t';\nimport { U } from './chain';\nexport { U };\nexport * from './t';",
        ),
        ("src/chain.ts", "export { U, w as ww } from './t';"),
        (
            "src/t.ts",
            "export type T = 1; export interface U {}; export const v = 1, w = 2;",
        ),
    ];
    let graph = Fixture::app(
        "import { v, T, U } from './barrel'; export default v as T | U",
        &files,
    )
    .graph();
    assert_eq!(
        code(&graph, "src/barrel.ts"),
        "export { v } from \"./t\";\nimport {} from \"./chain\";\nexport {};\nexport * from \"./t\";\n"
    );
    assert_eq!(
        code(&graph, "src/chain.ts"),
        "export { w as ww } from \"./t\";\n"
    );
    assert_eq!(
        code(&graph, "src/index.ts"),
        "import { v } from \"./barrel\";\nexport default v;\n"
    );
}

#[test]
fn class_fields_follow_the_target() {
    let text = "export class A { x: number; y = 1 }";
    let defined = "export class A {\n\tx;\n\ty = 1;\n}\n";
    let assigned = "export class A {\n\tconstructor() {\n\t\tthis.y = 1;\n\t}\n}\n";
    assert_eq!(with_options("", text), defined);
    assert_eq!(with_options("\"target\": \"ESNext\"", text), defined);
    assert_eq!(with_options("\"target\": \"es2022\"", text), defined);
    assert_eq!(with_options("\"target\": \"ES2020\"", text), assigned);
    assert_eq!(
        with_options(
            "\"target\": \"ES2020\", \"useDefineForClassFields\": true",
            text
        ),
        defined
    );
    assert_eq!(
        with_options("\"useDefineForClassFields\": false", text),
        assigned
    );
}

#[test]
fn legacy_decorators_use_a_helper_module() {
    let text = "function d(...a: any[]): any {}\n@d export class Room { @d m(@d p: string) {} }";
    let fixture = Fixture::app(
        text,
        &[(
            "tsconfig.json",
            "{ \"compilerOptions\": { \"experimentalDecorators\": true, \"emitDecoratorMetadata\": true } }",
        )],
    );
    let graph = fixture.graph();
    let code = code(&graph, "src/index.ts");
    assert!(
        code.contains("let Room = class Room {"),
        "the name is kept: {code}"
    );
    assert!(code.contains("export { Room }"), "{code}");
    for helper in ["decorate", "decorateParam", "decorateMetadata"] {
        let name = format!("holdfast-helpers/helpers/{helper}");
        assert_eq!(import(&graph, "src/index.ts", &name), name, "{code}");
        assert!(
            matches!(&module(&graph, &name).kind, ModuleKind::CommonJs { code, .. } if code.contains(helper))
        );
    }
    assert_eq!(graph.main_exports().names, ["Room"]);
    assert!(
        graph.files.iter().all(|file| file.is_file()),
        "{:?}",
        graph.files
    );
}

#[test]
fn jsx_follows_the_tsconfig_and_the_pragmas() {
    let jsx = |tsconfig: &str, text: &str| {
        let runtime = (
            "node_modules/hono/jsx/jsx-runtime.js",
            "export const jsx = 1, jsxs = 2",
        );
        let react = (
            "node_modules/react/jsx-runtime.js",
            "exports.jsx = 1; exports.jsxs = 2",
        );
        let main =
            r#"{ "name": "t", "main": "src/index.tsx", "compatibility_date": "2025-01-01" }"#;
        let fixture = Fixture::new(&[
            ("wrangler.json", main),
            ("src/index.tsx", text),
            ("tsconfig.json", tsconfig),
            runtime,
            react,
        ]);
        code(&fixture.graph(), "src/index.tsx").to_owned()
    };
    let text = "export default <a b='c'>{d}<></></a>;";
    let classic = jsx("{}", text);
    assert!(
        classic.contains("React.createElement(\"a\", { b: \"c\" }, d"),
        "{classic}"
    );
    assert!(
        classic.contains("React.createElement(React.Fragment, null)"),
        "{classic}"
    );
    let automatic = jsx(
        r#"{ "compilerOptions": { "jsx": "react-jsx", "jsxImportSource": "hono/jsx" } }"#,
        text,
    );
    assert!(
        automatic.contains("from \"hono/jsx/jsx-runtime\""),
        "{automatic}"
    );
    let source_only = jsx(
        r#"{ "compilerOptions": { "jsxImportSource": "hono/jsx" } }"#,
        text,
    );
    assert!(
        source_only.contains("React.createElement"),
        "as esbuild has it: {source_only}"
    );
    let plain = jsx(r#"{ "compilerOptions": { "jsx": "react-jsx" } }"#, text);
    assert!(plain.contains("from \"react/jsx-runtime\""), "{plain}");
    let factory = jsx(
        r#"{ "compilerOptions": { "jsx": "react", "jsxFactory": "h", "jsxFragmentFactory": "F" } }"#,
        text,
    );
    assert!(
        factory.contains("h(\"a\"") && factory.contains("h(F, null)"),
        "{factory}"
    );
    let pragma = jsx(
        "{}",
        "/** @jsx p */\n/** @jsxFrag q */\nexport default <a><></></a>;",
    );
    assert!(
        pragma.contains("p(\"a\"") && pragma.contains("p(q, null)"),
        "{pragma}"
    );
    let pragma = jsx(
        "{}",
        &format!("/** @jsxRuntime automatic */\n/** @jsxImportSource hono/jsx */\n{text}"),
    );
    assert!(pragma.contains("from \"hono/jsx/jsx-runtime\""), "{pragma}");
}

#[test]
fn jsx_in_javascript_is_translated_and_plain_javascript_is_not_touched() {
    let plain = "export  const  a = 1 ; // as   is\n";
    let graph = Fixture::app(
        "import './a.js'; import './b.js'",
        &[
            ("src/a.js", plain),
            ("src/b.js", "export default <i>{1}</i>"),
        ],
    )
    .graph();
    assert_eq!(code(&graph, "src/a.js"), plain);
    assert!(code(&graph, "src/b.js").contains("React.createElement(\"i\", null, 1)"));
}

#[test]
fn tsconfig_extends_a_file_and_a_package() {
    let fixture = Fixture::app(
        "export class A { x: number }",
        &[
            (
                "tsconfig.json",
                r#"{ "extends": ["./base.json", "@tsconfig/odd"] }"#,
            ),
            (
                "base.json",
                r#"{ "compilerOptions": { "experimentalDecorators": true } }"#,
            ),
            (
                "node_modules/@tsconfig/odd/package.json",
                r#"{ "name": "@tsconfig/odd", "version": "1.0.0" }"#,
            ),
            (
                "node_modules/@tsconfig/odd/tsconfig.json",
                "{ // with a comment\n \"compilerOptions\": { \"useDefineForClassFields\": false, } }",
            ),
        ],
    );
    assert_eq!(
        code(&fixture.graph(), "src/index.ts"),
        "export class A {}\n"
    );
}

#[test]
fn positions_lead_back_to_the_throwing_line() {
    let text = "interface Long {\n  a: string;\n  b: number;\n}\n\nenum Kind { A, B }\n\nexport class Room {\n  constructor(private state: Long) {}\n  run(kind: Kind): never {\n    const text = `ä ${kind} 😀`; throw new Error(text);\n  }\n}\n";
    let graph = Fixture::app(text, &[]).graph();
    let ModuleKind::Esm { code, positions } = &module(&graph, "src/index.ts").kind else {
        panic!()
    };
    for needle in ["new Error", "Room {", "run(", "text = "] {
        let (line, column) = position(code, needle);
        assert_eq!(
            positions.original(line, column),
            position(text, needle),
            "{needle} in {code}"
        );
    }
    let plain = Fixture::app("import './a.js'", &[("src/a.js", "throw 1")]).graph();
    let ModuleKind::CommonJs { positions, .. } = &module(&plain, "src/a.js").kind else {
        panic!()
    };
    assert_eq!(positions.original(12, 34), (12, 34));
}

#[test]
fn import_equals_and_export_equals_are_commonjs() {
    let graph = Fixture::app(
        "import { a } from './old'; export default a",
        &[
            (
                "src/old.cts",
                "import fs = require('./other');\nexport = { a: fs.x };",
            ),
            ("src/other.cts", "exports.x = 1;"),
        ],
    )
    .graph();
    assert!(!is_esm(&graph, "src/old.cts"));
    assert_eq!(
        target(&graph, "src/old.cts", "./other", RequestKind::Require),
        "src/other.cts"
    );
    let code = code(&graph, "src/old.cts");
    assert!(
        code.contains("const fs = require(\"./other\");")
            && code.contains("module.exports = { a: fs.x };"),
        "{code}"
    );
}

#[test]
fn node_env_is_replaced_in_translated_code() {
    let code = index(
        "export const dev: boolean = process.env.NODE_ENV !== 'production';\nexport const f = (process: any) => process.env.NODE_ENV;",
    );
    assert_eq!(
        code,
        "export const dev = \"development\" !== \"production\";\nexport const f = (process) => process.env.NODE_ENV;\n"
    );
}

const DECORATED: &str = "const d: any = null;
interface Long {
  a: 1;
}

@d('a') export class Room {
  @d x: number = 1;
  @d.e static m(): Long { return new Room() as never; }
  accessor y = 2;
  run(): never {
    throw new Error('boom');
  }
}
";

#[test]
fn standard_decorators_become_calls_of_a_helper() {
    let graph = Fixture::app(DECORATED, &[]).graph();
    let code = code(&graph, "src/index.ts");
    assert!(!code.contains('@') && !code.contains("accessor"), "{code}");
    assert!(code.contains("export let Room = (() => { const $holdfast_d = $holdfast_decorators([d(\"a\")], [[d], [d.e]]);"), "{code}");
    assert!(
        code.contains("x = $holdfast_d.field(0, this, 1);"),
        "{code}"
    );
    assert!(
        code.contains("get y() { return this.#holdfast_2; }"),
        "{code}"
    );
    assert!(
        code.ends_with(
            "\nimport $holdfast_decorators from \"holdfast-helpers/helpers/classDecorators\";\n"
        ),
        "{code}"
    );
    let helper = "holdfast-helpers/helpers/classDecorators";
    assert_eq!(import(&graph, "src/index.ts", helper), helper);
    assert_eq!(graph.main_exports().names, ["Room"]);

    let ModuleKind::Esm { positions, .. } = &module(&graph, "src/index.ts").kind else {
        panic!()
    };
    for needle in ["new Error", "run("] {
        let (line, column) = position(code, needle);
        assert_eq!(
            positions.original(line, column),
            position(DECORATED, needle),
            "{needle} in {code}"
        );
    }
    let (line, column) = position(code, "new Room()");
    assert_eq!(positions.original(line, column).0, 8);
}

#[test]
fn decorators_in_javascript_and_in_commonjs_are_translated() {
    let graph = Fixture::app(
        "import './a.js'; import './b.js'; import './c.js'",
        &[
            (
                "src/a.js",
                "export default @d class { @d m() {} }\nconst X = @d class {};",
            ),
            ("src/b.js", "exports.A = @d class A {};"),
            (
                "src/c.js",
                "export class C { accessor x; static accessor [k] = 1 }",
            ),
        ],
    )
    .graph();
    let a = code(&graph, "src/a.js");
    assert!(
        a.contains("export default (() => {") && a.contains("({ \"default\": class {"),
        "{a}"
    );
    assert!(
        a.contains("const X = (() => {") && a.contains("({ \"X\": class {"),
        "{a}"
    );
    let helper = "holdfast-helpers/helpers/classDecorators";
    let b = code(&graph, "src/b.js");
    assert!(b.contains("exports.A = (() => { const $holdfast_d = require(\"holdfast-helpers/helpers/classDecorators\")([d], []);"), "{b}");
    assert_eq!(
        target(&graph, "src/b.js", helper, RequestKind::Require),
        helper
    );
    let c = code(&graph, "src/c.js");
    assert!(c.contains("#holdfast_0; get x() { return this.#holdfast_0; } set x(value) { this.#holdfast_0 = value; }"), "{c}");
    assert!(
        c.contains("static get [$holdfast_d.key(0, k)]() { return this.#holdfast_1; }"),
        "{c}"
    );
    assert!(c.contains("static set [$holdfast_d.keys[0]](value)"), "{c}");
}
