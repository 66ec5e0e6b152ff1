//! `holdfast objects`, on a running server and on a data folder at rest.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::{DEADLINE, Ended, Holdfast, Project};

const CONFIG: &str = r#"{
    "name": "notes", "main": "src/index.js", "compatibility_date": "2026-04-01",
    "durable_objects": { "bindings": [{ "name": "NOTE", "class_name": "Note" }] },
    "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Note"] }]
}"#;

const CODE: &str = r#"
import { DurableObject } from "cloudflare:workers";
export class Note extends DurableObject {
    add(text) {
        this.ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS lines (text TEXT)");
        this.ctx.storage.sql.exec("INSERT INTO lines VALUES (?)", text);
        this.ctx.storage.kv.put("last", text);
        this.added = (this.added ?? 0) + 1;
        return this.added;
    }
    last() {
        return this.ctx.storage.kv.get("last");
    }
}
export default {
    async fetch(request, env) {
        const [, name, text] = new URL(request.url).pathname.split("/");
        const note = env.NOTE.getByName(name);
        return new Response(String(await (text === undefined ? note.last() : note.add(text))));
    },
};
"#;

fn objects(data: &Path, args: &[&str]) -> Ended {
    let fixed = ["objects", "--data", data.to_str().unwrap()];
    Holdfast::spawn(fixed.iter().chain(args).copied()).end()
}

pub(crate) fn done(data: &Path, args: &[&str]) -> String {
    let ended = objects(data, args);
    assert_eq!(ended.status.code(), Some(0), "{args:?}: {}", ended.stderr);
    ended.stdout
}

pub(crate) fn refused(data: &Path, args: &[&str]) -> String {
    let ended = objects(data, args);
    assert_eq!(ended.status.code(), Some(1), "{args:?}: {}", ended.stdout);
    ended.stderr
}

/// What can be done in either state.
fn look(data: &Path) {
    let list = done(data, &["list"]);
    assert!(
        list.contains("notes-Note") && list.contains("first"),
        "{list}"
    );
    assert_eq!(list, done(data, &["list", "Note"]));
    let show = done(data, &["show", "Note/first"]);
    assert!(show.contains("lines") && show.contains("last"), "{show}");
    let query = done(
        data,
        &["query", "Note/first", "SELECT text FROM lines ORDER BY 1"],
    );
    assert_eq!(query, "text\none\ntwo\n");
    let json = done(
        data,
        &[
            "--json",
            "query",
            "notes-Note/first",
            "SELECT count(*) AS n FROM lines",
        ],
    );
    assert!(json.contains("\"columns\"") && json.contains('2'), "{json}");
    for (args, says) in [
        (&["show", "Note/nobody"][..], "has no data"),
        (&["show", "Other/first"][..], "no object of a class Other"),
        (&["show", "first"][..], "CLASS/NAME"),
        (&["query", "Note/first", "SELEC"][..], "syntax error"),
        (
            &["query", "Note/first", "DELETE FROM lines"][..],
            "only reading",
        ),
    ] {
        let stderr = refused(data, args);
        assert!(stderr.contains(says), "{args:?}: {stderr}");
    }
}

