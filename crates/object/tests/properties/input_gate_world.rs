//! An object whose program does anything it can with the input gate, beside a flat model of the gate.

use std::collections::BTreeSet;

use holdfast_object::input_gate::{GateError, Hold, Refused};
use holdfast_object::{Admitted, InputGate, Section};

use crate::choices::{Choices, Verdict, must};

/// The model: lists in the order of time, scopes as plain numbers (0 is the root).
#[derive(Default)]
struct Model {
    /// Sections by number, from 1: their enclosing scope, and where in their life they are.
    sections: Vec<(usize, Life)>,
    /// Everything that waits: scope, token, and the section that starts with it.
    waiting: Vec<(usize, u32, Option<usize>)>,
    /// Turns that have their lock: scope, token, whether a section is done with it.
    resumed: Vec<(usize, u32, bool)>,
    /// One entry per reference to a scope's lock.
    locks: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Life {
    Waiting,
    Running,
    Ended,
}

impl Model {
    /// Follows ended sections outwards.
    fn live(&self, scope: usize) -> usize {
        match scope.checked_sub(1).map(|at| self.sections[at]) {
            Some((parent, Life::Ended)) => self.live(parent),
            _ => scope,
        }
    }

    fn running(&self) -> impl Iterator<Item = usize> {
        (1..=self.sections.len()).filter(|s| self.sections[s - 1].1 == Life::Running)
    }

    fn contains(&self, outer: usize, inner: usize) -> bool {
        outer == inner || inner > 0 && self.contains(outer, self.live(self.sections[inner - 1].0))
    }

    fn unlock(&mut self, scope: usize) {
        let at = self.locks.iter().position(|lock| *lock == scope);
        self.locks.remove(at.expect("a lock is held"));
    }

    fn end(&mut self, section: usize) -> usize {
        let parent = self.live(self.sections[section - 1].0);
        self.sections[section - 1].1 = Life::Ended;
        for lock in &mut self.locks {
            if *lock == section {
                *lock = parent;
            }
        }
        // Events that are left over queue up behind those of the enclosing scope; sections go before its sections.
        let waiting = std::mem::take(&mut self.waiting);
        let (left, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|w| w.0 == section);
        let moved = left
            .into_iter()
            .map(|(_, token, start)| (parent, token, start));
        let (sections, events): (Vec<_>, Vec<_>) = moved.partition(|w| w.2.is_some());
        self.waiting = sections;
        self.waiting.extend(others);
        self.waiting.extend(events);
        parent
    }

    /// What must be admitted now: scope of the turn, token, and what kind of turn.
    fn next(&mut self) -> Result<Option<(usize, u32, Kind)>, String> {
        if !self.resumed.is_empty() {
            let (scope, token, done) = self.resumed.remove(0);
            let kind = if done { Kind::Done } else { Kind::Event };
            return Ok(Some((self.live(scope), token, kind)));
        }
        let open: Vec<usize> = std::iter::once(0)
            .chain(self.running())
            .filter(|scope| !self.locks.contains(scope))
            .collect();
        must!(open.len() <= 1, "the model has two open scopes: {open:?}");
        let Some(&scope) = open.first() else {
            return Ok(None);
        };
        let section = self
            .waiting
            .iter()
            .position(|w| w.0 == scope && w.2.is_some());
        let event = self.waiting.iter().position(|w| w.0 == scope);
        let Some(at) = section.or(event) else {
            return Ok(None);
        };
        let (_, token, start) = self.waiting.remove(at);
        self.locks.push(scope);
        Ok(Some(match start {
            Some(section) => {
                self.sections[section - 1].1 = Life::Running;
                self.locks.push(section);
                (section, token, Kind::Start)
            }
            None => (scope, token, Kind::Event),
        }))
    }

