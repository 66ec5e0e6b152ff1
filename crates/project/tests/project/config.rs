//! The configuration: three formats, environments, secrets, and every complaint with its place.

use holdfast_project::ProjectError;
use serde_json::json;

use crate::common::{self, Fixture, texts};

const JSONC: &str = r#"{
  // comments and trailing commas
  "$schema": "node_modules/wrangler/config-schema.json",
  "name": "chat",
  "main": "src/index.ts",
  "compatibility_date": "2025-02-03",
  "compatibility_flags": ["nodejs_compat"],
  "vars": { "GREETING": "hi", "LIMITS": { "users": 3 } },
  "durable_objects": {
    "bindings": [
      { "name": "ROOM", "class_name": "ChatRoom" },
      { "name": "OTHER", "class_name": "Thing", "script_name": "elsewhere" },
    ],
  },
  "migrations": [
    { "tag": "v1", "new_classes": ["Old"], "new_sqlite_classes": ["Room", "Gone"] },
    { "tag": "v2", "renamed_classes": [{ "from": "Room", "to": "ChatRoom" }], "deleted_classes": ["Gone"] },
  ],
  "limits": { "cpu_ms": 50 },
  "dev": { "port": 9000, "ip": "0.0.0.0" },
  "observability": { "enabled": true },
}"#;

const TOML: &str = r#"
name = "chat"
main = "src/index.ts"
compatibility_date = "2025-02-03"
compatibility_flags = ["nodejs_compat"]

[vars]
GREETING = "hi"
LIMITS = { users = 3 }

[[durable_objects.bindings]]
name = "ROOM"
class_name = "ChatRoom"

[[durable_objects.bindings]]
name = "OTHER"
class_name = "Thing"
script_name = "elsewhere"

[[migrations]]
tag = "v1"
new_classes = ["Old"]
new_sqlite_classes = ["Room", "Gone"]

[[migrations]]
tag = "v2"
renamed_classes = [{ from = "Room", to = "ChatRoom" }]
deleted_classes = ["Gone"]

[limits]
cpu_ms = 50

[dev]
port = 9000
ip = "0.0.0.0"

[observability]
enabled = true
"#;

fn config(text: &str) -> Fixture {
    Fixture::new(&[
        ("wrangler.jsonc", text),
        ("src/index.ts", "export default {}"),
    ])
}

#[test]
fn a_class_goes_by_the_name_that_it_was_made_under() {
    let steps = r#"
    { "tag": "v1", "new_classes": ["A", "C"] },
    { "tag": "v2", "renamed_classes": [{ "from": "A", "to": "B" }], "deleted_classes": ["C"] },
    { "tag": "v3", "renamed_classes": [{ "from": "B", "to": "D" }], "new_sqlite_classes": [] },
    { "tag": "v4", "new_sqlite_classes": ["A", "B", "C"] },
    { "tag": "v5", "deleted_classes": ["C"] },
    { "tag": "v6", "new_sqlite_classes": ["C"] }"#;
    let text = format!(
        r#"{{ "name": "a", "main": "src/index.ts", "compatibility_date": "2026-01-01", "migrations": [{steps}] }}"#
    );
    let project = config(&text).project();
    let classes = project.config.classes.iter();
    let names: Vec<_> = classes
        .map(|class| (class.class_name.as_str(), class.made_as.as_str()))
        .collect();
    // A second class of a name does not get the data of the first, whether that was renamed or deleted.
    assert_eq!(names, [("D", "A"), ("A", "A.2"), ("B", "B"), ("C", "C.3")]);
}

