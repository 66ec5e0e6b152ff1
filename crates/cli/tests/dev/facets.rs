//! Facets over kill -9, and as `holdfast objects` sees them.

use crate::harness::{Holdfast, Project};
use crate::objects::{done, json, refused};

const CONFIG: &str = r#"{
    "name": "desk", "main": "src/index.js", "compatibility_date": "2026-08-01",
    "durable_objects": { "bindings": [{ "name": "DESK", "class_name": "Desk" }] },
    "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Desk"] }]
}"#;

/// `/OBJECT/TEXT/FACET/FACET` adds a text to a facet of an object; it answers with all that are there.
const CODE: &str = r#"
import { DurableObject } from "cloudflare:workers";
export class Desk extends DurableObject {
    async add(text, [name, ...names]) {
        if (name !== undefined) {
            const facet = this.ctx.facets.get(name, () => ({ class: this.ctx.exports.Drawer }));
            return await facet.add(text, names);
        }
        const { sql } = this.ctx.storage;
        sql.exec("CREATE TABLE IF NOT EXISTS lines (text TEXT)");
        if (text !== "") sql.exec("INSERT INTO lines VALUES (?)", text);
        return sql.exec("SELECT text FROM lines").toArray().map(({ text }) => text).join();
    }
    remove(name) {
        this.ctx.facets.delete(name);
        return "removed";
    }
}
export class Drawer extends Desk {}
export default {
    async fetch(request, env) {
        const { pathname, search } = new URL(request.url);
        const [, name, text, ...facets] = pathname.split("/");
        const desk = env.DESK.getByName(name);
        if (search === "?id") return new Response(desk.id.toString());
        if (request.method === "POST") return new Response(await desk.remove(text));
        return new Response(await desk.add(text, facets));
    },
};
"#;

fn project() -> Project {
    Project::new(&[("wrangler.jsonc", CONFIG), ("src/index.js", CODE)])
}

#[test]
fn what_facets_have_confirmed_survives_kill_9() {
    let (project, data) = (project(), tempfile::tempdir().unwrap());
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    assert_eq!(server.get("/a/one/left").body, "one");
    assert_eq!(server.get("/a/two/left/inner").body, "two");
    assert_eq!(server.get("/a/three/right").body, "three");
    assert_eq!(server.post("/a/right", "").body, "removed");
    holdfast.signal("KILL");
    holdfast.end();

    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    assert_eq!(server.get("/a//left").body, "one");
    assert_eq!(server.get("/a//left/inner").body, "two");
    assert_eq!(server.get("/a//right").body, "");
    assert_eq!(server.post("/a/left", "").body, "removed");
    holdfast.signal("KILL");
    holdfast.end();

    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    assert_eq!(server.get("/a//left").body, "");
    assert_eq!(server.get("/a//left/inner").body, "");
}

/// The rows of a list, each as the object's number, whether it has data of its own, and how many facets.
fn counts(rows: &[serde_json::Value], ids: &[String]) -> Vec<(usize, bool, u64)> {
    let count = |row: &serde_json::Value| {
        let id = row["id"].as_str().unwrap();
        let number = ids.iter().position(|known| known == id).unwrap();
        let own = row["bytes"].as_u64().unwrap() > 0;
        (number, own, row["facets"].as_u64().unwrap())
    };
    let mut counts: Vec<_> = rows.iter().map(count).collect();
    counts.sort_unstable();
    counts
}

