//! Saving a file.

use crate::harness::{Holdfast, Project, Server, wrangler};
use crate::objects::done;

fn answering(text: &str) -> String {
    format!("export default {{ fetch: () => new Response({text:?}) }};\n")
}

fn start(project: &Project, more: &[&str]) -> (Holdfast, Server, tempfile::TempDir) {
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), more);
    let server = holdfast.ready();
    (holdfast, server, data)
}

#[test]
fn a_saved_module_runs() {
    let project = Project::worker(&answering("one"));
    let (mut holdfast, server, _data) = start(&project, &[]);
    assert_eq!(server.get("/").body, "one");
    for text in ["two", "three"] {
        project.write("src/index.js", &answering(text));
        let line = holdfast.expect("reloaded in ");
        assert!(line.ends_with(" ms"), "{line}");
        assert_eq!(server.get("/").body, text);
    }
}

#[test]
fn a_new_secret_is_seen() {
    let project =
        Project::worker("export default { fetch: (_, env) => new Response(env.KEY ?? 'none') };");
    let (mut holdfast, server, _data) = start(&project, &[]);
    assert_eq!(server.get("/").body, "none");
    project.write(".dev.vars", "KEY=opened\n");
    holdfast.expect("reloaded in ");
    assert_eq!(server.get("/").body, "opened");
}

#[test]
fn a_mistake_is_shown_and_the_old_program_goes_on_until_it_is_repaired() {
    let project = Project::worker(&answering("old"));
    let (mut holdfast, server, _data) = start(&project, &[]);

    project.write("src/index.js", "export default {\n  const 1;\n};\n");
    holdfast.expect_error("error: src/index.js:2:");
    holdfast.expect_error("goes on running");
    assert_eq!(server.get("/").body, "old");

    project.write("src/index.js", "throw new Error('not today');\n");
    holdfast.expect_error("not today");
    holdfast.expect_error("goes on running");
    assert_eq!(server.get("/").body, "old");

    // The repair may lie in a folder that nothing was loaded from.
    project.write(
        "src/index.js",
        "export { default } from './deep/worker.js';\n",
    );
    holdfast.expect_error("./deep/worker.js");
    holdfast.expect_error("goes on running");
    project.write("src/deep/worker.js", &answering("new"));
    holdfast.expect("reloaded in ");
    assert_eq!(server.get("/").body, "new");
}

/// Saves a file that stays broken, several times, and does other things in between that must not have the project read
/// again.
fn save_again_and_again(path: &str, broken: &str, error: &str) {
    const SAVES: usize = 4;
    let project = Project::worker(&answering("old"));
    let (mut holdfast, server, data) = start(&project, &[]);
    let before = std::fs::read_to_string(project.path().join(path)).unwrap();
    for _ in 0..SAVES {
        project.replace(path, broken);
        holdfast.expect_error(error);
        holdfast.expect_error("goes on running");
        // As a shell does that was asked to keep the output in a file of the project.
        project.write("holdfast.log", &holdfast.printed());
        project.write("src/holdfast.log", &holdfast.printed());
        // Other programs run, for longer than a change takes to be told.
        for _ in 0..8 {
            done(data.path(), &["list"]);
        }
        assert_eq!(server.get("/").body, "old");
    }
    project.replace(path, &before);
    holdfast.expect("reloaded in ");
    holdfast.signal("TERM");
    let stderr = holdfast.end().stderr;
    assert_eq!(stderr.matches(error).count(), SAVES, "{stderr}");
}

#[test]
fn each_save_of_a_module_that_does_not_parse_is_told_and_nothing_else() {
    let broken = "export default {\n  const 1;\n};\n";
    save_again_and_again("src/index.js", broken, "error: src/index.js:2:");
}

#[test]
fn each_save_of_an_import_that_leads_nowhere_is_told_and_nothing_else() {
    let broken = "import './missing.js';\n";
    save_again_and_again("src/index.js", broken, "error: src/index.js:1:");
}

#[test]
fn each_save_of_a_module_that_throws_is_told_and_nothing_else() {
    let broken = "throw new Error('not today');\n";
    save_again_and_again("src/index.js", broken, "error: Error: not today");
}

#[test]
fn each_save_of_a_broken_configuration_is_told_and_nothing_else() {
    save_again_and_again(
        "wrangler.jsonc",
        "{\n  \"name\": 3\n}\n",
        "error: wrangler.jsonc:2:",
    );
}

#[test]
fn while_the_configuration_is_broken_modules_are_saved_too() {
    let project = Project::worker(&answering("old"));
    let (mut holdfast, server, _data) = start(&project, &[]);
    project.replace(
        "wrangler.jsonc",
        "{ \"name\": \"sample\", \"main\": \"src/other.js\" }",
    );
    holdfast.expect_error("the entry module does not exist: src/other.js");
    project.replace("src/index.js", &answering("new"));
    holdfast.expect_error("the entry module does not exist: src/other.js");
    project.replace("src/other.js", &answering("other"));
    holdfast.expect("reloaded in ");
    assert_eq!(server.get("/").body, "other");
}