#[test]
fn the_three_formats_say_the_same() {
    let json = JSONC
        .lines()
        .filter(|line| !line.contains("//"))
        .collect::<String>();
    let json = json
        .replace(",    ]", "]")
        .replace(",  ]", "]")
        .replace(",  }", "}")
        .replace(",}", "}");
    for (file, text) in [
        ("wrangler.jsonc", JSONC),
        ("wrangler.json", &json),
        ("wrangler.toml", TOML),
    ] {
        let fixture = Fixture::new(&[(file, text), ("src/index.ts", "")]);
        let project = fixture.project();
        let config = &project.config;
        assert_eq!(project.root, fixture.path(), "{file}");
        assert_eq!(config.config_path, fixture.path().join(file));
        assert_eq!(config.name, "chat");
        assert_eq!(config.main, fixture.path().join("src/index.ts"));
        assert_eq!(config.compatibility_date, "2025-02-03");
        assert_eq!(config.compatibility_flags, ["nodejs_compat"]);
        assert_eq!(config.vars["GREETING"], json!("hi"));
        assert_eq!(config.vars["LIMITS"], json!({ "users": 3 }));
        let bindings: Vec<_> = config
            .durable_objects
            .iter()
            .map(|b| {
                (
                    b.name.as_str(),
                    b.class_name.as_str(),
                    b.script_name.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            bindings,
            [
                ("ROOM", "ChatRoom", None),
                ("OTHER", "Thing", Some("elsewhere"))
            ]
        );
        let classes: Vec<_> = config
            .classes
            .iter()
            .map(|class| {
                (
                    class.class_name.as_str(),
                    class.made_as.as_str(),
                    class.sqlite,
                )
            })
            .collect();
        assert_eq!(classes, [("Old", "Old", false), ("ChatRoom", "Room", true)]);
        assert_eq!(config.limits_cpu_ms, Some(50));
        assert_eq!(
            (config.dev_port, config.dev_ip.as_deref()),
            (Some(9000), Some("0.0.0.0"))
        );
        assert_eq!(project.files, [fixture.path().join(file)]);
    }
}

#[test]
fn places_of_bindings_are_exact_in_both_formats() {
    for (file, text, line, column) in [
        ("wrangler.jsonc", JSONC, 11, 7),
        ("wrangler.toml", TOML, 11, 1),
    ] {
        let project = Fixture::new(&[(file, text), ("src/index.ts", "")]).project();
        let place = &project.config.durable_objects[0].place;
        assert_eq!(place.to_string(), format!("{file}:{line}:{column}"));
    }
}

#[test]
fn json_goes_before_jsonc_before_toml_and_a_folder_above_is_found() {
    let files = [
        (
            "wrangler.toml",
            "name = \"c\"\nmain = \"a.js\"\ncompatibility_date = \"2025-01-01\"",
        ),
        (
            "wrangler.jsonc",
            r#"{ "name": "b", "main": "a.js", "compatibility_date": "2025-01-01" }"#,
        ),
        ("a.js", ""),
        ("deep/er/file", ""),
    ];
    let fixture = Fixture::new(&files);
    let project = fixture.load().unwrap();
    assert_eq!(project.config.name, "b");
    assert_eq!(
        texts(&project),
        ["wrangler.toml is ignored: wrangler.jsonc comes first"]
    );
    fixture.write(
        "wrangler.json",
        br#"{ "name": "a", "main": "a.js", "compatibility_date": "2025-01-01" }"#,
    );
    assert_eq!(fixture.load().unwrap().config.name, "a");

    let below = fixture.path().join("deep/er");
    let project = holdfast_project::Project::load(&below, &Default::default()).unwrap();
    assert_eq!(
        (project.config.name.as_str(), project.root),
        ("a", fixture.path())
    );
    let named = fixture.path().join("wrangler.toml");
    let project = holdfast_project::Project::load(&named, &Default::default()).unwrap();
    assert_eq!(project.config.name, "c");
}

#[test]
fn a_missing_configuration_says_how_to_make_one() {
    let fixture = Fixture::new(&[("src/index.ts", "")]);
    let error = fixture.load().unwrap_err();
    assert!(matches!(error, ProjectError::NoConfig(_)));
    assert_eq!(error.place(), None);
    let text = error.to_string();
    assert!(text.starts_with("no wrangler configuration in /"), "{text}");
    assert!(
        text.contains("\n  create wrangler.jsonc, for example:\n  { \"name\""),
        "{text}"
    );
}

const ENVS: &str = r#"{
  "name": "chat", "main": "src/index.ts", "compatibility_date": "2025-01-01",
  "vars": { "A": "top" },
  "durable_objects": { "bindings": [{ "name": "ROOM", "class_name": "Room" }] },
  "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Room"] }],
  "kv_namespaces": [{ "binding": "CACHE", "id": "x" }],
  "env": {
    "staging": { "vars": { "A": "staging" }, "compatibility_date": "2025-05-05" },
    "full": {
      "name": "own-name",
      "main": "src/other.ts",
      "vars": {},
      "durable_objects": { "bindings": [{ "name": "ROOM", "class_name": "Other" }] },
      "kv_namespaces": [],
      "dev": { "port": 1 }
    }
  }
}"#;

