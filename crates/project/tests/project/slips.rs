//! Slips of the pen and of the mind, as users make them: each is named, with what to do about it.

use holdfast_project::{LoadOptions, Project, check_together};

use crate::common::{CONFIG, Fixture, texts};

/// A project with `extra` on the second line of its configuration.
fn with(extra: &str) -> Fixture {
    let config = format!(
        "{{ \"name\": \"a\", \"main\": \"src/index.ts\",\n  {extra}\n  \"compatibility_date\": \"2025-01-01\" }}"
    );
    Fixture::new(&[
        ("wrangler.jsonc", config.as_str()),
        ("src/index.ts", "export default {}"),
    ])
}

fn warnings(extra: &str) -> Vec<String> {
    texts(&with(extra).load().unwrap())
}

#[test]
fn what_was_noticed_before_an_error_is_kept_with_it() {
    let config = r#"{ "name": "a", "mian": "src/index.ts", "compatibility_date": "2025-01-01" }"#;
    let error = Fixture::new(&[("wrangler.jsonc", config)])
        .load()
        .unwrap_err();
    assert!(error.to_string().contains("\"main\" is missing"), "{error}");
    let noticed: Vec<_> = error
        .report()
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        noticed,
        ["wrangler.jsonc:1:16: unknown key \"mian\": did you mean \"main\"?"]
    );
}

#[test]
fn a_configuration_that_is_no_object() {
    let error = Fixture::new(&[("wrangler.jsonc", "[]")]).config_error();
    assert!(
        error.starts_with("wrangler.jsonc:1:1: the configuration is an array\n"),
        "{error}"
    );
}

#[test]
fn a_file_in_another_encoding() {
    let fixture = Fixture::app("", &[]);
    fixture.write("wrangler.jsonc", &[0xff, 0xfe, b'{', 0, b'}', 0]);
    let error = fixture.config_error();
    assert!(error.ends_with("\n  save the file as UTF-8"), "{error}");
}

#[test]
fn a_folder_that_does_not_exist() {
    let error = Project::load("/no/such/folder".as_ref(), &LoadOptions::default()).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("\n  expected the folder of a project, or its configuration file"),
        "{error}"
    );
}

#[test]
fn keys_that_are_there_twice() {
    assert_eq!(
        warnings("\"vars\": { \"A\": 1 }, \"vars\": { \"B\": 1, \"B\": 2 },"),
        [
            "wrangler.jsonc:2:23: \"vars\" is there twice: only this one counts",
            "wrangler.jsonc:2:41: \"B\" is there twice: only this one counts",
        ]
    );
}

#[test]
fn flags_that_nobody_knows() {
    assert_eq!(
        warnings("\"compatibility_flags\": [\"nodejs_compatt\", \"no_web_socket_compression\"],"),
        [
            "wrangler.jsonc:2:27: unknown compatibility flag \"nodejs_compatt\": did you mean \"nodejs_compat\"?"
        ]
    );
}

#[test]
fn flags_that_contradict_each_other() {
    let extra = "\"compatibility_flags\": [\"nodejs_compat\", \"no_nodejs_compat\"],";
    let error = with(extra).config_error();
    assert!(
        error.starts_with(
            "wrangler.jsonc:2:44: \"nodejs_compat\" and \"no_nodejs_compat\" contradict each other\n"
        ),
        "{error}"
    );
}

#[test]
fn dates_after_the_newest_known() {
    let config = CONFIG.replace("2025-01-01", "2099-01-01");
    let fixture = Fixture::app("", &[]);
    fixture.write("wrangler.jsonc", config.as_bytes());
    let [warning] = &texts(&fixture.load().unwrap())[..] else {
        panic!("not one warning");
    };
    assert!(
        warning.contains(
            "\"compatibility_date\" is 2099-01-01: what changed after 2026-08-04 is not known here"
        ),
        "{warning}"
    );
}

