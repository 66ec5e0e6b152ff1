//! The files of a cache: found, written, counted, and removed when there are too many.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream};

use super::entry::{Head, Reader, Writer};
use super::{Limits, SMALL_BYTES};
use crate::body::{Body, BodyError, BodyStream};
use crate::crypto::hash::{HashAlgorithm, digest};

/// How much of a body gathers before a thread is asked to write it.
const WRITE_BYTES: usize = 256 << 10;

/// What the names of files that are being written begin with.
const UNFINISHED: &str = "tmp-";

/// Responses by cache and key, in the files of a folder. One value for all shards of a node.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    limits: Limits,
    /// None before the folder was looked at.
    index: Mutex<Option<Index>>,
    /// Names for files that are being written.
    unfinished: AtomicU64,
}

/// Which files there are, by their paths below the folder.
#[derive(Debug, Default)]
struct Index {
    files: HashMap<Arc<str>, Known>,
    /// The oldest first.
    order: BTreeMap<u64, Arc<str>>,
    total_bytes: u64,
    last_order: u64,
}

#[derive(Debug)]
struct Known {
    bytes: u64,
    order: u64,
}

impl Index {
    fn add(&mut self, name: Arc<str>, bytes: u64) {
        self.remove(&name);
        self.last_order += 1;
        let order = self.last_order;
        self.order.insert(order, Arc::clone(&name));
        self.files.insert(name, Known { bytes, order });
        self.total_bytes += bytes;
    }

    fn remove(&mut self, name: &str) {
        if let Some(known) = self.files.remove(name) {
            self.order.remove(&known.order);
            self.total_bytes -= known.bytes;
        }
    }

    /// Takes out the oldest file if there is more than may be.
    fn take_excess(&mut self, limits: &Limits) -> Option<Arc<str>> {
        if self.total_bytes <= limits.total_bytes_max && self.files.len() <= limits.entries_max {
            return None;
        }
        let (_, name) = self.order.first_key_value()?;
        let name = Arc::clone(name);
        self.remove(&name);
        Some(name)
    }
}

/// A response that was found.
pub(super) struct Found {
    pub(super) head: Head,
    pub(super) length: u64,
    content: Content,
}

enum Content {
    /// Read and checked.
    Small(Bytes),
    Large(Reader),
}

impl Cache {
    /// A cache in `folder`, which is made and looked at when it is first used.
    pub fn new(folder: PathBuf, limits: Limits) -> Arc<Cache> {
        Arc::new(Cache {
            folder,
            limits,
            index: Mutex::default(),
            unfinished: AtomicU64::new(0),
        })
    }

    /// Keeps a response in the cache called `name`. One that is too large, or that the file system does not take, is not
    /// kept: a cache promises nothing.
    ///
    /// # Errors
    /// What the body fails with.
    pub(super) async fn put(
        self: Arc<Self>,
        name: String,
        head: Head,
        body: Body,
    ) -> Result<(), BodyError> {
        let path = file_name(&name, &head.key);
        let cache = Arc::clone(&self);
        let created = blocking(move || cache.create(&head)).await;
        let mut writer = match created {
            Ok(writer) => writer,
            Err(error) => {
                self.not_kept(&error);
                return Ok(());
            }
        };
        let mut chunks = body.into_stream();
        let mut length = 0;
        let mut gathered = BytesMut::new();
        loop {
            let chunk = chunks.next().await.transpose()?;
            let ended = chunk.is_none();
            let chunk = chunk.unwrap_or_default();
            length += chunk.len() as u64;
            if length > self.limits.body_bytes_max {
                // The writer is dropped, and its file with it.
                let dropped = blocking(move || {
                    drop(writer);
                    Ok(())
                });
                drop(dropped.await);
                return Ok(());
            }
            gathered.extend_from_slice(&chunk);
            if !ended && gathered.len() < WRITE_BYTES {
                continue;
            }
            let bytes = gathered.split().freeze();
            let written = blocking(move || writer.write(&bytes).map(|()| writer)).await;
            writer = match written {
                Ok(writer) => writer,
                Err(error) => {
                    self.not_kept(&error);
                    return Ok(());
                }
            };
            if ended {
                break;
            }
        }
        let cache = Arc::clone(&self);
        if let Err(error) = blocking(move || cache.publish(path, writer)).await {
            self.not_kept(&error);
        }
        Ok(())
    }