#[test]
fn a_package_that_is_missing_may_be_installed() {
    let project = Project::worker(&answering("old"));
    let (mut holdfast, server, _data) = start(&project, &[]);
    project.replace("src/index.js", "export { default } from '@scope/pkg';\n");
    holdfast.expect_error("no package @scope/pkg in any node_modules folder above");
    let manifest = r#"{ "name": "@scope/pkg", "type": "module", "exports": "./lib/main.js" }"#;
    project.write("node_modules/@scope/pkg/package.json", manifest);
    holdfast.expect_error("error: src/index.js:1:");
    project.write("node_modules/@scope/pkg/lib/main.js", &answering("package"));
    holdfast.expect("reloaded in ");
    assert_eq!(server.get("/").body, "package");
}

#[test]
fn a_typescript_configuration_may_be_repaired() {
    let project = Project::new(&[
        (
            "wrangler.jsonc",
            &wrangler("").replace("index.js", "index.ts"),
        ),
        ("src/index.ts", &answering("old")),
    ]);
    let (mut holdfast, server, _data) = start(&project, &[]);
    project.replace("tsconfig.json", "{ \"extends\": \"./config/base\" }");
    project.replace("src/index.ts", &answering("new"));
    holdfast.expect_error("the TypeScript configuration cannot be used");
    assert_eq!(server.get("/").body, "old");
    project.write("config/base.json", "{}");
    holdfast.expect("reloaded in ");
    assert_eq!(server.get("/").body, "new");
}

#[test]
fn an_object_keeps_its_data_and_gets_its_new_code() {
    let config = wrangler(
        r#""durable_objects": { "bindings": [{ "name": "NOTE", "class_name": "Note" }] },
           "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Note"] }],"#,
    );
    let code = |greeting: &str| {
        format!(
            "import {{ DurableObject }} from 'cloudflare:workers';
             export class Note extends DurableObject {{
               async add() {{
                 const count = ((await this.ctx.storage.get('count')) ?? 0) + 1;
                 await this.ctx.storage.put('count', count);
                 return `{greeting} ${{count}}`;
               }}
             }}
             export default {{ fetch: async (_, env) => new Response(await env.NOTE.getByName('a').add()) }};"
        )
    };
    let project = Project::new(&[("wrangler.jsonc", &config), ("src/index.js", &code("old"))]);
    let (mut holdfast, server, _data) = start(&project, &[]);
    assert_eq!(server.get("/").body, "old 1");
    project.write("src/index.js", &code("new"));
    holdfast.expect("reloaded in ");
    assert_eq!(server.get("/").body, "new 2");
}

#[test]
fn a_class_that_is_renamed_keeps_its_data() {
    let config = |class: &str, step: &str| {
        wrangler(&format!(
            r#""durable_objects": {{ "bindings": [{{ "name": "NOTE", "class_name": "{class}" }}] }},
               "migrations": [{{ "tag": "v1", "new_sqlite_classes": ["Note"] }}{step}],"#
        ))
    };
    let code = |class: &str| {
        format!(
            "import {{ DurableObject }} from 'cloudflare:workers';
             export class {class} extends DurableObject {{
               add() {{
                 const count = (this.ctx.storage.kv.get('count') ?? 0) + 1;
                 this.ctx.storage.kv.put('count', count);
                 return `{class} ${{count}} ${{this.ctx.id}}`;
               }}
             }}
             export default {{ fetch: async (_, env) => new Response(await env.NOTE.getByName('a').add()) }};"
        )
    };
    let project = Project::new(&[
        ("wrangler.jsonc", &config("Note", "")),
        ("src/index.js", &code("Note")),
    ]);
    let (mut holdfast, server, _data) = start(&project, &[]);
    let first = server.get("/").body;
    let id = first.strip_prefix("Note 1 ").expect("the first answer");

    // As a migration is written: the class in the code first, whose binding then leads nowhere.
    project.write("src/index.js", &code("Page"));
    holdfast.expect_error("which src/index.js does not export");
    holdfast.expect_error("goes on running");
    let renamed = r#", { "tag": "v2", "renamed_classes": [{ "from": "Note", "to": "Page" }] }"#;
    project.write("wrangler.jsonc", &config("Page", renamed));
    holdfast.expect("reloaded in ");
    assert_eq!(server.get("/").body, format!("Page 2 {id}"));

    // A new class of the old name has nothing of it.
    let both = format!("{renamed}, {{ \"tag\": \"v3\", \"new_sqlite_classes\": [\"Note\"] }}");
    let mut both_classes = code("Note");
    both_classes.push_str("\nexport class Page extends DurableObject {}");
    project.write("src/index.js", &both_classes);
    holdfast.expect("reloaded in ");
    project.write("wrangler.jsonc", &config("Note", &both));
    holdfast.expect("reloaded in ");
    let other = server.get("/").body;
    assert!(other.starts_with("Note 1 "), "{other}");
    assert_ne!(other, first);
}

#[test]
fn nothing_is_watched_when_not_wanted() {
    let project = Project::worker(&answering("one"));
    let (holdfast, server, _data) = start(&project, &["--no-watch"]);
    project.write("src/index.js", &answering("two"));
    assert_eq!(server.get("/").body, "one");
    holdfast.signal("TERM");
    let ended = holdfast.end();
    assert!(!ended.stdout.contains("reload"), "{}", ended.stdout);
}