#[test]
fn toml_keys_below_a_table() {
    let load = |text: &str| Fixture::new(&[("wrangler.toml", text), ("src/index.ts", "")]).load();
    let project = load(
        "name = \"a\"\nmain = \"src/index.ts\"\n[vars]\nA = 1\ncompatibility_date = \"2025-01-01\"\n",
    );
    assert_eq!(
        texts(&project.unwrap())[0],
        "wrangler.toml:5:1: \"compatibility_date\" stands in \"vars\", but belongs to the top level: move it out of \"vars\": in TOML, above the first [table]"
    );
    let error = load("name = \"a\"\n[vars]\nmain = \"src/index.ts\"\n").unwrap_err();
    assert!(
        error.to_string().starts_with(
            "wrangler.toml:3:1: \"main\" stands in \"vars\", but belongs to the top level\n"
        ),
        "{error}"
    );
}

#[test]
fn what_is_declared_and_missing_is_named() {
    assert_eq!(
        warnings(
            "\"assets\": { \"directory\": \"public\", \"binding\": \"ASSETS\" },\n  \"queues\": { \"producers\": [{ \"queue\": \"q\", \"binding\": \"Q\" }], \"consumers\": [{ \"queue\": \"q\" }] },\n  \"dev\": { \"local_protocol\": \"https\", \"inspector_port\": 1, \"prot\": 2 }, \"node_compat\": true,"
        ),
        [
            "wrangler.jsonc:2:3: assets is not supported yet: static files are not served, and env.ASSETS will be undefined",
            "wrangler.jsonc:3:3: queues is not supported yet: env.Q will be undefined, and queue() is not called",
            "wrangler.jsonc:4:73: node_compat has no effect, as in wrangler 4: add \"nodejs_compat\" to \"compatibility_flags\"",
            "wrangler.jsonc:4:60: unknown key \"dev.prot\": did you mean \"port\"?",
            "wrangler.jsonc:4:12: dev.local_protocol is not supported yet: HTTP is served; put a reverse proxy in front for HTTPS",
        ]
    );
    assert_eq!(
        warnings(
            "\"dev\": { \"local_protocol\": \"http\" }, \"usage_model\": \"bundled\", \"queues\": { \"consumers\": [{}] },"
        ),
        ["wrangler.jsonc:2:66: queues is not supported yet: queue() is not called"]
    );
}

/// The error for an entry module that cannot be, beside other files.
fn entry(main: &str, extra: &str, files: &[(&str, &str)]) -> String {
    let config =
        format!("{{ \"name\": \"a\", {main} \"compatibility_date\": \"2025-01-01\"{extra} }}");
    let fixture = Fixture::new(files);
    fixture.write("wrangler.jsonc", config.as_bytes());
    match fixture.load() {
        Err(error) => error.to_string(),
        Ok(project) => project.graph().unwrap_err().to_string(),
    }
}

#[test]
fn entry_modules_that_are_not_there() {
    let ends = |error: String, end: &str| assert!(error.ends_with(end), "{error}");
    ends(
        entry("\"main\": \"src/index.js\",", "", &[("src/index.ts", "")]),
        "\n  there is src/index.ts: correct \"main\"",
    );
    ends(
        entry("\"main\": \"dist/worker.js\",", "", &[]),
        "\n  a build makes it, perhaps: run that first, for example: npm run build",
    );
    let build = ", \"build\": { \"command\": \"make it\" }";
    ends(
        entry("\"main\": \"made.js\",", build, &[]),
        "\n  the build makes it, perhaps: run it first: make it",
    );
    let error = entry("\"main\": \"\",", "", &[]);
    assert!(error.contains("\"main\" is empty"), "{error}");
    let error = entry("", ", \"assets\": { \"directory\": \".\" }", &[]);
    assert!(
        error.contains("a Worker of static files only does not run"),
        "{error}"
    );
}

#[test]
fn entry_modules_in_other_languages() {
    for (main, what) in [
        (
            "a.py",
            "a.py cannot be the entry module: Python Workers do not run\n",
        ),
        (
            "a.json",
            "a.json cannot be the entry module: it is neither JavaScript nor TypeScript\n",
        ),
        (
            "a.txt",
            "a.txt cannot be the entry module: it is neither JavaScript nor TypeScript\n",
        ),
    ] {
        let error = entry(&format!("\"main\": \"{main}\","), "", &[(main, "{}")]);
        assert!(error.starts_with(what), "{error}");
    }
}

