//! Configuration against code: are the classes that bindings name there?

use super::{ModuleGraph, ModuleKind};
use crate::Project;
use crate::config::DurableObjectBinding;
use crate::error::{ProjectError, Report};
use crate::place::{Warning, slashed};

impl ModuleGraph {
    /// Checks that every class a binding of this Worker names is exported by the entry module and has been
    /// made by a migration.
    ///
    /// # Errors
    /// The first binding for which one of these is known not to hold. Where the exports cannot be told by
    /// reading, nothing is said about them.
    pub fn check(&self, project: &Project) -> Result<(), ProjectError> {
        self.check_bindings(project)
            .map_err(|error| error.having_read(self.files.iter().cloned()))
    }

    fn check_bindings(&self, project: &Project) -> Result<(), ProjectError> {
        let exports = self.main_exports();
        let config = &project.config;
        let own = |binding: &&DurableObjectBinding| {
            binding
                .script_name
                .as_ref()
                .is_none_or(|script| *script == config.name)
        };
        for binding in config.durable_objects.iter().filter(own) {
            let DurableObjectBinding {
                name,
                class_name: class,
                place,
                ..
            } = binding;
            if exports.complete && !exports.names.contains(class) {
                let main = slashed(&crate::place::shown(&project.root, &config.main));
                let what =
                    format!("binding {name} names class {class}, which {main} does not export");
                return Err(error(place, what, &export_help(class, &exports.names)));
            }
            if !config.classes.iter().any(|made| made.class_name == *class) {
                let what = format!("class {class} has a binding but no migration");
                let help = format!(
                    "add one: \"migrations\": [{{ \"tag\": \"v1\", \"new_sqlite_classes\": [\"{class}\"] }}]"
                );
                return Err(error(place, what, &help));
            }
        }
        Ok(())
    }

    /// What is said of a Worker that is to get requests and has no default export.
    pub(crate) fn without_handler(&self, project: &Project) -> Option<Warning> {
        let exports = self.main_exports();
        let main = self.module(self.main);
        let has_default = exports.names.iter().any(|name| name == "default");
        let is_service_worker = match &main.kind {
            ModuleKind::Esm { code, .. } => !has_default && calls_add_event_listener(code),
            // A CommonJS module always has a default export: what it is, running tells.
            ModuleKind::CommonJs { code, .. } => {
                !code.contains("exports") && calls_add_event_listener(code)
            }
            _ => false,
        };
        let what = if is_service_worker {
            "handles requests by addEventListener(\"fetch\", …), which is not supported"
        } else if exports.complete && !has_default {
            "has no default export"
        } else {
            return None;
        };
        let shown = slashed(&crate::place::shown(&project.root, &project.config.main));
        let text = format!(
            "{shown} {what}: requests are answered with status 500\n  add: export default {{ async fetch(request, env, ctx) {{ … }} }}"
        );
        Some(Warning { place: None, text })
    }
}

fn calls_add_event_listener(code: &str) -> bool {
    ["\"fetch\"", "'fetch'", "`fetch`"]
        .iter()
        .any(|name| code.contains(&format!("addEventListener({name}")))
}

fn error(place: &crate::Place, what: String, help: &str) -> ProjectError {
    ProjectError::Class(Box::new(Report::at(place.clone(), what).help(help)))
}

fn export_help(class: &str, names: &[String]) -> String {
    let candidates: Vec<_> = names
        .iter()
        .filter(|name| *name != "default")
        .cloned()
        .collect();
    if candidates.is_empty() {
        format!("add: export class {class} extends DurableObject {{ … }}")
    } else {
        format!(
            "it exports {}; add {class}, or correct \"class_name\"",
            candidates.join(", ")
        )
    }
}
