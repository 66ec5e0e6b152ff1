//! The modules of a project, as the engine's loader wants them.
//!
//! Keys: `p:N` is module N of the graph as an ES module; for a module that is none, a small generated
//! module that gives its exports (`p:N:node` gives `default` as Node's rules have it). `require:N` gives
//! module N its `require`.

use std::fmt::Write as _;
use std::sync::Arc;

use holdfast_engine::{Local, ModuleLoader, ModuleSource, Scope, Thrown};
use holdfast_project::{Module, ModuleGraph, ModuleId, ModuleKind, RequestKind, Target};

use crate::app::App;

/// Modules of Workers that exist here, with their keys.
const BUILTINS: [(&str, &str); 5] = [
    ("cloudflare:email", "holdfast:workers/cloudflare_email"),
    (
        "cloudflare:node",
        "holdfast:node/internal/http/cloudflare_node",
    ),
    ("cloudflare:sockets", "holdfast:workers/cloudflare_sockets"),
    ("cloudflare:workers", "holdfast:workers/cloudflare_workers"),
    (
        "cloudflare:workflows",
        "holdfast:workers/cloudflare_workflows",
    ),
];

/// What a `require` means.
pub(crate) enum Required {
    Module(ModuleId),
    /// The key of one of the runtime's own modules.
    Builtin(String),
}

pub(crate) struct Loader {
    pub(crate) app: Arc<App>,
}

/// A parsed key.
enum Key {
    Module { id: ModuleId, node: bool },
    Require(ModuleId),
}

fn parse(key: &str) -> Option<Key> {
    if let Some(id) = key.strip_prefix("require:") {
        return Some(Key::Require(ModuleId(id.parse().ok()?)));
    }
    let rest = key.strip_prefix("p:")?;
    let (id, node) = match rest.strip_suffix(":node") {
        Some(id) => (id, true),
        None => (rest, false),
    };
    Some(Key::Module {
        id: ModuleId(id.parse().ok()?),
        node,
    })
}

/// The key under which an importer reaches a module.
pub(crate) fn key_of(graph: &ModuleGraph, id: ModuleId, importer: Option<&Module>) -> String {
    let is_commonjs = matches!(graph.module(id).kind, ModuleKind::CommonJs { .. });
    let node = is_commonjs && importer.is_some_and(|importer| importer.node_interop);
    if node {
        format!("p:{}:node", id.0)
    } else {
        format!("p:{}", id.0)
    }
}

/// The keys of the ES modules that are evaluated when the program starts.
pub(crate) fn static_keys(graph: &ModuleGraph) -> Vec<String> {
    let mut keys = Vec::new();
    let mut seen = vec![false; graph.modules.len()];
    let mut next = vec![graph.main];
    while let Some(id) = next.pop() {
        if std::mem::replace(&mut seen[id.0], true) {
            continue;
        }
        let module = graph.module(id);
        if !matches!(module.kind, ModuleKind::Esm { .. }) {
            continue;
        }
        keys.push(key_of(graph, id, None));
        for request in &module.requests {
            if let (RequestKind::Import, Target::Module(id)) = (request.kind, &request.target) {
                next.push(*id);
            }
        }
    }
    keys
}

impl Loader {
    fn graph(&self) -> &ModuleGraph {
        &self.app.graph
    }

    /// What `specifier` means in module `from` when it is required (`true`) or imported.
    pub(crate) fn target(
        &self,
        from: ModuleId,
        specifier: &str,
        require: bool,
    ) -> Result<Required, String> {
        let module = self.graph().module(from);
        let wanted = |kind: RequestKind| (kind == RequestKind::Require) == require;
        let requests = || {
            module
                .requests
                .iter()
                .filter(|request| request.specifier == specifier)
        };
        let request = requests()
            .find(|request| wanted(request.kind))
            .or_else(|| requests().next());
        match request.map(|request| &request.target) {
            Some(Target::Module(id)) => Ok(Required::Module(*id)),
            Some(Target::Missing(message)) => Err(message.clone()),
            Some(Target::Builtin(name)) => self.builtin(name, module).map(Required::Builtin),
            None => Err(format!(
                "Cannot find module \"{specifier}\" from {}: only modules that are named by a literal \
                 in the source are part of the program.",
                module.display
            )),
        }
    }

    /// The key of the runtime's module that programs know as `name`.
    fn builtin(&self, name: &str, importer: &Module) -> Result<String, String> {
        if let Some((_, key)) = BUILTINS.iter().find(|(known, _)| *known == name) {
            return Ok((*key).to_owned());
        }
        let Some(node_name) = name.strip_prefix("node:") else {
            return Err(unsupported(name, importer));
        };
        let config = &self.app.project.config;
        let alone = ["async_hooks", "process"].contains(&node_name);
        let allowed = config.has_node() || (config.enables("nodejs_als") && alone);
        let is_legacy = node_name == "process" && !config.enables("enable_nodejs_process_v2");
        let gate = holdfast_node::flag(node_name).filter(|flag| !config.enables(flag));
        match holdfast_node::module(node_name) {
            Some(_) if allowed && gate.is_some() => Err(absent(name, gate, importer)),
            Some(_) if allowed && is_legacy => Ok(holdfast_node::LEGACY_PROCESS.to_owned()),
            Some(key) if allowed => Ok(key),
            Some(_) => Err(format!(
                "No such module \"{name}\", asked for by {}: Node's modules are there with the compatibility \
                 flag \"nodejs_compat\": add it to \"compatibility_flags\".",
                asker(name, importer)
            )),
            None => Err(unsupported(name, importer)),
        }
    }
}

