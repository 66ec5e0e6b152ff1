//! A database that becomes what another one is, and finding the objects of a range.

use std::sync::Arc;

use holdfast_storage::{Database, Location, Options};

use crate::object::{integers, run};
use crate::support::{Folder, object};

#[test]
fn a_copy_has_what_was_committed_and_lasts() {
    let folder = Folder::new();
    let source = folder.open("source");
    run(&source, "CREATE TABLE t(a, b)");
    run(
        &source,
        "INSERT INTO t SELECT value, randomblob(3000) FROM json_each('[1,2,3,4,5,6,7,8,9]')",
    );
    source.kv_put("k", b"one").unwrap();
    source.commit().unwrap();
    let target = folder.open("target");
    run(&target, "CREATE TABLE other(a)");
    target.commit().unwrap();

    run(&source, "INSERT INTO t VALUES (10, NULL)");
    let copied = target.copy_from(&folder.open("source")).unwrap();
    assert_eq!(copied.unwrap().alarm(), Some(None));
    run(&target, "INSERT INTO t VALUES (11, NULL)");
    target.commit().unwrap();
    let look = |database: &Database| {
        assert_eq!(integers(database, "SELECT count(*) FROM t"), [10]);
        assert_eq!(integers(database, "SELECT max(a) FROM t"), [11]);
        let other = "SELECT count(*) FROM sqlite_master WHERE name = 'other'";
        assert_eq!(integers(database, other), [0]);
        assert_eq!(database.kv_get("k").unwrap().as_deref(), Some(&b"one"[..]));
    };
    look(&target);
    drop((source, target));
    folder.crash();
    look(&folder.open("target"));
    folder.checkpoint();
    folder.crash();
    look(&folder.open("target"));
    assert_eq!(
        integers(&folder.open("source"), "SELECT max(a) FROM t"),
        [9]
    );
}

#[test]
fn a_copy_of_nothing_is_nothing() {
    let folder = Folder::new();
    let target = folder.open("target");
    assert_eq!(target.copy_from(&folder.open("nobody")).unwrap(), None);
    run(&target, "CREATE TABLE t(a)");
    target.commit().unwrap();
    assert!(target.copy_from(&folder.open("nobody")).unwrap().is_some());
    assert_eq!(integers(&target, "SELECT count(*) FROM sqlite_master"), [0]);
    assert!(folder.store().objects().unwrap().is_empty());
}

#[test]
fn a_range_of_objects_is_found_in_the_catalogue_and_in_the_notes() {
    let folder = Folder::new();
    let write = |id: &str| {
        let location = Location::Object {
            store: folder.store(),
            object: object(id),
            name: Some(Arc::from(format!("name of {id}"))),
        };
        let database = Database::new(location, Options::default());
        run(&database, "CREATE TABLE IF NOT EXISTS t(a)");
        run(&database, "INSERT INTO t VALUES (1)");
        database.commit().unwrap();
    };
    let found = || -> Vec<_> {
        let ids = [object("b").id, object("d").id];
        let store = folder.store();
        let found = store.objects_between("worker-Class", ids).unwrap();
        let mut one_by_one = Vec::new();
        let visited = store.each_between("worker-Class", ids, |object, entry| {
            one_by_one.push((object, entry));
        });
        visited.unwrap();
        assert_eq!(one_by_one, found);
        let asked = ["a", "b", "bb", "c", "d", "dd"].map(object);
        let existing = store.existing(&asked.iter().cloned().collect()).unwrap();
        for object in asked {
            let entry = store.object(&object).unwrap();
            assert_eq!(existing.contains(&object), entry.is_some(), "{object}");
        }
        let names = found.into_iter().map(|(_, entry)| entry.name);
        names.map(Option::unwrap).collect()
    };
    assert!(found().is_empty());
    for id in ["a", "b", "c", "d", "e"] {
        write(id);
    }
    let all = ["name of b", "name of c", "name of d"];
    assert_eq!(found(), all);
    folder.checkpoint();
    assert_eq!(found(), all);
    // What was noted since counts more than what is in the catalogue.
    folder.open("c").delete_all(true).unwrap();
    folder.open("d").set_alarm(Some(5)).unwrap();
    write("bb");
    assert_eq!(found(), ["name of b", "name of bb", "name of d"]);
    folder.crash();
    assert_eq!(found(), ["name of b", "name of bb", "name of d"]);
    folder.checkpoint();
    assert_eq!(found(), ["name of b", "name of bb", "name of d"]);
    let other = folder
        .store()
        .objects_between("another-Class", [[0; 32], [0xff; 32]]);
    assert!(other.unwrap().is_empty());
}
