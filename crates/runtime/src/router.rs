//! Which shard owns an object.

use crate::message::ObjectKey;

/// Decides where an object lives. Asked for every call, so it must be quick; the answer may change only
/// when the object has no instance anywhere.
pub(crate) trait Router: Send + Sync {
    /// The owner's index.
    fn owner(&self, key: &ObjectKey) -> usize;
}

/// Spreads objects evenly by their id, which is as good as random already.
pub(crate) struct ById {
    pub(crate) shards: usize,
}

impl Router for ById {
    fn owner(&self, key: &ObjectKey) -> usize {
        let bytes = key.id.as_bytes();
        let head = u64::from_le_bytes([
            bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
        ]);
        (head % self.shards as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use holdfast_object::{FacetPath, NamespaceKey};

    use super::*;
    use crate::message::ClassId;

    #[test]
    fn objects_spread_over_all_shards() {
        let router = ById { shards: 3 };
        let namespace = NamespaceKey::new("test-Class");
        let mut counts = [0; 3];
        for n in 0..300 {
            let id = namespace.id_from_name(&n.to_string());
            counts[router.owner(&ObjectKey {
                class: ClassId::of("test-Class"),
                id,
            })] += 1;
        }
        assert!(counts.iter().all(|&count| count > 60), "{counts:?}");
    }

    #[test]
    fn facets_are_where_their_root_is() {
        let router = ById { shards: 7 };
        let owner = |class: &str, id| {
            let class = ClassId::of(class);
            router.owner(&ObjectKey { class, id })
        };
        for n in 0..50 {
            let root = NamespaceKey::new("test-Class").id_from_name(&n.to_string());
            let facet = FacetPath::root(root).child("a").unwrap();
            let inner = facet.child("b").unwrap();
            let home = owner("test-Class", root);
            for path in [facet, inner] {
                assert_eq!(owner("test-Class.facets", path.id()), home);
            }
        }
    }
}