/// What is said of a module whose own flag is off. A program can catch that, unless it does not start without the
/// module: so the words are workerd's, or ours.
fn absent(name: &str, flag: Option<&str>, importer: &Module) -> String {
    let is_fatal = importer.requests.iter().any(|request| {
        request.kind == RequestKind::Import
            && matches!(&request.target, Target::Builtin(target) if target == name)
    });
    match flag.filter(|_| is_fatal) {
        Some(flag) => format!(
            "No such module \"{name}\", asked for by {}: it is there with the compatibility flag \"{flag}\", which \
             a later compatibility date brings.",
            asker(name, importer)
        ),
        None => format!("No such module \"{name}\"."),
    }
}

fn unsupported(name: &str, importer: &Module) -> String {
    format!(
        "The module \"{name}\", asked for by {}, is not supported by Holdfast yet; \
         see docs/compatibility.md.",
        asker(name, importer)
    )
}

/// Where a module asks for one of the runtime's own.
fn asker(name: &str, importer: &Module) -> String {
    let mut requests = importer.requests.iter();
    let asks = requests
        .find(|request| matches!(&request.target, Target::Builtin(target) if target == name));
    asks.map_or_else(
        || importer.display.clone(),
        |request| request.place.to_string(),
    )
}

/// A message of the engine, with the names that programs know in place of the keys of the runtime's own modules.
pub(crate) fn with_public_names(message: &str) -> String {
    let mut message = message.to_owned();
    for (name, key) in BUILTINS {
        message = message.replace(key, name);
    }
    message.replace("holdfast:node/", "node:")
}

impl ModuleLoader for Loader {
    fn resolve(&self, referrer: &str, specifier: &str) -> Result<String, String> {
        if referrer.is_empty() || referrer.starts_with("holdfast:") {
            return Ok(specifier.to_owned());
        }
        let Some(Key::Module { id, .. }) = parse(referrer) else {
            return Err(format!("cannot resolve \"{specifier}\" from {referrer}"));
        };
        let module = self.graph().module(id);
        if specifier == "holdfast:require" {
            return Ok(format!("require:{}", id.0));
        }
        let request = module
            .requests
            .iter()
            .find(|request| request.specifier == specifier && request.kind != RequestKind::Require);
        if let Some(Target::Builtin(name)) = request.map(|request| &request.target) {
            return self.builtin(name, module);
        }
        Ok(match self.target(id, specifier, false)? {
            Required::Module(target) => key_of(self.graph(), target, Some(module)),
            Required::Builtin(key) => key,
        })
    }

    fn load(&self, key: &str) -> Result<ModuleSource, String> {
        match parse(key) {
            Some(Key::Require(id)) => Ok(ModuleSource {
                code: "export default import.meta.require;".into(),
                file: format!("holdfast:require/{}", self.graph().module(id).display),
            }),
            Some(Key::Module { id, node }) => {
                let module = self.graph().module(id);
                Ok(match &module.kind {
                    ModuleKind::Esm { code, .. } => ModuleSource {
                        code: code.clone().into(),
                        file: module.display.clone(),
                    },
                    kind => ModuleSource {
                        code: wrapper(kind, node).into(),
                        file: format!("holdfast:module/{}", module.display),
                    },
                })
            }
            None => Err(format!("there is no module \"{key}\"")),
        }
    }

    fn meta(&self, scope: &mut Scope<'_>, key: &str, meta: Local<'_>) -> Result<(), Thrown> {
        let (name, id) = match parse(key) {
            Some(Key::Require(id)) => ("requireOf", id),
            Some(Key::Module { id, .. }) => {
                let module = self.graph().module(id);
                if matches!(module.kind, ModuleKind::Esm { .. }) {
                    let url = scope.string(&format!("file:///{}", module.display))?;
                    return scope.define(meta, "url", url);
                }
                ("loaderOf", id)
            }
            None => return Ok(()),
        };
        let (commonjs, _) = scope.import("holdfast:workers/commonjs")?;
        let id = scope.number(id.0 as f64);
        let function = scope.invoke(commonjs, name, &[id])?;
        let property = if name == "requireOf" {
            "require"
        } else {
            "load"
        };
        scope.define(meta, property, function)
    }
}

/// The ES module through which importers see a module that is none.
fn wrapper(kind: &ModuleKind, node: bool) -> String {
    let mut code = String::from("const m = import.meta.load();\n");
    let names: &[String] = match kind {
        ModuleKind::CommonJs { exports, .. } => {
            if node {
                code.push_str("export default m;\n");
            } else {
                code.push_str(
                    "export default m !== null && m !== undefined && m.__esModule && \"default\" in m ? m.default : m;\n",
                );
            }
            exports
        }
        ModuleKind::Json { exports, .. } => {
            code.push_str("export default m;\n");
            exports
        }
        _ => {
            code.push_str("export default m;\n");
            &[]
        }
    };
    for (index, name) in names.iter().enumerate() {
        let quoted = serde_json::to_string(name).expect("a string");
        // Writing to a String cannot fail.
        let _ = writeln!(
            code,
            "const n{index} = m?.[{quoted}]; export {{ n{index} as {quoted} }};"
        );
    }
    code
}
