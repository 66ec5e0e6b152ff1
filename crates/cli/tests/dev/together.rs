//! Several projects in one command.

use std::path::Path;

use crate::harness::{Ended, Holdfast, Project, Server};

const FRONT: &str = r#"{
  "name": "front", "main": "src/index.js", "compatibility_date": "2026-04-01",
  "services": [{ "binding": "GREETER", "service": "back", "entrypoint": "Greeter" }],
  "durable_objects": { "bindings": [
    { "name": "OURS", "class_name": "Note" },
    { "name": "THEIRS", "class_name": "Note", "script_name": "back" }
  ] },
  "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Note"] }]
}"#;

const BACK: &str = r#"{
  "name": "back", "main": "src/index.js", "compatibility_date": "2026-04-01",
  "durable_objects": { "bindings": [{ "name": "NOTE", "class_name": "Note" }] },
  "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Note"] }]
}"#;

fn front_code(method: &str) -> String {
    format!(
        r#"import {{ DurableObject }} from "cloudflare:workers";
export class Note extends DurableObject {{
  add(text) {{
    const lines = [...(this.ctx.storage.kv.get("lines") ?? []), `front ${{text}}`];
    this.ctx.storage.kv.put("lines", lines);
    return lines.join();
  }}
}}
export default {{
  async fetch(request, env) {{
    const [, whose, text] = new URL(request.url).pathname.split("/");
    try {{
      if (whose === "greet") return new Response(await env.GREETER.{method}(text));
      const namespace = whose === "ours" ? env.OURS : env.THEIRS;
      return new Response(await namespace.getByName("same").add(text));
    }} catch (error) {{
      return new Response(`failed: ${{error.message}}`);
    }}
  }},
}};
"#
    )
}

fn back_code(greeting: &str) -> String {
    format!(
        r#"import {{ DurableObject, WorkerEntrypoint }} from "cloudflare:workers";
export class Note extends DurableObject {{
  add(text) {{
    const lines = [...(this.ctx.storage.kv.get("lines") ?? []), `back ${{text}}`];
    this.ctx.storage.kv.put("lines", lines);
    return lines.join();
  }}
}}
export class Greeter extends WorkerEntrypoint {{
  greet(name) {{
    return `{greeting}, ${{name}}`;
  }}
}}
export default {{ fetch: () => new Response("the back itself") }};
"#
    )
}

fn front() -> Project {
    Project::new(&[
        ("wrangler.jsonc", FRONT),
        ("src/index.js", &front_code("greet")),
    ])
}

fn back() -> Project {
    Project::new(&[
        ("wrangler.jsonc", BACK),
        ("src/index.js", &back_code("hello")),
    ])
}

fn start(front: &Project, back: &Project, data: &Path) -> (Holdfast, Server) {
    let mut holdfast = Holdfast::dev(front.path(), data, &[back.path().to_str().unwrap()]);
    let server = holdfast.ready();
    (holdfast, server)
}

fn fail(front: &Project, back: &Project) -> String {
    let data = tempfile::tempdir().unwrap();
    let ended = Holdfast::dev(front.path(), data.path(), &[back.path().to_str().unwrap()]).end();
    assert_eq!(
        ended.status.code(),
        Some(1),
        "{}{}",
        ended.stdout,
        ended.stderr
    );
    ended.stderr
}

fn assert_says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
}

fn path_of(project: &Project) -> String {
    project.path().canonicalize().unwrap().display().to_string()
}

#[test]
fn the_first_gets_the_requests_and_what_both_store_survives_kill_9() {
    let (front, back) = (front(), back());
    let data = tempfile::tempdir().unwrap();
    let (holdfast, server) = start(&front, &back, data.path());
    assert_says(
        &holdfast.printed(),
        &[
            "runs front, back",
            "env.OURS     Durable Object  Note (sqlite)",
            "env.THEIRS   Durable Object  Note of back",
            "env.GREETER  service         Greeter of back",
            "env.NOTE  Durable Object  Note (sqlite)",
        ],
    );
    assert_eq!(server.get("/greet/Ada").body, "hello, Ada");
    assert_eq!(server.get("/ours/one").body, "front one");
    assert_eq!(server.get("/theirs/two").body, "back two");
    assert_eq!(server.get("/theirs/three").body, "back two,back three");
    holdfast.signal("KILL");
    assert!(!holdfast.end().status.success());

    let (_holdfast, server) = start(&front, &back, data.path());
    assert_eq!(
        server.get("/theirs/four").body,
        "back two,back three,back four"
    );
    assert_eq!(server.get("/ours/five").body, "front one,front five");

    // While it runs, and with classes of one name.
    let objects = |args: &[&str]| -> Ended {
        let fixed = ["objects", "--data", data.path().to_str().unwrap()];
        Holdfast::spawn(fixed.iter().chain(args).copied()).end()
    };
    let list = objects(&["list"]).stdout;
    assert_says(&list, &["front-Note", "back-Note", "same"]);
    let ours = objects(&["list", "front-Note"]).stdout;
    assert!(
        ours.contains("front-Note") && !ours.contains("back-Note"),
        "{ours}"
    );
    let stderr = objects(&["show", "Note/same"]).stderr;
    assert_says(
        &stderr,
        &[
            "several Workers have a class Note",
            "back-Note",
            "front-Note",
        ],
    );
    let show = objects(&["show", "back-Note/same"]);
    assert_says(&show.stdout, &["back-Note", "lines"]);
}

