//! A Worker project as Cloudflare's tools know it, made ready for a JavaScript engine.
//!
//! [`Project::load`] reads the wrangler configuration of a folder, for one environment, with the secrets of
//! `.dev.vars` merged in. [`Project::graph`] follows the imports from the entry module and gives every module
//! as plain JavaScript (or text, bytes, WebAssembly): TypeScript and JSX translated, CommonJS told from ES
//! modules, each request resolved. [`ModuleGraph::check`] compares the two: is every class that a binding
//! names exported, and made by a migration? [`check_together`] compares projects that run together.
//!
//! ```no_run
//! use holdfast_project::{LoadOptions, Project};
//!
//! # fn main() -> Result<(), holdfast_project::ProjectError> {
//! let project = Project::load(".".as_ref(), &LoadOptions::default())?;
//! let graph = project.graph()?;
//! graph.check(&project)?;
//! println!("{} starts at {}", project.config.name, graph.module(graph.main).display);
//! # Ok(())
//! # }
//! ```
//!
//! What this crate must not know: JavaScript engines, HTTP, storage, and whether a built-in module exists. It
//! reads files, it runs nothing, and it writes nothing.
//!
//! What holds:
//! - Nothing is dropped in silence. What is not supported is a [`Warning`] or a [`ProjectError`], with its place.
//! - One file in one form is one module, however it is reached; symlinks are followed first.
//! - The same files give the same graph, whatever the threads do.
//! - Plain JavaScript keeps every position: what must be replaced in it is replaced by text of equal length.

mod config;
mod error;
mod graph;
mod place;
mod project;
mod together;

pub use config::{
    Config, DurableObjectBinding, DurableObjectClass, NEWEST_COMPATIBILITY_DATE, ServiceBinding,
};
pub use error::{Met, ProjectError, Report};
pub use graph::{
    Exports, Mappings, Module, ModuleGraph, ModuleId, ModuleKind, Positions, Request, RequestKind,
    Target, TranslationChanges, TranslationDigest, Translations,
};
pub use place::{Place, Warning};
pub use project::{LoadOptions, Project};
pub use together::check_together;