#[test]
fn environments_inherit_as_wrangler_has_it() {
    let fixture = config(ENVS);
    fixture.write("src/other.ts", b"");
    let project = fixture.load_env("staging").unwrap();
    let config = &project.config;
    assert_eq!(config.name, "chat-staging");
    assert_eq!(config.env.as_deref(), Some("staging"));
    assert_eq!(config.compatibility_date, "2025-05-05");
    assert_eq!(config.main, fixture.path().join("src/index.ts"));
    assert_eq!(config.vars["A"], json!("staging"));
    assert!(config.durable_objects.is_empty());
    assert_eq!(config.classes[0].class_name, "Room");
    assert_eq!(
        texts(&project),
        [
            "wrangler.jsonc:4:3: \"durable_objects\" exists at the top level, but not in \"env.staging\", which does not inherit it: add \"durable_objects\" to \"env.staging\"",
            "wrangler.jsonc:6:3: \"kv_namespaces\" exists at the top level, but not in \"env.staging\", which does not inherit it: add \"kv_namespaces\" to \"env.staging\"",
        ]
    );

    let project = fixture.load_env("full").unwrap();
    assert_eq!(project.config.name, "own-name");
    assert_eq!(project.config.main, fixture.path().join("src/other.ts"));
    assert!(project.config.vars.is_empty());
    assert_eq!(project.config.durable_objects[0].class_name, "Other");
    assert_eq!(
        texts(&project),
        ["wrangler.jsonc:15:7: \"dev\" has no effect in \"env.full\": it belongs to the top level"]
    );

    let project = fixture.load().unwrap();
    assert_eq!(project.config.name, "chat");
    assert_eq!(
        texts(&project),
        ["wrangler.jsonc:6:3: kv_namespaces is not supported yet: env.CACHE will be undefined"]
    );
}

#[test]
fn an_unknown_environment_is_an_error_that_lists_them() {
    let error = config(ENVS).load_env("stagng").unwrap_err().to_string();
    assert!(
        error.starts_with(
            "wrangler.jsonc:7:3: there is no environment \"stagng\": did you mean \"staging\"?"
        ),
        "{error}"
    );
    assert!(
        error.ends_with("\n  the environments are: staging, full"),
        "{error}"
    );

    let project = Fixture::app("", &[]).load_env("prod").unwrap();
    assert_eq!(project.config.name, "test-prod");
    assert_eq!(
        texts(&project),
        ["the configuration has no environments: \"prod\" runs with the top level's values"]
    );
}

#[test]
fn unsupported_and_unknown_keys_are_told_with_their_places() {
    let text = r#"{
  "name": "a", "main": "src/index.ts", "compatibility_date": "2025-01-01",
  "r2_buckets": [{ "binding": "FILES", "bucket_name": "x" }, { "binding": "MORE", "bucket_name": "y" }],
  "queues": { "producers": [{ "binding": "Q", "queue": "q" }], "consumers": [{ "queue": "q" }] },
  "ai": { "binding": "AI" },
  "send_email": [{ "name": "MAIL" }],
  "unsafe": { "bindings": [{ "name": "U", "type": "x" }] },
  "assets": { "directory": "public" },
  "d1_databases": [],
  "triggers": { "crons": ["* * * * *"] },
  "compatability_flags": [],
  "frobnicate": 1,
  "limits": { "cpu": 1 }
}"#;
    let project = config(text).load().unwrap();
    assert_eq!(
        texts(&project),
        [
            "wrangler.jsonc:3:3: r2_buckets is not supported yet: env.FILES, env.MORE will be undefined",
            "wrangler.jsonc:4:3: queues is not supported yet: env.Q will be undefined, and queue() is not called",
            "wrangler.jsonc:5:3: ai is not supported yet: env.AI will be undefined",
            "wrangler.jsonc:6:3: send_email is not supported yet: env.MAIL will be undefined",
            "wrangler.jsonc:7:3: unsafe is not supported yet: env.U will be undefined",
            "wrangler.jsonc:8:3: assets is not supported yet: static files are not served",
            "wrangler.jsonc:11:3: unknown key \"compatability_flags\": did you mean \"compatibility_flags\"?",
            "wrangler.jsonc:12:3: unknown key \"frobnicate\"",
            "wrangler.jsonc:13:15: unknown key \"limits.cpu\": did you mean \"cpu_ms\"?",
            "wrangler.jsonc:10:17: triggers.crons is not supported yet: scheduled() is not called by itself",
        ]
    );
    assert_eq!(project.config.crons, ["* * * * *"]);
}

