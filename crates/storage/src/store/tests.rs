//! Slots under concurrency, and the list of objects.

use std::sync::Barrier;
use std::sync::atomic::AtomicBool;

use holdfast_journal::{RealDisk, SystemClock};

use super::*;
use crate::database::{Database, Location, Options};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> Store {
        let disk = Arc::new(RealDisk::new(self.0.path()).unwrap());
        let options = StoreOptions {
            log: LogOptions {
                segment_bytes: 256 << 10,
                ..LogOptions::default()
            },
            ..StoreOptions::default()
        };
        Store::open(disk, Arc::new(SystemClock), options, 1).unwrap()
    }
}

fn object(class: &str, id: u8) -> ObjectRef {
    ObjectRef {
        class: Arc::from(class),
        id: [id; 32],
    }
}

fn database(store: &Store, object: &ObjectRef, name: Option<&str>) -> Database {
    let location = Location::Object {
        store: store.clone(),
        object: object.clone(),
        name: name.map(Arc::from),
    };
    Database::new(location, Options::default())
}

/// Slots that the store remembers, by object.
fn slots(store: &Store) -> Vec<ObjectRef> {
    let mut slots: Vec<_> = lock(&store.shared.slots).keys().cloned().collect();
    slots.sort();
    slots
}

fn checkpoint(store: &Store) {
    Checkpointer::new(store).run(true).unwrap();
}

#[test]
fn users_that_let_go_at_the_same_time_leave_nothing_behind() {
    let folder = Folder::new();
    let store = folder.open();
    let object = object("worker-A", 1);
    // Each still has its reference when the other one is asked: as two threads would that are between the end of the
    // call and the end of the reference.
    let first = store.shared.slot(&object).unwrap();
    let second = store.shared.slot(&object).unwrap();
    store.shared.release(&first);
    assert_eq!(slots(&store), [object]);
    store.shared.release(&second);
    assert_eq!(slots(&store), []);
    drop((first, second));
}

#[test]
fn a_slot_that_is_let_go_of_while_it_goes_home_leaves_with_its_pages() {
    let folder = Folder::new();
    let store = folder.open();
    let object = object("worker-A", 1);
    let database = database(&store, &object, None);
    database.kv_put("k", b"v").unwrap();
    database.commit().unwrap();
    drop(database);
    assert_eq!(
        slots(&store),
        std::slice::from_ref(&object),
        "its pages are nowhere else"
    );
    let held = Arc::clone(&lock(&store.shared.slots)[&object]);
    checkpoint(&store);
    assert_eq!(slots(&store), [], "whoever looks at a slot does not use it");
    drop(held);
}

/// Real threads: objects that are opened, written, looked at and let go of, while checkpoints run. Nothing is left in
/// memory in the end, and a crash leaves all that was flushed.
#[test]
fn threads_that_commit_look_and_checkpoint_at_the_same_time() {
    const WRITERS: u8 = 4;
    const COMMITS: u32 = 300;
    let folder = Folder::new();
    let store = folder.open();
    let keeper = store.start().unwrap();
    let begin = Barrier::new(usize::from(WRITERS) + 1);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|id| {
                let (store, begin) = (store.clone(), &begin);
                scope.spawn(move || {
                    let object = object("worker-A", id);
                    begin.wait();
                    for count in 1..=COMMITS {
                        // Opened anew each time, and found as it was left.
                        let database = database(&store, &object, Some("name"));
                        if count > 1 {
                            let before = database.kv_get("count").unwrap().unwrap();
                            assert_eq!(before, (count - 1).to_le_bytes());
                        }
                        database.kv_put("count", &count.to_le_bytes()).unwrap();
                        let filler = vec![count as u8; 5_000];
                        database
                            .kv_put(&format!("k{}", count % 7), &filler)
                            .unwrap();
                        database.commit().unwrap();
                    }
                })
            })
            .collect();
        let (store, over, begin) = (&store, &over, &begin);
        scope.spawn(move || {
            begin.wait();
            while !over.load(Ordering::Relaxed) {
                store.shared.want_checkpoint();
                for id in 0..WRITERS {
                    let snapshot = store.snapshot(&object("worker-A", id)).unwrap();
                    if let Some(snapshot) = snapshot {
                        let database = snapshot.database();
                        let count = database
                            .kv_get("count")
                            .unwrap()
                            .expect("it is in every commit");
                        let count = u32::from_le_bytes(count.try_into().unwrap());
                        let filler = database
                            .kv_get(&format!("k{}", count % 7))
                            .unwrap()
                            .unwrap();
                        assert_eq!(filler, vec![count as u8; 5_000]);
                    }
                }
                assert!(store.objects().unwrap().len() <= usize::from(WRITERS));
            }
        });
        for writer in writers {
            writer.join().unwrap();
        }
        over.store(true, Ordering::Relaxed);
    });
    store.flush().unwrap();
    // What the process leaves behind if it ends here. Nothing goes home while the history is held.
    let copy = Folder::new();
    {
        let _held = lock(&store.shared.history);
        copy_folder(folder.0.path(), copy.0.path());
    }
    keeper.stop().unwrap();
    assert_eq!(slots(&store), []);
    assert_eq!(store.overlay_bytes(), 0);
    assert!(lock(&store.shared.dirty).is_empty() && lock(&store.shared.notes).is_empty());
    for folder in [&folder, &copy] {
        let store = folder.open();
        for id in 0..WRITERS {
            let database = database(&store, &object("worker-A", id), None);
            let count = database.kv_get("count").unwrap();
            assert_eq!(count.as_deref(), Some(&COMMITS.to_le_bytes()[..]));
        }
        let names = store.objects().unwrap();
        assert!(
            names
                .iter()
                .all(|(_, entry)| entry.name.as_deref() == Some("name"))
        );
        assert_eq!(names.len(), usize::from(WRITERS));
    }
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => {
                std::fs::copy(entry.path(), target).unwrap();
            }
        }
    }
}