    fn tokens(&self) -> BTreeSet<u32> {
        let waiting = self.waiting.iter().map(|w| w.1);
        waiting.chain(self.resumed.iter().map(|r| r.1)).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Event,
    Start,
    Done,
}

struct World {
    gate: InputGate<u32>,
    model: Model,
    /// The gate's names for the model's scopes.
    names: Vec<Section>,
    turn: Option<usize>,
    holds: Vec<(usize, Hold)>,
    tokens: u32,
    admitted: BTreeSet<u32>,
    broken: bool,
}

/// Runs one object for at most `steps` steps, then lets everything come to its end.
pub(crate) fn run(
    gate: InputGate<u32>,
    steps: usize,
    breaks: bool,
    choices: &mut Choices,
) -> Verdict {
    let mut world = World {
        gate,
        model: Model::default(),
        names: vec![Section::ROOT],
        turn: None,
        holds: Vec::new(),
        tokens: 0,
        admitted: BTreeSet::new(),
        broken: false,
    };
    for _ in 0..steps {
        world.step(breaks, choices)?;
        if world.broken {
            return world.stays_broken();
        }
    }
    world.finish()
}

impl World {
    fn step(&mut self, breaks: bool, choices: &mut Choices) -> Verdict {
        let running: Vec<usize> = self.model.running().collect();
        // What can happen now; the common things first, so that a shrunk tape is a simple story.
        let mut acts: Vec<Act> = vec![if self.turn.is_some() {
            Act::EndTurn
        } else {
            Act::Next
        }];
        acts.extend((0..self.names.len()).map(Act::Event));
        if self.turn.is_some() {
            acts.extend([Act::Begin, Act::Hold]);
        }
        acts.extend(running.into_iter().map(Act::End));
        if !self.holds.is_empty() {
            acts.extend([Act::Release, Act::Abandon]);
        }
        if breaks {
            acts.push(Act::Break);
        }
        let act = acts[choices.of(acts.len())];
        self.perform(act).map_err(|why| format!("{act:?}: {why}"))?;
        must!(
            self.gate.waiting() == self.model.tokens().len() || self.broken,
            "{act:?}: {} wait, not {:?}",
            self.gate.waiting(),
            self.model.tokens()
        );
        Ok(())
    }

    fn perform(&mut self, act: Act) -> Verdict {
        match act {
            Act::Next => return self.next().map(drop),
            Act::EndTurn => {
                self.gate.turn_ended();
                let turn = self.turn.take().expect("a turn runs");
                self.model.unlock(self.model.live(turn));
            }
            Act::Event(origin) => {
                let token = self.token();
                self.gate
                    .event(self.names[origin], token)
                    .map_err(refused)?;
                self.model
                    .waiting
                    .push((self.model.live(origin), token, None));
            }
            Act::Begin => {
                let token = self.token();
                let parent = self.turn.expect("a turn runs");
                let section = self
                    .gate
                    .begin_section(self.names[parent], token)
                    .map_err(refused)?;
                let parent = self.model.live(parent);
                must!(
                    !self.names.contains(&section),
                    "{section:?} was used before"
                );
                self.model.sections.push((parent, Life::Waiting));
                self.model
                    .waiting
                    .push((parent, token, Some(self.names.len())));
                self.names.push(section);
            }
            Act::End(section) => {
                let token = self.token();
                self.gate
                    .end_section(self.names[section], token)
                    .map_err(refused)?;
                let parent = self.model.end(section);
                self.model.resumed.push((parent, token, true));
            }
            Act::Hold => {
                let scope = self.model.live(self.turn.expect("a turn runs"));
                self.holds.push((scope, self.gate.hold()));
                self.model.locks.push(scope);
            }
            Act::Release => {
                let (scope, hold) = self.holds.remove(0);
                let token = self.token();
                self.gate.release(hold, token).map_err(refused)?;
                self.model.resumed.push((scope, token, false));
            }
            Act::Abandon => {
                let (scope, hold) = self.holds.remove(0);
                self.gate.abandon(hold);
                self.model.unlock(self.model.live(scope));
            }
            Act::Break => return self.break_gate(),
        }
        Ok(())
    }

    fn token(&mut self) -> u32 {
        self.tokens += 1;
        self.tokens
    }

