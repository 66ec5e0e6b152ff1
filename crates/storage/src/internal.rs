//! The statements of the runtime itself, compiled once per connection.

/// One of our own statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Internal {
    Begin,
    Commit,
    Rollback,
    KvGet,
    KvPut,
    KvDelete,
    KvSizes,
    KvListFrom,
    KvListBetween,
    KvListFromReverse,
    KvListBetweenReverse,
    AlarmGet,
    AlarmSet,
    WishGet,
    WishSet,
    WishDelete,
    TableExists,
    TableColumns,
    TableWithoutRowid,
    PageCount,
    FreelistCount,
}

impl Internal {
    /// Number of statements.
    pub(crate) const COUNT: usize = Internal::FreelistCount as usize + 1;

    pub(crate) fn sql(self) -> &'static str {
        match self {
            Internal::Begin => "BEGIN TRANSACTION",
            Internal::Commit => "COMMIT TRANSACTION",
            Internal::Rollback => "ROLLBACK TRANSACTION",
            Internal::KvGet => "SELECT value FROM _cf_KV WHERE key = ?1",
            Internal::KvPut => {
                "INSERT INTO _cf_KV (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
            }
            Internal::KvDelete => "DELETE FROM _cf_KV WHERE key = ?1",
            Internal::KvSizes => "SELECT key, length(value) FROM _cf_KV ORDER BY key LIMIT ?1",
            // The bounds are bytes: the one above a prefix need not be UTF-8. The cast leaves them as they are.
            Internal::KvListFrom => {
                "SELECT key, value FROM _cf_KV WHERE key >= CAST(?1 AS TEXT) ORDER BY key LIMIT ?2"
            }
            Internal::KvListBetween => {
                "SELECT key, value FROM _cf_KV WHERE key >= CAST(?1 AS TEXT) AND key < CAST(?3 AS TEXT) \
                 ORDER BY key LIMIT ?2"
            }
            Internal::KvListFromReverse => {
                "SELECT key, value FROM _cf_KV WHERE key >= CAST(?1 AS TEXT) ORDER BY key DESC LIMIT ?2"
            }
            Internal::KvListBetweenReverse => {
                "SELECT key, value FROM _cf_KV WHERE key >= CAST(?1 AS TEXT) AND key < CAST(?3 AS TEXT) \
                 ORDER BY key DESC LIMIT ?2"
            }
            Internal::AlarmGet => "SELECT value FROM _cf_METADATA WHERE key = 1",
            Internal::AlarmSet => {
                "INSERT INTO _cf_METADATA (key, value) VALUES (1, ?1) \
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value"
            }
            Internal::WishGet => "SELECT value FROM _cf_METADATA WHERE key = 3",
            Internal::WishSet => {
                "INSERT INTO _cf_METADATA (key, value) VALUES (3, ?1) \
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value"
            }
            Internal::WishDelete => "DELETE FROM _cf_METADATA WHERE key = 3",
            Internal::TableExists => {
                "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1"
            }
            Internal::TableColumns => "SELECT name, pk FROM pragma_table_xinfo(?1, 'main')",
            Internal::TableWithoutRowid => {
                "SELECT wr FROM pragma_table_list(?1) WHERE schema = 'main'"
            }
            Internal::PageCount => "PRAGMA page_count",
            Internal::FreelistCount => "PRAGMA freelist_count",
        }
    }
}
