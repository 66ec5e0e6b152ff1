//! What is written is read; what is torn or flipped is noticed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::commit::{Change, Commit, ObjectRef, PAGE_BYTES};
use crate::disk::RealDisk;

const NODE: u128 = 7;

fn object(class: &str, id: u8) -> ObjectRef {
    ObjectRef {
        class: Arc::from(class),
        id: [id; 32],
    }
}

fn commit(object: ObjectRef, bytes: usize) -> Commit<'static> {
    let page = |fill: u8| Change::Whole(Cow::Owned(vec![fill; PAGE_BYTES]));
    Commit {
        object,
        name: None,
        alarm: None,
        reset: false,
        restores: false,
        pages: 9,
        changes: (0..bytes.div_ceil(PAGE_BYTES))
            .map(|n| (n as u32 + 1, page(n as u8)))
            .collect(),
    }
}

fn moment(position: u64) -> Moment {
    Moment {
        position: Position(position),
        time_ms: position * 10,
    }
}

/// What a test puts into a file: pages of undo by object, and the object of each commit.
#[derive(Debug, Clone)]
struct Contents {
    undo: BTreeMap<(u8, u8), Vec<(u32, u8)>>,
    redo: Vec<((u8, u8), usize)>,
}

fn named((class, id): (u8, u8)) -> ObjectRef {
    object(["A", "A-longer", "B"][usize::from(class)], id)
}

fn contents() -> impl Strategy<Value = Contents> {
    let key = (0..3_u8, 0..6_u8);
    let pages = prop::collection::vec((1..200_u32, any::<u8>()), 0..140);
    (
        prop::collection::btree_map(key.clone(), pages, 0..6),
        prop::collection::vec((key, 0..90_000_usize), 0..40),
    )
        .prop_map(|(undo, redo)| Contents { undo, redo })
}

fn write(disk: &Arc<dyn Disk>, contents: &Contents) -> Coverage {
    let mut writer = HistoryWriter::create(Arc::clone(disk), NODE, 3).unwrap();
    for (key, pages) in &contents.undo {
        let undo = Undo {
            position: Position(100),
            previous: Position(u64::from(key.1)),
            pages: 200,
        };
        writer.undo(&named(*key), undo).unwrap();
        for (number, fill) in pages {
            writer.undo_page(*number, &[*fill; PAGE_BYTES]).unwrap();
        }
    }
    for (at, (key, bytes)) in contents.redo.iter().enumerate() {
        let moment = moment(at as u64 + 1);
        writer.flushed(moment);
        writer.redo(moment, &commit(named(*key), *bytes)).unwrap();
    }
    writer
        .finish(moment(0), moment(1000), Moment::default())
        .unwrap()
}

fn check(file: &HistoryFile, contents: &Contents) -> Result<()> {
    for class in 0..3 {
        for id in 0..6 {
            let key = (class, id);
            let redo: Vec<_> = contents
                .redo
                .iter()
                .enumerate()
                .filter(|(_, (of, _))| *of == key)
                .map(|(at, (_, bytes))| (Position(at as u64 + 1), *bytes))
                .collect();
            let Some(entry) = file.find(&named(key))? else {
                assert!(!contents.undo.contains_key(&key) && redo.is_empty());
                continue;
            };
            let mut pages = Vec::new();
            file.undo_pages(&entry, |number, page| {
                pages.push((number, page[77]));
                Ok(())
            })?;
            let mut expected = contents.undo.get(&key).cloned().unwrap_or_default();
            pages.sort_unstable();
            expected.sort_unstable();
            assert_eq!(pages, expected);
            assert_eq!(
                entry.undo.map(|undo| undo.previous.0),
                contents.undo.get(&key).map(|_| u64::from(id))
            );
            let mut read = Vec::new();
            file.redo(&entry, |logged| {
                assert_eq!(logged.time_ms, logged.position.0 * 10);
                let (_, bytes) = redo[read.len()];
                assert!(logged.commit == commit(named(key), bytes));
                read.push((logged.position, bytes));
                Ok(true)
            })?;
            assert_eq!(read, redo);
            if let Some((first, _)) = redo.first() {
                assert!(entry.has_redo(Position(first.0 - 1), *first));
                assert!(!entry.has_redo(Position(0), Position(first.0 - 1)));
                assert!(!entry.has_redo(redo[redo.len() - 1].0, Position(u64::MAX)));
            }
        }
    }
    let last = contents.redo.len() as u64;
    for time in [0, 9, 10, 11, 55, 10 * last, u64::MAX] {
        let expected = Some((time / 10).min(last)).filter(|position| *position > 0);
        assert_eq!(file.position_at(time)?, expected.map(Position));
    }
    Ok(())
}

fn disk() -> (tempfile::TempDir, Arc<dyn Disk>) {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(RealDisk::new(folder.path()).unwrap());
    (folder, disk)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn what_was_written_is_read(contents in contents()) {
        let (_folder, disk) = disk();
        let coverage = write(&disk, &contents);
        prop_assert_eq!(rounds(&*disk).unwrap(), vec![3]);
        let file = HistoryFile::open(&*disk, NODE, 3).unwrap().expect("a whole file");
        prop_assert_eq!(file.coverage(), coverage);
        prop_assert_eq!(coverage.redo.position.0, contents.redo.len() as u64);
        check(&file, &contents).unwrap();
        let found = file.entries().map(|entry| entry.unwrap().object);
        prop_assert!(found.is_sorted());
    }

    #[test]
    fn a_torn_file_is_none(contents in contents(), place in any::<prop::sample::Index>()) {
        let (folder, disk) = disk();
        write(&disk, &contents);
        let path = folder.path().join(name(3));
        let whole = std::fs::read(&path).unwrap();
        let length = place.index(whole.len());
        std::fs::write(&path, &whole[..length]).unwrap();
        prop_assert!(HistoryFile::open(&*disk, NODE, 3).unwrap().is_none());
        // Zeros where the rest was to be.
        let mut holes = whole;
        holes[length..].fill(0);
        std::fs::write(&path, &holes).unwrap();
        prop_assert!(HistoryFile::open(&*disk, NODE, 3).unwrap().is_none());
    }

    #[test]
    fn a_flipped_bit_is_noticed_by_whoever_reads_it(
        contents in contents(),
        place in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let (folder, disk) = disk();
        write(&disk, &contents);
        let path = folder.path().join(name(3));
        let mut bytes = std::fs::read(&path).unwrap();
        let at = place.index(bytes.len());
        bytes[at] ^= 1 << bit;
        std::fs::write(&path, &bytes).unwrap();
        match HistoryFile::open(&*disk, NODE, 3) {
            Ok(None) | Err(Error::Damaged(_)) => {}
            Err(error) => panic!("{error}"),
            // Reading everything finds it: nothing wrong comes out.
            Ok(Some(file)) => match check(&file, &contents) {
                Err(Error::Damaged(text)) => prop_assert!(text.contains("0000000000000003.hist")),
                other => panic!("{other:?}"),
            },
        }
    }
}

#[test]
fn a_file_of_another_folder_is_refused() {
    let (_folder, disk) = disk();
    let nothing = Contents {
        undo: BTreeMap::new(),
        redo: Vec::new(),
    };
    let coverage = write(&disk, &nothing);
    assert_eq!(coverage.redo, Moment::default());
    assert!(matches!(
        HistoryFile::open(&*disk, NODE + 1, 3),
        Err(Error::Foreign(_))
    ));
    remove(&*disk, 3).unwrap();
    assert_eq!(rounds(&*disk).unwrap(), []);
}