    fn next(&mut self) -> Result<bool, String> {
        let has_lock = !self.model.resumed.is_empty();
        let running: Vec<usize> = self.model.running().collect();
        let due = self.model.next()?;
        let (token, section, kind) = match self.gate.next() {
            None => {
                must!(due.is_none(), "nothing is admitted, though {due:?} is due");
                return Ok(false);
            }
            Some(Admitted::Event { token, section }) => (token, section, Kind::Event),
            Some(Admitted::SectionStart { section, token }) => (token, section, Kind::Start),
            Some(Admitted::SectionDone { token, section }) => (token, section, Kind::Done),
        };
        let Some(scope) = self.names.iter().position(|name| *name == section) else {
            return Err(format!("a turn in an unknown {section:?}"));
        };
        must!(self.admitted.insert(token), "{token} is admitted twice");
        // Said again without the model's order: what runs beside a section began inside it.
        let excluded = |outer: &&usize| !has_lock && !self.model.contains(**outer, scope);
        if let Some(outer) = running.iter().find(excluded) {
            return Err(format!(
                "{kind:?} {token} of scope {scope} runs inside section {outer}"
            ));
        }
        must!(
            due == Some((scope, token, kind)),
            "{kind:?} {token} in scope {scope} is admitted, though {due:?} is due"
        );
        must!(
            self.gate.turn_section() == Some(section),
            "the turn is not in {section:?}"
        );
        self.turn = Some(scope);
        Ok(true)
    }

    fn break_gate(&mut self) -> Verdict {
        let given_back = self.gate.break_gate();
        let set: BTreeSet<u32> = given_back.iter().copied().collect();
        must!(
            set.len() == given_back.len(),
            "given back twice: {given_back:?}"
        );
        must!(
            set == self.model.tokens(),
            "{:?} waited, {set:?} came back",
            self.model.tokens()
        );
        self.broken = true;
        Ok(())
    }

    fn stays_broken(mut self) -> Verdict {
        let refused = |outcome: Result<(), Refused<u32>>| {
            outcome
                == Err(Refused {
                    token: 7,
                    reason: GateError::Broken,
                })
        };
        must!(
            refused(self.gate.event(Section::ROOT, 7)),
            "a broken gate takes an event in"
        );
        for name in self.names {
            must!(
                refused(self.gate.end_section(name, 7)),
                "a broken gate ends a section"
            );
            let began = self.gate.begin_section(name, 7).map(drop);
            must!(refused(began), "a broken gate begins a section");
        }
        for (_, hold) in self.holds.drain(..) {
            must!(
                refused(self.gate.release(hold, 7)),
                "a broken gate takes a result in"
            );
        }
        if self.turn.is_some() {
            self.gate.turn_ended();
        }
        must!(self.gate.next().is_none(), "a broken gate admits");
        must!(
            self.gate.is_idle() && self.gate.waiting() == 0,
            "a broken gate keeps something"
        );
        Ok(())
    }

    /// Everything that can end ends; then each token has had its turn and the gate is as new.
    fn finish(mut self) -> Verdict {
        loop {
            if self.turn.is_some() {
                self.perform(Act::EndTurn)?;
            } else if self.next()? {
                // Its turn ends in the next round.
            } else if !self.holds.is_empty() {
                self.perform(Act::Release)?;
            } else if let Some(section) = self.model.running().last() {
                self.perform(Act::End(section))?;
            } else {
                break;
            }
        }
        let all: BTreeSet<u32> = (1..=self.tokens).collect();
        must!(
            self.admitted == all,
            "of {} tokens only {:?} were admitted",
            self.tokens,
            self.admitted
        );
        must!(
            self.gate.is_idle(),
            "the gate is not idle at the end: {:?}",
            self.gate
        );
        Ok(())
    }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Next,
    EndTurn,
    /// An event arrives whose I/O was started in this scope, ended or not.
    Event(usize),
    Begin,
    /// The callback of this section is fulfilled, whoever's turn it is.
    End(usize),
    Hold,
    Release,
    Abandon,
    Break,
}

fn refused(refused: Refused<u32>) -> String {
    format!("refused: {refused}")
}