/// All of a list, asked for in parts.
fn listed(store: &Store, class: Option<&str>, limit: usize) -> Vec<Listed> {
    let mut all: Vec<Listed> = Vec::new();
    let mut after = None;
    loop {
        let page = store.objects_after(class, after.as_ref(), limit).unwrap();
        assert!(page.objects.len() <= limit);
        assert!(
            page.objects
                .iter()
                .all(|listed| Some(&listed.object) > after.as_ref())
        );
        all.extend(page.objects);
        match page.next {
            Some(next) => after = Some(next),
            None => return all,
        }
    }
}

#[test]
fn a_list_has_every_object_once_wherever_it_is_known() {
    let folder = Folder::new();
    let store = folder.open();
    let put = |class: &str, id: u8, name: Option<&str>| {
        let database = database(&store, &object(class, id), name);
        database
            .kv_put("k", &vec![id; usize::from(id) * 300])
            .unwrap();
        database
            .set_alarm((id.is_multiple_of(4)).then_some(i64::from(id)))
            .unwrap();
        database.commit().unwrap();
    };
    let delete = |class: &str, id: u8| {
        let database = database(&store, &object(class, id), None);
        database.delete_all(true).unwrap();
    };
    for id in 0..30 {
        put("worker-B", id, (id % 3 == 0).then_some("three"));
        put("worker-D", id, None);
    }
    checkpoint(&store);
    // In the notes: new ones before, between and behind, changed ones, deleted ones.
    for id in (0..40).step_by(5) {
        put("worker-B", id, Some("five"));
        put("worker-A", id, Some("five"));
        put("worker-E", id, None);
    }
    for id in 10..20 {
        delete("worker-B", id);
        delete("worker-D", id + 10);
    }
    for home in [false, true] {
        if home {
            checkpoint(&store);
        }
        let whole = listed(&store, None, 1_000);
        let there = |class: &str| whole.iter().filter(|l| *l.object.class == *class).count();
        assert_eq!(
            ["worker-A", "worker-B", "worker-C", "worker-D", "worker-E"].map(there),
            [8, 22, 0, 20, 8]
        );
        assert!(whole.is_sorted_by(|a, b| a.object < b.object));
        for limit in [1, 2, 3, 7, 29, 58] {
            assert_eq!(listed(&store, None, limit), whole, "by {limit}");
            for class in ["worker-A", "worker-B", "worker-C", "worker-E"] {
                let own = whole.iter().filter(|l| *l.object.class == *class).cloned();
                assert_eq!(
                    listed(&store, Some(class), limit),
                    own.collect::<Vec<_>>(),
                    "{class} by {limit}"
                );
            }
        }
        for listed in &whole {
            let snapshot = store
                .snapshot(&listed.object)
                .unwrap()
                .expect("it is there");
            assert_eq!(listed.bytes, snapshot.bytes());
            assert_eq!(
                store.object(&listed.object).unwrap().as_ref(),
                Some(&listed.entry)
            );
            let id = i64::from(listed.object.id[0]);
            assert_eq!(listed.entry.alarm, (id % 4 == 0).then_some(id));
        }
        let named = whole
            .iter()
            .find(|l| *l.object.class == *"worker-B" && l.object.id[0] == 3);
        assert_eq!(named.unwrap().entry.name.as_deref(), Some("three"));
        let alarms = store.pending_alarms().unwrap();
        assert_eq!(
            alarms.len(),
            whole.iter().filter(|l| l.entry.alarm.is_some()).count()
        );
        for alarm in alarms {
            let known = store.object(&alarm.object).unwrap().unwrap();
            assert_eq!(
                (known.alarm, known.name),
                (Some(alarm.scheduled_ms), alarm.name)
            );
        }
        let classes = store.classes().unwrap();
        assert_eq!(
            classes.iter().map(|c| &**c).collect::<Vec<_>>(),
            ["worker-A", "worker-B", "worker-D", "worker-E"]
        );
        assert_eq!(store.object(&object("worker-B", 12)).unwrap(), None);
    }
}
