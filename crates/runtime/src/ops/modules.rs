//! Modules that are not ES modules, and positions in sources.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use holdfast_engine::{Args, Extension, JsResult, PromiseState, Scope, Thrown};
use holdfast_project::{Module, ModuleId, ModuleKind, Positions};

use crate::context::Context;
use crate::loader::{Loader, Required, key_of};
use crate::program::Plan;

/// The program that is being loaded or was loaded last: for code that runs outside any context.
#[derive(Default)]
pub(crate) struct CurrentLoader(RefCell<Option<(Rc<Loader>, Arc<Plan>)>>);

impl CurrentLoader {
    pub(crate) fn set(&self, loader: Rc<Loader>, plan: Arc<Plan>) {
        self.0.replace(Some((loader, plan)));
    }

    fn get(&self) -> (Rc<Loader>, Arc<Plan>) {
        self.0
            .borrow()
            .clone()
            .expect("a program is loaded before its code runs")
    }

    pub(crate) fn plan(&self) -> Arc<Plan> {
        self.get().1
    }
}

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_map_position", 3, map_position)
        .op("op_module_compile", 1, compile)
        .op("op_module_data", 1, data)
        .op("op_module_file", 1, file)
        .op("op_module_kind", 1, kind)
        .op("op_module_namespace", 1, namespace)
        .op("op_module_resolve", 2, resolve)
        .op("op_module_wasm", 2, wasm)
}

fn loader(scope: &Scope<'_>) -> Rc<Loader> {
    match scope.context::<Context>() {
        Some(context) => Rc::clone(&context.program.loader),
        None => scope.state::<CurrentLoader>().get().0,
    }
}

fn module_id<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> Result<ModuleId, Thrown> {
    Ok(ModuleId(scope.to_number(args.get(0))? as usize))
}

/// `(id)` → 0 CommonJS, 1 JSON, 2 text, 3 bytes, 4 ES module, 5 WebAssembly
fn kind<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let id = module_id(scope, args)?;
    let loader = loader(scope);
    let kind = match &loader.app.graph.module(id).kind {
        ModuleKind::CommonJs { .. } => 0,
        ModuleKind::Json { .. } => 1,
        ModuleKind::Text { .. } => 2,
        ModuleKind::Data { .. } => 3,
        ModuleKind::Esm { .. } => 4,
        ModuleKind::Wasm { .. } => 5,
    };
    Ok(scope.int(kind))
}

/// `(id)` → the file that the module is, as it is shown
fn file<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let id = module_id(scope, args)?;
    let loader = loader(scope);
    scope.string(&loader.app.graph.module(id).display)
}

/// `(id)` → text, or an ArrayBuffer
fn data<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let id = module_id(scope, args)?;
    let loader = loader(scope);
    match &loader.app.graph.module(id).kind {
        ModuleKind::Json { text, .. } | ModuleKind::Text { text } => scope.string(text),
        ModuleKind::Data { bytes } => scope.array_buffer(bytes),
        _ => Err(scope.throw_type_error("the module is code")),
    }
}

/// `(id, WebAssembly.Module)` → the module
fn wasm<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let id = module_id(scope, args)?;
    let loader = loader(scope);
    let module = loader.app.graph.module(id);
    let ModuleKind::Wasm { bytes } = &module.kind else {
        return Err(scope.throw_type_error("the module is not a WebAssembly module"));
    };
    scope.compile_wasm(args.get(1), bytes)
}

/// `(id)` → `[function, __filename, __dirname]`
fn compile<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let id = module_id(scope, args)?;
    let loader = loader(scope);
    let module: &Module = loader.app.graph.module(id);
    let ModuleKind::CommonJs { code, .. } = &module.kind else {
        return Err(scope.throw_type_error("the module is not a CommonJS module"));
    };
    let parameters = [
        c"exports",
        c"require",
        c"module",
        c"__filename",
        c"__dirname",
    ];
    let function = scope.compile_function(&module.display, &parameters, code)?;
    let file = scope.string(&format!("/{}", module.display))?;
    let folder = module
        .display
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let folder = scope.string(&format!("/{folder}"))?;
    scope.array(&[function, file, folder])
}

/// `(id, specifier)` → the id of the module that `require(specifier)` in module `id` means, or the key of one of the
/// runtime's own modules
fn resolve<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let id = module_id(scope, args)?;
    let specifier = scope.to_string(args.get(1))?;
    match loader(scope).target(id, &specifier, true) {
        Ok(Required::Module(target)) => Ok(scope.number(target.0 as f64)),
        Ok(Required::Builtin(key)) => scope.string(&key),
        Err(message) => Err(scope.throw_error(&message)),
    }
}

/// `(id or key)` → the namespace object of an ES module, which is evaluated now if it was not before
fn namespace<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    if args.get(0).is_string() {
        let key = scope.to_string(args.get(0))?;
        // The runtime's own modules await nothing at their top level.
        return scope.import(&key).map(|(namespace, _)| namespace);
    }
    let id = module_id(scope, args)?;
    let loader = loader(scope);
    let key = key_of(&loader.app.graph, id, None);
    let (namespace, evaluation) = scope.import(&key)?;
    match scope.promise_state(evaluation) {
        Some(PromiseState::Rejected) => {
            let reason = scope.promise_result(evaluation);
            scope.mark_handled(evaluation)?;
            Err(scope.throw(reason))
        }
        Some(PromiseState::Pending) => {
            let module = &loader.app.graph.module(id).display;
            Err(scope.throw_error(&format!(
                "{module} cannot be required: it awaits at its top level; import it instead."
            )))
        }
        _ => Ok(namespace),
    }
}

/// `(file, line, column)` → `"file:line:column"` in the user's source, `undefined` if it is the same
fn map_position<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let file = scope.to_string(args.get(0))?;
    let line = scope.to_number(args.get(1))? as u32;
    let column = scope.to_number(args.get(2))? as u32;
    let loader = loader(scope);
    let module = loader
        .app
        .graph
        .modules
        .iter()
        .find(|module| module.display == file);
    let positions = match module.map(|module| &module.kind) {
        Some(ModuleKind::Esm { positions, .. } | ModuleKind::CommonJs { positions, .. }) => {
            positions
        }
        _ => return Ok(scope.undefined()),
    };
    if matches!(positions, Positions::Identity) {
        return Ok(scope.undefined());
    }
    let (line, column) = positions.original(line, column);
    scope.string(&format!("{file}:{line}:{column}"))
}
