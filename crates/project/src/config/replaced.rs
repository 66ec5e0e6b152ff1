//! What stands for something else in the code: `alias` for modules, `define` for names.

use indexmap::IndexMap;

use super::env::View;
use super::reader::Reader;
use crate::error::ProjectError;
use crate::graph::defines::Defines;

/// The specifiers that lead to another module, each with what is loaded in its place.
pub(super) fn aliases(
    reader: &Reader<'_>,
    view: &View<'_>,
) -> Result<IndexMap<String, String>, ProjectError> {
    let Some((entry, path)) = view.get("alias") else {
        return Ok(IndexMap::new());
    };
    let table = reader.table(&entry.node, &path)?;
    let mut aliases = IndexMap::new();
    for entry in &table.entries {
        let target = reader.string(&entry.node, &format!("{path}.{}", entry.key))?;
        if target.is_empty() {
            return Err(reader.error(
                entry.node.span,
                format!("the alias of \"{}\" is empty", entry.key),
                "name a package, or a file relative to this one, such as \"./src/shim.ts\"",
            ));
        }
        aliases.insert(entry.key.clone(), target.to_owned());
    }
    Ok(aliases)
}

/// The names that stand for an expression.
pub(super) fn defines(reader: &Reader<'_>, view: &View<'_>) -> Result<Defines, ProjectError> {
    let Some((entry, path)) = view.get("define") else {
        return Ok(Defines::default());
    };
    let table = reader.table(&entry.node, &path)?;
    let mut pairs = Vec::new();
    for entry in &table.entries {
        let value = reader.string(&entry.node, &format!("{path}.{}", entry.key))?;
        pairs.push((entry.key.clone(), value.to_owned()));
        // One by one, to tell which of them it is.
        Defines::new(&pairs[pairs.len() - 1..]).map_err(|why| {
            reader.error(
                entry.node.span,
                format!("\"{}\" cannot be defined as `{value}`: {why}", entry.key),
                "the value is an expression: write a string with quotes of its own, such as \"'text'\"",
            )
        })?;
    }
    Ok(Defines::new(&pairs).expect("each of them is right"))
}
