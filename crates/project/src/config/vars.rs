//! Secrets for local running: `.dev.vars`, or else the `.env` files, in dotenv's syntax.
//!
//! The syntax is that of the npm package `dotenv`, which wrangler reads these files with: a value in single,
//! double or back quotes may span lines, `\n` and `\r` are escapes in double quotes only, an unquoted value
//! ends at `#`. In the `.env` files (not in `.dev.vars`) `$NAME`, `${NAME}` and `${NAME:-default}` are
//! expanded, as wrangler does with `dotenv-expand`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::error::{ProjectError, Report};
use crate::place::{Source, Warning, shown};

/// What the files give.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    pub(crate) values: IndexMap<String, String>,
    /// The files that were read, absolute.
    pub(crate) files: Vec<PathBuf>,
}

/// Reads `.dev.vars.ENV`, else `.dev.vars`; only where neither exists `.env`, `.env.local`, `.env.ENV` and
/// `.env.ENV.local`, later ones winning.
///
/// # Errors
/// A file that exists but cannot be read.
pub(crate) fn load(
    root: &Path,
    dir: &Path,
    env: Option<&str>,
    warnings: &mut Vec<Warning>,
) -> Result<Secrets, ProjectError> {
    let mut secrets = Secrets::default();
    let of_env = env.map(|env| format!(".dev.vars.{env}"));
    for name in of_env.into_iter().chain([".dev.vars".to_owned()]) {
        if read(root, &dir.join(name), &mut secrets, warnings)? {
            return Ok(secrets);
        }
    }
    let mut names = vec![".env".to_owned(), ".env.local".to_owned()];
    if let Some(env) = env {
        names.extend([format!(".env.{env}"), format!(".env.{env}.local")]);
    }
    for name in names {
        read(root, &dir.join(name), &mut secrets, warnings)?;
    }
    expand(&mut secrets.values);
    Ok(secrets)
}

/// Adds the values of one file; false when there is no such file.
fn read(
    root: &Path,
    path: &Path,
    secrets: &mut Secrets,
    warnings: &mut Vec<Warning>,
) -> Result<bool, ProjectError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        // A folder named `.env` is somebody's virtual environment, not ours.
        Err(error) if error.kind() == ErrorKind::IsADirectory => return Ok(false),
        Err(error) => return Err(ProjectError::Read(Box::new(Report::read(path, &error)))),
    };
    let file = shown(root, path);
    parse(
        Source {
            file: &file,
            text: &text,
        },
        &mut secrets.values,
        warnings,
    );
    secrets.files.push(path.to_path_buf());
    Ok(true)
}

/// Parses one file into `values`; lines that are no assignment are ignored with a warning.
pub(crate) fn parse(
    source: Source<'_>,
    values: &mut IndexMap<String, String>,
    warnings: &mut Vec<Warning>,
) {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(source.text);
    let offset_of = |rest: &str| source.text.len() - rest.len();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return;
        }
        let (line, after) = split_line(rest);
        if line.starts_with('#') {
            rest = after;
            continue;
        }
        match assignment(rest) {
            Some((key, value, after)) => {
                values.insert(key.to_owned(), value);
                rest = after;
            }
            None => {
                let text = "the line is not NAME=value and is ignored".to_owned();
                warnings.push(Warning {
                    place: Some(source.place(offset_of(rest))),
                    text,
                });
                rest = after;
            }
        }
    }
}

/// `NAME = value` (or `NAME: value`, or with `export` before it) at the start of `text`: the name, the
/// value, and what follows the line or lines it takes.
fn assignment(text: &str) -> Option<(&str, String, &str)> {
    let text = match text.strip_prefix("export") {
        Some(rest) if rest.starts_with([' ', '\t']) => rest.trim_start_matches([' ', '\t']),
        _ => text,
    };
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')))
        .unwrap_or(text.len());
    let (key, rest) = text.split_at(end);
    if key.is_empty() {
        return None;
    }
    let rest = match rest.strip_prefix(':') {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest,
        _ => rest.trim_start_matches([' ', '\t']).strip_prefix('=')?,
    };
    let rest = rest.trim_start_matches([' ', '\t']);
    if let Some((value, after)) = quoted(rest) {
        return Some((key, value, after));
    }
    let (line, after) = split_line(rest);
    let value = line.split('#').next().unwrap_or_default().trim();
    Some((key, value.to_owned(), after))
}

/// A quoted value that nothing but a comment follows on its last line.
fn quoted(text: &str) -> Option<(String, &str)> {
    let quote = text
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let body = &text[1..];
    let mut end = None;
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        if c == quote && !escaped {
            end = Some(at);
            break;
        }
        escaped = c == '\\' && !escaped;
    }
    let (value, rest) = body.split_at(end?);
    let (line, after) = split_line(&rest[1..]);
    let line = line.trim_start();
    if !line.is_empty() && !line.starts_with('#') {
        return None;
    }
    let value = value.replace("\r\n", "\n");
    let value = match quote {
        '"' => value.replace("\\n", "\n").replace("\\r", "\r"),
        _ => value,
    };
    Some((value, after))
}

