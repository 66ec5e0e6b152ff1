//! What is printed when something is wrong: where, what, and what to do.

use std::net::TcpListener;
use std::path::Path;

use crate::harness::{Ended, Holdfast, Project, wrangler};

const HELLO: &str = "export default { fetch: () => new Response('hello') };";

/// Runs a project that must not start.
fn fail(project: &Path, more: &[&str]) -> Ended {
    let data = tempfile::tempdir().unwrap();
    let ended = Holdfast::dev(project, data.path(), more).end();
    assert_eq!(
        ended.status.code(),
        Some(1),
        "{}{}",
        ended.stdout,
        ended.stderr
    );
    assert_eq!(ended.stdout, "", "errors belong on standard error");
    assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);
    ended
}

fn assert_says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
}

#[test]
fn arguments_that_make_no_sense_end_with_2() {
    for args in [
        &["dev", "--port", "no"][..],
        &["dev", "--what"],
        &["dance"],
        &[],
    ] {
        let ended = Holdfast::spawn(args.iter().copied()).end();
        assert_eq!(ended.status.code(), Some(2), "{args:?}: {}", ended.stderr);
        assert_says(&ended.stderr, &["help"]);
    }
}

#[test]
fn no_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let stderr = fail(folder.path(), &[]).stderr;
    let path = folder.path().canonicalize().unwrap();
    assert_says(
        &stderr,
        &[
            &format!("no wrangler configuration in {}", path.display()),
            "looked for wrangler.json, wrangler.jsonc and wrangler.toml",
            "create wrangler.jsonc",
        ],
    );
}

#[test]
fn no_such_folder() {
    let stderr = fail(Path::new("/no/such/folder"), &[]).stderr;
    assert_says(&stderr, &["/no/such/folder"]);
}

#[test]
fn a_configuration_that_is_wrong() {
    let project = Project::new(&[("wrangler.jsonc", "{\n  \"name\": 3\n}\n")]);
    assert_says(
        &fail(project.path(), &[]).stderr,
        &["error: wrangler.jsonc:2:11: "],
    );
}

#[test]
fn no_such_environment() {
    let config = wrangler(r#""env": { "production": {} },"#);
    let project = Project::new(&[("wrangler.jsonc", &config), ("src/index.js", HELLO)]);
    let stderr = fail(project.path(), &["--env", "staging"]).stderr;
    assert_says(
        &stderr,
        &["error: wrangler.jsonc:1:", "staging", "production"],
    );
}

#[test]
fn a_module_that_does_not_parse() {
    let project = Project::worker("export default {\n  const 1;\n};\n");
    assert_says(
        &fail(project.path(), &[]).stderr,
        &["error: src/index.js:2:", "const 1;"],
    );
}

#[test]
fn an_import_that_leads_nowhere() {
    let project = Project::worker("import './missing.js';\nexport default {};\n");
    assert_says(
        &fail(project.path(), &[]).stderr,
        &["error: src/index.js:1:", "./missing.js"],
    );
}

#[test]
fn a_class_that_is_not_exported() {
    let config = wrangler(
        r#""durable_objects": { "bindings": [{ "name": "ROOM", "class_name": "Room" }] },
           "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Room"] }],"#,
    );
    let project = Project::new(&[("wrangler.jsonc", &config), ("src/index.js", HELLO)]);
    let stderr = fail(project.path(), &[]).stderr;
    assert_says(
        &stderr,
        &[
            "error: wrangler.jsonc:1:",
            "binding ROOM names class Room",
            "export class Room",
        ],
    );
}

#[test]
fn a_module_that_throws() {
    let project = Project::worker("const limits = undefined;\nlimits.rows;\nexport default {};\n");
    assert_says(
        &fail(project.path(), &[]).stderr,
        &["src/index.js:2:", "TypeError"],
    );
    // Without import and export it is CommonJS.
    let project = Project::worker("const limits = undefined;\nlimits.rows;\n");
    assert_says(
        &fail(project.path(), &[]).stderr,
        &["src/index.js:2:", "TypeError"],
    );
}

