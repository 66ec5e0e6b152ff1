//! The storages of a test file, and what their hooks were told.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_object::Alarm;
use holdfast_object::alarm::{Due, HiddenMark};
use holdfast_storage::{
    Commit, Database, Location, ObjectRef, Options, RealDisk, StorageError, Store, StoreOptions,
    SystemClock,
};
use holdfast_web::io::promise_from;
use holdfast_workers::storage::{Caller, StorageHandle, StorageHooks, StorageOptions};

pub(crate) fn register(extension: Extension) -> Extension {
    extension
        .module("storage_test", include_str!("storage_test.js"))
        .op("op_test_open", 1, open)
        .op("op_test_told", 1, told)
        .op("op_test_shut_down", 2, shut_down)
        .op("op_test_take_confirmed", 1, take_confirmed)
        .op("op_test_close_if_idle", 1, close_if_idle)
        .op("op_test_set_handler", 2, set_handler)
        .op("op_test_set_caller", 2, set_caller)
        .op("op_test_ring", 2, ring)
        .op("op_test_damage", 2, damage)
        .op("op_test_next_turn", 0, next_turn)
        .op("op_test_next_session", 1, next_session)
}

/// All storages that the file opened.
pub(crate) struct Storages {
    opened: RefCell<Vec<Opened>>,
    store: Store,
    _folder: tempfile::TempDir,
}

struct Opened {
    handle: Rc<StorageHandle>,
    hooks: Rc<Log>,
    location: Location,
}

/// Hooks that write down what they are told.
struct Log {
    lines: RefCell<Vec<String>>,
    caller: Cell<Caller>,
    alarm: RefCell<Alarm>,
}

/// The time of all turns.
const NOW_MS: f64 = 1_000_000.0;

impl StorageHooks for Log {
    fn caller(&self) -> Caller {
        self.caller.get()
    }

    fn alarm_changed(&self) {
        self.alarm.borrow_mut().row_written();
        self.lines.borrow_mut().push("alarm".to_owned());
    }

    fn alarm_is_hidden(&self) -> bool {
        self.alarm.borrow().hides_row()
    }

    fn alarm_mark(&self) -> Option<HiddenMark> {
        Some(self.alarm.borrow().mark())
    }

    fn alarm_undone(&self, mark: HiddenMark) {
        self.alarm.borrow_mut().undo_to(mark);
    }

    fn committed(&self, _: Commit) {
        self.lines.borrow_mut().push("committed".to_owned());
    }

    fn broken(&self, error: &StorageError) {
        self.lines.borrow_mut().push(format!("broken: {error}"));
    }

    fn now_ms(&self) -> f64 {
        NOW_MS
    }

    fn durable(&self) -> LocalBoxFuture<'static, ()> {
        Box::pin(tokio::task::yield_now())
    }
}

impl Storages {
    pub(crate) fn new() -> Storages {
        let folder = tempfile::tempdir().expect("a folder for databases");
        let disk = Arc::new(RealDisk::new(folder.path()).expect("a disk"));
        let options = StoreOptions::default();
        Storages {
            opened: RefCell::default(),
            store: Store::open(disk, Arc::new(SystemClock), options, 1).expect("a store"),
            _folder: folder,
        }
    }

    /// The end of a turn: commits what it wrote. A storage that cannot commit is shut down.
    pub(crate) fn commit(&self) {
        for Opened { handle, hooks, .. } in &*self.opened.borrow() {
            if let Err(error) = handle.database().commit() {
                hooks
                    .lines
                    .borrow_mut()
                    .push(format!("not committed: {error}"));
                handle.shut_down(&error.message);
            }
        }
    }

    fn add(&self, location: Location, options: StorageOptions) -> Rc<StorageHandle> {
        let hooks = Rc::new(Log {
            lines: RefCell::default(),
            caller: Cell::new(Caller::Owner),
            alarm: RefCell::new(Alarm::new(None)),
        });
        let database = Database::new(location.clone(), Options::default());
        let driver = Rc::clone(&hooks) as Rc<dyn StorageHooks>;
        let handle = StorageHandle::new(database, options, driver);
        self.opened.borrow_mut().push(Opened {
            handle: Rc::clone(&handle),
            hooks,
            location,
        });
        handle
    }

    fn hooks(&self, handle: &Rc<StorageHandle>) -> Rc<Log> {
        let opened = self.opened.borrow();
        let found = opened
            .iter()
            .find(|opened| Rc::ptr_eq(&opened.handle, handle));
        Rc::clone(&found.expect("a storage of this file").hooks)
    }
}

