//! The tags of a socket.

/// Most tags of one socket.
pub(super) const TAGS_MAX: usize = 10;

/// Longest tag, in bytes of UTF-8.
pub(super) const TAG_BYTES_MAX: usize = 256;

/// Why tags are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// There are ten already.
    #[error("a Hibernatable WebSocket cannot have more than {TAGS_MAX} tags")]
    TooMany,
    /// One is too long.
    #[error("\"{0}\" is longer than the max tag length ({TAG_BYTES_MAX} characters).")]
    TooLong(String),
}

/// Distinct tags in the order in which they were given first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags(Vec<String>);

impl Tags {
    /// Takes a list of tags, in which a tag may stand more than once.
    ///
    /// # Errors
    /// See [`TagError`]. Where there are ten distinct ones, any further tag is refused, even one of them
    /// (semantics §2.5).
    pub fn new(list: impl IntoIterator<Item = String>) -> Result<Tags, TagError> {
        let mut tags = Vec::new();
        for tag in list {
            if tags.len() >= TAGS_MAX {
                return Err(TagError::TooMany);
            }
            if tag.len() > TAG_BYTES_MAX {
                return Err(TagError::TooLong(tag));
            }
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        Ok(Tags(tags))
    }

    /// The tags in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::{TagError, Tags};

    fn tags(list: &[&str]) -> Result<Vec<String>, TagError> {
        let tags = Tags::new(list.iter().map(|tag| (*tag).to_owned()))?;
        Ok(tags.iter().map(str::to_owned).collect())
    }

    #[test]
    fn duplicates_are_dropped_and_the_order_stays() {
        let kept = tags(&["b", "a", "b", ""]).expect("they are few and short");
        assert_eq!(kept, ["b", "a", ""]);
    }

    #[test]
    fn ten_are_allowed_and_nothing_after_them() {
        let ten: Vec<String> = (0..10).map(|n| n.to_string()).collect();
        let mut list: Vec<&str> = ten.iter().map(String::as_str).collect();
        assert_eq!(tags(&list).map(|tags| tags.len()), Ok(10));
        list.push("0");
        assert_eq!(tags(&list), Err(TagError::TooMany));
        assert_eq!(
            TagError::TooMany.to_string(),
            "a Hibernatable WebSocket cannot have more than 10 tags"
        );
    }

    #[test]
    fn length_counts_bytes() {
        assert!(tags(&["é".repeat(128).as_str()]).is_ok());
        let long = "é".repeat(129);
        let error = tags(&[long.as_str()]).expect_err("258 bytes");
        let expected = format!("\"{long}\" is longer than the max tag length (256 characters).");
        assert_eq!(error.to_string(), expected);
    }
}