#[test]
fn a_name_that_a_module_does_not_have() {
    for (name, specifier) in [("Nope", "cloudflare:workers"), ("nope", "node:path")] {
        let code =
            format!("import {{ {name} }} from '{specifier}';\nexport default {{ x: {name} }};\n");
        let config = wrangler("\"compatibility_flags\": [\"nodejs_compat\"],");
        let project = Project::new(&[("wrangler.jsonc", &config), ("src/index.js", &code)]);
        let stderr = fail(project.path(), &[]).stderr;
        let module = format!("'{specifier}'");
        assert_says(&stderr, &[&module, &format!("'{name}'"), "src/index.js:1:"]);
    }
}

#[test]
fn a_module_of_node_without_the_flag() {
    let project =
        Project::worker("const a = 1;\nimport path from 'path';\nexport default { a, path };\n");
    let stderr = fail(project.path(), &[]).stderr;
    let parts = [
        "No such module \"node:path\", asked for by src/index.js:2:",
        "add it to \"compatibility_flags\"",
    ];
    assert_says(&stderr, &parts);
}

#[test]
fn what_was_noticed_before_an_error_is_told_first() {
    let config = r#"{ "name": "a", "mian": "src/index.js" }"#;
    let project = Project::new(&[("wrangler.jsonc", config), ("src/index.js", HELLO)]);
    let data = tempfile::tempdir().unwrap();
    let stderr = Holdfast::dev(project.path(), data.path(), &[]).end().stderr;
    let warning =
        stderr.find("warning: wrangler.jsonc:1:16: unknown key \"mian\": did you mean \"main\"?");
    let error = stderr.find("error: wrangler.jsonc:1:1: \"main\" is missing");
    assert!(warning.is_some() && warning < error, "{stderr}");
}

#[test]
fn a_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let project = Project::worker(HELLO);
    let stderr = fail(project.path(), &["--port", &port]).stderr;
    assert_says(&stderr, &[&format!("port {port} is in use"), "--port"]);
}

#[test]
fn a_port_that_another_holdfast_uses() {
    let project = Project::worker(HELLO);
    let data = tempfile::tempdir().unwrap();
    let mut first = Holdfast::dev(project.path(), data.path(), &[]);
    let port = first.ready().port().to_owned();
    let stderr = fail(project.path(), &["--port", &port]).stderr;
    assert_says(&stderr, &[&format!("port {port} is in use")]);
}

#[test]
fn a_host_that_is_not_here() {
    let project = Project::worker(HELLO);
    // Reserved for documentation: no machine has it.
    let stderr = fail(project.path(), &["--host", "192.0.2.1"]).stderr;
    assert_says(&stderr, &["192.0.2.1", "--host"]);
}

/// Runs a project with a data folder that cannot be used.
fn fail_with_data(project: &Project, data: &Path) -> String {
    let ended = Holdfast::dev(project.path(), data, &[]).end();
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(ended.stdout, "");
    ended.stderr
}

#[test]
fn a_data_folder_that_cannot_be_written() {
    let project = Project::worker(HELLO);
    let file = tempfile::NamedTempFile::new().unwrap();
    let data = file.path().join("data");
    let stderr = fail_with_data(&project, &data);
    assert_says(
        &stderr,
        &[
            &format!("cannot use the data folder {}", data.display()),
            "--data",
        ],
    );
}

#[test]
fn a_data_folder_that_another_holdfast_uses() {
    let project = Project::worker(HELLO);
    let data = tempfile::tempdir().unwrap();
    let mut first = Holdfast::dev(project.path(), data.path(), &[]);
    first.ready();
    let stderr = fail_with_data(&project, data.path());
    assert_says(
        &stderr,
        &[
            data.path().to_str().unwrap(),
            "in use by another holdfast",
            "--data",
        ],
    );
}
