//! Compiled code that is kept for the next start.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::harness::{Holdfast, Project};

const FILE: &str = "compiled.sqlite";

fn project() -> Project {
    Project::new(&[
        ("wrangler.jsonc", &crate::harness::wrangler("")),
        (
            "src/index.js",
            "import { answer } from './answer';
             export default { fetch: () => new Response(answer()) };",
        ),
        (
            "src/answer.ts",
            "export function answer(): string { return 'one, ' + new Error('x').stack?.split('\\n')[1]; }",
        ),
    ])
}

/// Pieces of translated modules and of compiled code, once there are some and `done` says so.
fn pieces(data: &Path, done: impl Fn((i64, i64)) -> bool) -> (i64, i64) {
    let began = Instant::now();
    loop {
        let count = |table: &str| -> rusqlite::Result<i64> {
            let connection = Connection::open(data.join(FILE))?;
            connection.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| {
                row.get(0)
            })
        };
        let counted = count("translation").and_then(|modules| Ok((modules, count("code")?)));
        match counted {
            Ok(counted) if done(counted) => return counted,
            other => assert!(began.elapsed() < Duration::from_secs(30), "{other:?}"),
        }
    }
}

#[test]
fn a_start_finds_the_code_of_the_one_before() {
    let (project, data) = (project(), tempfile::tempdir().unwrap());
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let answer = holdfast.ready().get("/").body;
    assert!(
        answer.contains("one, ") && answer.contains("answer.ts:1:"),
        "{answer}"
    );
    let kept = pieces(data.path(), |(modules, code)| modules == 2 && code > 100);
    holdfast.signal("KILL");
    holdfast.end();

    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    assert_eq!(server.get("/").body, answer);
    // What is saved is in place of what was there.
    project.write("src/answer.ts", "export const answer = () => 'two';");
    holdfast.expect("reloaded");
    assert_eq!(server.get("/").body, "two");
    holdfast.signal("TERM");
    assert_eq!(holdfast.end().stderr, "");
    let after = pieces(data.path(), |(modules, _)| modules > 0);
    assert_eq!(after.0, kept.0);
    // The old program may have been there yet when the new one was kept.
    assert!(after.1 <= kept.1 + 1, "{kept:?} {after:?}");
}

#[test]
fn a_file_that_is_damaged_or_from_elsewhere_does_no_harm() {
    let (project, data) = (project(), tempfile::tempdir().unwrap());
    let file = data.path().join(FILE);
    let mut answers = Vec::new();
    for step in 0..4 {
        let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
        answers.push(holdfast.ready().get("/").body);
        pieces(data.path(), |(modules, code)| modules == 2 && code > 100);
        holdfast.signal("TERM");
        assert_eq!(holdfast.end().stderr, "");
        match step {
            0 => fs::write(&file, "no database").unwrap(),
            1 => {
                let connection = Connection::open(&file).unwrap();
                for table in ["translation", "code"] {
                    let damage = format!("UPDATE {table} SET bytes = zeroblob(length(bytes))");
                    connection.execute(&damage, ()).unwrap();
                }
            }
            _ => {
                let bytes = fs::read(&file).unwrap();
                fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
            }
        }
    }
    assert!(answers[0].starts_with("one"), "{answers:?}");
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}
