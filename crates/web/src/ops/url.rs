//! URL parsing (<https://url.spec.whatwg.org/>), by the `url` crate.
//!
//! A URL crosses to JavaScript as its serialisation, which is ASCII, with the offsets of its
//! components written into a `Uint32Array`.

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};
use url::{Position, Url, quirks};

/// How many offsets [`write_components`] writes; `js/url.js` reads them in this order.
const COMPONENTS: usize = 12;

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_url_parse", 3, parse)
        .op("op_url_can_parse", 2, can_parse)
        .op("op_url_set", 4, set)
        .op("op_percent_decode", 1, percent_decode)
        .module("web/url", include_str!("../../js/url.js"))
        .module("web/url_search_params", include_str!("../../js/url_search_params.js"))
}

/// The URL of argument 0 against the base of argument 1, if that is not undefined.
fn parse_arguments(scope: &mut Scope<'_>, args: &Args<'_>) -> Result<Option<Url>, Thrown> {
    let input = scope.to_string(args.get(0))?;
    if args.get(1).is_undefined() {
        return Ok(Url::parse(&input).ok());
    }
    let base = scope.to_string(args.get(1))?;
    let Ok(base) = Url::parse(&base) else { return Ok(None) };
    Ok(base.join(&input).ok())
}

/// `(input, base?, offsets)` → href, or undefined if the input is no URL.
fn parse<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    match parse_arguments(scope, args)? {
        Some(url) => answer(scope, &url, args.get(2)),
        None => Ok(scope.undefined()),
    }
}

/// `(input, base?)` → whether it is a URL.
fn can_parse<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let parsed = parse_arguments(scope, args)?.is_some();
    Ok(scope.bool(parsed))
}

/// `(href, component, value, offsets)` → the new href. A value that the component cannot take
/// leaves the URL as it was, as the setters of the standard do.
fn set<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let href = scope.to_string(args.get(0))?;
    let Ok(mut url) = Url::parse(&href) else {
        return Err(scope.throw_type_error("Invalid URL string."));
    };
    let component = args.get(1).as_int();
    let value = scope.to_string(args.get(2))?;
    // Each setter refuses by an error that carries nothing.
    let _refused = match component {
        Some(0) => quirks::set_protocol(&mut url, &value),
        Some(1) => quirks::set_username(&mut url, &value),
        Some(2) => quirks::set_password(&mut url, &value),
        Some(3) => quirks::set_host(&mut url, &value),
        Some(4) => quirks::set_hostname(&mut url, &value),
        Some(5) => quirks::set_port(&mut url, &value),
        Some(6) => Ok(quirks::set_pathname(&mut url, &value)),
        Some(7) => Ok(quirks::set_search(&mut url, &value)),
        Some(8) => Ok(quirks::set_hash(&mut url, &value)),
        _ => return Err(scope.throw_type_error("op_url_set: there is no such component")),
    };
    answer(scope, &url, args.get(3))
}

fn answer<'s>(scope: &mut Scope<'s>, url: &Url, offsets: Local<'s>) -> JsResult<'s> {
    write_components(scope, url, offsets)?;
    scope.latin1(url.as_str().as_bytes())
}

fn write_components(
    scope: &mut Scope<'_>, url: &Url, offsets: Local<'_>,
) -> Result<(), Thrown> {
    let positions: [Position; COMPONENTS] = [
        Position::AfterScheme,
        Position::BeforeUsername,
        Position::AfterUsername,
        Position::BeforePassword,
        Position::AfterPassword,
        Position::BeforeHost,
        Position::AfterHost,
        Position::BeforePort,
        Position::AfterPort,
        Position::BeforePath,
        Position::AfterPath,
        Position::AfterQuery,
    ];
    let mut bytes = [0; COMPONENTS * size_of::<u32>()];
    for (position, slot) in positions.into_iter().zip(bytes.chunks_exact_mut(size_of::<u32>())) {
        // The crate keeps its offsets as u32: a longer URL does not parse.
        let offset = u32::try_from(url[..position].len()).expect("URLs are below 4 GiB");
        slot.copy_from_slice(&offset.to_ne_bytes());
    }
    if scope.write_bytes(offsets, &bytes) {
        Ok(())
    } else {
        Err(scope.throw_type_error("the offsets of a URL need a Uint32Array of 12"))
    }
}

/// "Percent-decode" and "UTF-8 decode without BOM" of a string.
fn percent_decode<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let text = scope.to_string(args.get(0))?;
    let bytes = decode_percents(text.as_bytes());
    let decoded = String::from_utf8_lossy(&bytes);
    scope.string(&decoded)
}

fn decode_percents(input: &[u8]) -> Vec<u8> {
    let digit = |index: usize| input.get(index).and_then(|&byte| char::from(byte).to_digit(16));
    let mut output = Vec::with_capacity(input.len());
    let mut index = 0;
    while index < input.len() {
        if input[index] == b'%'
            && let (Some(high), Some(low)) = (digit(index + 1), digit(index + 2))
        {
            output.push((high * 16 + low) as u8);
            index += 3;
        } else {
            output.push(input[index]);
            index += 1;
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use super::decode_percents;

    #[test]
    fn percents_that_are_no_escapes_stay() {
        assert_eq!(decode_percents(b"%41%4a%zz%4%"), b"AJ%zz%4%");
        assert_eq!(decode_percents(b"%e4%"), b"\xe4%");
    }
}