#[test]
fn what_is_missing_is_filled_in_with_a_warning_or_asked_for() {
    let project = config(r#"{ "main": "src/index.ts" }"#).load().unwrap();
    let texts = texts(&project);
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[0].starts_with("wrangler.jsonc:1:1: \"name\" is missing: the Worker is called"));
    assert!(
        texts[1].starts_with(
            "wrangler.jsonc:1:1: \"compatibility_date\" is missing: 2026-08-04 is used"
        )
    );

    let error = config(r#"{ "name": "a", "compatibility_date": "2025-01-01" }"#).config_error();
    assert!(
        error.starts_with("wrangler.jsonc:1:1: \"main\" is missing\n"),
        "{error}"
    );
    assert!(
        error
            .ends_with("\n  add the Worker's entry module, for example \"main\": \"src/index.ts\"")
    );
}

/// A configuration with `extra` on its third line.
fn with(extra: &str) -> String {
    config(&format!(
        "{{\n  \"main\": \"src/index.ts\", \"compatibility_date\": \"2025-01-01\",\n  {extra}\n}}"
    ))
    .config_error()
}

#[test]
fn wrong_values_are_errors_with_place_and_expectation() {
    let cases: &[(&str, &str, &str)] = &[
        (
            r#""name": 3"#,
            "3:11: \"name\" is a number",
            "expected a string",
        ),
        (
            r#""name": "A b""#,
            "3:11: \"A b\" cannot be a Worker's name",
            "expected lower-case letters, digits, \"-\" and \"_\"",
        ),
        (
            r#""name": "a", "main": "src/nothing.ts""#,
            "3:24: the entry module does not exist: src/nothing.ts",
            "\"main\" is relative to the folder of this file: create it, or correct the path",
        ),
        (
            r#""name": "a", "main": "src""#,
            "3:24: \"main\" is a folder: src",
            "expected the Worker's entry module, for example \"src/index.ts\"",
        ),
        (
            r#""name": "a", "compatibility_date": "2025-02-30""#,
            "3:38: \"compatibility_date\" is not a date: 2025-02-30",
            "expected YYYY-MM-DD, for example \"2026-08-04\"",
        ),
        (
            r#""name": "a", "compatibility_flags": "x""#,
            "3:39: \"compatibility_flags\" is a string",
            "expected an array",
        ),
        (
            r#""name": "a", "compatibility_flags": [true]"#,
            "3:40: \"compatibility_flags[0]\" is a boolean",
            "expected a string",
        ),
        (
            r#""name": "a", "vars": []"#,
            "3:24: \"vars\" is an array",
            "expected an object",
        ),
        (
            r#""name": "a", "limits": { "cpu_ms": 0 }"#,
            "3:38: \"limits.cpu_ms\" is 0",
            "expected a whole number from 1 to 300000",
        ),
        (
            r#""name": "a", "limits": { "cpu_ms": "5" }"#,
            "3:38: \"limits.cpu_ms\" is a string",
            "expected a whole number from 1 to 300000",
        ),
        (
            r#""name": "a", "dev": { "port": 70000 }"#,
            "3:33: \"dev.port\" is 70000",
            "expected a whole number from 0 to 65535",
        ),
        (
            r#""name": "a", "durable_objects": {}"#,
            "3:35: \"durable_objects\" has no \"bindings\"",
            "add \"bindings\", for example \"bindings\": [{ \"name\": \"ROOM\", \"class_name\": \"ChatRoom\" }]",
        ),
        (
            r#""name": "a", "durable_objects": { "bindings": [{ "name": "R" }] }"#,
            "3:50: \"durable_objects.bindings[0]\" has no \"class_name\"",
            "add \"class_name\", for example \"class_name\": \"ChatRoom\"",
        ),
        (
            r#""name": "a", "durable_objects": { "bindings": [{ "name": "", "class_name": "C" }] }"#,
            "3:60: \"durable_objects.bindings[0].name\" is empty",
            "for example \"name\": \"ROOM\"",
        ),
        (
            r#""name": "a", "durable_objects": { "bindings": [{ "name": "R", "class_name": "C" }, { "name": "R", "class_name": "D" }] }"#,
            "3:96: two bindings are called \"R\"",
            "the other is at line 3: give each binding its own name",
        ),
        (
            r#""name": "a", "vars": { "R": 1 }, "durable_objects": { "bindings": [{ "name": "R", "class_name": "C" }] }"#,
            "3:80: \"R\" is a binding and also one of \"vars\"",
            "give each its own name",
        ),
        (
            r#""name": "a", "migrations": [{}]"#,
            "3:31: \"migrations[0]\" has no \"tag\"",
            "add \"tag\", for example \"tag\": \"v1\"",
        ),
        (
            r#""name": "a", "migrations": [{ "tag": "x" }, { "tag": "x" }]"#,
            "3:56: two migrations have the tag \"x\"",
            "give each migration a tag of its own",
        ),
        (
            r#""name": "a", "migrations": [{ "tag": "x", "new_classes": ["A"], "new_sqlite_classes": ["A"] }]"#,
            "3:90: class A exists already",
            "an earlier migration made it: remove it from this \"new_sqlite_classes\"",
        ),
        (
            r#""name": "a", "migrations": [{ "tag": "x", "deleted_classes": ["A"] }]"#,
            "3:65: there is no class A to delete",
            "only a class that an earlier migration made can be deleted",
        ),
        (
            r#""name": "a", "migrations": [{ "tag": "x", "renamed_classes": [{ "from": "A", "to": "B" }] }]"#,
            "3:75: there is no class A to rename",
            "only a class that an earlier migration made can be renamed",
        ),
        (
            r#""name": "a", "migrations": [{ "tag": "x", "new_classes": ["A", "B"], "renamed_classes": [{ "from": "A", "to": "B" }] }]"#,
            "3:113: class B exists already",
            "rename to a name that no migration has made",
        ),
        (
            r#""name": "a", "rules": [{ "type": "Texts", "globs": [] }]"#,
            "3:36: \"Texts\" is not a type of module: did you mean \"Text\"?",
            "expected one of ESModule, CommonJS, Text, Data, CompiledWasm",
        ),
        (
            r#""name": "a", "rules": [{ "type": "Text" }]"#,
            "3:26: \"rules[0]\" has no \"globs\"",
            "add \"globs\", for example \"globs\": [\"**/*.md\"]",
        ),
        (
            r#""name": 'a'"#,
            "3:11: the file is not valid JSON: Single-quoted strings are not allowed",
            "",
        ),
    ];
    for (extra, what, help) in cases {
        let error = with(extra);
        assert!(
            error.starts_with(&format!("wrangler.jsonc:{what}\n")),
            "{extra}: {error}"
        );
        if !help.is_empty() {
            assert!(error.ends_with(&format!("^\n  {help}")), "{extra}: {error}");
        }
    }
}

#[test]
fn toml_errors_have_places_too() {
    let error = |text: &str| Fixture::new(&[("wrangler.toml", text)]).config_error();
    let text = error("name = \"a\"\nmain = 5\n");
    assert_eq!(
        text,
        "wrangler.toml:2:8: \"main\" is a number\n  2 | main = 5\n    |        ^\n  expected a string"
    );
    let text = error("name = \"a\"\nmain = \n");
    assert!(
        text.starts_with("wrangler.toml:2:8: the file is not valid TOML: "),
        "{text}"
    );
    let text = error("name = \"a\"\nmain = \"b\"\n[vars]\nx = nan\n");
    assert!(
        text.starts_with("wrangler.toml:4:5: NaN is not a number that JSON can hold"),
        "{text}"
    );
    let text = error("name = \"a\"\n[[migrations]]\nnew_classes = [\"A\"]\n");
    assert!(
        text.starts_with("wrangler.toml:2:1: \"migrations[0]\" has no \"tag\"\n"),
        "{text}"
    );
}

#[test]
fn secrets_lie_over_vars() {
    let text = r#"{ "name": "a", "main": "src/index.ts", "compatibility_date": "2025-01-01",
        "vars": { "A": "var", "B": { "x": 1 }, "N": 5 }, "env": { "prod": { "vars": { "A": "prod" } } } }"#;
    let fixture = config(text);
    fixture.write(".env", b"A=env\nD=$A!");
    fixture.write(".env.local", b"E=local");
    fixture.write(".env.prod", b"E=of-prod");
    let vars = |project: &holdfast_project::Project| {
        serde_json::to_value(project.config.vars.iter().collect::<Vec<_>>()).unwrap()
    };
    let project = fixture.project();
    assert_eq!(
        vars(&project),
        json!([["A", "env"], ["B", { "x": 1 }], ["N", 5], ["D", "env!"], ["E", "local"]])
    );
    assert_eq!(project.config.secrets, ["A", "D", "E"]);
    let root = fixture.path();
    let files: Vec<_> = project
        .files
        .iter()
        .map(|file| common::relative(&root, file))
        .collect();
    assert_eq!(files, ["wrangler.jsonc", ".env", ".env.local"]);
    let project = fixture.load_env("prod").unwrap();
    assert_eq!(
        vars(&project),
        json!([["A", "env"], ["D", "env!"], ["E", "of-prod"]])
    );

    fixture.write(".dev.vars", b"A=dev\nS=$A");
    let project = fixture.project();
    assert_eq!(
        vars(&project),
        json!([["A", "dev"], ["B", { "x": 1 }], ["N", 5], ["S", "$A"]])
    );
    assert_eq!(
        fixture.load_env("prod").unwrap().config.vars["A"],
        json!("dev")
    );
    fixture.write(".dev.vars.prod", b"A=dev-prod");
    let project = fixture.load_env("prod").unwrap();
    assert_eq!(vars(&project), json!([["A", "dev-prod"]]));
    assert_eq!(fixture.project().config.vars["A"], json!("dev"));
}

