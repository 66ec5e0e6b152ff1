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

/// The unique key of the class that `class` names: the key itself, or the class name in it.
pub(super) fn class_key(store: &Store, class: &str) -> Result<String, String> {
    let mut keys: Vec<String> = store
        .objects()
        .map_err(|error| error.message)?
        .into_iter()
        .map(|(object, _)| object.class.to_string())
        .collect();
    keys.dedup();
    let found: Vec<_> = keys
        .iter()
        .filter(|key| *key == class || key.rsplit_once('-').is_some_and(|(_, name)| name == class))
        .collect();
    match &found[..] {
        [key] => Ok((*key).clone()),
        [] => Err(match keys.is_empty() {
            true => "there are no objects in this data folder yet".to_owned(),
            false => format!(
                "there is no object of a class {class}; there are objects of {}",
                keys.join(", ")
            ),
        }),
        several => {
            let names: Vec<_> = several.iter().map(|key| key.as_str()).collect();
            Err(format!(
                "several Workers have a class {class}: write {}",
                names.join(" or ")
            ))
        }
    }
}
