//! Programs that take the place of others: after a change of their files, or because their heap is full.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use crate::app::{ReloadError, StartError};
use crate::core::Core;
use crate::program::{Plan, Program};

impl Core {
    /// Makes a realm with this program in it.
    pub(crate) fn load(&self, plan: &Arc<Plan>) -> Result<Rc<Program>, StartError> {
        Program::load(&self.runtime, plan, self.options.cpu_limit).map(Rc::new)
    }

    /// Loads programs beside those that run.
    pub(crate) fn prepare(&self, plans: &[Arc<Plan>]) -> Result<(), ReloadError> {
        for plan in plans {
            let worker = plan.worker;
            let program = self
                .load(plan)
                .map_err(|error| ReloadError { worker, error })?;
            self.prepared.borrow_mut().push(program);
        }
        Ok(())
    }

    /// Runs the programs that were prepared from now on, or drops them.
    pub(crate) fn switch(self: &Rc<Self>, go: bool) {
        for program in self.prepared.take() {
            if !go {
                self.runtime.retire_realm(&program.realm);
                continue;
            }
            let worker = program.plan.worker;
            let old = self.programs.replace(program);
            self.retire_worker(worker);
            // Requests under way run to their end in the old realm.
            let realm = old.realm.clone();
            let old = (Rc::downgrade(&old), realm);
            self.old_programs.borrow_mut().push(old);
        }
    }

    /// Replaces the realms of these Workers, whose turns have met a full heap, by new ones with the same programs.
    pub(crate) fn renew_programs(self: &Rc<Self>, condemned: BTreeSet<usize>) {
        for worker in &condemned {
            self.renew_program(*worker);
        }
        // One heap serves all Workers, and it may be another one that has filled it.
        if condemned.len() < self.programs.count() && !self.runtime.has_room() {
            for worker in 0..self.programs.count() {
                if !condemned.contains(&worker) {
                    self.renew_program(worker);
                }
            }
        }
    }

    fn renew_program(self: &Rc<Self>, worker: usize) {
        let plan = Arc::clone(&self.programs.at(worker).plan);
        match self.runtime.without_heap_limit(|| self.load(&plan)) {
            Ok(program) => {
                let old = self.programs.replace(program);
                self.retire_worker(worker);
                self.end_events(worker);
                // Nothing that could run is left in the old realm, and it must make room at once.
                self.runtime.retire_realm(&old.realm);
            }
            Err(error) => tracing::error!(%error, "the program could not be loaded again"),
        }
    }

    /// Lets go of realms whose last context has ended.
    pub(crate) fn retire_old_programs(&self) {
        self.old_programs.borrow_mut().retain(|(program, realm)| {
            let in_use = program.strong_count() > 0;
            if !in_use {
                self.runtime.retire_realm(realm);
            }
            in_use
        });
    }
}
