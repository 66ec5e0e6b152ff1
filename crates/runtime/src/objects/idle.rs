//! The idle clock: when an object's lifecycle is to be looked at, and when the object can be forgotten.

use std::rc::Rc;

use holdfast_object::lifecycle::{Event as Life, Phase};

use super::Object;
use crate::core::Core;
use crate::message::ObjectKey;

/// Objects that one sweep looks at.
const SWEEP_MAX: usize = 32;

impl Core {
    pub(crate) fn schedule(&self, key: &ObjectKey, object: &Rc<Object>) {
        let life = object.life.borrow();
        if let Some(scheduled) = object.scheduled_ms.get() {
            // Something that kept it may have ended since: then its time comes sooner.
            if let Some(sooner) = life.deadline_ms().filter(|at| *at < scheduled) {
                let mut deadlines = self.deadlines.borrow_mut();
                deadlines.remove(&(scheduled, *key));
                deadlines.insert((sooner, *key));
                object.scheduled_ms.set(Some(sooner));
            }
            return;
        }
        if life.phase() == Phase::Cold {
            // Facets of which nothing is left are asked for anew.
            let objects = self.objects.borrow();
            let mut facets = object.facets.borrow_mut();
            facets.keep(|facet| objects.contains_key(&facet.key));
            if !facets.is_empty() {
                return;
            }
        }
        if let Some(deadline) = life.deadline_ms() {
            object.scheduled_ms.set(Some(deadline));
            self.deadlines.borrow_mut().insert((deadline, *key));
        } else if life.may_be_forgotten()
            && life.phase() == Phase::Cold
            && object.held.borrow().is_none()
        {
            self.last_generation
                .set(self.last_generation.get().max(life.generation()));
            drop(life);
            self.objects.borrow_mut().remove(key);
            let facet = object.facet.take();
            if let Some(facet) = facet {
                self.facet_forgotten(&facet);
            }
        }
    }

    /// Looks at the objects whose time has come, but not at too many at once: closing a database
    /// takes a moment each. Says whether there are more.
    pub(crate) fn sweep(self: &Rc<Self>) -> bool {
        let now_ms = self.now_ms();
        for _ in 0..SWEEP_MAX {
            let due = {
                let mut deadlines = self.deadlines.borrow_mut();
                match deadlines.first() {
                    Some((deadline, _)) if *deadline <= now_ms => deadlines.pop_first(),
                    _ => None,
                }
            };
            let Some((_, key)) = due else { return false };
            let Some(object) = self.objects.borrow().get(&key).map(Rc::clone) else {
                continue;
            };
            object.scheduled_ms.set(None);
            self.live(&key, &object, Life::Tick);
            self.run_ready();
        }
        true
    }
}
