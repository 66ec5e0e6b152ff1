//! What a program's SQL may do, decided while SQLite compiles it.
//!
//! The rules are those of the reference, section 3.16: internal names (`_cf_…`) are invisible, transactions belong to
//! the JavaScript API, only `main` exists, and functions, virtual tables and PRAGMAs come from allow-lists. Internal
//! statements are not judged. SQLite words most refusals itself ("not authorized", "access to … is prohibited").

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use crate::allowed;

/// Whose statement is being compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// The program's own: judged.
    Program,
    /// Ours: everything is allowed.
    Internal,
}

/// The authorizer's side of a connection: what it is told, and what it saw.
///
/// Shared with a callback that must be `Send`; in fact one thread uses it, hence the relaxed orderings.
#[derive(Default)]
pub(crate) struct Access {
    internal: AtomicBool,
    transaction_refused: AtomicBool,
    alters_table: AtomicBool,
    sets_pragma: AtomicBool,
    configures: AtomicBool,
    creates: AtomicBool,
}

/// What a statement under judgement turned out to contain; see [`Access::take_findings`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// It was refused for beginning, ending or naming a transaction.
    pub(crate) transaction_refused: bool,
    /// It alters a table; SQLite does not tell the authorizer the new name of a rename.
    pub(crate) alters_table: bool,
    /// It gives a setting a value, and so changes the connection rather than the file.
    pub(crate) sets_pragma: bool,
    /// The setting lasts as long as the connection.
    pub(crate) configures: bool,
    /// It creates something, and cannot be compiled again once it has run.
    pub(crate) creates: bool,
}

impl Access {
    pub(crate) fn set_trust(&self, trust: Trust) {
        self.internal
            .store(trust == Trust::Internal, Ordering::Relaxed);
    }

    /// True while the program's own SQL is compiled or run.
    pub(crate) fn is_program(&self) -> bool {
        !self.internal.load(Ordering::Relaxed)
    }

    /// What was found since the last call.
    pub(crate) fn take_findings(&self) -> Findings {
        Findings {
            transaction_refused: self.transaction_refused.swap(false, Ordering::Relaxed),
            alters_table: self.alters_table.swap(false, Ordering::Relaxed),
            sets_pragma: self.sets_pragma.swap(false, Ordering::Relaxed),
            configures: self.configures.swap(false, Ordering::Relaxed),
            creates: self.creates.swap(false, Ordering::Relaxed),
        }
    }

    /// Makes `connection` ask this state before it compiles anything.
    pub(crate) fn install(
        self: &Arc<Self>,
        connection: &mut rusqlite::Connection,
    ) -> rusqlite::Result<()> {
        let access = Arc::clone(self);
        connection.authorizer(Some(move |context: AuthContext<'_>| {
            if access.internal.load(Ordering::Relaxed) || access.permits(&context) {
                Authorization::Allow
            } else {
                Authorization::Deny
            }
        }))
    }

    fn permits(&self, context: &AuthContext<'_>) -> bool {
        // Told apart first: where SQLite names the database for other actions, it names the column that is dropped.
        if let AuthAction::AlterTable {
            database_name,
            table_name,
        } = context.action
        {
            self.alters_table.store(true, Ordering::Relaxed);
            return database_name == "main" && !is_reserved(table_name);
        }
        match context.database_name {
            None | Some("main") => {}
            // SQLite reads the (empty) temporary schema while it resolves names.
            Some("temp") => {
                return matches!(
                    context.action,
                    AuthAction::Read { .. } | AuthAction::Update { .. }
                );
            }
            Some(_) => return false,
        }
        if matches!(
            context.action,
            AuthAction::CreateTable { .. }
                | AuthAction::CreateIndex { .. }
                | AuthAction::CreateTrigger { .. }
                | AuthAction::CreateView { .. }
                | AuthAction::CreateVtable { .. }
        ) {
            self.creates.store(true, Ordering::Relaxed);
        }
        match context.action {
            AuthAction::CreateTable { table_name }
            | AuthAction::DropTable { table_name }
            | AuthAction::Insert { table_name }
            | AuthAction::Delete { table_name }
            | AuthAction::Update { table_name, .. }
            | AuthAction::Read { table_name, .. }
            | AuthAction::DropVtable { table_name, .. } => !is_reserved(table_name),
            AuthAction::CreateView { view_name } | AuthAction::DropView { view_name } => {
                !is_reserved(view_name)
            }
            AuthAction::CreateIndex {
                index_name: name,
                table_name,
            }
            | AuthAction::DropIndex {
                index_name: name,
                table_name,
            }
            | AuthAction::CreateTrigger {
                trigger_name: name,
                table_name,
            }
            | AuthAction::DropTrigger {
                trigger_name: name,
                table_name,
            } => !is_reserved(name) && !is_reserved(table_name),
            AuthAction::Reindex { index_name } => !is_reserved(index_name),
            AuthAction::Analyze { .. } | AuthAction::Select | AuthAction::Recursive => true,
            AuthAction::CreateVtable {
                table_name,
                module_name,
            } => !is_reserved(table_name) && allowed::module(module_name),
            AuthAction::Function { function_name } => allowed::function(function_name),
            AuthAction::Pragma {
                pragma_name,
                pragma_value,
            } => {
                if pragma_value.is_some() && allowed::is_setting(pragma_name) {
                    self.sets_pragma.store(true, Ordering::Relaxed);
                    if !allowed::ends_with_transaction(pragma_name) {
                        self.configures.store(true, Ordering::Relaxed);
                    }
                }
                allowed::pragma(pragma_name, pragma_value)
            }
            AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => {
                self.transaction_refused.store(true, Ordering::Relaxed);
                false
            }
            _ => false,
        }
    }
}

/// True for names that belong to the runtime.
pub(crate) fn is_reserved(name: &str) -> bool {
    name.as_bytes()
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"_cf_"))
}
