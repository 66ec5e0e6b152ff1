//! Named environments: which table a key is read from, and what the user should know about it.

use super::keys::{self, Inheritance, Support};
use super::node::{Entry, Table, Value};
use super::reader::{Reader, did_you_mean};
use crate::error::ProjectError;

/// The configuration as one environment sees it.
pub(crate) struct View<'n> {
    top: &'n Table,
    /// The chosen environment's own table.
    env: Option<(&'n str, &'n Table)>,
    /// Whether an environment was asked for that the file does not have, while it has none at all: then
    /// the top level serves (as in wrangler), under the environment's name.
    suffix: Option<&'n str>,
}

impl<'n> View<'n> {
    /// Picks the environment.
    ///
    /// # Errors
    /// The file has environments, but not this one.
    pub(crate) fn new(
        reader: &mut Reader<'_>,
        top: &'n Table,
        name: Option<&'n str>,
    ) -> Result<Self, ProjectError> {
        let Some(name) = name else {
            return Ok(Self {
                top,
                env: None,
                suffix: None,
            });
        };
        let Some(entry) = top.get("env") else {
            reader.warnings.push(crate::place::Warning {
                place: None,
                text: format!(
                    "the configuration has no environments: \"{name}\" runs with the top level's values"
                ),
            });
            return Ok(Self {
                top,
                env: None,
                suffix: Some(name),
            });
        };
        let environments = reader.table(&entry.node, "env")?;
        let Some(chosen) = environments.get(name) else {
            let names: Vec<_> = environments
                .entries
                .iter()
                .map(|env| env.key.as_str())
                .collect();
            let hint = did_you_mean(name, names.iter().copied());
            let help = if names.is_empty() {
                format!("add it: \"env\": {{ \"{name}\": {{}} }}")
            } else {
                format!("the environments are: {}", names.join(", "))
            };
            let what = format!("there is no environment \"{name}\"{hint}");
            return Err(reader.error(entry.key_span, what, help));
        };
        let table = reader.table(&chosen.node, &format!("env.{name}"))?;
        Ok(Self {
            top,
            env: Some((name, table)),
            suffix: Some(name),
        })
    }

    /// What is appended to the top level's `name` where the environment gives none of its own.
    pub(crate) fn suffix(&self) -> Option<&'n str> {
        self.suffix
    }

    /// The entry in force for a key, and the path it is spoken of by.
    pub(crate) fn get(&self, key: &str) -> Option<(&'n Entry, String)> {
        let own = self.own(key);
        match keys::find(key).map_or(Inheritance::Own, |key| key.inheritance) {
            Inheritance::Own if self.env.is_some() => own,
            Inheritance::Inherited if own.is_some() => own,
            _ => self.top.get(key).map(|entry| (entry, key.to_owned())),
        }
    }

    /// A key of the top level that stands within another table by mistake, and the name of that: in TOML everything below
    /// `[vars]` belongs to it.
    pub(crate) fn astray(&self, key: &str) -> Option<(&'n Entry, &'n str)> {
        let tables = self.top.entries.iter();
        tables
            .filter_map(|owner| Some((owner, owner.node.as_table()?)))
            .find_map(|(owner, table)| Some((table.get(key)?, owner.key.as_str())))
    }

    /// The environment's own entry.
    pub(crate) fn own(&self, key: &str) -> Option<(&'n Entry, String)> {
        let (name, table) = self.env?;
        table
            .get(key)
            .map(|entry| (entry, format!("env.{name}.{key}")))
    }

    /// Warns of keys that are unknown, not supported, or forgotten in the environment.
    pub(crate) fn warn(&self, reader: &mut Reader<'_>) {
        for entry in &self.top.entries {
            let Some(key) = keys::find(&entry.key) else {
                unknown(reader, entry, "");
                continue;
            };
            let replaced = self.own(key.name).is_some();
            match (self.env, key.inheritance) {
                (Some((name, _)), Inheritance::Own) if !replaced => {
                    let key = key.name;
                    reader.warn(
                        entry.key_span,
                        format!(
                            "\"{key}\" exists at the top level, but not in \"env.{name}\", which does not inherit it: add \"{key}\" to \"env.{name}\""
                        ),
                    );
                }
                (Some(_), Inheritance::Own | Inheritance::Inherited) if replaced => {}
                _ => unsupported(reader, entry, key.support),
            }
        }
        let Some((name, table)) = self.env else {
            return;
        };
        for entry in &table.entries {
            match keys::find(&entry.key) {
                None => unknown(reader, entry, &format!("env.{name}.")),
                Some(key) if key.inheritance == Inheritance::TopOnly => {
                    let key = key.name;
                    reader.warn(
                        entry.key_span,
                        format!(
                            "\"{key}\" has no effect in \"env.{name}\": it belongs to the top level"
                        ),
                    );
                }
                Some(key) => unsupported(reader, entry, key.support),
            }
        }
    }
}

fn unknown(reader: &mut Reader<'_>, entry: &Entry, prefix: &str) {
    let known = keys::KEYS.iter().map(|key| key.name);
    let hint = did_you_mean(&entry.key, known);
    reader.warn(
        entry.key_span,
        format!("unknown key \"{prefix}{}\"{hint}", entry.key),
    );
}

fn unsupported(reader: &mut Reader<'_>, entry: &Entry, support: Support) {
    let key = &entry.key;
    match support {
        Support::Read | Support::Harmless => {}
        Support::Missing(consequence) => {
            let table = entry.node.as_table();
            let binding = table.and_then(|table| table.get("binding")?.node.as_str());
            let binding = binding.map_or_else(String::new, |name| {
                format!(", and env.{name} will be undefined")
            });
            let text = format!("{key} is not supported yet: {consequence}{binding}");
            reader.warn(entry.key_span, text);
        }
        Support::Gone(instead) => {
            let text = format!("{key} has no effect, as in wrangler 4: {instead}");
            reader.warn(entry.key_span, text);
        }
        Support::Binding => {
            // An empty list binds nothing.
            if matches!(&entry.node.value, Value::Array(items) if items.is_empty()) {
                return;
            }
            let mut names = Vec::new();
            binding_names(&entry.node.value, &mut names);
            let mut consequences = Vec::new();
            if !names.is_empty() {
                let names: Vec<_> = names.iter().map(|name| format!("env.{name}")).collect();
                consequences.push(format!("{} will be undefined", names.join(", ")));
            }
            let table = entry.node.as_table();
            if table.is_some_and(|table| key == "queues" && table.get("consumers").is_some()) {
                consequences.push("queue() is not called".to_owned());
            }
            let consequences = match consequences.join(", and ") {
                text if text.is_empty() => text,
                text => format!(": {text}"),
            };
            let text = format!("{key} is not supported yet{consequences}");
            reader.warn(entry.key_span, text);
        }
    }
}

/// The names that binding declarations give: their `binding`, or `name` where the kind has no `binding`
/// (send_email, ratelimits, unsafe.bindings).
fn binding_names<'n>(value: &'n Value, names: &mut Vec<&'n str>) {
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| binding_names(&item.value, names)),
        Value::Table(table) => {
            let declared = table.get("binding").or_else(|| table.get("name"));
            match declared.and_then(|entry| entry.node.as_str()) {
                Some(name) => names.push(name),
                None => table
                    .entries
                    .iter()
                    .filter(|entry| matches!(entry.node.value, Value::Array(_)))
                    .for_each(|entry| binding_names(&entry.node.value, names)),
            }
        }
        _ => {}
    }
}
