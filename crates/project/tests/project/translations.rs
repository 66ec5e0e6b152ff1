//! What makes a kept translation useless.

use holdfast_project::Translations;

use crate::common::{CONFIG, Fixture, code, kept};

fn project() -> Fixture {
    Fixture::app(
        "import { twice } from './lib';\nimport view from './view.tsx';\nexport default { n: twice(1), view };",
        &[
            ("src/lib.ts", "export const twice = (n: number) => 2 * n;"),
            ("src/view.tsx", "export default <a/>;"),
        ],
    )
}

/// How many modules of the project `translations` did not have.
fn made(fixture: &Fixture, translations: &Translations) -> usize {
    fixture.graph_with(translations);
    translations.take_changes().added.len()
}

#[test]
fn a_file_that_changes_is_translated_again() {
    let fixture = project();
    let translations = Translations::default();
    assert_eq!(made(&fixture, &translations), 3);
    assert_eq!(made(&fixture, &translations), 0);
    fixture.write("src/lib.ts", b"export const twice = (n: number) => n + n;");
    let graph = fixture.graph_with(&translations);
    assert!(code(&graph, "src/lib.ts").contains("n + n"));
    assert_eq!(translations.take_changes().added.len(), 1);
}

#[test]
fn a_typescript_configuration_that_changes_has_its_files_translated_again() {
    let fixture = project();
    let translations = Translations::default();
    made(&fixture, &translations);
    let options = br#"{ "compilerOptions": { "jsx": "react-jsx", "jsxImportSource": "./own" } }"#;
    fixture.write("tsconfig.json", options);
    fixture.write("src/own/jsx-runtime.ts", b"export const jsx = () => 'new';");
    let graph = fixture.graph_with(&translations);
    assert!(code(&graph, "src/view.tsx").contains("jsx-runtime"));
    assert_eq!(translations.take_changes().added.len(), 4);
}

#[test]
fn what_the_configuration_defines_counts() {
    let fixture = Fixture::app("export default { n: COUNT };", &[]);
    let translations = Translations::default();
    for count in ["1", "2"] {
        let define = format!(r#"{{ "define": {{ "COUNT": "{count}" }}, "#);
        fixture.write(
            "wrangler.jsonc",
            CONFIG.replacen("{ ", &define, 1).as_bytes(),
        );
        let graph = fixture.graph_with(&translations);
        let code = code(&graph, "src/index.ts");
        assert!(code.contains(&format!("n: {count}")), "{code}");
    }
}

#[test]
fn what_the_package_says_counts() {
    let fixture = Fixture::app(
        "export * from './old.js'",
        &[("src/old.js", "console.log(1)")],
    );
    let translations = Translations::default();
    made(&fixture, &translations);
    fixture.write("package.json", br#"{ "type": "module" }"#);
    assert!(made(&fixture, &translations) > 0);
}

#[test]
fn what_is_not_used_any_more_is_forgotten_and_what_is_damaged_is_made_again() {
    let fixture = project();
    let translations = Translations::default();
    fixture.graph_with(&translations);
    let added = translations.take_changes().added;
    for at in [0, 31, 32, 60] {
        let damaged = Translations::with(added.iter().map(|(place, bytes)| {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= 1;
            (*place, bytes)
        }));
        assert_eq!(made(&fixture, &damaged), 3);
    }
    let translations = Translations::default();
    fixture.graph_with(&translations);
    let kept = kept(&translations);
    fixture.write("src/index.ts", b"export default {};");
    fixture.graph_with(&kept);
    let changes = kept.take_changes();
    assert_eq!((changes.added.len(), changes.unused.len()), (1, 2));
}