    /// The response of this key, if there is one that is fresh at `now_ms`.
    pub(super) async fn find(
        self: Arc<Self>,
        name: String,
        key: String,
        now_ms: u64,
    ) -> Option<Found> {
        blocking(move || self.open(&name, &key, now_ms)).await.ok()
    }

    /// Forgets the response of this key. False if there was none.
    pub(super) async fn delete(self: Arc<Self>, name: String, key: String, now_ms: u64) -> bool {
        let removed = move || {
            let found = self.open(&name, &key, now_ms)?;
            self.remove(&file_name(&name, &key));
            Ok(found.head)
        };
        blocking(removed).await.is_ok()
    }

    fn not_kept(&self, error: &io::Error) {
        tracing::warn!(folder = %self.folder.display(), %error, "a response could not be kept in the cache");
    }

    /// The index, of which this thread makes a first one if there is none.
    fn index(&self) -> io::Result<MutexGuard<'_, Option<Index>>> {
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        if index.is_none() {
            *index = Some(look_at(&self.folder)?);
        }
        Ok(index)
    }

    fn create(&self, head: &Head) -> io::Result<Writer> {
        // Before there is an index, files of this kind are remains.
        drop(self.index()?);
        let number = self.unfinished.fetch_add(1, Ordering::Relaxed);
        Writer::create(self.folder.join(format!("{UNFINISHED}{number}")), head)
    }

    fn publish(&self, name: String, writer: Writer) -> io::Result<()> {
        let path = self.folder.join(&name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut excess = Vec::new();
        {
            let mut index = self.index()?;
            // Under the lock: what the index says of a name is what the file system has.
            let bytes = writer.finish(|from| fs::rename(from, &path))?;
            if let Some(index) = index.as_mut() {
                index.add(name.into(), bytes);
                while let Some(oldest) = index.take_excess(&self.limits) {
                    fs::remove_file(self.folder.join(&*oldest)).ok();
                    excess.push(oldest);
                }
            }
        }
        if !excess.is_empty() {
            tracing::debug!(files = excess.len(), "the cache was full");
        }
        Ok(())
    }

    fn open(&self, name: &str, key: &str, now_ms: u64) -> io::Result<Found> {
        let file = file_name(name, key);
        let found = read(&self.folder.join(&file), key);
        match found {
            Ok(found) if found.head.fresh_until_ms > now_ms => return Ok(found),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {}
            Err(error) => return Err(error),
        }
        // It is of no use to anybody any more.
        self.remove(&file);
        Err(io::Error::from(io::ErrorKind::NotFound))
    }

    fn remove(&self, name: &str) {
        let Ok(mut index) = self.index() else {
            return;
        };
        if let Some(index) = index.as_mut() {
            index.remove(name);
        }
        fs::remove_file(self.folder.join(name)).ok();
    }
}

/// Opens a file, and reads it if it is small. A file of another key is none.
fn read(path: &Path, key: &str) -> io::Result<Found> {
    let mut reader = Reader::open(path)?;
    if reader.head.key != key {
        return Err(io::Error::from(io::ErrorKind::NotFound));
    }
    let head = reader.head.clone();
    let length = reader.body_length;
    let content = if length <= SMALL_BYTES {
        let mut all = Vec::with_capacity(length as usize);
        while (all.len() as u64) < length {
            all.extend(reader.read_from(all.len() as u64)?);
        }
        Content::Small(all.into())
    } else {
        Content::Large(reader)
    };
    Ok(Found {
        head,
        length,
        content,
    })
}