/// The first line without its end, and all that follows.
fn split_line(text: &str) -> (&str, &str) {
    match text.find(['\n', '\r']) {
        Some(at) => (&text[..at], &text[at..]),
        None => (text, ""),
    }
}

/// Replaces references between the values, in the order of the file; what is not there is empty.
fn expand(values: &mut IndexMap<String, String>) {
    for index in 0..values.len() {
        let (name, value) = values.get_index(index).expect("index is within the map");
        if !value.contains('$') {
            continue;
        }
        let expanded = expand_one(name, value, values);
        values[index] = expanded;
    }
}

fn expand_one(name: &str, value: &str, values: &IndexMap<String, String>) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        if let Some(before) = rest[..at].strip_suffix('\\') {
            out.push_str(before);
            out.push('$');
            rest = &rest[at + 1..];
            continue;
        }
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (reference, default, after) = match after.strip_prefix('{') {
            Some(inner) => match inner.split_once('}') {
                Some((inner, after)) => {
                    let (reference, default) = inner
                        .split_once(":-")
                        .or_else(|| inner.split_once('-'))
                        .map_or((inner, None), |(name, default)| (name, Some(default)));
                    (reference, default, after)
                }
                None => ("", None, after),
            },
            None => {
                let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
                (&after[..end], None, &after[end..])
            }
        };
        if reference.is_empty() || !reference.chars().all(is_name) {
            out.push('$');
            rest = &rest[at + 1..];
            continue;
        }
        let known = values
            .get(reference)
            .filter(|value| reference != name && !value.is_empty());
        out.push_str(known.map(String::as_str).or(default).unwrap_or_default());
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Vec<(String, String)>, Vec<String>) {
        let mut values = IndexMap::new();
        let mut warnings = Vec::new();
        parse(
            Source {
                file: Path::new(".dev.vars"),
                text,
            },
            &mut values,
            &mut warnings,
        );
        (
            values.into_iter().collect(),
            warnings.iter().map(ToString::to_string).collect(),
        )
    }

    fn value(text: &str) -> String {
        let (values, warnings) = parsed(text);
        assert!(warnings.is_empty(), "{warnings:?}");
        assert_eq!(values.len(), 1, "{values:?}");
        assert_eq!(values[0].0, "A");
        values[0].1.clone()
    }

    #[test]
    fn plain_values_are_trimmed_and_end_at_a_comment() {
        assert_eq!(value("A=b"), "b");
        assert_eq!(value("  export A =  b c  # d"), "b c");
        assert_eq!(value("A: b"), "b");
        assert_eq!(value("A="), "");
        assert_eq!(value("A=b\\n"), "b\\n");
        assert_eq!(value("\u{feff}A=b\r\n"), "b");
        assert_eq!(value("A=https://x.y/?z=1"), "https://x.y/?z=1");
    }

    #[test]
    fn quotes_keep_spaces_hashes_and_lines() {
        assert_eq!(value("A=' b # c '"), " b # c ");
        assert_eq!(value("A=\"b\nc\" # d"), "b\nc");
        assert_eq!(value("A=`b\n'c'`"), "b\n'c'");
        assert_eq!(value("A=\"b\\nc\""), "b\nc");
        assert_eq!(value("A='b\\nc'"), "b\\nc");
        assert_eq!(value("A=\"b\\\"c\""), "b\\\"c");
        assert_eq!(
            value("A=\"b"),
            "\"b",
            "a quote that never ends is part of the value"
        );
        assert_eq!(value("A=\"b\" c"), "\"b\" c");
    }

    #[test]
    fn later_lines_win_and_strange_lines_are_told() {
        let (values, warnings) = parsed("A=1\n\n# c\nnonsense here\nB=2\nA=3\n");
        assert_eq!(values, [("A".into(), "3".into()), ("B".into(), "2".into())]);
        assert_eq!(
            warnings,
            [".dev.vars:4:1: the line is not NAME=value and is ignored"]
        );
    }

    #[test]
    fn references_expand_in_order() {
        let (values, _) = parsed(
            "HOST=h\nURL=https://$HOST:${PORT:-80}/\nNONE=[$NOWHERE]\nKEPT=\\$HOST\nPRICE=5$\nSELF=$SELF",
        );
        let mut values: IndexMap<_, _> = values.into_iter().collect();
        expand(&mut values);
        assert_eq!(values["URL"], "https://h:80/");
        assert_eq!(values["NONE"], "[]");
        assert_eq!(values["KEPT"], "$HOST");
        assert_eq!(values["PRICE"], "5$");
        assert_eq!(values["SELF"], "");
    }
}