#[test]
fn a_project_finds_what_it_stored_alone() {
    let (front, back) = (front(), back());
    let data = tempfile::tempdir().unwrap();
    let mut alone = Holdfast::dev(front.path(), data.path(), &[]);
    for line in [6, 3] {
        let place = format!("warning: wrangler.jsonc:{line}:");
        let warning = alone.expect_error(&place);
        assert_says(&warning, &["the Worker \"back\" is not running"]);
        alone.expect_error("holdfast dev THIS_FOLDER FOLDER_OF_BACK");
    }
    let server = alone.ready();
    assert_says(&alone.printed(), &["Greeter of back, which is not running"]);
    assert_eq!(server.get("/ours/alone").body, "front alone");
    for path in ["/greet/Ada", "/theirs/one"] {
        let body = server.get(path).body;
        assert_says(
            &body,
            &["failed: Worker \"back\" not found. Make sure it is running locally"],
        );
    }
    alone.signal("TERM");
    assert!(alone.end().status.success());

    let (holdfast, server) = start(&front, &back, data.path());
    assert_eq!(
        server.get("/ours/together").body,
        "front alone,front together"
    );
    assert!(
        !holdfast.printed().contains("warning"),
        "{}",
        holdfast.printed()
    );
}

#[test]
fn saving_reloads_the_project_that_was_saved() {
    let (front, back) = (front(), back());
    let data = tempfile::tempdir().unwrap();
    let (mut holdfast, server) = start(&front, &back, data.path());
    back.write("src/index.js", &back_code("good day"));
    let line = holdfast.expect("reloaded in ");
    assert!(line.starts_with("back reloaded"), "{line}");
    assert_eq!(server.get("/greet/Ada").body, "good day, Ada");
    front.write("src/index.js", &front_code("part"));
    let line = holdfast.expect("reloaded in ");
    assert!(line.starts_with("front reloaded"), "{line}");
    assert_says(
        &server.get("/greet/Ada").body,
        &["does not implement the method \"part\""],
    );

    // A mistake in one keeps neither of them from running.
    back.write("src/index.js", "export default {\n  const 1;\n};\n");
    holdfast.expect_error(&format!("error: {}/src/index.js:2:", path_of(&back)));
    holdfast.expect_error("goes on running");
    front.write("src/index.js", &front_code("greet"));
    holdfast.expect("front reloaded in ");
    assert_eq!(server.get("/greet/Ada").body, "good day, Ada");
    back.write("src/index.js", &back_code("welcome"));
    holdfast.expect("back reloaded in ");
    assert_eq!(server.get("/greet/Ada").body, "welcome, Ada");
}

#[test]
fn a_change_that_needs_the_other_project_waits_for_it() {
    let (front, back) = (front(), back());
    let data = tempfile::tempdir().unwrap();
    let (mut holdfast, server) = start(&front, &back, data.path());
    front.write("wrangler.jsonc", &FRONT.replace("Greeter", "Usher"));
    holdfast.expect_error("names the entrypoint Usher of the Worker \"back\"");
    holdfast.expect_error("goes on running");
    assert_eq!(server.get("/greet/Ada").body, "hello, Ada");
    back.write(
        "src/index.js",
        &back_code("this way").replace("Greeter", "Usher"),
    );
    holdfast.expect("front, back reloaded in ");
    assert_eq!(server.get("/greet/Ada").body, "this way, Ada");
}

#[test]
fn a_project_that_takes_away_what_the_other_calls_waits_for_it_too() {
    let (front, back) = (front(), back());
    let data = tempfile::tempdir().unwrap();
    let (mut holdfast, server) = start(&front, &back, data.path());
    let without = back_code("hello").replace("Greeter", "Usher");
    back.write("src/index.js", &without);
    let place = format!("error: {}/wrangler.jsonc:3:", path_of(&front));
    let error = holdfast.expect_error(&place);
    assert_says(
        &error,
        &["binding GREETER names the entrypoint Greeter of the Worker \"back\""],
    );
    holdfast.expect_error("goes on running");
    assert_eq!(server.get("/greet/Ada").body, "hello, Ada");
    front.write("wrangler.jsonc", &FRONT.replace("Greeter", "Usher"));
    holdfast.expect("front, back reloaded in ");
    assert_eq!(server.get("/greet/Ada").body, "hello, Ada");
}

#[test]
fn bindings_that_lead_nowhere_in_the_other_project_are_refused() {
    let back = back();
    let with = |from: &str, to: &str| {
        let config = FRONT.replace(from, to);
        Project::new(&[
            ("wrangler.jsonc", &config),
            ("src/index.js", &front_code("greet")),
        ])
    };
    let front = with(r#""entrypoint": "Greeter""#, r#""entrypoint": "Nobody""#);
    assert_says(
        &fail(&front, &back),
        &[
            &format!("error: {}/wrangler.jsonc:3:", path_of(&front)),
            "binding GREETER names the entrypoint Nobody of the Worker \"back\"",
            "it exports Note, Greeter, default",
        ],
    );
    let front = with(
        r#""class_name": "Note", "script_name""#,
        r#""class_name": "Letter", "script_name""#,
    );
    assert_says(
        &fail(&front, &back),
        &[
            &format!("error: {}/wrangler.jsonc:6:", path_of(&front)),
            "binding THEIRS names class Letter of the Worker \"back\", which no migration there makes",
            "\"back\" makes Note",
        ],
    );
    let front = with(r#""name": "front""#, r#""name": "back""#);
    assert_says(
        &fail(&front, &back),
        &[
            "two projects are called \"back\"",
            &path_of(&front),
            &path_of(&back),
        ],
    );
}

#[test]
fn a_project_that_throws_at_the_start_is_named() {
    let front = front();
    let back = Project::new(&[
        ("wrangler.jsonc", BACK),
        (
            "src/index.js",
            &format!("{}\nthrow new Error('not today');", back_code("hello")),
        ),
    ]);
    assert_says(
        &fail(&front, &back),
        &["in \"back\"", "not today", "src/index.js:"],
    );
}
