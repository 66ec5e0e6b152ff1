//! A response in a file.
//!
//! ```text
//! magic 8 | length of the head u32 | length of the body u64 | checksum of those two and the head u32
//! head: when it was kept, until when it is fresh, status, status text, key, headers
//! body: blocks of 64 KiB, the last one shorter, each followed by its checksum
//! ```
//!
//! Numbers are little-endian. The first line is written last, so a file that was not finished is none.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use http::header::{HeaderMap, HeaderName, HeaderValue};

const MAGIC: &[u8; 8] = b"HFcache1";
const PREFIX_BYTES: usize = 24;
const BLOCK_BYTES: usize = 64 << 10;
const CHECKSUM_BYTES: usize = 4;

/// The longest head that is read: far more than the headers that HTTP carries.
const HEAD_BYTES_MAX: usize = 1 << 20;

/// All of a response but its body.
#[derive(Debug, Clone)]
pub(super) struct Head {
    /// What the response is found by.
    pub(super) key: String,
    pub(super) status: u16,
    pub(super) status_text: String,
    pub(super) headers: HeaderMap,
    /// Milliseconds since the epoch.
    pub(super) kept_ms: u64,
    pub(super) fresh_until_ms: u64,
}

impl Head {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&self.kept_ms.to_le_bytes());
        bytes.extend_from_slice(&self.fresh_until_ms.to_le_bytes());
        bytes.extend_from_slice(&self.status.to_le_bytes());
        put(&mut bytes, self.status_text.as_bytes());
        put(&mut bytes, self.key.as_bytes());
        for (name, value) in &self.headers {
            put(&mut bytes, name.as_str().as_bytes());
            put(&mut bytes, value.as_bytes());
        }
        bytes
    }

    fn decode(mut bytes: &[u8]) -> Option<Head> {
        let bytes = &mut bytes;
        let kept_ms = u64::from_le_bytes(take(bytes)?);
        let fresh_until_ms = u64::from_le_bytes(take(bytes)?);
        let status = u16::from_le_bytes(take(bytes)?);
        let status_text = String::from_utf8(get(bytes)?.to_vec()).ok()?;
        let key = String::from_utf8(get(bytes)?.to_vec()).ok()?;
        let mut headers = HeaderMap::new();
        while !bytes.is_empty() {
            let name = HeaderName::from_bytes(get(bytes)?).ok()?;
            let value = HeaderValue::from_bytes(get(bytes)?).ok()?;
            headers.try_append(name, value).ok()?;
        }
        Some(Head {
            key,
            status,
            status_text,
            headers,
            kept_ms,
            fresh_until_ms,
        })
    }
}

fn put(to: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).expect("a head is below 4 GiB");
    to.extend_from_slice(&length.to_le_bytes());
    to.extend_from_slice(bytes);
}

fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, rest) = from.split_first_chunk::<N>()?;
    *from = rest;
    Some(*bytes)
}

fn get<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32::from_le_bytes(take(from)?) as usize;
    let (bytes, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(bytes)
}

fn prefix(head: &[u8], body_length: u64) -> [u8; PREFIX_BYTES] {
    let mut prefix = [0; PREFIX_BYTES];
    let head_length = u32::try_from(head.len()).expect("a head is below 4 GiB");
    prefix[..8].copy_from_slice(MAGIC);
    prefix[8..12].copy_from_slice(&head_length.to_le_bytes());
    prefix[12..20].copy_from_slice(&body_length.to_le_bytes());
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(&prefix[8..20]);
    checksum.update(head);
    prefix[20..].copy_from_slice(&checksum.finalize().to_le_bytes());
    prefix
}

/// How long a file is.
fn file_bytes(head_length: usize, body_length: u64) -> u64 {
    let blocks = body_length.div_ceil(BLOCK_BYTES as u64);
    (PREFIX_BYTES + head_length) as u64 + body_length + blocks * CHECKSUM_BYTES as u64
}

/// Writes a response to a file that nobody finds before it is whole.
pub(super) struct Writer {
    file: File,
    /// Removed when this is dropped, unless it was renamed.
    path: Option<PathBuf>,
    head: Vec<u8>,
    block: Vec<u8>,
    body_length: u64,
}

impl Writer {
    /// Begins to write to a new file at `path`.
    ///
    /// # Errors
    /// What the file system says; also for a head that nobody would read again.
    pub(super) fn create(path: PathBuf, head: &Head) -> io::Result<Writer> {
        let head = head.encode();
        if head.len() > HEAD_BYTES_MAX {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let mut file = File::create_new(&path)?;
        let path = Some(path);
        file.write_all(&[0; PREFIX_BYTES])?;
        file.write_all(&head)?;
        Ok(Writer {
            file,
            path,
            head,
            block: Vec::new(),
            body_length: 0,
        })
    }

    /// Appends to the body.
    pub(super) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.body_length += bytes.len() as u64;
        while !bytes.is_empty() {
            let room = BLOCK_BYTES - self.block.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.block.extend_from_slice(now);
            bytes = later;
            if self.block.len() == BLOCK_BYTES {
                self.write_block()?;
            }
        }
        Ok(())
    }

    fn write_block(&mut self) -> io::Result<()> {
        let checksum = crc32fast::hash(&self.block).to_le_bytes();
        self.block.extend_from_slice(&checksum);
        self.file.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }

    /// Completes the file; `publish` gives it its name. Gives its length.
    pub(super) fn finish(
        mut self,
        publish: impl FnOnce(&Path) -> io::Result<()>,
    ) -> io::Result<u64> {
        if !self.block.is_empty() {
            self.write_block()?;
        }
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&prefix(&self.head, self.body_length))?;
        if let Some(path) = &self.path {
            publish(path)?;
        }
        self.path = None;
        Ok(file_bytes(self.head.len(), self.body_length))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // The next start removes it otherwise.
            fs::remove_file(path).ok();
        }
    }
}

