//! `caches` and HTMLRewriter over real HTTP, and what is left of a cache after the end of its server.

use std::path::{Path, PathBuf};

use crate::harness::{Holdfast, Project, Response};

const WORKER: &str = r#"
let made = 0;
export default {
    async fetch(request, _env, ctx) {
        const { pathname } = new URL(request.url);
        // Whatever port the server has.
        const key = `http://cache.test${pathname.replace("/purge", "")}`;
        if (pathname === "/rewritten") {
            return new HTMLRewriter()
                .on("p", { async element(p) { await scheduler.wait(1); p.append(" and more"); } })
                .transform(new Response("<p>text</p>", { headers: { "content-length": "11", "content-type": "text/html" } }));
        }
        if (pathname.startsWith("/purge/")) {
            return new Response(String(await caches.default.delete(key)));
        }
        const hit = await caches.default.match(key);
        if (hit !== undefined) return hit;
        const body = pathname.startsWith("/large/") ? "x".repeat(3_000_000) : `made ${++made}`;
        const response = new Response(body, { headers: { "cache-control": "max-age=600", etag: '"e"' } });
        ctx.waitUntil(caches.default.put(key, response.clone()).then(() => console.log("kept")));
        return response;
    },
};
"#;

/// The files that hold responses.
fn kept(data: &Path) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(data.join("cache")).unwrap();
    let folders = folders
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap());
    files.map(|entry| entry.unwrap().path()).collect()
}

fn is_hit(response: &Response) -> bool {
    response.header("cf-cache-status") == Some("HIT")
}

#[test]
fn a_cached_response_is_found_again_also_after_kill_9() {
    let project = Project::worker(WORKER);
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    let first = server.get("/a");
    assert!(!is_hit(&first), "{first:?}");
    holdfast.expect("kept");
    let again = server.get("/a");
    assert!(is_hit(&again), "{again:?}");
    assert_eq!((again.status, again.header("etag")), (200, Some("\"e\"")));
    assert_eq!(again.body, first.body);
    holdfast.signal("KILL");
    holdfast.end();

    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    let after = server.get("/a");
    assert!(is_hit(&after), "{after:?}");
    assert_eq!(after.body, first.body);
    assert_eq!(server.get("/purge/a").body, "true");
    assert_eq!(server.get("/purge/a").body, "false");
    assert!(!is_hit(&server.get("/a")));
}

#[test]
fn a_damaged_file_is_a_response_that_was_never_kept() {
    let project = Project::worker(WORKER);
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    server.get("/a");
    holdfast.expect("kept");
    let files = kept(data.path());
    assert_eq!(files.len(), 1);
    let mut bytes = std::fs::read(&files[0]).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&files[0], bytes).unwrap();
    assert!(!is_hit(&server.get("/a")));
    holdfast.expect("kept");
    assert!(is_hit(&server.get("/a")));
}

#[test]
fn a_large_response_comes_from_the_cache_whole() {
    let project = Project::worker(WORKER);
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    assert_eq!(server.get("/large/a").body.len(), 3_000_000);
    holdfast.expect("kept");
    let hit = server.get("/large/a");
    assert!(is_hit(&hit));
    assert_eq!(hit.header("content-length"), Some("3000000"));
    assert_eq!(hit.body.len(), 3_000_000);
}

#[test]
fn a_page_is_rewritten_on_its_way() {
    let project = Project::worker(WORKER);
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let page = holdfast.ready().get("/rewritten");
    assert_eq!(page.header("content-length"), None);
    assert_eq!(page.body, "<p>text and more</p>");
}
