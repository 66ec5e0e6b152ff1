//! The allow-lists of the SQL sandbox: functions, virtual table modules, PRAGMAs.

use crate::authorizer::is_reserved;

/// True if the program may call the SQL function `name`.
pub(crate) fn function(name: &str) -> bool {
    contains(FUNCTIONS, name)
}

/// True if the program may create virtual tables of this module.
pub(crate) fn module(name: &str) -> bool {
    contains(&["fts5", "fts5vocab", "rtree", "rtree_i32"], name)
}

/// True if the program may run this PRAGMA with this argument.
pub(crate) fn pragma(name: &str, value: Option<&str>) -> bool {
    let object = |value: &str| !is_reserved(value);
    match name.to_ascii_lowercase().as_str() {
        "table_list" => true,
        "data_version" | "page_size" => value.is_none(),
        _ if is_setting(name) => value.is_none_or(is_boolean),
        "table_info" | "table_xinfo" | "foreign_key_list" | "index_info" | "index_list"
        | "index_xinfo" => value.is_some_and(object),
        // A number, the other legal argument of quick_check, is never a reserved name.
        "foreign_key_check" | "quick_check" => value.is_none_or(object),
        "optimize" => value.is_none_or(is_int32),
        _ => false,
    }
}

/// True for the PRAGMAs that change the connection when they are given a value.
pub(crate) fn is_setting(name: &str) -> bool {
    let settings = &[
        "case_sensitive_like",
        "defer_foreign_keys",
        "foreign_keys",
        "ignore_check_constraints",
        "legacy_alter_table",
        "recursive_triggers",
        "reverse_unordered_selects",
    ];
    contains(settings, name)
}

/// True for a setting that is undone when the transaction ends.
pub(crate) fn ends_with_transaction(setting: &str) -> bool {
    setting.eq_ignore_ascii_case("defer_foreign_keys")
}

/// Accepts whatever begins with a boolean word, as Cloudflare does (`on`, `onwards`, `10`).
fn is_boolean(value: &str) -> bool {
    let value = value.trim_start_matches(['\'', '"']).as_bytes();
    ["true", "false", "yes", "no", "on", "off", "1", "0"]
        .iter()
        .any(|word| {
            value
                .get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
        })
}

fn is_int32(value: &str) -> bool {
    match value
        .strip_prefix("0x")
        .or_else(|| value.strip_prefix("0X"))
    {
        Some(digits) => i32::from_str_radix(digits, 16).is_ok(),
        None => value.parse::<i32>().is_ok(),
    }
}

/// Looks `name` up in a sorted list of lower-case words, ignoring ASCII case.
fn contains(sorted: &[&str], name: &str) -> bool {
    sorted
        .binary_search_by(|word| {
            word.bytes()
                .cmp(name.bytes().map(|byte| byte.to_ascii_lowercase()))
        })
        .is_ok()
}

/// Every SQL function of the reference's list, sorted by byte.
const FUNCTIONS: &[&str] = &[
    "->",
    "->>",
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "avg",
    "bm25",
    "ceil",
    "changes",
    "char",
    "coalesce",
    "concat",
    "concat_ws",
    "cos",
    "cosh",
    "count",
    "cume_dist",
    "current_date",
    "current_time",
    "current_timestamp",
    "date",
    "datetime",
    "degrees",
    "dense_rank",
    "exp",
    "first_value",
    "floor",
    "format",
    "glob",
    "group_concat",
    "hex",
    "highlight",
    "ifnull",
    "iif",
    "instr",
    "json",
    "json_array",
    "json_array_length",
    "json_each",
    "json_extract",
    "json_group_array",
    "json_group_object",
    "json_insert",
    "json_object",
    "json_patch",
    "json_quote",
    "json_remove",
    "json_replace",
    "json_set",
    "json_tree",
    "json_type",
    "json_valid",
    "jsonb",
    "jsonb_array",
    "jsonb_extract",
    "jsonb_group_array",
    "jsonb_group_object",
    "jsonb_insert",
    "jsonb_object",
    "jsonb_patch",
    "jsonb_remove",
    "jsonb_replace",
    "jsonb_set",
    "julianday",
    "lag",
    "last_insert_rowid",
    "last_value",
    "lead",
    "length",
    "like",
    "likelihood",
    "likely",
    "ln",
    "load_extension",
    "log",
    "log2",
    "lower",
    "ltrim",
    "match",
    "max",
    "max_scalar",
    "min",
    "min_scalar",
    "mod",
    "nth_value",
    "ntile",
    "nullif",
    "octet_length",
    "percent_rank",
    "pi",
    "pow",
    "printf",
    "quote",
    "radians",
    "random",
    "randomblob",
    "rank",
    "replace",
    "round",
    "row_number",
    "rtreecheck",
    "rtrim",
    "sign",
    "sin",
    "sinh",
    "snippet",
    "soundex",
    "sqlite_drop_column",
    "sqlite_rename_column",
    "sqlite_rename_quotefix",
    "sqlite_rename_table",
    "sqlite_rename_test",
    "sqrt",
    "strftime",
    "string_agg",
    "substr",
    "substring",
    "sum",
    "tan",
    "tanh",
    "time",
    "timediff",
    "total",
    "total_changes",
    "trim",
    "trunc",
    "typeof",
    "unhex",
    "unicode",
    "unixepoch",
    "unlikely",
    "upper",
    "zeroblob",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_functions_can_be_searched() {
        assert!(FUNCTIONS.is_sorted());
        assert!(FUNCTIONS.iter().all(|name| function(name)));
        assert!(function("LENGTH") && function("->>"));
        for refused in ["sqlite_version", "ceiling", "", "~", "lengths"] {
            assert!(!function(refused), "{refused}");
        }
    }

    #[test]
    fn numbers_are_32_bits_wide() {
        for value in ["0", "-2147483648", "2147483647", "0x10002", "0X7fffffff"] {
            assert!(pragma("optimize", Some(value)), "{value}");
        }
        for value in ["2147483648", "0x100000000", "0x", "", "1.5", "ten"] {
            assert!(!pragma("optimize", Some(value)), "{value}");
        }
    }
}