#[test]
fn objects_can_be_looked_at_and_changed_while_the_server_runs_and_when_it_does_not() {
    let project = Project::new(&[("wrangler.jsonc", CONFIG), ("src/index.js", CODE)]);
    let data = tempfile::tempdir().unwrap();
    let files = tempfile::tempdir().unwrap();
    let export = files.path().join("first.sqlite");
    let export = export.to_str().unwrap();

    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    assert_eq!(server.get("/first/one").body, "1");
    assert_eq!(server.get("/first/two").body, "2");
    look(data.path());
    assert!(done(data.path(), &["export", "Note/first", export]).contains("exported"));
    let stderr = refused(data.path(), &["export", "Note/first", export]);
    assert!(stderr.contains("exists"), "{stderr}");
    assert_eq!(
        server.get("/first/three").body,
        "3",
        "nothing was disturbed"
    );

    let file = rusqlite::Connection::open(export).unwrap();
    let lines: i64 = file
        .query_row("SELECT count(*) FROM lines", [], |row| row.get(0))
        .unwrap();
    assert_eq!(lines, 2);
    file.execute("INSERT INTO lines VALUES ('from outside')", [])
        .unwrap();
    drop(file);
    done(data.path(), &["import", "Note/first", export]);
    let query = [
        "query",
        "Note/first",
        "SELECT text FROM lines ORDER BY rowid",
    ];
    assert_eq!(done(data.path(), &query), "text\none\ntwo\nfrom outside\n");
    assert_eq!(
        server.get("/first/four").body,
        "1",
        "the instance was reset"
    );
    done(data.path(), &["import", "Note/copy", export]);
    assert_eq!(server.get("/copy/five").body, "1");
    done(data.path(), &["delete", "Note/first"]);
    assert!(refused(data.path(), &["show", "Note/first"]).contains("has no data"));
    assert_eq!(server.get("/first/one").body, "1");
    assert_eq!(server.get("/first/two").body, "2");
    holdfast.signal("KILL");
    holdfast.end();

    look(data.path());
    done(data.path(), &["delete", "Note/copy"]);
    let stderr = refused(data.path(), &["delete", "Note/copy"]);
    assert!(stderr.contains("has no data"), "{stderr}");
    let garbage = files.path().join("garbage");
    std::fs::write(&garbage, "no database").unwrap();
    let stderr = refused(
        data.path(),
        &["import", "Note/first", garbage.to_str().unwrap()],
    );
    assert!(stderr.contains("not a database"), "{stderr}");
    done(data.path(), &["import", "Note/second", export]);

    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    assert_eq!(server.get("/second/six").body, "1");
    let query = ["query", "Note/second", "SELECT count(*) AS n FROM lines"];
    assert_eq!(done(data.path(), &query), "n\n4\n");
}

#[test]
fn a_folder_that_is_none_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let stderr = refused(folder.path(), &["list"]);
    assert!(stderr.contains("no data folder of Holdfast"), "{stderr}");
    std::fs::write(folder.path().join("letter.txt"), "hello").unwrap();
    let project = Project::worker("export default { fetch: () => new Response('ok') };");
    let ended = Holdfast::dev(project.path(), folder.path(), &[]).end();
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.stderr.contains("letter.txt"), "{}", ended.stderr);
}

/// As `done`, as JSON.
pub(crate) fn json(data: &Path, args: &[&str]) -> serde_json::Value {
    let all: Vec<&str> = ["--json"].iter().chain(args).copied().collect();
    serde_json::from_str(&done(data, &all)).unwrap()
}

/// The names in a list, which need not be in order.
fn names(list: &serde_json::Value) -> Vec<String> {
    let rows = list.as_array().unwrap().iter();
    let mut names: Vec<_> = rows
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_list_goes_on_where_another_one_ended() {
    let project = Project::new(&[("wrangler.jsonc", CONFIG), ("src/index.js", CODE)]);
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    let all: Vec<String> = (10..30).map(|number| format!("note-{number}")).collect();
    for name in &all {
        assert_eq!(server.get(&format!("/{name}/text")).body, "1");
    }
    let mut running = Some(holdfast);
    for _ in ["in use", "at rest"] {
        let data = data.path();
        let whole = json(data, &["list"]);
        assert_eq!(names(&whole), all);
        let rows = whole.as_array().unwrap();
        assert!(
            rows.iter()
                .all(|row| row["bytes"].as_u64().unwrap() >= 4096),
            "{whole}"
        );
        let first = json(data, &["list", "--limit", "7"]);
        assert_eq!(first.as_array().unwrap()[..], rows[..7]);
        let last = &rows[6];
        let after = format!(
            "{}/{}",
            last["class"].as_str().unwrap(),
            last["id"].as_str().unwrap()
        );
        let rest = json(data, &["list", "Note", "--after", &after]);
        assert_eq!(rest.as_array().unwrap()[..], rows[7..]);
        assert_eq!(json(data, &["list", "--limit", "0"]), serde_json::json!([]));
        let text = done(data, &["list"]);
        assert_eq!(text.lines().count(), all.len() + 1, "{text}");
        assert!(text.starts_with("CLASS       ID  "), "{text}");
        if let Some(holdfast) = running.take() {
            holdfast.signal("KILL");
            holdfast.end();
        }
    }
}

/// Says that it is over, also when a test fails: other threads wait for that.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// An SQLite file of about 200 MB.
fn large_file(path: &Path) {
    let file = rusqlite::Connection::open(path).unwrap();
    file.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE pictures (bytes BLOB);
         INSERT INTO pictures WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
         SELECT randomblob(1000000) FROM n",
    )
    .unwrap();
}

