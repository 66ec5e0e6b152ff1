//! A data folder whose disk fails: what whoever runs the server reads, and what a program and its callers learn.

use std::path::{Path, PathBuf};
use std::thread;

use crate::harness::{Holdfast, Project};

const CONFIG: &str = r#"{
    "name": "disk", "main": "src/index.js", "compatibility_date": "2026-04-01",
    "durable_objects": { "bindings": [{ "name": "STORE", "class_name": "Store" }] },
    "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Store"] }]
}"#;

const CODE: &str = r#"
import { DurableObject } from "cloudflare:workers";
export class Store extends DurableObject {
    put(bytes) {
        this.ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS t (value BLOB)");
        this.ctx.storage.sql.exec("INSERT INTO t VALUES (randomblob(?))", bytes);
    }
    read() {
        return this.ctx.storage.sql.exec("SELECT count(*) AS n FROM t").one().n;
    }
}
export default {
    async fetch(request, env) {
        const [, name, method, bytes] = new URL(request.url).pathname.split("/");
        try {
            return new Response(String(await env.STORE.getByName(name)[method](Number(bytes))));
        } catch (error) {
            return new Response(`${error.name}: ${error.message}`, { status: 500 });
        }
    },
};
"#;

fn project() -> Project {
    Project::new(&[("wrangler.jsonc", CONFIG), ("src/index.js", CODE)])
}

/// The only object's file.
fn object_file(data: &Path) -> PathBuf {
    let mut files = std::fs::read_dir(data.join("objects/disk-Store")).unwrap();
    files.next().expect("one object").unwrap().path()
}

#[test]
fn an_object_whose_file_cannot_be_read_is_named_to_the_operator_and_not_to_callers() {
    let project = project();
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    assert_eq!(server.get("/a/put/10").status, 200);
    holdfast.signal("TERM");
    assert_eq!(holdfast.end().status.code(), Some(0));

    let file = object_file(data.path());
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    let answer = server.get("/a/read/0");
    assert_eq!(answer.status, 500);
    assert!(
        !answer.body.contains("sqlite"),
        "no paths for callers: {}",
        answer.body
    );
    let says = format!(
        "cannot read {}: Is a directory (os error 21); check the disk",
        file.display()
    );
    holdfast.expect_error(&says);
    // Another object is none the worse.
    assert_eq!(server.get("/b/put/10").status, 200);
    assert_eq!(server.get("/b/read/0").body, "1");
}

#[test]
fn a_disk_that_takes_no_more_is_named_with_the_next_step() {
    let project = project();
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    // No file may have more than 20 MB: enough for a segment of the log, not for what the first checkpoint writes.
    let command = format!(
        "trap '' XFSZ; ulimit -f 40000; exec {} dev {} --data {folder} --port 0",
        env!("CARGO_BIN_EXE_holdfast"),
        project.path().display()
    );
    let mut holdfast = Holdfast::run("sh", ["-c", &command]);
    let server = holdfast.ready();
    let mut confirmed = 0;
    let refused = loop {
        let server = server.clone();
        // The server may end before it answers, and then there is no answer at all.
        let answer = thread::spawn(move || server.get("/a/put/2000000")).join();
        match answer {
            Ok(answer) if answer.status == 200 => confirmed += 1,
            other => break other.ok(),
        }
        assert!(confirmed < 200, "the disk takes everything");
    };
    // Or the Worker itself had no time to answer.
    if let Some(answer) = refused.filter(|answer| answer.body != "Internal Server Error") {
        let says = "Error: Internal error in Durable Object storage write caused object to be reset; reference = ";
        assert!(answer.body.starts_with(says), "{}", answer.body);
    }
    let ended = holdfast.end();
    assert_eq!(ended.status.code(), Some(74), "{}", ended.stderr);
    let says = format!("error: the data folder {folder} cannot be written: ");
    let lines: Vec<&str> = ended.stderr.lines().collect();
    let at = lines.iter().position(|line| line.starts_with(&says));
    let at = at.unwrap_or_else(|| panic!("{}", ended.stderr));
    assert!(lines[at].contains("cannot write history/"), "{}", lines[at]);
    assert!(
        lines[at].ends_with("File too large (os error 27)"),
        "{}",
        lines[at]
    );
    assert!(
        lines[at + 1].ends_with("check the disk and start again"),
        "{}",
        lines[at + 1]
    );

    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    let there: u32 = server.get("/a/read/0").body.parse().unwrap();
    assert!(there >= confirmed, "{there} of {confirmed}");
}
