//! `ALTER TABLE … RENAME TO`: the one new name that SQLite does not show to the authorizer.

use crate::authorizer::is_reserved;

/// True if `sql`, known to be a valid ALTER TABLE statement, renames the table to a reserved name.
pub(crate) fn to_reserved_name(sql: &str) -> bool {
    let mut words = Words { rest: sql };
    let mut previous = String::new();
    // RENAME TO names a table; RENAME [COLUMN] a TO b does not have the two words side by side.
    while let Some(word) = words.next() {
        if previous.eq_ignore_ascii_case("rename") && word.eq_ignore_ascii_case("to") {
            return words.next().is_some_and(|name| is_reserved(&name));
        }
        previous = word;
    }
    false
}

/// The words of an SQL text: bare or quoted, without their quotes; comments and blanks left out; any other character by
/// itself.
struct Words<'a> {
    rest: &'a str,
}

impl Iterator for Words<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        loop {
            let rest = self.rest;
            let first = rest.chars().next()?;
            if first.is_ascii_whitespace() {
                self.rest = &rest[1..];
            } else if rest.starts_with("--") {
                self.rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
            } else if let Some(comment) = rest.strip_prefix("/*") {
                self.rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
            } else {
                return Some(match first {
                    '"' | '\'' | '`' => self.quoted(first),
                    '[' => self.quoted(']'),
                    _ if is_word(first) => self.bare(),
                    _ => self.take(first.len_utf8()).to_owned(),
                });
            }
        }
    }
}

impl<'a> Words<'a> {
    fn take(&mut self, bytes: usize) -> &'a str {
        let (word, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        word
    }

    fn bare(&mut self) -> String {
        let end = self
            .rest
            .find(|character| !is_word(character))
            .unwrap_or(self.rest.len());
        self.take(end).to_owned()
    }

    /// A quoted word, which ends with `quote`; doubled, the quote stands for itself (except for a bracket).
    fn quoted(&mut self, quote: char) -> String {
        let mut word = String::new();
        let mut characters = self.rest.char_indices().skip(1).peekable();
        while let Some((at, character)) = characters.next() {
            if character != quote {
                word.push(character);
            } else if quote != ']' && characters.peek().is_some_and(|&(_, next)| next == quote) {
                word.push(quote);
                characters.next();
            } else {
                self.take(at + 1);
                return word;
            }
        }
        self.rest = "";
        word
    }
}

/// Characters of a bare SQL word: also every one beyond ASCII.
fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || character == '_'
        || character == '$'
        || !character.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(sql: &str) -> Vec<String> {
        Words { rest: sql }.collect()
    }

    #[test]
    fn words_lose_their_quotes_and_comments_vanish() {
        assert_eq!(
            words("a\t\"b \"\"c\"'d'`e`[f g]"),
            ["a", "b \"c", "d", "e", "f g"]
        );
        assert_eq!(words("a--b\nc/*d*/e/*f"), ["a", "c", "e"]);
        assert_eq!(words("été(x);"), ["été", "(", "x", ")", ";"]);
        assert_eq!(words("'open"), ["open"]);
    }

    #[test]
    fn only_the_new_name_of_the_table_counts() {
        assert!(to_reserved_name("ALTER TABLE a RENAME TO _cf_b"));
        assert!(to_reserved_name("ALTER TABLE a RENAME/**/TO\"_Cf_\""));
        assert!(!to_reserved_name("ALTER TABLE a RENAME TO b"));
        assert!(!to_reserved_name("ALTER TABLE a RENAME COLUMN b TO _cf_c"));
        assert!(!to_reserved_name("ALTER TABLE a RENAME to TO _cf_c"));
        assert!(!to_reserved_name(
            "ALTER TABLE a ADD COLUMN b DEFAULT 'rename to _cf_c'"
        ));
    }
}
