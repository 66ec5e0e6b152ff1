//! Projects that run together.

use holdfast_project::{ModuleGraph, Project, check_together};

use crate::common::Fixture;

const SECOND: &str = r#"{
  "name": "second", "main": "src/index.ts", "compatibility_date": "2025-01-01",
  "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Room"] }]
}"#;

/// Loads `first` beside a second project: warnings, or the error, each with the index of its project.
fn check(first: &str, second: &str, code: &str) -> Result<Vec<String>, String> {
    let first = Fixture::new(&[
        ("wrangler.jsonc", first),
        ("src/index.ts", "export default {}"),
    ]);
    let second = Fixture::new(&[("wrangler.jsonc", second), ("src/index.ts", code)]);
    let parts: Vec<(Project, ModuleGraph)> = [first.project(), second.project()]
        .into_iter()
        .map(|project| {
            let graph = project.graph().unwrap();
            (project, graph)
        })
        .collect();
    let parts: Vec<_> = parts
        .iter()
        .map(|(project, graph)| (project, graph))
        .collect();
    match check_together(&parts) {
        Ok(warnings) => Ok(warnings
            .iter()
            .map(|(at, text)| format!("{at} {text}"))
            .collect()),
        Err((at, error)) => Err(format!("{at} {error}")),
    }
}

fn first(more: &str) -> String {
    format!(
        "{{ \"name\": \"first\", \"main\": \"src/index.ts\", \"compatibility_date\": \"2025-01-01\",\n{more} }}"
    )
}

const CODE: &str = "export class Room {} export const handlers = {}; export default {}";

#[test]
fn bindings_that_lead_somewhere_are_fine() {
    let config = first(
        r#""durable_objects": { "bindings": [{ "name": "A", "class_name": "Room", "script_name": "second" }] },
           "services": [{ "binding": "B", "service": "second" }, { "binding": "C", "service": "second", "entrypoint": "handlers" },
                        { "binding": "D", "service": "first" }]"#,
    );
    assert_eq!(check(&config, SECOND, CODE), Ok(vec![]));
}

#[test]
fn a_worker_that_is_not_there_is_a_warning() {
    let config = first(
        r#""durable_objects": { "bindings": [{ "name": "A", "class_name": "Room", "script_name": "third" }] },
"services": [{ "binding": "B", "service": "my-third" }]"#,
    );
    let warnings = check(&config, SECOND, CODE).unwrap();
    assert_eq!(
        warnings,
        [
            "0 wrangler.jsonc:2:35: the Worker \"third\" is not running: what calls env.A fails\n  start both together: holdfast dev THIS_FOLDER FOLDER_OF_THIRD",
            "0 wrangler.jsonc:3:14: the Worker \"my-third\" is not running: what calls env.B fails\n  start both together: holdfast dev THIS_FOLDER FOLDER_OF_MY_THIRD",
        ]
    );
}

#[test]
fn a_class_that_the_other_does_not_make_is_an_error() {
    let config = first(
        r#""durable_objects": { "bindings": [{ "name": "A", "class_name": "Hall", "script_name": "second" }] }"#,
    );
    let error = check(&config, SECOND, CODE).unwrap_err();
    assert_eq!(
        error,
        "0 wrangler.jsonc:2:35: binding A names class Hall of the Worker \"second\", which no migration there makes\n  \"second\" makes Room: correct \"class_name\", or add a migration there"
    );
    let none = SECOND.replace("[\"Room\"]", "[]");
    let error = check(&config, &none, CODE).unwrap_err();
    assert!(error.contains("\"second\" makes no classes"), "{error}");
}

#[test]
fn an_entrypoint_that_the_other_does_not_export_is_an_error() {
    let config =
        first(r#""services": [{ "binding": "B", "service": "second", "entrypoint": "Nobody" }]"#);
    let error = check(&config, SECOND, CODE).unwrap_err();
    assert_eq!(
        error,
        "0 wrangler.jsonc:2:14: binding B names the entrypoint Nobody of the Worker \"second\", whose src/index.ts does not export it\n  it exports Room, handlers, default; correct \"entrypoint\", or export Nobody there"
    );
}

#[test]
fn two_of_one_name_are_an_error() {
    let second = SECOND.replace("\"second\"", "\"first\"");
    let error = check(&first("\"vars\": {}"), &second, CODE).unwrap_err();
    assert!(
        error.starts_with("1 two projects are called \"first\": "),
        "{error}"
    );
    let fixture = Fixture::app("export default {}", &[]);
    let (project, graph) = (fixture.project(), fixture.graph());
    let (at, error) = check_together(&[(&project, &graph), (&project, &graph)]).unwrap_err();
    assert_eq!(at, 1);
    assert!(
        error
            .to_string()
            .starts_with("the Worker \"test\" is there twice"),
        "{error}"
    );
}

#[test]
fn places_are_named_as_seen_from_above() {
    let config = first(r#""services": [{ "binding": "B", "service": "third" }]"#);
    let fixture = Fixture::new(&[
        ("wrangler.jsonc", &config),
        ("src/index.ts", "export default {}"),
    ]);
    let project = fixture.project();
    let graph = project.graph().unwrap();
    let warnings = check_together(&[(&project, &graph)]).unwrap();
    let warning = warnings[0].1.clone().below("apps/first".as_ref());
    assert!(
        warning
            .to_string()
            .starts_with("apps/first/wrangler.jsonc:2:14: "),
        "{warning}"
    );
}