impl Found {
    /// The bytes from `start` up to and without `end`. They come as they are read; what is damaged breaks them off.
    pub(super) fn into_body(self, start: u64, end: u64) -> Body {
        let length = end - start;
        let reader = match self.content {
            Content::Small(bytes) => return Body::from(bytes.slice(start as usize..end as usize)),
            Content::Large(reader) => reader,
        };
        let blocks = stream::unfold(Some((reader, start)), move |state| async move {
            let (mut reader, at) = state?;
            if at >= end {
                return None;
            }
            let read = blocking(move || reader.read_from(at).map(|bytes| (reader, bytes))).await;
            Some(match read {
                Ok((reader, mut bytes)) => {
                    bytes.truncate((end - at).min(bytes.len() as u64) as usize);
                    let next = at + bytes.len() as u64;
                    (Ok(Bytes::from(bytes)), Some((reader, next)))
                }
                Err(error) => {
                    tracing::warn!(%error, "a response in the cache is damaged");
                    (Err(BodyError::ConnectionLost), None)
                }
            })
        });
        Body::Stream(BodyStream::new(blocks).with_length(length))
    }
}

/// Where a response is, below the folder. Hashes, as keys are of any length and of any characters.
fn file_name(cache: &str, key: &str) -> String {
    let hex = |text: &str, bytes: usize| -> String {
        let hash = digest(HashAlgorithm::Sha256, text.as_bytes());
        hash[..bytes]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };
    format!("{}/{}", hex(cache, 8), hex(key, 16))
}

/// Finds the files of a folder, the oldest first, and removes what was not finished.
fn look_at(folder: &Path) -> io::Result<Index> {
    fs::create_dir_all(folder)?;
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            for file in fs::read_dir(entry.path())? {
                let file = file?;
                let about = file.metadata()?;
                let path = format!("{name}/{}", file.file_name().to_string_lossy());
                let modified = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                found.push((modified, path, about.len()));
            }
        } else if name.starts_with(UNFINISHED) {
            fs::remove_file(entry.path()).ok();
        }
    }
    found.sort();
    let mut index = Index::default();
    for (_, name, bytes) in found {
        index.add(name.into(), bytes);
    }
    Ok(index)
}

