//! URL parsing (<https://url.spec.whatwg.org/>), by Ada: the parser that Workers and Node have, so that
//! the odd cases come out alike too.
//!
//! A URL crosses to JavaScript as its serialisation, which is ASCII, with the offsets of its
//! components written into a `Uint32Array`.

use ada_url::Url;
use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_url_parse", 3, parse)
        .op("op_url_can_parse", 2, can_parse)
        .op("op_url_set", 4, set)
        .op("op_percent_decode", 1, percent_decode)
}

/// The input (argument 0) and the base (argument 1), if that is not undefined.
fn input_and_base(
    scope: &mut Scope<'_>,
    args: &Args<'_>,
) -> Result<(String, Option<String>), Thrown> {
    let input = scope.to_string(args.get(0))?;
    if args.get(1).is_undefined() {
        return Ok((input, None));
    }
    Ok((input, Some(scope.to_string(args.get(1))?)))
}

/// `(input, base?, offsets)` → href, or undefined if the input is no URL.
fn parse<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let (input, base) = input_and_base(scope, args)?;
    match Url::parse(&input, base.as_deref()) {
        Ok(url) => answer(scope, &url, args.get(2)),
        Err(_) => Ok(scope.undefined()),
    }
}

/// `(input, base?)` → whether it is a URL.
fn can_parse<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let (input, base) = input_and_base(scope, args)?;
    Ok(scope.bool(Url::can_parse(&input, base.as_deref())))
}

/// `(href, component, value, offsets)` → the new href. A value that the component cannot take
/// leaves the URL as it was, as the setters of the standard do.
fn set<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let href = scope.to_string(args.get(0))?;
    let Ok(mut url) = Url::parse(&href, None) else {
        return Err(scope.throw_type_error("Invalid URL string."));
    };
    let value = scope.to_string(args.get(2))?;
    let component = args.get(1).as_int();
    // Each setter refuses by an error that carries nothing.
    let _refused = match component {
        Some(0) => url.set_protocol(&value),
        Some(1) => url.set_username(Some(&value)),
        Some(2) => url.set_password(Some(&value)),
        Some(3) => url.set_host(Some(&value)),
        Some(4) => url.set_hostname(Some(&value)),
        Some(5) => url.set_port(Some(&value)),
        Some(6) => url.set_pathname(Some(&value)),
        Some(7) => {
            url.set_search(Some(&value));
            Ok(())
        }
        Some(8) => {
            url.set_hash(Some(&value));
            Ok(())
        }
        _ => return Err(scope.throw_type_error("op_url_set: there is no such component")),
    };
    answer(scope, &url, args.get(3))
}

fn answer<'s>(scope: &mut Scope<'s>, url: &Url, offsets: Local<'s>) -> JsResult<'s> {
    let bytes: Vec<u8> = offsets_of(url)
        .iter()
        .flat_map(|offset| offset.to_ne_bytes())
        .collect();
    if !scope.write_bytes(offsets, &bytes) {
        return Err(scope.throw_type_error("the offsets of a URL need a Uint32Array of 12"));
    }
    scope.latin1(url.href().as_bytes())
}

/// Where the components of a URL stand in its serialisation, in the order in which `js/url.js` reads
/// them: end of the scheme, start and end of username and password, of the host's name, and of the
/// port, start and end of the path, end of the query. A component that is missing is empty.
fn offsets_of(url: &Url) -> [u32; 12] {
    let href = url.href();
    let at = url.components();
    let byte = |index: u32| href.as_bytes().get(index as usize).copied();
    let length = u32::try_from(href.len()).expect("a URL is below 4 GiB");

    let has_authority = at.host_start >= at.protocol_end + 2;
    let username_start = if has_authority {
        at.protocol_end + 2
    } else {
        at.protocol_end
    };
    let username_end = at.username_end.max(username_start);
    // "user:password@": the colon stands at the end of the username, the at sign where the host starts.
    let password_start = if at.host_start > username_end {
        username_end + 1
    } else {
        username_end
    };
    let password_end = at.host_start.max(password_start);
    let at_sign = at.host_end > at.host_start && byte(at.host_start) == Some(b'@');
    let host_start = at.host_start + u32::from(at_sign);
    let host_end = at.host_end.max(host_start);
    let path_start = at.pathname_start.unwrap_or(host_end);
    let (port_start, port_end) = match at.port {
        Some(_) => (host_end + 1, path_start),
        None => (host_end, host_end),
    };
    let query_end = at.hash_start.unwrap_or(length);
    let path_end = at.search_start.unwrap_or(query_end);
    [
        at.protocol_end - 1,
        username_start,
        username_end,
        password_start,
        password_end,
        host_start,
        host_end,
        port_start,
        port_end,
        path_start,
        path_end,
        query_end,
    ]
}

/// "Percent-decode" and "UTF-8 decode without BOM" of a string.
fn percent_decode<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let text = scope.to_string(args.get(0))?;
    let bytes = decode_percents(text.as_bytes());
    let decoded = String::from_utf8_lossy(&bytes);
    scope.string(&decoded)
}

fn decode_percents(input: &[u8]) -> Vec<u8> {
    let digit = |index: usize| {
        input
            .get(index)
            .and_then(|&byte| char::from(byte).to_digit(16))
    };
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
    use ada_url::Url;

    use super::{decode_percents, offsets_of};

    /// Cuts a URL at its offsets.
    fn parts(href: &str) -> Vec<&str> {
        let url = Url::parse(href, None).expect("a URL");
        assert_eq!(url.href(), href, "give normalised URLs");
        let at = offsets_of(&url).map(|offset| offset as usize);
        [
            (0, at[0]),
            (at[1], at[2]),
            (at[3], at[4]),
            (at[5], at[6]),
            (at[7], at[8]),
            (at[9], at[10]),
            (at[10], at[11]),
            (at[11], href.len()),
        ]
        .map(|(from, to)| &href[from..to])
        .to_vec()
    }

    #[test]
    fn offsets_cut_a_url_into_its_components() {
        let cases: [(&str, [&str; 8]); 12] = [
            (
                "https://u:p@h:8/p?q#f",
                ["https", "u", "p", "h", "8", "/p", "?q", "#f"],
            ),
            ("https://u@h/", ["https", "u", "", "h", "", "/", "", ""]),
            ("https://:p@h/", ["https", "", "p", "h", "", "/", "", ""]),
            ("https://h/?#", ["https", "", "", "h", "", "/", "?", "#"]),
            ("https://h/#?", ["https", "", "", "h", "", "/", "", "#?"]),
            (
                "https://[::1]:9/",
                ["https", "", "", "[::1]", "9", "/", "", ""],
            ),
            ("file:///a", ["file", "", "", "", "", "/a", "", ""]),
            ("mailto:a@b?c", ["mailto", "", "", "", "", "a@b", "?c", ""]),
            ("x:/.//p", ["x", "", "", "", "", "//p", "", ""]),
            ("x:///p", ["x", "", "", "", "", "/p", "", ""]),
            ("x://h", ["x", "", "", "h", "", "", "", ""]),
            ("x:", ["x", "", "", "", "", "", "", ""]),
        ];
        for (href, expected) in cases {
            assert_eq!(parts(href), expected, "{href}");
        }
    }

    #[test]
    fn percents_that_are_no_escapes_stay() {
        assert_eq!(decode_percents(b"%41%4a%zz%4%"), b"AJ%zz%4%");
        assert_eq!(decode_percents(b"%e4%"), b"\xe4%");
    }
}
