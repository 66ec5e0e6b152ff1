//! `ALTER TABLE … RENAME TO`: the one new name that SQLite does not show to the authorizer.

use crate::authorizer::is_reserved;
use crate::tokens::{Kind, Token, tokens, unquoted};

/// True if `sql`, known to be a valid ALTER TABLE statement, renames the table to a reserved name.
pub(crate) fn to_reserved_name(sql: &str) -> bool {
    let Some((tokens, _)) = tokens(sql) else {
        // Of nothing that SQLite has compiled; were it so, better refused than let through.
        return true;
    };
    let is_word = |token: &Token, word| {
        token.kind == Kind::Word && sql[token.place.clone()].eq_ignore_ascii_case(word)
    };
    // RENAME TO names a table; RENAME [COLUMN] a TO b does not have the two words side by side.
    tokens.windows(3).any(|three| {
        is_word(&three[0], "rename")
            && is_word(&three[1], "to")
            && is_reserved(&unquoted(&sql[three[2].place.clone()]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
