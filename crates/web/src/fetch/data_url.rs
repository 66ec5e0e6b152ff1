use data_url::DataUrl;

/// The MIME type and content of a `data:` URL (<https://fetch.spec.whatwg.org/#data-url-processor>); `None` if it is not
/// well formed. Content that says it is base64 and is not counts as empty, as in Workers.
pub(super) fn process(url: &str) -> Option<(String, Vec<u8>)> {
    let parsed = DataUrl::process(url).ok()?;
    let content = parsed
        .decode_to_vec()
        .map(|(bytes, _fragment)| bytes)
        .unwrap_or_default();
    Some((parsed.mime_type().to_string(), content))
}
