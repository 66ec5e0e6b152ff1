//! Symmetric ciphers in pieces: OpenSSL's, and RC4, which is broken, which Workers have all the same, and which OpenSSL has
//! moved out of what is linked in.

use std::cell::RefCell;
use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_web::crypto::Failed;
use holdfast_web::crypto::cipher::{Cipher, CipherStream, Direction};
use rc4::{KeyInit, Rc4, StreamCipher};

use super::{buffer_to_js, bytes_from_js, number_from_js, with_bytes};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_cipher_info", 1, info)
        .op("op_node_cipher_new", 4, new)
        .op("op_node_cipher_padding", 2, padding)
        .op("op_node_cipher_additional", 2, additional)
        .op("op_node_cipher_update", 2, update)
        .op("op_node_cipher_expect_tag", 2, expect_tag)
        .op("op_node_cipher_finish", 1, finish)
        .op("op_node_cipher_tag", 2, tag)
        .op("op_node_rc4_new", 1, rc4_new)
        .op("op_node_rc4_update", 2, rc4_update)
}

struct HostCipher(RefCell<CipherStream>);

/// `(name)` → `[mode, length of the key, of the vector, of a block]`, or `undefined` if there is no such cipher
fn info<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let name = scope.to_string(args.get(0))?;
    let Some(cipher) = Cipher::by_name(&name) else {
        return Ok(scope.undefined());
    };
    let mode = scope.string(cipher.mode.name())?;
    let lengths = [cipher.key_length(), cipher.iv_length(), cipher.block_size()];
    let [key, iv, block] = lengths.map(|length| scope.number(length as f64));
    scope.array(&[mode, key, iv, block])
}

/// `(name, whether it encrypts, key, vector)` → cipher, or `undefined` if a length does not fit
fn new<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let name = scope.to_string(args.get(0))?;
    let Some(cipher) = Cipher::by_name(&name) else {
        return Err(scope.throw_type_error(&format!("There is no cipher {name:?}.")));
    };
    let direction = match args.get(1).as_bool() {
        Some(true) => Direction::Encrypt,
        _ => Direction::Decrypt,
    };
    let key = bytes_from_js(scope, args.get(2))?;
    let iv = bytes_from_js(scope, args.get(3))?;
    match CipherStream::new(cipher, direction, &key, &iv, None) {
        Ok(stream) => scope.wrap(Rc::new(HostCipher(RefCell::new(stream)))),
        Err(_) => Ok(scope.undefined()),
    }
}

/// `(cipher, whether the last block is padded)`
fn padding<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let cipher = scope.unwrap::<HostCipher>(args.get(0))?;
    let padding = args.get(1).as_bool() == Some(true);
    cipher.0.borrow_mut().set_padding(padding);
    Ok(scope.undefined())
}

/// `(cipher, bytes)` → whether they could be added
fn additional<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let cipher = scope.unwrap::<HostCipher>(args.get(0))?;
    let added = with_bytes(scope, args.get(1), |bytes| {
        cipher.0.borrow_mut().additional_data(bytes)
    })?;
    Ok(scope.bool(added.is_ok()))
}

/// `(cipher, bytes)` → ArrayBuffer | undefined
fn update<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let cipher = scope.unwrap::<HostCipher>(args.get(0))?;
    let output = with_bytes(scope, args.get(1), |bytes| {
        let mut output = Vec::with_capacity(bytes.len() + 32);
        cipher.0.borrow_mut().update(bytes, &mut output)?;
        Ok::<_, Failed>(output)
    })?;
    buffer_to_js(scope, output)
}

/// `(cipher, tag)` → whether it could be set
fn expect_tag<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let cipher = scope.unwrap::<HostCipher>(args.get(0))?;
    let set = with_bytes(scope, args.get(1), |tag| {
        cipher.0.borrow_mut().expect_tag(tag)
    })?;
    Ok(scope.bool(set.is_ok()))
}

/// `(cipher)` → ArrayBuffer | undefined
fn finish<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let cipher = scope.unwrap::<HostCipher>(args.get(0))?;
    let mut output = Vec::new();
    let finished = cipher.0.borrow_mut().finish(&mut output);
    buffer_to_js(scope, finished.map(|()| output))
}

/// `(cipher that is finished, length)` → ArrayBuffer | undefined
fn tag<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let cipher = scope.unwrap::<HostCipher>(args.get(0))?;
    let length = number_from_js(scope, args.get(1))? as usize;
    let tag = cipher.0.borrow().tag(length);
    buffer_to_js(scope, tag)
}

// --- RC4 -----------------------------------------------------------------------------------------

struct HostRc4(RefCell<Rc4>);

/// `(key)` → cipher, or `undefined` if its length does not fit
fn rc4_new<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let cipher = with_bytes(scope, args.get(0), Rc4::new_from_slice)?;
    match cipher {
        Ok(cipher) => scope.wrap(Rc::new(HostRc4(RefCell::new(cipher)))),
        Err(_) => Ok(scope.undefined()),
    }
}

/// `(cipher, bytes)` → ArrayBuffer
fn rc4_update<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let cipher = scope.unwrap::<HostRc4>(args.get(0))?;
    let mut bytes = bytes_from_js(scope, args.get(1))?;
    cipher.0.borrow_mut().apply_keystream(&mut bytes);
    scope.array_buffer(bytes)
}
