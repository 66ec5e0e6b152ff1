//! How objects are named on the command line: `Class/name`, or `Class/` and the 64 hex digits of the id.

use std::sync::Arc;

use holdfast_object::NamespaceKey;
use holdfast_storage::{ObjectRef, Store};

/// The object that `text` names.
///
/// # Errors
/// It names none, in a sentence.
pub(super) fn resolve(store: &Store, text: &str) -> Result<ObjectRef, String> {
    let Some((class, name)) = text.split_once('/') else {
        return Err(format!(
            "{text:?} does not name an object; write CLASS/NAME, or CLASS/ID with the 64 digits of the id"
        ));
    };
    let key = class_key(store, class)?;
    let namespace = NamespaceKey::new(&key);
    let id = namespace
        .parse(name)
        .unwrap_or_else(|_| namespace.id_from_name(name));
    Ok(ObjectRef {
        class: Arc::from(key),
        id: *id.as_bytes(),
    })
}

/// The place in a list that `text` names, whether or not there is such an object any more.
///
/// # Errors
/// It names none, in a sentence.
pub(super) fn place(store: &Store, text: &str) -> Result<ObjectRef, String> {
    let written = text
        .split_once('/')
        .and_then(|(class, id)| Some((class, id_of(id)?)));
    match written {
        Some((class, id)) => Ok(ObjectRef {
            class: Arc::from(class_key(store, class).unwrap_or_else(|_| class.to_owned())),
            id,
        }),
        None => resolve(store, text),
    }
}

fn id_of(digits: &str) -> Option<[u8; 32]> {
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut id = [0; 32];
    for (index, byte) in id.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(id)
}

/// The unique key of the class that `class` names: the key itself, or the class name in it.
pub(super) fn class_key(store: &Store, class: &str) -> Result<String, String> {
    let keys = store.classes().map_err(|error| error.message)?;
    let found: Vec<_> = keys
        .iter()
        .filter(|key| {
            ***key == *class || key.rsplit_once('-').is_some_and(|(_, name)| name == class)
        })
        .collect();
    match &found[..] {
        [key] => Ok(key.to_string()),
        [] => Err(match keys.is_empty() {
            true => "there are no objects in this data folder yet".to_owned(),
            false => format!(
                "there is no object of a class {class}; there are objects of {}",
                keys.join(", ")
            ),
        }),
        several => {
            let names: Vec<&str> = several.iter().map(|key| &***key).collect();
            Err(format!(
                "several Workers have a class {class}: write {}",
                names.join(" or ")
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_64_digits() {
        let id = id_of(&format!("{}0aFf", "00".repeat(30))).unwrap();
        assert_eq!((id[29], id[30], id[31]), (0, 10, 255));
        for text in [
            "",
            "name",
            &"0".repeat(63),
            &"g".repeat(64),
            &"é".repeat(32),
        ] {
            assert_eq!(id_of(text), None, "{text}");
        }
    }
}
