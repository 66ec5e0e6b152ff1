//! `holdfast objects`, on a running server and on a data folder at rest.

use std::path::Path;

use crate::harness::{Ended, Holdfast, Project};

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
}
export default {
    async fetch(request, env) {
        const [, name, text] = new URL(request.url).pathname.split("/");
        return new Response(String(await env.NOTE.getByName(name).add(text)));
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