#[test]
fn a_large_import_keeps_nobody_else_waiting() {
    let project = Project::new(&[("wrangler.jsonc", CONFIG), ("src/index.js", CODE)]);
    let data = tempfile::tempdir().unwrap();
    let files = tempfile::tempdir().unwrap();
    let file = files.path().join("large.sqlite");
    large_file(&file);
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &["--shards", "1"]);
    let server = holdfast.ready();
    assert_eq!(server.get("/other/one").body, "1");
    assert_eq!(server.get("/large/one").body, "1");
    let over = AtomicBool::new(false);
    let (took, slowest, answers) = thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let (mut slowest, mut answers) = (Duration::ZERO, 0);
            while !over.load(Ordering::Relaxed) {
                let begun = Instant::now();
                assert_eq!(server.get("/other").body, "one");
                slowest = slowest.max(begun.elapsed());
                answers += 1;
            }
            (slowest, answers)
        });
        let begun = Instant::now();
        let folder = data.path().to_str().unwrap();
        let file = file.to_str().unwrap();
        let import = Holdfast::spawn(["objects", "--data", folder, "import", "Note/large", file]);
        let ends = Ends(&over);
        let imported = import.end_within(10 * DEADLINE);
        let took = begun.elapsed();
        drop(ends);
        assert_eq!(imported.status.code(), Some(0), "{}", imported.stderr);
        let (slowest, answers) = asked.join().unwrap();
        (took, slowest, answers)
    });
    // What others write waits for the log, which has 200 MB before that; whoever reads waits for nothing.
    assert!(
        slowest < took / 4,
        "{answers} answers in {took:?}, the slowest after {slowest:?}"
    );
    let query = [
        "query",
        "Note/large",
        "SELECT count(*), sum(length(bytes)) FROM pictures",
    ];
    let found = json(data.path(), &query);
    assert_eq!(found["rows"], serde_json::json!([[200, 200_000_000]]));
    assert_eq!(server.get("/large/two").body, "1", "the instance was reset");
    let lines = ["query", "Note/large", "SELECT text FROM lines"];
    assert_eq!(done(data.path(), &lines), "text\ntwo\n");
}

/// Calls of an object that is being replaced wait, and find what is there then.
#[test]
fn who_calls_an_object_while_it_is_imported_finds_what_was_imported() {
    let project = Project::new(&[("wrangler.jsonc", CONFIG), ("src/index.js", CODE)]);
    let data = tempfile::tempdir().unwrap();
    let files = tempfile::tempdir().unwrap();
    let export = files.path().join("export.sqlite");
    let export = export.to_str().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &["--shards", "2"]);
    let server = holdfast.ready();
    assert_eq!(server.get("/source/one").body, "1");
    done(data.path(), &["export", "Note/source", export]);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    // An instance that is reset under a call fails it; nothing is left unanswered.
                    let answer = server.get("/target/line");
                    assert!([200, 500].contains(&answer.status), "{answer:?}");
                }
            });
        }
        let _ends = Ends(&over);
        for _ in 0..8 {
            done(data.path(), &["import", "Note/target", export]);
        }
    });
    done(data.path(), &["import", "Note/target", export]);
    assert_eq!(server.get("/target/two").body, "1");
    let lines = [
        "query",
        "Note/target",
        "SELECT text FROM lines ORDER BY rowid",
    ];
    assert_eq!(done(data.path(), &lines), "text\none\ntwo\n");
}
