//! Noticing that a file of the project changed, and nothing else: a change that is not the user's must not have the
//! project read again, or a program whose output goes to a file of the project's folder would be told of a mistake in
//! it, by way of that file, without end.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use holdfast_project::Met;
use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// Watches folders, since editors replace files rather than write to them, and tells when something
/// happens to a file that matters.
pub(crate) struct Watch {
    root: PathBuf,
    watcher: RecommendedWatcher,
    watched: HashSet<PathBuf>,
    interest: Arc<Mutex<Interest>>,
    changed: Arc<dyn Fn() + Send + Sync>,
}

/// What matters.
#[derive(Default)]
struct Interest {
    files: HashSet<PathBuf>,
    /// The folders on the way to the files: one that is replaced as a whole replaces its files.
    folders: HashSet<PathBuf>,
}

impl Watch {
    /// Begins to watch the project at `root`; `changed` is called, mostly on another thread, at each change, often several
    /// times for one save.
    ///
    /// # Errors
    /// The operating system has no watches left, or none at all.
    pub(crate) fn new(
        root: &Path,
        changed: impl Fn() + Send + Sync + 'static,
    ) -> notify::Result<Watch> {
        let interest = Arc::new(Mutex::new(Interest::default()));
        let changed: Arc<dyn Fn() + Send + Sync> = Arc::new(changed);
        let (shared, tell) = (Arc::clone(&interest), Arc::clone(&changed));
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // An error means that events were lost: then something may have changed.
            if event.map_or(true, |event| lock(&shared).is_touched_by(&event)) {
                tell();
            }
        })?;
        Ok(Watch {
            root: root.to_path_buf(),
            watcher,
            watched: HashSet::new(),
            interest,
            changed,
        })
    }

    /// The project consists of these files from now on.
    ///
    /// # Errors
    /// Some of their folders cannot be watched; the others are.
    pub(crate) fn follow(&mut self, files: &[PathBuf]) -> notify::Result<()> {
        self.set(files.iter().cloned().collect()).map(drop)
    }

    /// The project does not load. What it consisted of before may still be what it is to be; besides, a change of what
    /// the attempt has met may repair it, or of a file that it has missed, which is looked for in folders that need not
    /// be there.
    ///
    /// # Errors
    /// Some of their folders cannot be watched; the others are.
    pub(crate) fn follow_also(&mut self, met: &Met) -> notify::Result<()> {
        let mut files = lock(&self.interest).files.clone();
        files.extend(met.read.iter().chain(&met.missing).cloned());
        let fresh = self.set(files)?;
        // It may have come after it was looked for and before its folder was watched.
        let has_come = |file: &&PathBuf| {
            let folder = file.parent();
            folder.is_some_and(|folder| fresh.contains(folder)) && file.is_file()
        };
        if met.missing.iter().any(|file| has_come(&file)) {
            (self.changed)();
        }
        Ok(())
    }

    /// Gives the folders that were not watched before.
    fn set(&mut self, files: HashSet<PathBuf>) -> notify::Result<HashSet<PathBuf>> {
        let mut folders = HashSet::from([self.root.clone()]);
        for file in &files {
            folders.extend(folders_of(file, &self.root).map(Path::to_path_buf));
        }
        {
            let mut interest = lock(&self.interest);
            interest.files = files;
            interest.folders.clone_from(&folders);
        }
        self.watch(folders)
    }

    fn watch(&mut self, folders: HashSet<PathBuf>) -> notify::Result<HashSet<PathBuf>> {
        let mut first_error = Ok(());
        let mut watched = HashSet::new();
        let mut paths = self.watcher.paths_mut();
        for gone in self.watched.difference(&folders) {
            // A folder that was deleted is not watched any more as it is.
            paths.remove(gone).ok();
        }
        for folder in folders {
            // Also those watched already: one that was deleted and made again needs a new watch.
            match paths.add(&folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    watched.insert(folder);
                }
                Err(error) if folder.is_dir() => first_error = first_error.and(Err(error)),
                Err(_) => {}
            }
        }
        let committed = paths.commit();
        let fresh = watched.difference(&self.watched).cloned().collect();
        self.watched = watched;
        first_error.and(committed).map(|()| fresh)
    }
}

