//! The tokens of an SQL text, as far as one must look at it where SQLite tells nothing: its quotes, comments, parameters and
//! parentheses.

use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword or a name.
    Word,
    /// A name in quotes (which may be a text).
    Quoted,
    Text,
    Parameter,
    Open,
    Close,
    Other,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) place: Range<usize>,
    /// Parentheses around it.
    pub(crate) depth: usize,
}

/// The tokens of the first statement, and where it ends. None if a quote or a comment does not end, or parentheses do
/// not fit.
pub(crate) fn tokens(sql: &str) -> Option<(Vec<Token>, usize)> {
    let bytes = sql.as_bytes();
    let mut tokens: Vec<Token> = Vec::new();
    let mut depth = 0;
    let mut at = 0;
    while let Some(&first) = bytes.get(at) {
        let rest = &sql[at..];
        if first.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        if rest.starts_with("--") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        if let Some(comment) = rest.strip_prefix("/*") {
            // SQLite lets the last comment of a text be open.
            at += comment.find("*/").map_or(rest.len(), |end| end + 4);
            continue;
        }
        if first == b';' {
            return (depth == 0).then_some((tokens, at + 1));
        }
        let word = |rest: &str| rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (kind, length) = match first {
            b'\'' => (Kind::Text, quoted_length(rest, '\'')?),
            b'"' | b'`' => (Kind::Quoted, quoted_length(rest, char::from(first))?),
            b'[' => (Kind::Quoted, rest.find(']')? + 1),
            b'?' => {
                let digits = rest[1..].find(|c: char| !c.is_ascii_digit());
                (Kind::Parameter, 1 + digits.unwrap_or(rest.len() - 1))
            }
            b':' | b'@' | b'$' if word(&rest[1..]) > 0 => (Kind::Parameter, 1 + word(&rest[1..])),
            b'(' => (Kind::Open, 1),
            b')' => (Kind::Close, 1),
            _ if rest.starts_with(is_word) => (Kind::Word, word(rest)),
            _ => (Kind::Other, rest.chars().next().map_or(1, char::len_utf8)),
        };
        if kind == Kind::Close {
            depth = usize::checked_sub(depth, 1)?;
        }
        tokens.push(Token {
            kind,
            place: at..at + length,
            depth,
        });
        if kind == Kind::Open {
            depth += 1;
        }
        at += length;
    }
    (depth == 0).then_some((tokens, sql.len()))
}

/// A name without its quotes.
pub(crate) fn unquoted(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(quote @ ('"' | '\'' | '`')) => {
            let inner = &text[1..text.len() - 1];
            inner.replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        Some('[') => text[1..text.len() - 1].to_owned(),
        _ => text.to_owned(),
    }
}

/// With both quotes. A quote inside is doubled.
fn quoted_length(rest: &str, quote: char) -> Option<usize> {
    let mut at = 1;
    loop {
        at += rest[at..].find(quote)? + 1;
        if !rest[at..].starts_with(quote) {
            return Some(at);
        }
        at += 1;
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || character == '_'
        || character == '$'
        || !character.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(sql: &str) -> Option<Vec<String>> {
        let (tokens, _) = tokens(sql)?;
        let words = tokens.into_iter().map(|token| unquoted(&sql[token.place]));
        Some(words.collect())
    }

    #[test]
    fn words_lose_their_quotes_and_comments_vanish() {
        let found = |sql| words(sql).unwrap();
        assert_eq!(
            found("a\t\"b \"\"c\"'d'`e`[f g]"),
            ["a", "b \"c", "d", "e", "f g"]
        );
        assert_eq!(found("a--b\nc/*d*/e/*f"), ["a", "c", "e"]);
        assert_eq!(found("été(x);y"), ["été", "(", "x", ")"]);
    }

    #[test]
    fn what_does_not_end_is_not_read() {
        for sql in ["'open", "[open", "a)", "(a", "(a; b)"] {
            assert_eq!(words(sql), None, "{sql}");
        }
    }
}
