//! `multipart/form-data` taken apart (RFC 7578 over RFC 2046), as forgiving as Workers are: a preamble before the first
//! boundary and bare line feeds are accepted.

use memchr::memmem;

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a> {
    /// The `name` parameter.
    pub name: String,
    /// The `filename` parameter; an empty one counts as none.
    pub filename: Option<String>,
    /// The `Content-Type` of the part.
    pub content_type: Option<String>,
    /// The content.
    pub value: &'a [u8],
}

/// Why a form could not be taken apart; the texts are what a Worker sees in its TypeError.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MultipartError {
    /// The boundary does not occur.
    #[error("No initial boundary string (or you have a truncated message).")]
    NoInitialBoundary,
    /// After a boundary comes neither a line end nor `--`.
    #[error("Boundary string was not succeeded by CRLF, LF, or '--'.")]
    BadBoundaryEnd,
    /// No empty line ends the headers of a part.
    #[error("No multipart message header termination found.")]
    NoHeaderEnd,
    /// The content of a part does not end.
    #[error("No subsequent boundary string after multipart message.")]
    NoNextBoundary,
    /// A part without a `Content-Disposition`.
    #[error("No valid Content-Disposition header found in FormData part.")]
    NoDisposition,
    /// Its value is not `form-data`.
    #[error(
        "Content-Disposition header for FormData part must have the value \"form-data\", possibly followed by \
         parameters. Got: \"{0}\""
    )]
    NotFormData(String),
    /// A part without a name.
    #[error("Content-Disposition header in FormData part is missing a name.")]
    NoName,
}

/// The fields of `body` in their order.
///
/// # Errors
/// See [`MultipartError`].
pub fn parse<'a>(body: &'a [u8], boundary: &str) -> Result<Vec<Part<'a>>, MultipartError> {
    let delimiter = format!("--{boundary}");
    let finder = memmem::Finder::new(delimiter.as_bytes());
    let mut rest = match finder.find(body) {
        Some(at) => &body[at + delimiter.len()..],
        None => return Err(MultipartError::NoInitialBoundary),
    };
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        let (headers, content) =
            split_headers(after_line_end(rest).ok_or(MultipartError::BadBoundaryEnd)?)?;
        let (value, after) = split_content(content, &finder, delimiter.len())?;
        parts.push(part(headers, value)?);
        rest = after;
    }
}

fn after_line_end(bytes: &[u8]) -> Option<&[u8]> {
    bytes
        .strip_prefix(b"\r\n")
        .or_else(|| bytes.strip_prefix(b"\n"))
}

/// The header lines of a part, and what follows the empty line.
fn split_headers(part: &[u8]) -> Result<(Vec<&[u8]>, &[u8]), MultipartError> {
    let mut lines = Vec::new();
    let mut rest = part;
    loop {
        let end = memchr::memchr(b'\n', rest).ok_or(MultipartError::NoHeaderEnd)?;
        let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
        rest = &rest[end + 1..];
        if line.is_empty() {
            return Ok((lines, rest));
        }
        lines.push(line);
    }
}

/// The content up to the line end before the next delimiter, and what follows that delimiter.
fn split_content<'a>(
    content: &'a [u8],
    delimiter: &memmem::Finder<'_>,
    delimiter_length: usize,
) -> Result<(&'a [u8], &'a [u8]), MultipartError> {
    let mut from = 0;
    loop {
        let at = from
            + delimiter
                .find(&content[from..])
                .ok_or(MultipartError::NoNextBoundary)?;
        let before = &content[..at];
        // The line end belongs to the delimiter. Elsewhere than at the beginning of a line it is content.
        let value = match before.strip_suffix(b"\n") {
            Some(line) => Some(line.strip_suffix(b"\r").unwrap_or(line)),
            None => before.is_empty().then_some(before),
        };
        match value {
            Some(value) => return Ok((value, &content[at + delimiter_length..])),
            None => from = at + 1,
        }
    }
}

fn part<'a>(headers: Vec<&[u8]>, value: &'a [u8]) -> Result<Part<'a>, MultipartError> {
    let mut disposition = None;
    let mut content_type = None;
    for line in headers {
        let Some(colon) = memchr::memchr(b':', line) else {
            continue;
        };
        let (name, text) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-disposition") {
            disposition = Some(String::from_utf8_lossy(text));
        } else if name.eq_ignore_ascii_case(b"content-type") {
            content_type = Some(String::from_utf8_lossy(text).into_owned());
        }
    }
    let disposition = disposition.ok_or(MultipartError::NoDisposition)?;
    let (kind, parameters) = disposition.split_once(';').unwrap_or((&disposition, ""));
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return Err(MultipartError::NotFormData(kind.trim().to_owned()));
    }
    let mut name = None;
    let mut filename = None;
    for (key, value) in Parameters(parameters) {
        if key.eq_ignore_ascii_case("name") {
            name.get_or_insert(value);
        } else if key.eq_ignore_ascii_case("filename") {
            filename.get_or_insert(value);
        }
    }
    Ok(Part {
        name: name.ok_or(MultipartError::NoName)?,
        filename: filename.filter(|text| !text.is_empty()),
        content_type,
        value,
    })
}

/// `key=token; key="quoted \" string"; …`
struct Parameters<'a>(&'a str);

impl<'a> Iterator for Parameters<'a> {
    type Item = (&'a str, String);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let text = self.0.trim_start_matches([';', ' ', '\t']);
            if text.is_empty() {
                self.0 = "";
                return None;
            }
            let key_end = text.find(['=', ';']).unwrap_or(text.len());
            let key = text[..key_end].trim();
            let Some(after) = text[key_end..].strip_prefix('=') else {
                self.0 = &text[key_end..];
                continue;
            };
            let (value, rest) = match after.strip_prefix('"') {
                Some(quoted) => unquote(quoted),
                None => {
                    let end = after.find(';').unwrap_or(after.len());
                    (after[..end].trim().to_owned(), &after[end..])
                }
            };
            self.0 = rest;
            return Some((key, value));
        }
    }
}

/// The string that begins after an opening quote, and what follows its closing one. Only a quote can be escaped: browsers
/// of old sent `\` in file names as it was.
fn unquote(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' if quoted[at + 1..].starts_with('"') => {
                value.push('"');
                characters.next();
            }
            other => value.push(other),
        }
    }
    (value, "")
}