#[test]
fn packages_that_package_json_lists_want_installing() {
    let error = |files: &[(&str, &str)]| Fixture::app("import 'hono/cors'", files).graph_error();
    let listed = ("package.json", r#"{ "dependencies": { "hono": "4" } }"#);
    for (lock, tool) in [
        ("none", "npm"),
        ("pnpm-lock.yaml", "pnpm"),
        ("yarn.lock", "yarn"),
        ("bun.lock", "bun"),
    ] {
        let text = error(&[listed, (lock, "")]);
        let end = format!("\n  package.json lists it: run: {tool} install");
        assert!(text.ends_with(&end), "{text}");
    }
    let text = error(&[("package.json", "{}"), ("pnpm-lock.yaml", "")]);
    assert!(
        text.ends_with("\n  is it installed? run: pnpm add hono"),
        "{text}"
    );
}

#[test]
fn names_in_another_case() {
    let error = Fixture::app("import './Util/Api'", &[("src/Util/api.ts", "")]).graph_error();
    assert!(
        error.starts_with("src/index.ts:1:8: cannot resolve \"./Util/Api\": there is no src/Util/Api, but src/Util/api.ts\n"),
        "{error}"
    );
}

#[test]
fn paths_of_tsconfig_that_lead_nowhere() {
    let tsconfig =
        r#"{ "compilerOptions": { "paths": { "@/*": ["./src/*"], "lib": ["./lib.ts"] } } }"#;
    let error = |code| Fixture::app(code, &[("tsconfig.json", tsconfig)]).graph_error();
    let text = error("import '@/gone'");
    assert!(
        text.contains(
            "\"paths\" of tsconfig.json lead it (by \"@/*\") to src/gone, which is not there"
        ),
        "{text}"
    );
    let text = error("import 'lib'");
    assert!(text.contains("(by \"lib\") to lib.ts, which"), "{text}");
    let text = error("import '@other/gone'");
    assert!(text.contains("no package @other/gone"), "{text}");
}

#[test]
fn broken_json_of_others_has_a_place() {
    let package = ("node_modules/p/package.json", "{\n  \"name\": \"p\",,\n}");
    let error = Fixture::app("import 'p'", &[package]).graph_error();
    assert!(
        error
            .contains("cannot resolve \"p\": node_modules/p/package.json:2:15 is not valid JSON: "),
        "{error}"
    );
    assert!(
        error.ends_with("\n  install the package again, or another version of it"),
        "{error}"
    );
    let error = Fixture::app("export {}", &[("tsconfig.json", "{ \"a\": }")]).graph_error();
    assert!(
        error.starts_with(
            "the TypeScript configuration cannot be used: tsconfig.json:1:8 is not valid JSON: "
        ),
        "{error}"
    );
}

/// What is said of a Worker with this entry module that is to get requests.
fn handler(code: &str) -> Vec<String> {
    let fixture = Fixture::app(code, &[("src/other.ts", "export default {}")]);
    let project = fixture.project();
    let graph = project.graph().unwrap();
    let warnings = check_together(&[(&project, &graph)]).unwrap();
    warnings
        .iter()
        .map(|(_, warning)| warning.to_string())
        .collect()
}

#[test]
fn workers_without_a_default_export() {
    for code in [
        "export default {}",
        "export { default } from './other'",
        "export * from 'cloudflare:workers'",
        "module.exports = { fetch() {} }",
        "exports.default = {}; addEventListener('fetch', () => {})",
    ] {
        assert_eq!(handler(code), Vec::<String>::new(), "{code}");
    }
    let help = "requests are answered with status 500\n  add: export default { async fetch(request, env, ctx) { … } }";
    assert_eq!(
        handler("export class Room {}; export * from './other'"),
        [format!("src/index.ts has no default export: {help}")]
    );
    assert_eq!(
        handler("addEventListener('fetch', (event) => event.respondWith(new Response()))"),
        [format!(
            "src/index.ts handles requests by addEventListener(\"fetch\", …), which is not supported: {help}"
        )]
    );
}
