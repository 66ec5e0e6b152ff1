//! Any sequence of commits, checkpoints, crashes and journeys back, against a model that remembers every state.

use holdfast_storage::Database;
use proptest::prelude::*;

use crate::node::{Contents, Node, bookmark, contents, object, put_row, run};

const OBJECTS: u8 = 3;

#[derive(Debug, Clone)]
enum Write {
    Row(i64, u8, usize),
    RemoveRows(i64),
    Entry(u8, u8),
    Alarm(Option<i64>),
    DeleteAll(bool),
}

#[derive(Debug, Clone)]
enum Step {
    Commit(u8, Vec<Write>),
    Checkpoint(bool),
    Crash,
    Interrupt(u64, bool),
    /// To one of the bookmarks that there are.
    GoBack(u8, prop::sample::Index),
    /// A wish, and a crash before the next session.
    Wish(u8, prop::sample::Index),
}

fn write() -> impl Strategy<Value = Write> {
    prop_oneof![
        6 => (0..40_i64, any::<u8>(), prop_oneof![0..200_usize, 3000..20_000_usize])
            .prop_map(|(id, fill, bytes)| Write::Row(id, fill, bytes)),
        2 => (0..40_i64).prop_map(Write::RemoveRows),
        2 => (0..4_u8, any::<u8>()).prop_map(|(key, value)| Write::Entry(key, value)),
        1 => prop::option::of(1..9_i64).prop_map(Write::Alarm),
        1 => any::<bool>().prop_map(Write::DeleteAll),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..OBJECTS, prop::collection::vec(write(), 1..4))
            .prop_map(|(object, writes)| Step::Commit(object, writes)),
        2 => any::<bool>().prop_map(Step::Checkpoint),
        1 => Just(Step::Crash),
        1 => (1..60_u64, any::<bool>()).prop_map(|(left, all)| Step::Interrupt(left, all)),
        3 => (0..OBJECTS, any::<prop::sample::Index>())
            .prop_map(|(object, which)| Step::GoBack(object, which)),
        1 => (0..OBJECTS, any::<prop::sample::Index>())
            .prop_map(|(object, which)| Step::Wish(object, which)),
    ]
}

#[derive(Default)]
struct Model {
    /// Every bookmark of the object, with what it had then.
    states: Vec<(String, Contents)>,
    present: Contents,
}

fn apply(database: &Database, write: &Write) {
    match write {
        Write::Row(id, fill, bytes) => put_row(database, *id, *fill, *bytes),
        Write::RemoveRows(above) => {
            if !contents(database).rows.is_empty() {
                run(
                    database,
                    &format!("DELETE FROM t WHERE id >= {above}"),
                    vec![],
                );
            }
        }
        Write::Entry(key, value) => database.kv_put(&format!("k{key}"), &[*value]).unwrap(),
        Write::Alarm(alarm) => database.set_alarm(*alarm).unwrap(),
        Write::DeleteAll(alarm) => {
            database.delete_all(*alarm).unwrap();
        }
    }
}

fn play(steps: Vec<Step>) {
    let mut node = Node::new();
    let mut models: Vec<Model> = (0..OBJECTS).map(|_| Model::default()).collect();
    for (id, model) in (0..).zip(&mut models) {
        let start = bookmark(&node.open(&object(id)));
        model.states.push((start, Contents::default()));
    }
    for step in steps {
        match step {
            Step::Commit(id, writes) => {
                let model = &mut models[usize::from(id)];
                let database = node.open(&object(id));
                for write in &writes {
                    apply(&database, write);
                }
                let bookmark = bookmark(&database);
                model.present = contents(&database);
                model.states.push((bookmark, model.present.clone()));
            }
            Step::Checkpoint(all) => node.checkpoint(all),
            Step::Crash => node.crash(true),
            Step::Interrupt(left, all) => {
                node.interrupted_checkpoint(left, all);
            }
            Step::GoBack(id, which) => {
                let model = &mut models[usize::from(id)];
                let (to, then) = which.get(&model.states).clone();
                let (database, undo) = node.go_back(&object(id), &to);
                assert_eq!(contents(&database), then, "{to}");
                // Back to before going back: a state like any other.
                model.states.push((undo, model.present.clone()));
                model.states.push((bookmark(&database), then.clone()));
                model.present = then;
            }
            Step::Wish(id, which) => {
                let model = &mut models[usize::from(id)];
                let (to, then) = which.get(&model.states).clone();
                let database = node.open(&object(id));
                database.restore_on_next_session(&to).unwrap();
                // What was committed together with the wish.
                let wished = bookmark(&database);
                drop(database);
                model.states.push((wished, model.present.clone()));
                node.crash(true);
                let (database, restored) = node.begin(&object(id));
                assert_eq!(restored.unwrap().commit.alarm(), Some(then.alarm));
                assert_eq!(contents(&database), then);
                model.present = then;
            }
        }
        for (id, model) in (0..).zip(&models) {
            assert_eq!(node.contents(&object(id)), model.present, "object {id}");
        }
    }
    // Everything that ever was can be seen again, after a crash too.
    node.crash(true);
    for (id, model) in (0..).zip(&models) {
        for (bookmark, then) in &model.states {
            let (database, _) = node.go_back(&object(id), bookmark);
            assert_eq!(contents(&database), *then, "object {id} at {bookmark}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_state_comes_back(steps in prop::collection::vec(step(), 1..50)) {
        play(steps);
    }
}
