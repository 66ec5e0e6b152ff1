//! Objects, arrays and their properties.

use mozjs::jsapi::{
    BigIntFromInt64, ClippedTime, ESClass, GetArrayLength, GetBuiltinClass, HandleValueArray,
    IsArrayObject, IsCallable, IsPromiseObject, JS_DefineUCProperty2, JS_GetElement,
    JS_GetUCProperty, JS_HasUCProperty, JS_NewPlainObject, JS_SetElement, JS_SetUCProperty,
    JSObject, JSPROP_ENUMERATE, NewArrayObject, NewDateObject, ToBooleanSlow, ToInt32Slow,
    ToNumberSlow,
};
use mozjs::jsval::{BigIntValue, ObjectValue};
use mozjs::rooted;

use crate::handles::Local;
use crate::scope::{JsResult, Scope, Thrown};

/// A property name as the C interface takes it: its other form reads Latin-1 up to a NUL.
fn units(name: &str) -> Vec<u16> {
    name.encode_utf16().collect()
}

impl<'s> Scope<'s> {
    /// A new plain object.
    pub fn object(&mut self) -> JsResult<'s> {
        // SAFETY: `cx` is live and in a realm.
        let object = unsafe { JS_NewPlainObject(self.cx()) };
        self.root_object(object)
    }

    pub(crate) fn root_object(&mut self, object: *mut JSObject) -> JsResult<'s> {
        if object.is_null() {
            Err(Thrown)
        } else {
            Ok(self.root(ObjectValue(object)))
        }
    }

    /// A new array of these values.
    pub fn array(&mut self, values: &[Local<'_>]) -> JsResult<'s> {
        if values.len() > 256 {
            let array = self.array(&[])?;
            for (index, value) in values.iter().enumerate() {
                self.set_index(array, index as u32, *value)?;
            }
            return Ok(array);
        }
        let run = self.root_run(values.len(), |index| values[index].value());
        let contents = HandleValueArray {
            length_: values.len(),
            elements_: run.slot(),
        };
        // SAFETY: `contents` covers exactly the rooted run.
        let array = unsafe { NewArrayObject(self.cx(), &contents) };
        self.root_object(array)
    }

    /// A `Date` of `ms` since the epoch.
    pub fn date(&mut self, ms: f64) -> JsResult<'s> {
        let time = if ms.is_finite() && ms.abs() <= 8.64e15 {
            ms.trunc() + 0.0
        } else {
            f64::NAN
        };
        // SAFETY: `cx` is live; `time` is clipped as the specification's TimeClip does.
        let date = unsafe { NewDateObject(self.cx(), ClippedTime { t: time }) };
        self.root_object(date)
    }

    /// A BigInt.
    pub fn bigint(&mut self, value: i64) -> JsResult<'s> {
        // SAFETY: `cx` is live; the result is rooted at once.
        unsafe {
            let bigint = BigIntFromInt64(self.cx(), value);
            if bigint.is_null() {
                Err(Thrown)
            } else {
                Ok(self.root(BigIntValue(&*bigint)))
            }
        }
    }

    /// `object[name]`. `undefined` when `object` is no object.
    pub fn get(&mut self, object: Local<'_>, name: &str) -> JsResult<'s> {
        let result = self.undefined();
        if !object.is_object() {
            return Ok(result);
        }
        let name = units(name);
        rooted!(in(self.cx()) let object = object.value().to_object());
        // SAFETY: object and result are rooted, and the name's length is its own.
        let done = unsafe {
            JS_GetUCProperty(
                self.cx(),
                object.handle().into(),
                name.as_ptr(),
                name.len(),
                result.handle_mut(),
            )
        };
        if done { Ok(result) } else { Err(Thrown) }
    }

    /// `object[name] = value`.
    pub fn set(&mut self, object: Local<'_>, name: &str, value: Local<'_>) -> Result<(), Thrown> {
        let name = units(name);
        rooted!(in(self.cx()) let object = self.expect_object(object)?);
        // SAFETY: object and value are rooted, and the name's length is its own.
        let done = unsafe {
            JS_SetUCProperty(
                self.cx(),
                object.handle().into(),
                name.as_ptr(),
                name.len(),
                value.handle(),
            )
        };
        if done { Ok(()) } else { Err(Thrown) }
    }

    /// Defines an own enumerable data property; setters on the way are not called.
    pub fn define(
        &mut self,
        object: Local<'_>,
        name: &str,
        value: Local<'_>,
    ) -> Result<(), Thrown> {
        let name = units(name);
        rooted!(in(self.cx()) let object = self.expect_object(object)?);
        // SAFETY: object and value are rooted, and the name's length is its own.
        let done = unsafe {
            JS_DefineUCProperty2(
                self.cx(),
                object.handle().into(),
                name.as_ptr(),
                name.len(),
                value.handle(),
                u32::from(JSPROP_ENUMERATE),
            )
        };
        if done { Ok(()) } else { Err(Thrown) }
    }

    /// `name in object`.
    pub fn has(&mut self, object: Local<'_>, name: &str) -> Result<bool, Thrown> {
        let name = units(name);
        rooted!(in(self.cx()) let object = self.expect_object(object)?);
        let mut found = false;
        // SAFETY: the object is rooted, and the name's length is its own.
        let done = unsafe {
            JS_HasUCProperty(
                self.cx(),
                object.handle().into(),
                name.as_ptr(),
                name.len(),
                &mut found,
            )
        };
        if done { Ok(found) } else { Err(Thrown) }
    }

    /// `object[index]`.
    pub fn get_index(&mut self, object: Local<'_>, index: u32) -> JsResult<'s> {
        let result = self.undefined();
        rooted!(in(self.cx()) let object = self.expect_object(object)?);
        // SAFETY: object and result are rooted.
        let done = unsafe {
            JS_GetElement(
                self.cx(),
                object.handle().into(),
                index,
                result.handle_mut(),
            )
        };
        if done { Ok(result) } else { Err(Thrown) }
    }

    /// `object[index] = value`.
    pub fn set_index(
        &mut self,
        object: Local<'_>,
        index: u32,
        value: Local<'_>,
    ) -> Result<(), Thrown> {
        rooted!(in(self.cx()) let object = self.expect_object(object)?);
        // SAFETY: object and value are rooted.
        let done =
            unsafe { JS_SetElement(self.cx(), object.handle().into(), index, value.handle()) };
        if done { Ok(()) } else { Err(Thrown) }
    }

    /// The length of an array, or `object.length`.
    pub fn length(&mut self, object: Local<'_>) -> Result<u32, Thrown> {
        if !self.is_array(object) {
            let length = self.get(object, "length")?;
            return Ok(self.to_number(length)? as u32);
        }
        rooted!(in(self.cx()) let array = object.value().to_object());
        let mut length = 0;
        // SAFETY: a rooted array.
        let done = unsafe { GetArrayLength(self.cx(), array.handle().into(), &mut length) };
        if done { Ok(length) } else { Err(Thrown) }
    }

    /// `Object.keys(object)`.
    pub fn own_keys(&mut self, object: Local<'_>) -> Result<Vec<String>, Thrown> {
        let global = self.global();
        let constructor = self.get(global, "Object")?;
        let keys = self.get(constructor, "keys")?;
        let list = self.call(keys, constructor, &[object])?;
        let count = self.length(list)?;
        let mut names = Vec::with_capacity(count as usize);
        for index in 0..count {
            let name = self.get_index(list, index)?;
            names.push(self.to_string(name)?);
        }
        Ok(names)
    }

    /// Can it be called?
    pub fn is_function(&mut self, value: Local<'_>) -> bool {
        // SAFETY: a live object; the question does not allocate.
        value.is_object() && unsafe { IsCallable(value.value().to_object()) }
    }

    /// Is it an array?
    pub fn is_array(&mut self, value: Local<'_>) -> bool {
        let mut is_array = false;
        // SAFETY: a rooted value.
        let done = unsafe { IsArrayObject(self.cx(), value.handle(), &mut is_array) };
        done && is_array
    }

    /// Is it a native promise?
    pub fn is_promise(&mut self, value: Local<'_>) -> bool {
        if !value.is_object() {
            return false;
        }
        rooted!(in(self.cx()) let object = value.value().to_object());
        // SAFETY: a rooted object.
        unsafe { IsPromiseObject(object.handle().into()) }
    }

    /// Is it a `Date`?
    pub fn is_date(&mut self, value: Local<'_>) -> bool {
        self.is_class(value, ESClass::Date)
    }

    /// Was it made by `Error` or one of its kin?
    pub fn is_error(&mut self, value: Local<'_>) -> bool {
        self.is_class(value, ESClass::Error)
    }

    fn is_class(&mut self, value: Local<'_>, class: ESClass) -> bool {
        if !value.is_object() {
            return false;
        }
        rooted!(in(self.cx()) let object = value.value().to_object());
        let mut found = ESClass::Other;
        // SAFETY: a rooted object.
        unsafe { GetBuiltinClass(self.cx(), object.handle().into(), &mut found) && found == class }
    }

    /// `ToNumber(value)`.
    pub fn to_number(&mut self, value: Local<'_>) -> Result<f64, Thrown> {
        if let Some(number) = value.as_number() {
            return Ok(number);
        }
        let mut number = 0.0;
        // SAFETY: a rooted value; may run JavaScript, as the caller expects.
        let done = unsafe { ToNumberSlow(self.cx(), value.handle(), &mut number) };
        if done { Ok(number) } else { Err(Thrown) }
    }

    /// `ToInt32(value)`.
    pub fn to_int32(&mut self, value: Local<'_>) -> Result<i32, Thrown> {
        if let Some(int) = value.as_int() {
            return Ok(int);
        }
        let mut int = 0;
        // SAFETY: a rooted value; may run JavaScript, as the caller expects.
        let done = unsafe { ToInt32Slow(self.cx(), value.handle(), &mut int) };
        if done { Ok(int) } else { Err(Thrown) }
    }

    /// `ToBoolean(value)`.
    pub fn to_bool(&mut self, value: Local<'_>) -> bool {
        if let Some(value) = value.as_bool() {
            return value;
        }
        if value.is_nullish() {
            return false;
        }
        if let Some(number) = value.as_number() {
            return number != 0.0 && !number.is_nan();
        }
        if value.is_symbol() {
            return true;
        }
        // SAFETY: a rooted value of the kinds that this function takes (strings, BigInts, objects);
        // never runs JavaScript.
        unsafe { ToBooleanSlow(value.handle()) }
    }

    pub(crate) fn expect_object(&mut self, value: Local<'_>) -> Result<*mut JSObject, Thrown> {
        if value.is_object() {
            return Ok(value.value().to_object());
        }
        Err(self.throw_type_error("the value is not an object"))
    }
}
