//! What a request gets of a response that is kept: all, a part, or the word that it has it already (RFC 9110, 13 and 14).

use http::header::{self, HeaderMap, HeaderValue};

use super::policy::date;

/// What is answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Whole,
    /// Status 304.
    NotModified,
    /// Status 206: the bytes from the first to the second, both of them included.
    Part(u64, u64),
    /// Status 416.
    Unsatisfiable,
}

/// The answer to a request with these headers, from a response of `status` with `length` bytes.
pub(super) fn answer(request: &HeaderMap, status: u16, kept: &HeaderMap, length: u64) -> Answer {
    if has_it_already(request, kept) {
        return Answer::NotModified;
    }
    let Some(range) = request.get(header::RANGE) else {
        return Answer::Whole;
    };
    // Ranges count the bytes as they are sent; what is kept is the content before it is encoded.
    let encoded = kept.contains_key(header::CONTENT_ENCODING);
    if status != 200 || encoded || !if_range_holds(request, kept) {
        return Answer::Whole;
    }
    let range = range.to_str().ok().and_then(single_range);
    range.map_or(Answer::Whole, |range| range.within(length))
}

fn has_it_already(request: &HeaderMap, kept: &HeaderMap) -> bool {
    // The second is for those who do not know of the first.
    if request.contains_key(header::IF_NONE_MATCH) {
        let Some(etag) = kept.get(header::ETAG) else {
            return false;
        };
        let mut asked = request.get_all(header::IF_NONE_MATCH).iter();
        return asked.any(|list| names(list, etag));
    }
    let since = date(request.get(header::IF_MODIFIED_SINCE));
    let modified = date(kept.get(header::LAST_MODIFIED));
    matches!((since, modified), (Some(since), Some(modified)) if modified <= since)
}

/// Whether a list of entity tags has this one, by the weak comparison.
fn names(list: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(list), Ok(etag)) = (list.to_str(), etag.to_str()) else {
        return false;
    };
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    list.trim() == "*" || list.split(',').any(|tag| strong(tag) == strong(etag))
}

fn if_range_holds(request: &HeaderMap, kept: &HeaderMap) -> bool {
    let Some(condition) = request.get(header::IF_RANGE) else {
        return true;
    };
    // A weak tag never says that two are the same to the byte.
    let same_tag =
        kept.get(header::ETAG) == Some(condition) && !condition.as_bytes().starts_with(b"W/");
    let modified = date(kept.get(header::LAST_MODIFIED));
    same_tag || (modified.is_some() && modified == date(Some(condition)))
}

/// One range of bytes as a request states it.
#[derive(Debug, Clone, Copy)]
enum Range {
    From(u64),
    Between(u64, u64),
    Last(u64),
}

/// None for what is no range, and for several: these may be ignored, and are.
fn single_range(text: &str) -> Option<Range> {
    let (first, last) = text.trim().strip_prefix("bytes=")?.trim().split_once('-')?;
    let number = |digits: &str| digits.trim().parse::<u64>().ok();
    match (first.trim().is_empty(), last.trim().is_empty()) {
        (true, true) => None,
        (true, false) => Some(Range::Last(number(last)?)),
        (false, true) => Some(Range::From(number(first)?)),
        (false, false) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Range::Between(first, last))
        }
    }
}

impl Range {
    fn within(self, length: u64) -> Answer {
        let end = length.saturating_sub(1);
        match self {
            Range::From(first) | Range::Between(first, _) if first >= length => {
                Answer::Unsatisfiable
            }
            Range::Last(0) => Answer::Unsatisfiable,
            Range::Last(_) if length == 0 => Answer::Unsatisfiable,
            Range::From(first) => Answer::Part(first, end),
            Range::Between(first, last) => Answer::Part(first, last.min(end)),
            Range::Last(count) => Answer::Part(length.saturating_sub(count), end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in list {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn asked(request: &[(&'static str, &str)], kept: &[(&'static str, &str)]) -> Answer {
        answer(&headers(request), 200, &headers(kept), 10)
    }

    #[test]
    fn entity_tags() {
        let kept = [("etag", "\"a\"")];
        for same in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert_eq!(
                asked(&[("if-none-match", same)], &kept),
                Answer::NotModified,
                "{same}"
            );
        }
        assert_eq!(asked(&[("if-none-match", "\"b\"")], &kept), Answer::Whole);
        assert_eq!(asked(&[("if-none-match", "\"a\"")], &[]), Answer::Whole);
    }

    #[test]
    fn dates() {
        let kept = [
            ("last-modified", "Tue, 14 Nov 2023 22:13:20 GMT"),
            ("etag", "\"a\""),
        ];
        let since = |date| asked(&[("if-modified-since", date)], &kept);
        assert_eq!(since("Tue, 14 Nov 2023 22:13:20 GMT"), Answer::NotModified);
        assert_eq!(since("Tue, 14 Nov 2023 22:13:19 GMT"), Answer::Whole);
        assert_eq!(since("yesterday"), Answer::Whole);
        let both = [
            ("if-none-match", "\"b\""),
            ("if-modified-since", "Wed, 15 Nov 2023 22:13:20 GMT"),
        ];
        assert_eq!(asked(&both, &kept), Answer::Whole);
    }

    #[test]
    fn ranges() {
        let range = |range| asked(&[("range", range)], &[("etag", "\"a\"")]);
        assert_eq!(range("bytes=0-3"), Answer::Part(0, 3));
        assert_eq!(range("bytes=4-"), Answer::Part(4, 9));
        assert_eq!(range("bytes=4-400"), Answer::Part(4, 9));
        assert_eq!(range("bytes=-3"), Answer::Part(7, 9));
        assert_eq!(range("bytes=-30"), Answer::Part(0, 9));
        assert_eq!(range("bytes=10-"), Answer::Unsatisfiable);
        assert_eq!(range("bytes=-0"), Answer::Unsatisfiable);
        for ignored in [
            "bytes=3-1",
            "bytes=0-1,3-4",
            "lines=0-1",
            "bytes=-",
            "bytes=x-",
        ] {
            assert_eq!(range(ignored), Answer::Whole, "{ignored}");
        }
        assert_eq!(
            answer(&headers(&[("range", "bytes=0-1")]), 404, &headers(&[]), 10),
            Answer::Whole
        );
        assert_eq!(
            answer(&headers(&[("range", "bytes=-1")]), 200, &headers(&[]), 0),
            Answer::Unsatisfiable
        );
    }

    #[test]
    fn ranges_of_what_has_changed() {
        let kept = [
            ("etag", "\"a\""),
            ("last-modified", "Tue, 14 Nov 2023 22:13:20 GMT"),
        ];
        let condition = |value| asked(&[("range", "bytes=0-0"), ("if-range", value)], &kept);
        assert_eq!(condition("\"a\""), Answer::Part(0, 0));
        assert_eq!(
            condition("Tue, 14 Nov 2023 22:13:20 GMT"),
            Answer::Part(0, 0)
        );
        assert_eq!(condition("\"b\""), Answer::Whole);
        assert_eq!(condition("W/\"a\""), Answer::Whole);
    }
}
