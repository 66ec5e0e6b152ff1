//! The programs of a shard: one for each Worker of the node, each in a realm of its own.

use std::cell::RefCell;
use std::rc::Rc;

use crate::message::ClassId;
use crate::program::Program;

/// The programs that run new requests and new instances, in the order of the node's Workers.
#[derive(Default)]
pub(crate) struct Programs(RefCell<Vec<Rc<Program>>>);

impl Programs {
    /// Takes in the next Worker's.
    pub(crate) fn push(&self, program: Rc<Program>) {
        let mut programs = self.0.borrow_mut();
        assert_eq!(program.plan.worker, programs.len(), "in the node's order");
        programs.push(program);
    }

    /// That of the Worker that gets the requests from outside.
    pub(crate) fn first(&self) -> Rc<Program> {
        self.at(0)
    }

    /// That of the Worker at this place.
    pub(crate) fn at(&self, worker: usize) -> Rc<Program> {
        let programs = self.0.borrow();
        Rc::clone(
            programs
                .get(worker)
                .expect("a shard serves only with its programs"),
        )
    }

    /// That of the Worker of this name, if it is among the node's.
    pub(crate) fn named(&self, name: &str) -> Option<Rc<Program>> {
        self.find(|program| program.plan.name() == name)
    }

    /// The one that has this class of objects, if any has.
    pub(crate) fn of_class(&self, class: ClassId) -> Option<Rc<Program>> {
        self.find(|program| program.plan.class(class).is_some())
    }

    fn find(&self, is_it: impl Fn(&Program) -> bool) -> Option<Rc<Program>> {
        let programs = self.0.borrow();
        programs
            .iter()
            .find(|program| is_it(program))
            .map(Rc::clone)
    }

    /// Puts a program in the place of the same Worker's former one, which is given back.
    pub(crate) fn replace(&self, program: Rc<Program>) -> Rc<Program> {
        let worker = program.plan.worker;
        std::mem::replace(&mut self.0.borrow_mut()[worker], program)
    }

    /// How many contexts run one of them, or have not been let go of.
    pub(crate) fn shares(&self) -> usize {
        let programs = self.0.borrow();
        programs
            .iter()
            .map(|program| Rc::strong_count(program) - 1)
            .sum()
    }

    pub(crate) fn count(&self) -> usize {
        self.0.borrow().len()
    }

    pub(crate) fn clear(&self) {
        self.0.take();
    }
}
