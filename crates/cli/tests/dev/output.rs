//! What is printed while all is well.

use std::fs;

use crate::harness::{Holdfast, Project, wrangler};

const ECHO: &str =
    "export default { fetch: (request) => new Response(new URL(request.url).pathname) };";

#[test]
fn the_version_is_told() {
    let ended = Holdfast::spawn(["--version"]).end();
    assert!(ended.status.success());
    assert_eq!(
        ended.stdout,
        format!("holdfast {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn the_banner_names_bindings_and_hides_secrets() {
    let project = Project::new(&[
        (
            "wrangler.jsonc",
            &wrangler(r#""vars": { "GREETING": "good day" },"#),
        ),
        (".dev.vars", "API_KEY=do-not-print-me\n"),
        ("src/index.js", ECHO),
    ]);
    let mut holdfast = Holdfast::spawn(["dev", project.path().to_str().unwrap(), "--port", "0"]);
    let server = holdfast.ready();
    assert_eq!(server.get("/seen").body, "/seen");
    holdfast.expect("GET /seen 200 ");
    holdfast.signal("TERM");
    let ended = holdfast.end();
    assert!(
        ended.stdout.contains("env.GREETING  var     \"good day\""),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stdout.contains("env.API_KEY   secret  (hidden)"),
        "{}",
        ended.stdout
    );
    assert!(!format!("{}{}", ended.stdout, ended.stderr).contains("do-not-print-me"));
    // Without --data, next to the project and named.
    let data = project
        .path()
        .canonicalize()
        .unwrap()
        .join(".holdfast/data");
    assert!(
        ended.stdout.contains(data.to_str().unwrap()),
        "{}",
        ended.stdout
    );
    assert!(data.is_dir());
    assert_eq!(
        fs::read_to_string(project.path().join(".holdfast/.gitignore")).unwrap(),
        "*\n"
    );
    assert!(
        !ended.stdout.contains('\x1b'),
        "colours without a terminal: {:?}",
        ended.stdout
    );
}

#[test]
fn console_output_has_its_level() {
    let project = Project::worker(
        "export default { fetch() {
            console.log('plain', 1); console.warn('careful'); console.error('broken'); console.debug('detail');
            return new Response('ok');
        } };",
    );
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    server.get("/");
    assert!(holdfast.expect("plain 1").starts_with("log   "));
    assert!(holdfast.expect("careful").starts_with("warn  "));
    assert!(holdfast.expect("broken").starts_with("error "));
    holdfast.expect("GET / 200 ");
    assert!(!holdfast.printed().contains("detail"));
}

#[test]
fn the_log_level_chooses() {
    let project = Project::worker(
        "export default { fetch() { console.log('plain'); console.error('broken'); return new Response('ok'); } };",
    );
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &["--log-level", "error"]);
    let server = holdfast.ready();
    server.get("/");
    holdfast.expect("broken");
    holdfast.signal("TERM");
    let ended = holdfast.end();
    assert!(
        !ended.stdout.contains("plain") && !ended.stdout.contains("GET /"),
        "{}",
        ended.stdout
    );
}

#[test]
fn an_exception_is_shown_with_its_place_and_answered_with_500() {
    let project =
        Project::worker("export default { fetch() {\n  throw new Error('no such luck');\n} };\n");
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    assert_eq!(server.get("/").status, 500);
    assert!(holdfast.expect("no such luck").starts_with("error "));
    holdfast.expect("src/index.js:2:");
    holdfast.expect("GET / 500 ");
}

#[test]
fn warnings_have_their_place() {
    let project = Project::new(&[
        (
            "wrangler.jsonc",
            "{\n  \"name\": \"sample\",\n  \"main\": \"src/index.js\"\n}\n",
        ),
        ("src/index.js", ECHO),
    ]);
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let warning = holdfast.expect_error("\"compatibility_date\" is missing");
    assert!(warning.starts_with("warning: wrangler.jsonc:"), "{warning}");
    holdfast.ready();
}

#[test]
fn several_shards_serve_one_port() {
    let project = Project::worker(ECHO);
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &["--shards", "3"]);
    let server = holdfast.ready();
    for index in 0..30 {
        let path = format!("/{index}");
        assert_eq!(server.get(&path).body, path);
    }
}