/// `({ sql, deleteAllDeletesAlarm, file })` → a storage handle.
fn open<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let mut flag = |name| {
        scope
            .get(args.get(0), name)
            .map(|value| scope.to_bool(value))
    };
    let options = StorageOptions {
        alarms_refused: None,
        sql_enabled: flag("sql")?,
        delete_all_deletes_alarm: flag("deleteAllDeletesAlarm")?,
    };
    let file = flag("file")?;
    let storages = scope.state::<Storages>();
    let number = storages.opened.borrow().len();
    let location = match file {
        true => Location::Object {
            store: storages.store.clone(),
            object: ObjectRef {
                class: Arc::from("test-Class"),
                id: [number as u8; 32],
            },
            name: None,
        },
        false => Location::Memory,
    };
    let handle = storages.add(location, options);
    scope.wrap(handle)
}

/// `(storage)` → a storage of the same object in its next session, which goes back if it is to.
fn next_session<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = scope.unwrap::<StorageHandle>(args.get(0))?;
    let storages = scope.state::<Storages>();
    handle.shut_down(holdfast_storage::NO_LONGER_ACCESSIBLE);
    let location = {
        let opened = storages.opened.borrow();
        let found = opened
            .iter()
            .find(|opened| Rc::ptr_eq(&opened.handle, &handle));
        found.expect("a storage of this file").location.clone()
    };
    let options = StorageOptions {
        alarms_refused: None,
        sql_enabled: true,
        delete_all_deletes_alarm: true,
    };
    let next = storages.add(location, options);
    let restored = next.database().begin_session().expect("a session");
    if let Some(restored) = restored {
        let line = format!("restored, alarm {:?}", restored.commit.alarm());
        storages.hooks(&next).lines.borrow_mut().push(line);
    }
    scope.wrap(next)
}

/// `(storage)` → what the hooks were told since the last call.
fn told<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = scope.unwrap::<StorageHandle>(args.get(0))?;
    let lines = scope.state::<Storages>().hooks(&handle).lines.take();
    let mut texts = Vec::new();
    for line in &lines {
        texts.push(scope.string(line)?);
    }
    scope.array(&texts)
}

/// `(storage, message)`.
fn shut_down<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = scope.unwrap::<StorageHandle>(args.get(0))?;
    let message = scope.to_string(args.get(1))?;
    handle.shut_down(&message);
    Ok(scope.undefined())
}

/// `(storage)`.
fn take_confirmed<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = scope.unwrap::<StorageHandle>(args.get(0))?;
    Ok(scope.bool(handle.take_confirmed()))
}

/// `(storage)`.
fn close_if_idle<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = scope.unwrap::<StorageHandle>(args.get(0))?;
    Ok(scope.bool(handle.close_if_idle()))
}

/// `(storage, whether the class has an alarm handler)`.
fn set_handler<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = scope.unwrap::<StorageHandle>(args.get(0))?;
    let has = scope.to_bool(args.get(1));
    handle.set_has_alarm_handler(has);
    Ok(scope.undefined())
}

/// `(storage, who)`: who uses it from now on.
fn set_caller<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = scope.unwrap::<StorageHandle>(args.get(0))?;
    let caller = match scope.to_string(args.get(1))?.as_str() {
        "owner" => Caller::Owner,
        "other object" => Caller::OtherObject,
        "request" => Caller::Request,
        other => panic!("nobody is called {other}"),
    };
    scope.state::<Storages>().hooks(&handle).caller.set(caller);
    Ok(scope.undefined())
}

/// `(storage, ms)`: the handler of an alarm at this time begins to run.
fn ring<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = scope.unwrap::<StorageHandle>(args.get(0))?;
    let at = scope.to_number(args.get(1))? as u64;
    let hooks = scope.state::<Storages>().hooks(&handle);
    let mut alarm = hooks.alarm.borrow_mut();
    alarm.changed(Some(at));
    assert_eq!(alarm.tick(at), Some(Due::Deliver));
    assert!(alarm.begin(at).is_some());
    Ok(scope.undefined())
}

/// `(storage, key, bytes)`: puts bytes that no value has.
fn damage<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = scope.unwrap::<StorageHandle>(args.get(0))?;
    let key = scope.to_string(args.get(1))?;
    let bytes = scope.bytes(args.get(2)).expect("bytes");
    handle.database().kv_put(&key, &bytes).expect("put");
    Ok(scope.undefined())
}

/// `()` → a promise that is resolved in a turn of its own.
fn next_turn<'s>(scope: &mut Scope<'s>, _: &Args<'s>) -> JsResult<'s> {
    promise_from(scope, std::future::ready(()), |scope, ()| {
        Ok(scope.undefined())
    })
}
