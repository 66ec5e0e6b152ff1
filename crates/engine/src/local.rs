//! What can be asked of a value without running JavaScript.

use crate::handles::Local;

impl Local<'_> {
    /// Is it `undefined`?
    pub fn is_undefined(self) -> bool {
        self.value().is_undefined()
    }

    /// Is it `null`?
    pub fn is_null(self) -> bool {
        self.value().is_null()
    }

    /// Is it `null` or `undefined`?
    pub fn is_nullish(self) -> bool {
        self.value().is_null_or_undefined()
    }

    /// Is it a primitive string?
    pub fn is_string(self) -> bool {
        self.value().is_string()
    }

    /// Is it a primitive number?
    pub fn is_number(self) -> bool {
        self.value().is_number()
    }

    /// Is it `true` or `false`?
    pub fn is_bool(self) -> bool {
        self.value().is_boolean()
    }

    /// Is it a BigInt?
    pub fn is_bigint(self) -> bool {
        self.value().is_bigint()
    }

    /// Is it a symbol?
    pub fn is_symbol(self) -> bool {
        self.value().is_symbol()
    }

    /// Is it an object (functions included, `null` not)?
    pub fn is_object(self) -> bool {
        self.value().is_object()
    }

    /// The number, if it is one; no coercion.
    pub fn as_number(self) -> Option<f64> {
        let value = self.value();
        value.is_number().then(|| value.to_number())
    }

    /// The small integer, if the engine holds it as one.
    pub fn as_int(self) -> Option<i32> {
        let value = self.value();
        value.is_int32().then(|| value.to_int32())
    }

    /// The boolean, if it is one; no coercion.
    pub fn as_bool(self) -> Option<bool> {
        let value = self.value();
        value.is_boolean().then(|| value.to_boolean())
    }
}
