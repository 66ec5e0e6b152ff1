//! Which hosts and addresses a certificate is for (RFC 6125, as BoringSSL reads it): a wildcard is a whole first label
//! and stands for one label.

/// Whether a name of a certificate, with a wildcard perhaps, is that of the host.
pub(super) fn host_matches(pattern: &[u8], host: &[u8], wildcards: bool) -> bool {
    if pattern.eq_ignore_ascii_case(host) {
        return true;
    }
    let (Some(suffix), true) = (wildcard_suffix(pattern), wildcards) else {
        return false;
    };
    let Some(length) = host.len().checked_sub(suffix.len()) else {
        return false;
    };
    let (label, rest) = host.split_at(length);
    let is_label = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    !label.is_empty()
        && rest.eq_ignore_ascii_case(suffix)
        && (label == b"*" || label.iter().all(is_label))
}

/// What follows the wildcard of `*.example.com`: at least two labels, and nothing but labels.
fn wildcard_suffix(pattern: &[u8]) -> Option<&[u8]> {
    let suffix = pattern.strip_prefix(b"*")?;
    let labels = suffix.strip_prefix(b".")?.split(|byte| *byte == b'.');
    let mut count = 0;
    for label in labels {
        let is_inner = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        let (Some(first), Some(last)) = (label.first(), label.last()) else {
            return None;
        };
        if !label.iter().all(is_inner) || *first == b'-' || *last == b'-' {
            return None;
        }
        count += 1;
    }
    (count >= 2).then_some(suffix)
}

/// Whether a common name may be meant as that of a host.
pub(super) fn looks_like_host(name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    let name = name.strip_prefix(b"*.").unwrap_or(name);
    let is_inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':');
    let mut labels = name.split(|byte| *byte == b'.');
    labels.all(|label| !label.is_empty() && label[0] != b'-' && label.iter().all(is_inner))
}

/// Whether both are the same mailbox: the host's letters may differ in case.
pub(super) fn email_matches(pattern: &[u8], email: &[u8]) -> bool {
    if pattern.len() != email.len() {
        return false;
    }
    match pattern.iter().rposition(|byte| *byte == b'@') {
        Some(at) if at > 0 => {
            pattern[..at] == email[..at] && pattern[at..].eq_ignore_ascii_case(&email[at..])
        }
        _ => pattern == email,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_is_one_whole_label() {
        let cases: [(&str, &str, bool); 16] = [
            ("example.com", "EXAMPLE.com", true),
            ("example.com", "example.com.", false),
            ("example.com", "a.example.com", false),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "xn--a.example.com", true),
            ("*.example.com", "-.example.com", true),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", ".example.com", false),
            ("*.example.com", "example.com", false),
            ("*.example.com", "a_b.example.com", false),
            ("*.example.com", "*.example.com", true),
            ("*.com", "example.com", false),
            ("*", "com", false),
            ("a*.example.com", "ab.example.com", false),
            ("a.*.com", "a.example.com", false),
            ("*.example..com", "a.example..com", false),
        ];
        for (pattern, host, expected) in cases {
            let found = host_matches(pattern.as_bytes(), host.as_bytes(), true);
            assert_eq!(found, expected, "{pattern} {host}");
        }
        assert!(!host_matches(b"*.example.com", b"a.example.com", false));
    }

    #[test]
    fn only_hosts_are_taken_from_common_names() {
        for name in [
            "example.com",
            "*.example.com",
            "localhost",
            "a_b.c",
            "example.com.",
        ] {
            assert!(looks_like_host(name.as_bytes()), "{name}");
        }
        for name in ["", "A Company", "a..b", "-a.b", "a.*.b", "who@example.com"] {
            assert!(!looks_like_host(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn mailboxes_differ_in_case_and_their_hosts_do_not() {
        assert!(email_matches(b"Who@Example.com", b"Who@example.COM"));
        assert!(!email_matches(b"Who@example.com", b"who@example.com"));
        assert!(!email_matches(b"who@example.com", b"who@example.co"));
        assert!(email_matches(b"@a", b"@a"));
        assert!(!email_matches(b"@a", b"@A"));
    }
}
