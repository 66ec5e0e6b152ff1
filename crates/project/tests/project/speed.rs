//! A thousand modules load at the speed that start-up needs.

use std::fmt::Write;
use std::time::Instant;

use crate::common::Fixture;

/// Half TypeScript of one's own, half CommonJS of a package, about 6 KB each.
fn thousand() -> Fixture {
    let mut index = String::new();
    let fixture = Fixture::app("", &[("node_modules/p/package.json", "{}")]);
    for n in 0..500 {
        let mut own = format!(
            "import {{ f{n} as other }} from 'p/lib/m{n}';\nexport interface I {{ a: number }}\n"
        );
        let mut package = format!("'use strict';\nexports.f{n} = function (x) {{ return x; }};\n");
        for k in 0..60 {
            writeln!(own, "export function f{k}(x: I, y?: string): number {{ return other(x.a) + (y?.length ?? {k}); }}").unwrap();
            writeln!(package, "exports.g{k} = function (a, b) {{ if (process.env.NODE_ENV !== 'production') {{ a += b; }} return a; }};").unwrap();
        }
        fixture.write(&format!("src/m{n}.ts"), own.as_bytes());
        fixture.write(&format!("node_modules/p/lib/m{n}.js"), package.as_bytes());
        writeln!(index, "import './m{n}';").unwrap();
    }
    fixture.write("src/index.ts", index.as_bytes());
    fixture
}

#[test]
fn a_thousand_modules_make_one_graph() {
    let fixture = thousand();
    let project = fixture.project();
    let start = Instant::now();
    let graph = project.graph().unwrap();
    // Shown with --no-capture; how long it takes depends on the machine and is not what is asserted.
    println!("{} modules in {:?}", graph.modules.len(), start.elapsed());
    assert_eq!(graph.modules.len(), 1001);
}