#[test]
fn a_list_counts_the_facets_of_each_object_whatever_its_pages() {
    const OBJECTS: usize = 10;
    let (project, data) = (project(), tempfile::tempdir().unwrap());
    let data = data.path();
    let mut holdfast = Holdfast::dev(project.path(), data, &[]);
    let server = holdfast.ready();
    // Every third has no data of its own; some have facets of facets, and one of each lot has lost some.
    let mut expected = Vec::new();
    for number in 0..OBJECTS {
        let own = number % 3 != 0;
        if own {
            server.get(&format!("/{number}/text"));
        }
        let facets = number % 5;
        for facet in 0..facets {
            server.get(&format!("/{number}/text/facet-{facet}"));
            server.get(&format!("/{number}/text/facet-{facet}/inner"));
        }
        let gone = usize::from(facets > 1);
        if gone > 0 {
            assert_eq!(
                server.post(&format!("/{number}/facet-0"), "").body,
                "removed"
            );
        }
        let left = 2 * (facets - gone) as u64;
        if own || left > 0 {
            expected.push((number, own, left));
        }
    }
    let ids: Vec<String> = (0..OBJECTS)
        .map(|number| server.get(&format!("/{number}/id?id")).body)
        .collect();
    let look = |expected: &[(usize, bool, u64)]| {
        let whole = json(data, &["list"]);
        let whole = whole.as_array().unwrap();
        assert_eq!(counts(whole, &ids), expected);
        // A shorter list is made of smaller pages.
        for limit in 1..=whole.len() {
            let list = json(data, &["list", "--limit", &limit.to_string()]);
            assert_eq!(
                list.as_array().unwrap()[..],
                whole[..limit],
                "limit {limit}"
            );
        }
    };
    look(&expected);
    holdfast.signal("TERM");
    holdfast.end();
    look(&expected);

    // What the catalogue has by now, and what it is to be told.
    let mut holdfast = Holdfast::dev(project.path(), data, &[]);
    let server = holdfast.ready();
    for (number, _, facets) in expected.iter_mut().filter(|(number, ..)| number % 2 == 0) {
        server.get(&format!("/{number}/text/late"));
        *facets += 1;
    }
    let (number, _, facets) = expected
        .iter_mut()
        .rfind(|(.., facets)| *facets > 2)
        .unwrap();
    let path = format!("/{number}/facet-1");
    assert_eq!(server.post(&path, "").body, "removed");
    *facets -= 2;
    look(&expected);
    holdfast.signal("KILL");
    holdfast.end();
    look(&expected);
}

#[test]
fn an_objects_facets_can_be_looked_at_and_go_with_it() {
    let (project, data) = (project(), tempfile::tempdir().unwrap());
    let files = tempfile::tempdir().unwrap();
    let data = data.path();
    let mut holdfast = Holdfast::dev(project.path(), data, &[]);
    let server = holdfast.ready();
    assert_eq!(server.get("/a/one/left").body, "one");
    assert_eq!(server.get("/a/two/left/inner").body, "two");
    assert_eq!(server.get("/b/three").body, "three");
    assert_eq!(server.get("/b/four/right").body, "four");

    let look = |file: &str| {
        let list = done(data, &["list", "Desk"]);
        assert_eq!(
            list,
            done(data, &["list"]),
            "facets are not listed by themselves"
        );
        assert_eq!(list.lines().count(), 3, "{list}");
        assert!(list.lines().any(|line| line.ends_with(" 2")), "{list}");
        // This one has no data of its own.
        let show = done(data, &["show", "Desk/a"]);
        assert!(
            show.contains("left") && show.contains("left/inner"),
            "{show}"
        );
        let show = done(data, &["show", "Desk/a", "--facet", "left"]);
        assert!(show.contains("lines") && show.contains("inner"), "{show}");
        let texts = "SELECT text FROM lines";
        let query = [
            "query", "Desk/a", "--facet", "left", "--facet", "inner", texts,
        ];
        assert_eq!(done(data, &query), "text\ntwo\n");
        assert_eq!(done(data, &["query", "Desk/b", texts]), "text\nthree\n");
        let file = files.path().join(file);
        let file = file.to_str().unwrap();
        done(data, &["export", "Desk/a", "--facet", "left", file]);
        let file = rusqlite::Connection::open(file).unwrap();
        let text: String = file.query_row(texts, [], |row| row.get(0)).unwrap();
        assert_eq!(text, "one");
        let stderr = refused(data, &["show", "Desk/a", "--facet", "nobody"]);
        assert!(stderr.contains("has no data"), "{stderr}");
    };
    look("running");
    let export = files.path().join("running");
    let export = export.to_str().unwrap();
    done(data, &["import", "Desk/b", "--facet", "new", export]);
    assert_eq!(server.get("/b//new").body, "one");
    done(data, &["delete", "Desk/b", "--facet", "new"]);
    assert_eq!(server.get("/b//right").body, "four");
    done(data, &["delete", "Desk/b"]);
    assert_eq!(server.get("/b//right").body, "");
    assert_eq!(server.get("/b/three").body, "three");
    assert_eq!(server.get("/b/four/right").body, "four");
    holdfast.signal("KILL");
    holdfast.end();

    look("at rest");
    done(data, &["import", "Desk/c", "--facet", "x", export]);
    done(data, &["delete", "Desk/a", "--facet", "left"]);
    done(data, &["delete", "Desk/b"]);
    let list = done(data, &["list"]);
    assert_eq!(list.lines().count(), 2, "{list}");
    let mut holdfast = Holdfast::dev(project.path(), data, &[]);
    let server = holdfast.ready();
    assert_eq!(server.get("/a//left").body, "");
    assert_eq!(server.get("/a//left/inner").body, "");
    assert_eq!(server.get("/b//right").body, "");
    assert_eq!(server.get("/c//x").body, "one");
}
