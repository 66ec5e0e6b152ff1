//! Projects that run together: do the bindings of one lead to something in another?

use std::path::Path;

use crate::config::{Config, DurableObjectBinding, ServiceBinding};
use crate::error::{ProjectError, Report};
use crate::graph::ModuleGraph;
use crate::place::{Warning, shown, slashed};
use crate::project::Project;

/// Checks the bindings of projects to each other. Warns of those to Workers that are not among them: such projects run,
/// and what they call is missing. Warnings and errors come with the index of the project whose configuration they are
/// about.
///
/// # Errors
/// Two projects have one name, or a binding names a class that the other project does not make, or an entrypoint that
/// it does not export. Where exports cannot be told by reading, nothing is said about them.
pub fn check_together(
    parts: &[(&Project, &ModuleGraph)],
) -> Result<Vec<(usize, Warning)>, (usize, ProjectError)> {
    let mut warnings = Vec::new();
    if let Some((project, graph)) = parts.first() {
        warnings.extend(graph.without_handler(project).map(|warning| (0, warning)));
    }
    for (index, (project, _)) in parts.iter().enumerate() {
        let config = &project.config;
        let named = |name: &str| parts.iter().find(|(other, _)| other.config.name == name);
        let earlier = parts[..index].iter().map(|(other, _)| other);
        if let Some(other) = earlier
            .into_iter()
            .find(|other| other.config.name == config.name)
        {
            return Err((index, same_name(other, project)));
        }
        for (binding, script) in config.foreign_objects() {
            match named(script) {
                Some((other, _)) => class_exists(binding, &other.config).map_err(|e| (index, e))?,
                None => warnings.push((index, absent(&binding.name, script, &binding.place))),
            }
        }
        let foreign = config.services.iter().filter(|b| b.service != config.name);
        for binding in foreign {
            match named(&binding.service) {
                Some((other, graph)) => {
                    entry_exists(binding, other, graph).map_err(|error| (index, error))?;
                }
                None => {
                    warnings.push((
                        index,
                        absent(&binding.name, &binding.service, &binding.place),
                    ));
                }
            }
        }
    }
    Ok(warnings)
}

fn same_name(one: &Project, other: &Project) -> ProjectError {
    let path = |project: &Project| slashed(&project.config.config_path);
    let name = &one.config.name;
    let what = match path(one) == path(other) {
        true => format!("the Worker \"{name}\" is there twice, by {}", path(one)),
        false => format!(
            "two projects are called \"{name}\": {} and {}",
            path(one),
            path(other)
        ),
    };
    Report::new(what)
        .help("projects that run together differ in their \"name\"")
        .config()
}

fn absent(binding: &str, worker: &str, place: &crate::Place) -> Warning {
    Warning {
        place: Some(place.clone()),
        text: format!(
            "the Worker \"{worker}\" is not running: what calls env.{binding} fails\n  start both together: holdfast \
             dev THIS_FOLDER FOLDER_OF_{}",
            worker
                .to_uppercase()
                .replace(|c: char| !c.is_ascii_alphanumeric(), "_")
        ),
    }
}

fn class_exists(binding: &DurableObjectBinding, other: &Config) -> Result<(), ProjectError> {
    let class = &binding.class_name;
    if other.classes.iter().any(|made| made.class_name == *class) {
        return Ok(());
    }
    let made: Vec<_> = other
        .classes
        .iter()
        .map(|made| made.class_name.as_str())
        .collect();
    let help = match made.is_empty() {
        true => format!(
            "\"{}\" makes no classes: add a migration there, or correct \"script_name\"",
            other.name
        ),
        false => format!(
            "\"{}\" makes {}: correct \"class_name\", or add a migration there",
            other.name,
            made.join(", ")
        ),
    };
    let what = format!(
        "binding {} names class {class} of the Worker \"{}\", which no migration there makes",
        binding.name, other.name
    );
    Err(class_error(&binding.place, what, help))
}

fn entry_exists(
    binding: &ServiceBinding,
    other: &Project,
    graph: &ModuleGraph,
) -> Result<(), ProjectError> {
    let exports = graph.main_exports();
    let entry = &binding.entrypoint;
    if !exports.complete || exports.names.contains(entry) {
        return Ok(());
    }
    let main = slashed(&shown(&other.root, Path::new(&other.config.main)));
    let what = format!(
        "binding {} names the entrypoint {entry} of the Worker \"{}\", whose {main} does not export it",
        binding.name, other.config.name
    );
    let help = format!(
        "it exports {}; correct \"entrypoint\", or export {entry} there",
        exports.names.join(", ")
    );
    Err(class_error(&binding.place, what, help))
}

fn class_error(place: &crate::Place, what: String, help: String) -> ProjectError {
    ProjectError::Class(Box::new(Report::at(place.clone(), what).help(help)))
}