/// Runs `work` on a thread that may wait for the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        // It panicked, or the process is at its end.
        Err(error) => Err(io::Error::other(error)),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn cache(folder: &Path, limits: Limits) -> Arc<Cache> {
        Cache::new(folder.join("cache"), limits)
    }

    fn head(key: &str) -> Head {
        Head {
            key: key.to_owned(),
            status: 200,
            status_text: "OK".to_owned(),
            headers: HeaderMap::new(),
            kept_ms: 0,
            fresh_until_ms: 100,
        }
    }

    async fn put(cache: &Arc<Cache>, key: &str, body: Vec<u8>) {
        let put = Arc::clone(cache).put("default".to_owned(), head(key), Body::from(body));
        put.await.unwrap();
    }

    async fn find(cache: &Arc<Cache>, key: &str) -> Option<Found> {
        let find = Arc::clone(cache).find("default".to_owned(), key.to_owned(), 1);
        find.await
    }

    async fn text(found: Found, start: u64, end: u64) -> Result<Bytes, BodyError> {
        found.into_body(start, end).collect(usize::MAX).await
    }

    /// The files of responses there are.
    fn files(cache: &Cache) -> Vec<PathBuf> {
        let Ok(folders) = fs::read_dir(&cache.folder) else {
            return Vec::new();
        };
        let folders = folders.map(|entry| entry.unwrap().path());
        let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap());
        files.map(|entry| entry.unwrap().path()).collect()
    }

    #[tokio::test]
    async fn what_is_put_is_found_until_it_is_stale_or_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path(), Limits::default());
        assert!(find(&cache, "a").await.is_none());
        put(&cache, "a", b"hello".to_vec()).await;
        let found = find(&cache, "a").await.unwrap();
        assert_eq!(found.length, 5);
        assert_eq!(text(found, 1, 3).await.unwrap(), "el");
        assert!(find(&cache, "b").await.is_none());
        let other = Arc::clone(&cache).find("other".to_owned(), "a".to_owned(), 1);
        assert!(other.await.is_none());
        put(&cache, "a", b"again".to_vec()).await;
        assert_eq!(
            text(find(&cache, "a").await.unwrap(), 0, 5).await.unwrap(),
            "again"
        );
        let delete = |now| Arc::clone(&cache).delete("default".to_owned(), "a".to_owned(), now);
        assert!(delete(1).await);
        assert!(!delete(1).await);
        put(&cache, "a", b"stale".to_vec()).await;
        assert!(!delete(100).await);
        assert!(files(&cache).is_empty());
    }

    #[tokio::test]
    async fn large_bodies_come_in_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path(), Limits::default());
        let body: Vec<u8> = (0..3_000_000u32).map(|i| (i % 253) as u8).collect();
        put(&cache, "a", body.clone()).await;
        for (start, end) in [
            (0, 3_000_000),
            (1_000_000, 1_200_001),
            (2_999_999, 3_000_000),
        ] {
            let found = find(&cache, "a").await.unwrap();
            assert!(matches!(found.content, Content::Large(_)));
            assert_eq!(
                text(found, start, end).await.unwrap(),
                body[start as usize..end as usize]
            );
        }
    }

    #[tokio::test]
    async fn another_start_finds_it_again() {
        let folder = tempfile::tempdir().unwrap();
        let first = cache(folder.path(), Limits::default());
        put(&first, "a", b"hello".to_vec()).await;
        fs::write(first.folder.join("tmp-7"), "half").unwrap();
        drop(first);
        let second = cache(folder.path(), Limits::default());
        assert!(find(&second, "a").await.is_some());
        put(&second, "b", b"x".to_vec()).await;
        assert!(!second.folder.join("tmp-7").exists());
        let index = second.index().unwrap();
        assert_eq!(index.as_ref().unwrap().files.len(), 2);
    }

    #[tokio::test]
    async fn damage_is_a_miss() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path(), Limits::default());
        put(&cache, "a", b"hello".to_vec()).await;
        let file = files(&cache).pop().unwrap();
        let mut bytes = fs::read(&file).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&file, bytes).unwrap();
        assert!(find(&cache, "a").await.is_none());
        assert!(!file.exists());
        // Where the body is not read at once, it breaks off.
        put(&cache, "b", vec![1; 3 << 20]).await;
        let file = files(&cache).pop().unwrap();
        let mut bytes = fs::read(&file).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&file, bytes).unwrap();
        let found = find(&cache, "b").await.unwrap();
        assert!(matches!(
            text(found, 0, 3 << 20).await,
            Err(BodyError::ConnectionLost)
        ));
    }

    #[tokio::test]
    async fn the_oldest_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits {
            total_bytes_max: 10_000,
            body_bytes_max: 5_000,
            entries_max: 4,
        };
        let cache = cache(folder.path(), limits);
        for key in ["a", "b", "c"] {
            put(&cache, key, vec![0; 3_000]).await;
        }
        put(&cache, "d", vec![0; 3_000]).await;
        assert!(find(&cache, "a").await.is_none());
        for key in ["b", "c", "d"] {
            assert!(find(&cache, key).await.is_some(), "{key}");
        }
        put(&cache, "too large", vec![0; 5_001]).await;
        assert!(find(&cache, "too large").await.is_none());
        for key in ["e", "f", "g", "h", "i"] {
            put(&cache, key, Vec::new()).await;
        }
        assert_eq!(files(&cache).len(), 4);
        assert!(find(&cache, "e").await.is_none());
    }

    #[tokio::test]
    async fn a_body_that_fails_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path(), Limits::default());
        let (sender, body) = crate::body::channel(1);
        sender.send(Bytes::from_static(b"half")).await;
        drop(sender);
        let put = Arc::clone(&cache).put("default".to_owned(), head("a"), body);
        assert!(put.await.is_err());
        assert!(find(&cache, "a").await.is_none());
        assert_eq!(fs::read_dir(&cache.folder).unwrap().count(), 0);
    }
}