/// A response in a file that is whole as far as its head tells.
#[derive(Debug)]
pub(super) struct Reader {
    file: File,
    pub(super) head: Head,
    head_length: usize,
    pub(super) body_length: u64,
}

impl Reader {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// `NotFound` where there is none, `InvalidData` for one that is damaged, and what else the file system says.
    pub(super) fn open(path: &Path) -> io::Result<Reader> {
        let damaged = || io::Error::from(io::ErrorKind::InvalidData);
        let mut file = File::open(path)?;
        let mut given = [0; PREFIX_BYTES];
        read_exact(&mut file, &mut given)?;
        let mut fields = &given[8..20];
        let head_length = u32::from_le_bytes(take(&mut fields).ok_or_else(damaged)?) as usize;
        let body_length = u64::from_le_bytes(take(&mut fields).ok_or_else(damaged)?);
        if head_length > HEAD_BYTES_MAX {
            return Err(damaged());
        }
        let mut head = vec![0; head_length];
        read_exact(&mut file, &mut head)?;
        if given != prefix(&head, body_length)
            || file.metadata()?.len() != file_bytes(head_length, body_length)
        {
            return Err(damaged());
        }
        Ok(Reader {
            file,
            head: Head::decode(&head).ok_or_else(damaged)?,
            head_length,
            body_length,
        })
    }

    /// Bytes of the body from `at` to the end of their block; none at the end of the body.
    ///
    /// # Errors
    /// `InvalidData` for a block that is damaged, and what the file system says.
    pub(super) fn read_from(&mut self, at: u64) -> io::Result<Vec<u8>> {
        if at >= self.body_length {
            return Ok(Vec::new());
        }
        let number = at / BLOCK_BYTES as u64;
        let start = number * BLOCK_BYTES as u64;
        let length = (self.body_length - start).min(BLOCK_BYTES as u64) as usize;
        let place = file_bytes(self.head_length, start);
        self.file.seek(SeekFrom::Start(place))?;
        let mut block = vec![0; length + CHECKSUM_BYTES];
        read_exact(&mut self.file, &mut block)?;
        let checksum = block.split_off(length);
        if crc32fast::hash(&block).to_le_bytes()[..] != checksum[..] {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        // `at` is within this block.
        block.drain(..(at - start) as usize);
        Ok(block)
    }
}

/// A file that is shorter than it says is damaged.
fn read_exact(file: &mut File, into: &mut [u8]) -> io::Result<()> {
    file.read_exact(into).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::from(io::ErrorKind::InvalidData),
        _ => error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        let mut headers = HeaderMap::new();
        headers.append("etag", HeaderValue::from_static("\"a\""));
        headers.append("x", HeaderValue::from_bytes(b"\xe9").unwrap());
        headers.append("x", HeaderValue::from_static("2"));
        Head {
            key: "http://a/é".to_owned(),
            status: 201,
            status_text: "Made".to_owned(),
            headers,
            kept_ms: 1,
            fresh_until_ms: 2,
        }
    }

    fn write(path: &Path, body: &[u8]) -> u64 {
        let mut writer = Writer::create(path.with_extension("tmp"), &head()).unwrap();
        for chunk in body.chunks(50_000) {
            writer.write(chunk).unwrap();
        }
        writer.finish(|from| fs::rename(from, path)).unwrap()
    }

    fn read_all(path: &Path) -> io::Result<Vec<u8>> {
        let mut reader = Reader::open(path)?;
        let mut all = Vec::new();
        while (all.len() as u64) < reader.body_length {
            all.extend(reader.read_from(all.len() as u64)?);
        }
        assert!(reader.read_from(reader.body_length)?.is_empty());
        Ok(all)
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        for length in [
            0,
            1,
            BLOCK_BYTES - 1,
            BLOCK_BYTES,
            BLOCK_BYTES + 1,
            3 * BLOCK_BYTES,
        ] {
            let path = folder.path().join(length.to_string());
            let body: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            let bytes = write(&path, &body);
            assert_eq!(bytes, fs::metadata(&path).unwrap().len());
            assert_eq!(read_all(&path).unwrap(), body);
            let head = Reader::open(&path).unwrap().head;
            assert_eq!(
                (head.status, head.status_text.as_str(), head.key.as_str()),
                (201, "Made", "http://a/é")
            );
            assert_eq!(head.headers, self::head().headers);
            assert_eq!((head.kept_ms, head.fresh_until_ms), (1, 2));
        }
        let path = folder.path().join((BLOCK_BYTES + 1).to_string());
        let mut reader = Reader::open(&path).unwrap();
        assert_eq!(reader.read_from(BLOCK_BYTES as u64 - 2).unwrap().len(), 2);
        assert_eq!(reader.read_from(BLOCK_BYTES as u64).unwrap().len(), 1);
    }

    #[test]
    fn one_that_is_not_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = Writer::create(folder.path().join("a"), &head()).unwrap();
        writer.write(b"x").unwrap();
        drop(writer);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn any_damage_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write(&path, b"some body");
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(&path, &damaged).unwrap();
            assert!(read_all(&path).is_err(), "a flipped bit in byte {at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert!(read_all(&path).is_err(), "cut to {at} bytes");
        }
        fs::write(&path, [&whole[..], b"x"].concat()).unwrap();
        assert!(read_all(&path).is_err());
    }
}
