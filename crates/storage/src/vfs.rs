//! SQLite's files are [`PageFile`]s of ours: the virtual file system, one of the two files of this crate with `unsafe`.
//!
//! A database is opened under a name that stands for a `PageFile` of the same thread; SQLite then reads and writes
//! that. There are no other files: the rollback journal is kept in memory (`journal_mode=MEMORY`), temporary tables
//! too (`temp_store=MEMORY`), and locks mean nothing since every database has exactly one connection.
//!
//! What makes it sound:
//! * SQLite calls a file's methods only between a successful `xOpen` and `xClose`, on the thread that uses the
//!   connection. `xOpen` puts an owned `Rc` into the file, `xClose` takes it out, and nothing else touches it.
//! * The `sqlite3_file` that SQLite hands out has `szOsFile` bytes, the size of [`File`], and begins with the
//!   pointer to our methods, as `File` does.
//! * Buffers are as long as SQLite says, and are used only during the call.
//! * No panic leaves: each method that runs code of ours turns one into an I/O error.
#![allow(unsafe_code)]

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Once;
use std::{mem, ptr, slice};

use rusqlite::ffi;

/// The name under which the file system is registered.
pub(crate) const VFS: &str = "holdfast";
const VFS_NAME: &CStr = c"holdfast";

/// Longest name that [`expose`] makes, with its end.
const NAME_BYTES_MAX: usize = 32;

/// What SQLite needs of a database file.
pub(crate) trait PageFile {
    /// Reads at `offset` until `buffer` is full or the file ends, and says how much that was.
    fn read(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes `data` at `offset`.
    fn write(&self, data: &[u8], offset: u64) -> io::Result<()>;
    /// Cuts the file.
    fn truncate(&self, bytes: u64) -> io::Result<()>;
    /// Length in bytes.
    fn bytes(&self) -> io::Result<u64>;
}

/// An open file, as SQLite holds it.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    /// An `Rc<Exposed>` that was turned into a pointer.
    pages: *const Exposed,
}

/// What a name stands for. (A trait object behind a thin pointer.)
struct Exposed(Rc<dyn PageFile>);

thread_local! {
    static EXPOSED: RefCell<(u64, HashMap<u64, Rc<Exposed>>)> = RefCell::default();
}

/// Gives `file` a name by which a connection of this thread can be opened, once.
pub(crate) fn expose(file: Rc<dyn PageFile>) -> String {
    register();
    EXPOSED.with_borrow_mut(|(last, exposed)| {
        *last += 1;
        exposed.insert(*last, Rc::new(Exposed(file)));
        format!("/holdfast/{last}")
    })
}

/// Takes back a name under which nothing was opened.
pub(crate) fn conceal(name: &str) {
    if let Some(number) = number_of(name) {
        EXPOSED.with_borrow_mut(|(_, exposed)| exposed.remove(&number));
    }
}

fn number_of(name: &str) -> Option<u64> {
    name.strip_prefix("/holdfast/")?.parse().ok()
}