#[test]
fn required_secrets_are_the_only_ones_and_missed_when_absent() {
    let fixture = config(
        r#"{ "name": "a", "main": "src/index.ts", "compatibility_date": "2025-01-01",
  "secrets": { "required": ["KEY", "TOKEN"] } }"#,
    );
    fixture.write(".dev.vars", b"KEY=1\nOTHER=2\n???\n");
    let project = fixture.load().unwrap();
    assert_eq!(project.config.vars.keys().collect::<Vec<_>>(), ["KEY"]);
    assert_eq!(
        texts(&project),
        [
            ".dev.vars:3:1: the line is not NAME=value and is ignored",
            "wrangler.jsonc:2:16: required secrets are missing: add TOKEN to .dev.vars",
        ]
    );
}

#[test]
fn node_builtins_win_as_in_wrangler() {
    let wins = |date: &str, flags: &str| {
        let text = format!(
            r#"{{ "name": "a", "main": "src/index.ts", "compatibility_date": "{date}", "compatibility_flags": [{flags}] }}"#
        );
        config(&text).project().config.node_builtins_win()
    };
    assert!(!wins("2025-01-01", ""));
    assert!(wins("2025-01-01", "\"nodejs_compat\""));
    assert!(!wins("2024-01-01", "\"nodejs_compat\""));
    assert!(wins("2024-01-01", "\"nodejs_compat_v2\""));
    assert!(wins("2026-08-04", ""));
    assert!(!wins("2026-08-04", "\"no_nodejs_compat\""));
}
