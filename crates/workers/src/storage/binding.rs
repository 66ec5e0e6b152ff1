//! SQL values on their way in.

use holdfast_engine::{Local, Scope, Thrown};
use holdfast_storage::SqlValue;

/// Converts an array of arguments, in order; each may run the program's code.
pub(super) fn bindings(scope: &mut Scope<'_>, list: Local<'_>) -> Result<Vec<SqlValue>, Thrown> {
    let count = scope.length(list)?;
    let mut values = Vec::with_capacity(count as usize);
    for index in 0..count {
        let value = scope.get_index(list, index)?;
        values.push(binding(scope, value)?);
    }
    Ok(values)
}

/// Numbers are bound as REAL, whole ones too (a column's affinity makes INTEGER of them); what is neither null, number
/// nor bytes is bound as the text that it converts to, booleans included.
fn binding(scope: &mut Scope<'_>, value: Local<'_>) -> Result<SqlValue, Thrown> {
    if let Some(number) = value.as_number() {
        return Ok(SqlValue::Real(number));
    }
    if value.is_nullish() {
        return Ok(SqlValue::Null);
    }
    if value.is_object() {
        if let Some(bytes) = scope.bytes(value) {
            return Ok(SqlValue::Blob(bytes));
        }
        if scope.is_view(value) {
            return Err(scope.throw_type_error(
                "Views of a SharedArrayBuffer cannot be bound to SQL parameters in Holdfast: copy the bytes with slice().",
            ));
        }
    }
    if value.is_bigint() {
        return Err(scope.throw_type_error("Cannot convert a BigInt value to a number"));
    }
    scope.to_string(value).map(SqlValue::Text)
}
