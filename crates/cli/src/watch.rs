//! Noticing that a file of the project changed.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// How many folders of a broken project are watched at most.
const FOLDERS_MAX: usize = 2_000;

/// Watches folders, since editors replace files rather than write to them, and tells when something
/// happens to a file that matters.
pub(crate) struct Watch {
    root: PathBuf,
    watcher: RecommendedWatcher,
    watched: HashSet<PathBuf>,
    interest: Arc<Mutex<Interest>>,
}

/// What matters.
#[derive(Default)]
struct Interest {
    files: HashSet<PathBuf>,
    /// The folders on the way to the files: one that is replaced as a whole replaces its files.
    folders: HashSet<PathBuf>,
    /// Set while the project does not load: what would repair it is not known, so anything may.
    everything: bool,
    /// Where the running program writes; nothing there is ever of interest.
    data: PathBuf,
}

impl Watch {
    /// Begins to watch the project at `root`, but for its `data` folder; `changed` is called, on another
    /// thread, at each change, often several times for one save.
    ///
    /// # Errors
    /// The operating system has no watches left, or none at all.
    pub(crate) fn new(
        root: &Path,
        data: &Path,
        changed: impl Fn() + Send + 'static,
    ) -> notify::Result<Watch> {
        let interest = Interest {
            data: data.to_path_buf(),
            ..Interest::default()
        };
        let interest = Arc::new(Mutex::new(interest));
        let shared = Arc::clone(&interest);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // An error means that events were lost: then something may have changed.
            let interest = shared.lock().unwrap_or_else(PoisonError::into_inner);
            if event.map_or(true, |event| interest.is_touched_by(&event)) {
                changed();
            }
        })?;
        Ok(Watch {
            root: root.to_path_buf(),
            watcher,
            watched: HashSet::new(),
            interest,
        })
    }

    /// The project consists of these files from now on.
    ///
    /// # Errors
    /// Some of their folders cannot be watched; the others are.
    pub(crate) fn follow<'f>(
        &mut self,
        files: impl Iterator<Item = &'f PathBuf>,
    ) -> notify::Result<()> {
        let files: HashSet<PathBuf> = files.cloned().collect();
        let mut folders = HashSet::from([self.root.clone()]);
        for file in &files {
            let above = file.ancestors().skip(1);
            let inside = file.starts_with(&self.root);
            // Of packages that are linked from elsewhere, only the folder of the file itself.
            let count = if inside { usize::MAX } else { 1 };
            folders.extend(
                above
                    .take(count)
                    .take_while(|at| !inside || *at != self.root)
                    .map(Path::to_path_buf),
            );
        }
        {
            let mut interest = self.interest.lock().unwrap_or_else(PoisonError::into_inner);
            interest.files = files;
            interest.folders.clone_from(&folders);
            interest.everything = false;
        }
        self.watch(folders)
    }

    /// The project does not load: any change in its folders may repair it, also in those that no module has
    /// been read from yet.
    ///
    /// # Errors
    /// Some folders cannot be watched; the others are.
    pub(crate) fn follow_everything(&mut self) -> notify::Result<()> {
        self.interest
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .everything = true;
        let mut folders = self.watched.clone();
        folders.extend(source_folders(&self.root));
        self.watch(folders)
    }

    fn watch(&mut self, folders: HashSet<PathBuf>) -> notify::Result<()> {
        let mut first_error = Ok(());
        let mut paths = self.watcher.paths_mut();
        for gone in self.watched.difference(&folders) {
            // A folder that was deleted is not watched any more as it is.
            paths.remove(gone).ok();
        }
        for folder in &folders {
            // Also those watched already: one that was deleted and made again needs a new watch.
            match paths.add(folder, RecursiveMode::NonRecursive) {
                Err(error) if folder.is_dir() => first_error = first_error.and(Err(error)),
                Ok(()) | Err(_) => {}
            }
        }
        self.watched = folders;
        first_error.and(paths.commit())
    }
}

impl Interest {
    fn is_touched_by(&self, event: &notify::Event) -> bool {
        is_change(event.kind)
            && (event.need_rescan() || event.paths.iter().any(|path| self.covers(path)))
    }

    fn covers(&self, path: &Path) -> bool {
        let known =
            self.files.contains(path) || self.folders.contains(path) || is_configuration(path);
        known || (self.everything && !path.starts_with(&self.data))
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

/// The folders of a project that its own sources may lie in.
fn source_folders(root: &Path) -> Vec<PathBuf> {
    let mut folders = vec![root.to_path_buf()];
    let mut next = 0;
    while next < folders.len() && folders.len() < FOLDERS_MAX {
        // What cannot be read cannot be imported either.
        for entry in std::fs::read_dir(&folders[next])
            .into_iter()
            .flatten()
            .flatten()
        {
            let name = entry.file_name();
            let own = name != "node_modules" && !name.as_encoded_bytes().starts_with(b".");
            if own && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            }
        }
        next += 1;
    }
    folders.truncate(FOLDERS_MAX);
    folders
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
            let mut watch = Watch::new(&root, &root.join("data"), changed).unwrap();
            watch.follow([file].iter()).unwrap();
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
        scene.watch.follow([file].iter()).unwrap();
        scene.changes.try_iter().for_each(drop);
        fs::write(scene.path("src/a.ts"), "3").unwrap();
        scene.expect_change();
    }

    #[test]
    fn a_broken_project_is_watched_where_no_module_has_been_read_from() {
        let mut scene = Scene::new();
        fs::create_dir(scene.path("src/deep")).unwrap();
        scene.watch.follow_everything().unwrap();
        fs::write(scene.path("src/deep/new.ts"), "1").unwrap();
        scene.expect_change();
    }

    fn touched(interest: &Interest, kind: EventKind, path: &str) -> bool {
        interest.is_touched_by(&notify::Event::new(kind).add_path(path.into()))
    }

    #[test]
    fn what_counts_as_a_change() {
        const WRITE: EventKind = EventKind::Modify(ModifyKind::Any);
        let mut interest = Interest {
            files: ["/p/src/a.ts".into()].into(),
            folders: ["/p".into(), "/p/src".into()].into(),
            everything: false,
            data: "/p/data".into(),
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
        interest.everything = true;
        assert!(touched(&interest, WRITE, "/p/src/notes.txt"));
        assert!(
            !touched(&interest, WRITE, "/p/data/objects"),
            "the program that still runs writes there"
        );
    }
}
