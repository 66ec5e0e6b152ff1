//! Whether a response is kept, and for how long (RFC 9111 as Cloudflare's cache has it).

use std::time::SystemTime;

use http::header::{self, HeaderMap, HeaderName};

/// Headers that are about one connection, or that the cache itself writes.
const DROPPED: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("cf-cache-status"),
];

/// The time to live of a response that says nothing about it, in seconds, by its status
/// (<https://developers.cloudflare.com/cache/concepts/default-cache-behavior/>).
fn default_seconds(status: u16) -> u64 {
    match status {
        200 | 301 => 120 * 60,
        302 | 303 => 20 * 60,
        404 | 410 => 3 * 60,
        _ => 0,
    }
}

/// How long a response may be answered with, in milliseconds from `now`; None for one that must not be kept. Headers that
/// must not be kept are taken out of `headers`.
pub(super) fn lifetime_ms(status: u16, headers: &mut HeaderMap, now: SystemTime) -> Option<u64> {
    let directives = directives(headers);
    let has = |name: &str| {
        directives
            .iter()
            .any(|(key, value)| key == name && value.is_none())
    };
    let seconds = |name: &str| {
        let value = directives
            .iter()
            .find(|(key, _)| key == name)?
            .1
            .as_deref()?;
        Some(value.parse::<u64>().unwrap_or(0))
    };
    if has("no-store") || has("no-cache") || has("private") {
        return None;
    }
    if headers.contains_key(header::SET_COOKIE) {
        // `private=set-cookie` says that all but this header may be shared.
        let excepted = directives.iter().any(|(key, value)| {
            let fields = value.iter().flat_map(|fields| fields.split(','));
            key == "private" && fields.map(str::trim).any(|field| field == "set-cookie")
        });
        if !excepted {
            return None;
        }
        headers.remove(header::SET_COOKIE);
    }
    for name in DROPPED {
        headers.remove(name);
    }
    let fresh = seconds("s-maxage")
        .or_else(|| seconds("max-age"))
        .or_else(|| expires_in(headers, now))
        .unwrap_or_else(|| default_seconds(status));
    let left = fresh.saturating_sub(age_seconds(headers));
    (left > 0).then(|| left.saturating_mul(1000))
}

/// The `Age` that a response came with.
pub(super) fn age_seconds(headers: &HeaderMap) -> u64 {
    let age = headers
        .get(header::AGE)
        .and_then(|value| value.to_str().ok());
    age.and_then(|age| age.trim().parse().ok()).unwrap_or(0)
}

/// Seconds from the response's `Date`, or from now, to its `Expires`. A date that cannot be read is in the past.
fn expires_in(headers: &HeaderMap, now: SystemTime) -> Option<u64> {
    let expires = headers.get(header::EXPIRES)?;
    let from = date(headers.get(header::DATE)).unwrap_or(now);
    let left = date(Some(expires)).and_then(|expires| expires.duration_since(from).ok());
    Some(left.map_or(0, |left| left.as_secs()))
}

pub(super) fn date(value: Option<&http::HeaderValue>) -> Option<SystemTime> {
    httpdate::parse_http_date(value?.to_str().ok()?.trim()).ok()
}

/// The directives of all `Cache-Control` headers: names and values in lower case, values without quotes.
fn directives(headers: &HeaderMap) -> Vec<(String, Option<String>)> {
    let mut all = Vec::new();
    for value in headers.get_all(header::CACHE_CONTROL) {
        let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
        for directive in split_outside_quotes(&text) {
            let (name, value) = match directive.split_once('=') {
                Some((name, value)) => (name, Some(value.trim().trim_matches('"').to_owned())),
                None => (directive, None),
            };
            all.push((name.trim().to_owned(), value));
        }
    }
    all
}

fn split_outside_quotes(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |character| {
        quoted ^= character == '"';
        character == ',' && !quoted
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: u64 = 1_700_000_000;

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in list {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn seconds(status: u16, list: &[(&'static str, &str)]) -> Option<u64> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
        lifetime_ms(status, &mut headers(list), now).map(|ms| ms / 1000)
    }

    #[test]
    fn what_the_response_says_comes_first() {
        let control = |value| seconds(200, &[("cache-control", value)]);
        assert_eq!(control("max-age=60"), Some(60));
        assert_eq!(control("max-age=60, s-maxage=10"), Some(10));
        assert_eq!(control("Public, Max-Age=\"5\""), Some(5));
        assert_eq!(control("max-age=0"), None);
        assert_eq!(control("max-age=nonsense"), None);
        for never in [
            "no-store",
            "no-cache",
            "private",
            "max-age=9, private",
            "NO-STORE",
        ] {
            assert_eq!(control(never), None, "{never}");
        }
        assert_eq!(
            seconds(200, &[("cache-control", "max-age=60"), ("age", "50")]),
            Some(10)
        );
        assert_eq!(seconds(500, &[("cache-control", "max-age=60")]), Some(60));
    }

    #[test]
    fn expires_counts_from_the_date() {
        let at = |after: u64| {
            httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW + after))
        };
        assert_eq!(seconds(200, &[("expires", &at(30))]), Some(30));
        assert_eq!(
            seconds(200, &[("expires", &at(30)), ("date", &at(10))]),
            Some(20)
        );
        assert_eq!(seconds(200, &[("expires", "0")]), None);
        assert_eq!(
            seconds(200, &[("expires", &at(30)), ("cache-control", "max-age=5")]),
            Some(5)
        );
    }

    #[test]
    fn without_a_word_the_status_decides() {
        assert_eq!(
            [200, 301, 302, 404, 500].map(|status| seconds(status, &[])),
            [Some(7200), Some(7200), Some(1200), Some(180), None]
        );
    }

    #[test]
    fn cookies_are_kept_from_others() {
        assert_eq!(
            seconds(
                200,
                &[("set-cookie", "a=b"), ("cache-control", "max-age=5")]
            ),
            None
        );
        for control in [
            "private=set-cookie, max-age=5",
            "max-age=5, Private=\"x, Set-Cookie\"",
        ] {
            let mut headers = headers(&[("set-cookie", "a=b"), ("cache-control", control)]);
            assert_eq!(
                lifetime_ms(200, &mut headers, SystemTime::UNIX_EPOCH),
                Some(5000)
            );
            assert!(!headers.contains_key("set-cookie"));
        }
    }
}