fn register() {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        // SAFETY: a null name asks for the default file system, which is never unregistered.
        let default = unsafe { ffi::sqlite3_vfs_find(ptr::null()) };
        assert!(!default.is_null(), "SQLite has a default file system");
        let vfs = Box::leak(Box::new(ffi::sqlite3_vfs {
            iVersion: 1,
            szOsFile: mem::size_of::<File>() as c_int,
            mxPathname: NAME_BYTES_MAX as c_int,
            pNext: ptr::null_mut(),
            zName: VFS_NAME.as_ptr(),
            pAppData: default.cast(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_pathname),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: None,
            xCurrentTimeInt64: None,
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        }));
        // SAFETY: the structure lives for ever, and its functions are what SQLite expects at their places. It does not
        // become the default.
        let code = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
        assert_eq!(code, ffi::SQLITE_OK, "SQLite takes a file system");
    });
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(lock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

/// The result code for an error of the file itself.
fn code_of(error: &io::Error, otherwise: c_int) -> c_int {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ffi::SQLITE_FULL,
        io::ErrorKind::OutOfMemory => ffi::SQLITE_NOMEM,
        _ => otherwise,
    }
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let file = file.cast::<File>();
    // SAFETY: SQLite gives room for a `File`; with null methods it will not call `xClose`.
    unsafe { (*file).base.pMethods = ptr::null() };
    if name.is_null() || flags & ffi::SQLITE_OPEN_MAIN_DB == 0 {
        // A journal or a temporary file, of which there are none.
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: a file name is a string that ends with a zero byte.
    let name = unsafe { CStr::from_ptr(name) };
    let number = name.to_str().ok().and_then(number_of);
    let Some(exposed) =
        number.and_then(|number| EXPOSED.with_borrow_mut(|(_, exposed)| exposed.remove(&number)))
    else {
        return ffi::SQLITE_CANTOPEN;
    };
    // SAFETY: as above; and `out_flags` is null or points to an integer.
    unsafe {
        (*file).pages = Rc::into_raw(exposed);
        (*file).base.pMethods = &raw const METHODS;
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

/// Runs `f` on the file's pages.
///
/// # Safety
/// `file` is one that [`open`] has opened and [`close`] has not closed.
unsafe fn with_pages(
    file: *mut ffi::sqlite3_file,
    otherwise: c_int,
    f: impl FnOnce(&dyn PageFile) -> io::Result<c_int>,
) -> c_int {
    // SAFETY: by the contract `pages` came from `Rc::into_raw`, and the count it stands for is still ours.
    let pages = unsafe { &*(*file.cast::<File>()).pages };
    match catch_unwind(AssertUnwindSafe(|| f(&*pages.0))) {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => code_of(&error, otherwise),
        Err(_) => otherwise,
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let file = file.cast::<File>();
    // SAFETY: `open` put the pointer there, and SQLite closes a file once.
    unsafe {
        drop(Rc::from_raw((*file).pages));
        (*file).pages = ptr::null();
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    buffer: *mut c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    let (Ok(length), Ok(offset)) = (usize::try_from(amount), u64::try_from(offset)) else {
        return ffi::SQLITE_IOERR_READ;
    };
    // SAFETY: SQLite's buffer has `amount` bytes, which it has initialised before (its page memory is never
    // uninitialised to Rust: it comes from C), and nobody else uses it during the call.
    let buffer = unsafe { slice::from_raw_parts_mut(buffer.cast::<u8>(), length) };
    // SAFETY: SQLite calls this between open and close.
    unsafe {
        with_pages(file, ffi::SQLITE_IOERR_READ, |pages| {
            let read = pages.read(buffer, offset)?;
            if read == buffer.len() {
                return Ok(ffi::SQLITE_OK);
            }
            buffer[read..].fill(0);
            Ok(ffi::SQLITE_IOERR_SHORT_READ)
        })
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    data: *const c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    let (Ok(length), Ok(offset)) = (usize::try_from(amount), u64::try_from(offset)) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: SQLite's data has `amount` bytes and does not change during the call.
    let data = unsafe { slice::from_raw_parts(data.cast::<u8>(), length) };
    // SAFETY: SQLite calls this between open and close.
    unsafe {
        with_pages(file, ffi::SQLITE_IOERR_WRITE, |pages| {
            pages.write(data, offset).map(|()| ffi::SQLITE_OK)
        })
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, bytes: ffi::sqlite3_int64) -> c_int {
    let Ok(bytes) = u64::try_from(bytes) else {
        return ffi::SQLITE_IOERR_TRUNCATE;
    };
    // SAFETY: SQLite calls this between open and close.
    unsafe {
        with_pages(file, ffi::SQLITE_IOERR_TRUNCATE, |pages| {
            pages.truncate(bytes).map(|()| ffi::SQLITE_OK)
        })
    }
}

unsafe extern "C" fn file_size(
    file: *mut ffi::sqlite3_file,
    size: *mut ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite calls this between open and close, with a place for the answer.
    unsafe {
        with_pages(file, ffi::SQLITE_IOERR_FSTAT, |pages| {
            *size = i64::try_from(pages.bytes()?).map_err(io::Error::other)?;
            Ok(ffi::SQLITE_OK)
        })
    }
}

/// Durability is decided by whoever takes the pages.
unsafe extern "C" fn sync(_: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn lock(_: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(_: *mut ffi::sqlite3_file, held: *mut c_int) -> c_int {
    // SAFETY: SQLite passes a place for the answer.
    unsafe { *held = 0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    4096
}

unsafe extern "C" fn device_characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE | ffi::SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, _: *const c_char, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

/// There is no file beside a database: no journal that would have to be played back.
unsafe extern "C" fn access(
    _: *mut ffi::sqlite3_vfs,
    _: *const c_char,
    _: c_int,
    result: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes a place for the answer.
    unsafe { *result = 0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: a file name is a string that ends with a zero byte.
    let name = CString::from(unsafe { CStr::from_ptr(name) });
    let bytes = name.as_bytes_with_nul();
    if usize::try_from(room).is_ok_and(|room| bytes.len() <= room) {
        // SAFETY: `out` has `room` bytes, which is enough, and is no part of `name`, which was copied.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len()) };
        return ffi::SQLITE_OK;
    }
    ffi::SQLITE_CANTOPEN
}

/// The default file system, which lends its clock and its randomness.
///
/// # Safety
/// `vfs` is ours.
unsafe fn default_of(vfs: *mut ffi::sqlite3_vfs) -> *mut ffi::sqlite3_vfs {
    // SAFETY: `register` put it there.
    unsafe { (*vfs).pAppData.cast() }
}

unsafe extern "C" fn randomness(vfs: *mut ffi::sqlite3_vfs, n: c_int, out: *mut c_char) -> c_int {
    // SAFETY: the default file system's function, with itself and what SQLite passed.
    unsafe {
        let default = default_of(vfs);
        (*default).xRandomness.map_or(0, |f| f(default, n, out))
    }
}

unsafe extern "C" fn sleep(vfs: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    // SAFETY: as in `randomness`.
    unsafe {
        let default = default_of(vfs);
        (*default).xSleep.map_or(0, |f| f(default, microseconds))
    }
}

unsafe extern "C" fn current_time(vfs: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: as in `randomness`.
    unsafe {
        let default = default_of(vfs);
        (*default)
            .xCurrentTime
            .map_or(ffi::SQLITE_ERROR, |f| f(default, out))
    }
}
