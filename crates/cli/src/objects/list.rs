//! The list of objects, page by page.
//!
//! The catalogue has facets behind the objects of their class, as objects of a class of their own. In the list an object
//! has one row, and its facets are counted there. Each page reads the catalogue a few times, however many objects it has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use holdfast_object::{FacetPath, ObjectId};
use holdfast_runtime::{class_of_facets, count_facets, root_class};
use holdfast_storage::{Listed, ObjectRef, Store};
use serde_json::{Value, json};

use super::names;

/// Objects that one answer lists.
pub(super) const LIST_MAX: usize = 5_000;

/// Objects behind one, in order of class and id. Whoever wants more asks again.
///
/// # Errors
/// Why not, in a sentence.
pub(super) fn list(
    store: &Store,
    class: Option<&str>,
    after: Option<&str>,
    limit: usize,
) -> Result<Value, String> {
    let key = class
        .map(|class| names::class_key(store, class))
        .transpose()?;
    let after = after.map(|after| names::place(store, after)).transpose()?;
    // Behind the objects of a class come their facets.
    let facets = key.as_deref().map(class_of_facets);
    let is_behind = |class: &str| after.as_ref().is_some_and(|after| *after.class == *class);
    let class = match &facets {
        Some(facets) if is_behind(facets) => Some(facets),
        _ => key.as_ref(),
    };
    let listing = store
        .objects_after(
            class.map(String::as_str),
            after.as_ref(),
            limit.clamp(1, LIST_MAX),
        )
        .map_err(|error| error.message)?;
    let classes = store.classes().map_err(|error| error.message)?;
    let have_facets = |class: &str| classes.iter().any(|known| **known == *class);
    let mut rows = Vec::new();
    // Neighbours are of one class.
    for page in listing
        .objects
        .chunk_by(|a, b| a.object.class == b.object.class)
    {
        let class = &*page[0].object.class;
        rows.extend(match root_class(class) {
            Some(class) => without_data(store, class, page)?,
            None => objects(store, class, page, have_facets(&class_of_facets(class)))?,
        });
    }
    let next = listing.next.or_else(|| {
        let facets = facets.filter(|facets| have_facets(facets) && !is_behind(facets))?;
        Some(ObjectRef {
            class: Arc::from(facets),
            id: [0; 32],
        })
    });
    Ok(json!({
        "objects": rows,
        "next": next.map(|next| next.to_string()),
    }))
}

/// The rows of objects of one class, of which there may be facets.
fn objects(
    store: &Store,
    class: &str,
    page: &[Listed],
    have_facets: bool,
) -> Result<Vec<Value>, String> {
    let roots: BTreeSet<_> = match have_facets {
        true => page.iter().map(|listed| id(&listed.object)).collect(),
        false => BTreeSet::new(),
    };
    let facets = count_facets(store, class, &roots).map_err(|error| error.message)?;
    let row = |listed: &Listed| {
        let id = id(&listed.object);
        json!({
            "class": class,
            "id": id.to_hex(),
            "name": listed.entry.name,
            "alarm": listed.entry.alarm,
            "bytes": listed.bytes,
            "facets": facets.get(&id).map_or(0, |facets| facets.count),
        })
    };
    Ok(page.iter().map(row).collect())
}

/// The rows of objects that have no data but in facets: each stands where the first of them is. `page` has facets of
/// objects of one class.
fn without_data(store: &Store, class: &str, page: &[Listed]) -> Result<Vec<Value>, String> {
    let mut firsts = BTreeMap::new();
    for Listed { object, entry, .. } in page {
        if let Some(path) = entry.name.as_deref().and_then(FacetPath::parse) {
            firsts.entry(path.root_id()).or_insert(object);
        }
    }
    let class_name: Arc<str> = Arc::from(class);
    let object = |root: &ObjectId| ObjectRef {
        class: Arc::clone(&class_name),
        id: *root.as_bytes(),
    };
    let roots = firsts.keys().map(object).collect();
    let existing = store.existing(&roots).map_err(|error| error.message)?;
    firsts.retain(|root, _| !existing.contains(&object(root)));
    let roots = firsts.keys().copied().collect();
    let facets = count_facets(store, class, &roots).map_err(|error| error.message)?;
    let row = |(root, first): (&ObjectId, &&ObjectRef)| {
        // Where its first facet is on an earlier page, so is its row.
        let facets = facets.get(root).filter(|facets| facets.first == **first)?;
        Some(json!({
            "class": class,
            "id": root.to_hex(),
            "name": null,
            "alarm": null,
            "bytes": 0,
            "facets": facets.count,
        }))
    };
    Ok(firsts.iter().filter_map(row).collect())
}

fn id(object: &ObjectRef) -> ObjectId {
    ObjectId::from_bytes(object.id)
}
