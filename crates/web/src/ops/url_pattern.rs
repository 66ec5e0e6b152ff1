//! What URLPattern (<https://urlpattern.spec.whatwg.org/>) needs of a parser: patterns become regular expressions,
//! inputs become the components of a URL. JavaScript compiles the expressions and matches.

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};
use urlpattern::quirks::{
    StringOrInit, UrlPatternComponent, UrlPatternInit, parse_match_input, parse_pattern,
    process_construct_pattern_input, process_match_input,
};
use urlpattern::regexp::RegExp;
use urlpattern::{RegexSyntax, UrlPatternOptions};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_url_pattern_parse", 3, parse)
        .op("op_url_pattern_input", 2, input)
}

/// An expression as JavaScript will compile it, which also is what says whether it is one.
struct Expression(String);

impl RegExp for Expression {
    fn syntax() -> RegexSyntax {
        RegexSyntax::EcmaScript
    }

    fn parse(pattern: &str, _flags: &str, _force_eval: bool) -> Result<Self, ()> {
        Ok(Expression(pattern.to_owned()))
    }

    /// Asked only whether the protocol may be one of the special schemes. What Rust's expressions do not have, such as
    /// looking ahead, does not occur in patterns of protocols.
    fn matches<'a>(&self, text: &'a str) -> Option<Vec<Option<&'a str>>> {
        let expression = regex::Regex::new(&self.0).ok()?;
        let found = expression.captures(text)?;
        Some(
            found
                .iter()
                .skip(1)
                .map(|group| group.map(|group| group.as_str()))
                .collect(),
        )
    }

    fn pattern_string(&self) -> &str {
        &self.0
    }
}

/// A string, or an array with the members of a `URLPatternInit` in the order of the standard, `baseURL` last.
fn string_or_init(
    scope: &mut Scope<'_>,
    value: Local<'_>,
) -> Result<StringOrInit<'static>, Thrown> {
    if value.is_string() {
        return Ok(StringOrInit::String(scope.to_string(value)?.into()));
    }
    let mut member = |index| optional(scope, value, index);
    Ok(StringOrInit::Init(UrlPatternInit {
        protocol: member(0)?,
        username: member(1)?,
        password: member(2)?,
        hostname: member(3)?,
        port: member(4)?,
        pathname: member(5)?,
        search: member(6)?,
        hash: member(7)?,
        base_url: member(8)?,
    }))
}

fn optional(scope: &mut Scope<'_>, array: Local<'_>, index: u32) -> Result<Option<String>, Thrown> {
    let value = scope.get_index(array, index)?;
    if value.is_undefined() {
        return Ok(None);
    }
    scope.to_string(value).map(Some)
}

fn base(scope: &mut Scope<'_>, value: Local<'_>) -> Result<Option<String>, Thrown> {
    if value.is_undefined() {
        return Ok(None);
    }
    scope.to_string(value).map(Some)
}

/// `(pattern or init, base URL?, ignore case)` → `[whether groups have expressions of their own, …components]`, each
/// component being `[pattern, regular expression, names of its groups]`; a string, which says why, if it is no pattern.
fn parse<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let input = string_or_init(scope, args.get(0))?;
    let base = base(scope, args.get(1))?;
    let options = UrlPatternOptions {
        regex_syntax: RegexSyntax::EcmaScript,
        ignore_case: scope.to_bool(args.get(2)),
    };
    let parsed = process_construct_pattern_input(input, base.as_deref())
        .and_then(|init| parse_pattern::<Expression>(init, options));
    let pattern = match parsed {
        Ok(pattern) => pattern,
        Err(error) => return scope.string(&error.to_string()),
    };
    let components = [
        pattern.protocol,
        pattern.username,
        pattern.password,
        pattern.hostname,
        pattern.port,
        pattern.pathname,
        pattern.search,
        pattern.hash,
    ];
    let mut result = vec![scope.bool(pattern.has_regexp_groups)];
    for part in &components {
        result.push(component(scope, part)?);
    }
    scope.array(&result)
}

fn component<'s>(scope: &mut Scope<'s>, part: &UrlPatternComponent) -> JsResult<'s> {
    let pattern = scope.string(&part.pattern_string)?;
    let expression = scope.string(&part.regexp_string)?;
    let names = part
        .group_name_list
        .iter()
        .map(|name| scope.string(name))
        .collect::<Result<Vec<_>, Thrown>>()?;
    let names = scope.array(&names)?;
    scope.array(&[pattern, expression, names])
}

/// `(URL or init, base URL?)` → the eight components to match, `null` if the input is no URL.
fn input<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let input = string_or_init(scope, args.get(0))?;
    let base = base(scope, args.get(1))?;
    let components = match process_match_input(input, base.as_deref()) {
        Ok(Some((input, _))) => parse_match_input(input),
        Ok(None) => None,
        Err(error) => return Err(scope.throw_type_error(&error.to_string())),
    };
    let Some(found) = components else {
        return Ok(scope.null());
    };
    let texts = [
        found.protocol,
        found.username,
        found.password,
        found.hostname,
        found.port,
        found.pathname,
        found.search,
        found.hash,
    ];
    let texts = texts
        .iter()
        .map(|text| scope.string(text))
        .collect::<Result<Vec<_>, Thrown>>()?;
    scope.array(&texts)
}