fn lock(interest: &Mutex<Interest>) -> MutexGuard<'_, Interest> {
    interest.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The folders in which something has to happen before a file can change.
fn folders_of<'f>(file: &'f Path, root: &Path) -> impl Iterator<Item = &'f Path> {
    let inside = file.starts_with(root);
    // Of packages that are linked from elsewhere, only the folder of the file itself; if they are installed there, which
    // may be still to come, those up to where they are installed.
    let count = if inside {
        file.ancestors()
            .skip(1)
            .take_while(|at| *at != root)
            .count()
    } else {
        let is_packages = |at: &Path| at.file_name().is_some_and(|name| name == "node_modules");
        let packages = file.ancestors().skip(1).position(is_packages);
        packages.map_or(1, |at| at + 1)
    };
    file.ancestors().skip(1).take(count)
}

impl Interest {
    fn is_touched_by(&self, event: &notify::Event) -> bool {
        is_change(event.kind)
            && (event.need_rescan() || event.paths.iter().any(|path| self.covers(path)))
    }

    fn covers(&self, path: &Path) -> bool {
        self.files.contains(path) || self.folders.contains(path) || is_configuration(path)
    }
}

/// Whether an event can mean other contents: reading a file also makes events, and loading reads.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) => false,
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    }
}

/// Files that count even before they exist.
fn is_configuration(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_or_extends = |stem: &str| {
        name.strip_prefix(stem)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    is_or_extends(".dev.vars")
        || is_or_extends(".env")
        || matches!(
            &*name,
            "wrangler.json" | "wrangler.jsonc" | "wrangler.toml" | "package.json" | "tsconfig.json"
        )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    const DEADLINE: Duration = Duration::from_secs(10);

    struct Scene {
        folder: tempfile::TempDir,
        watch: Watch,
        changes: mpsc::Receiver<()>,
    }

    impl Scene {
        /// Follows `src/a.ts`.
        fn new() -> Scene {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().canonicalize().unwrap();
            fs::create_dir(root.join("src")).unwrap();
            let file = root.join("src/a.ts");
            fs::write(&file, "1").unwrap();
            let (tell, changes) = mpsc::channel();
            let changed = move || tell.send(()).unwrap_or_default();
            let mut watch = Watch::new(&root, changed).unwrap();
            watch.follow(&[file]).unwrap();
            Scene {
                folder,
                watch,
                changes,
            }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn expect_change(&self) {
            self.changes.recv_timeout(DEADLINE).expect("a change");
        }

        /// Puts a file there in one step, which is seen as a single change.
        fn put(&self, name: &str) {
            let elsewhere = tempfile::NamedTempFile::new().unwrap();
            elsewhere.persist(self.path(name)).unwrap();
        }

        /// The project does not load: it lacks this file.
        fn miss(&mut self, name: &str) {
            let met = Met {
                missing: vec![self.folder.path().canonicalize().unwrap().join(name)],
                ..Met::default()
            };
            self.watch.follow_also(&met).unwrap();
        }
    }

    #[test]
    fn a_file_that_is_written_or_replaced_has_changed() {
        let scene = Scene::new();
        fs::write(scene.path("src/a.ts"), "2").unwrap();
        scene.expect_change();
        let scene = Scene::new();
        fs::write(scene.path("src/other"), "3").unwrap();
        fs::rename(scene.path("src/other"), scene.path("src/a.ts")).unwrap();
        scene.expect_change();
    }

    #[test]
    fn a_folder_that_is_replaced_has_changed_and_is_watched_again() {
        let mut scene = Scene::new();
        fs::rename(scene.path("src"), scene.path("old")).unwrap();
        scene.expect_change();
        fs::create_dir(scene.path("src")).unwrap();
        fs::write(scene.path("src/a.ts"), "2").unwrap();
        let file = scene.path("src/a.ts").canonicalize().unwrap();
        scene.watch.follow(&[file]).unwrap();
        scene.changes.try_iter().for_each(drop);
        fs::write(scene.path("src/a.ts"), "3").unwrap();
        scene.expect_change();
    }

    #[test]
    fn a_broken_project_is_watched_where_a_file_is_missing() {
        let mut scene = Scene::new();
        fs::create_dir(scene.path("src/deep")).unwrap();
        scene.miss("src/deep/new.ts");
        scene.put("src/deep/new.ts");
        scene.expect_change();
        scene.put("src/a.ts");
        scene.expect_change();
    }

    #[test]
    fn a_folder_that_is_missing_is_waited_for_and_then_watched() {
        let mut scene = Scene::new();
        scene.miss("src/deep/er/new.ts");
        for folder in ["src/deep", "src/deep/er"] {
            fs::create_dir(scene.path(folder)).unwrap();
            scene.expect_change();
            scene.miss("src/deep/er/new.ts");
        }
        scene.put("src/deep/er/new.ts");
        scene.expect_change();
    }

    #[test]
    fn a_file_that_comes_before_its_folder_is_watched_is_noticed_once() {
        let mut scene = Scene::new();
        scene.miss("src/deep/new.ts");
        fs::create_dir(scene.path("src/deep")).unwrap();
        scene.expect_change();
        scene.put("src/deep/new.ts");
        for _ in 0..3 {
            scene.miss("src/deep/new.ts");
        }
        scene.expect_change();
        scene.put("src/a.ts");
        scene.expect_change();
        assert_eq!(scene.changes.try_iter().count(), 0);
    }

    #[test]
    fn what_does_not_belong_to_a_broken_project_does_not_change_it() {
        let mut scene = Scene::new();
        scene.miss("src/new.ts");
        for name in ["output.log", "src/output.log", "src/.new.ts.swp"] {
            fs::write(scene.path(name), "1").unwrap();
        }
        fs::create_dir(scene.path("src/folder")).unwrap();
        // Changes are seen in their order.
        scene.put("src/new.ts");
        scene.expect_change();
        scene.put("src/a.ts");
        scene.expect_change();
        assert_eq!(scene.changes.try_iter().count(), 0);
    }

    #[test]
    fn packages_may_be_installed_above_the_project() {
        let folders = |file| {
            let folders = folders_of(Path::new(file), Path::new("/mono/app"));
            folders
                .map(|path| path.to_str().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            folders("/mono/app/node_modules/@a/b/package.json"),
            [
                "/mono/app/node_modules/@a/b",
                "/mono/app/node_modules/@a",
                "/mono/app/node_modules"
            ]
        );
        assert_eq!(
            folders("/mono/node_modules/@a/b/package.json"),
            [
                "/mono/node_modules/@a/b",
                "/mono/node_modules/@a",
                "/mono/node_modules"
            ]
        );
        assert_eq!(folders("/mono/lib/src/index.ts"), ["/mono/lib/src"]);
    }

    fn touched(interest: &Interest, kind: EventKind, path: &str) -> bool {
        interest.is_touched_by(&notify::Event::new(kind).add_path(path.into()))
    }

    #[test]
    fn what_counts_as_a_change() {
        const WRITE: EventKind = EventKind::Modify(ModifyKind::Any);
        let interest = Interest {
            files: ["/p/src/a.ts".into()].into(),
            folders: ["/p".into(), "/p/src".into()].into(),
        };
        assert!(touched(&interest, WRITE, "/p/src/a.ts"));
        assert!(touched(&interest, WRITE, "/p/src"));
        for early in [
            ".dev.vars",
            ".dev.vars.staging",
            ".env",
            ".env.local",
            "wrangler.toml",
        ] {
            assert!(touched(&interest, WRITE, &format!("/p/{early}")), "{early}");
        }
        let read = EventKind::Access(notify::event::AccessKind::Any);
        assert!(!touched(&interest, read, "/p/src/a.ts"));
        for other in ["/p/src/notes.txt", "/p/.envelope", "/p/data/objects"] {
            assert!(!touched(&interest, WRITE, other), "{other}");
        }
    }
}
