//! An object that writes and sends while a log, shared with other objects, becomes durable.

use std::collections::VecDeque;

use holdfast_object::output_gate::LOCK_MS_MAX;
use holdfast_object::{OutputGate, Position, Sent, Ticket};

use crate::choices::{Choices, Verdict, must};

struct World {
    gate: OutputGate<u32>,
    /// The end of the log, other objects' commits included.
    log_end: u64,
    durable: u64,
    /// The object's last commit.
    committed: u64,
    /// Commits that are not durable: position, and when their first write was made.
    pending: VecDeque<(u64, u64)>,
    open_since: Option<u64>,
    /// What was sent and has not left: the position it waits for, `None` while that is not known.
    held: VecDeque<(u32, Option<u64>)>,
    sent: u32,
    now: u64,
}

/// Runs one object for `steps` steps, then makes the whole log durable.
pub(crate) fn run(gate: OutputGate<u32>, steps: usize, choices: &mut Choices) -> Verdict {
    let mut world = World {
        gate,
        log_end: 0,
        durable: 0,
        committed: 0,
        pending: VecDeque::new(),
        open_since: None,
        held: VecDeque::new(),
        sent: 0,
        now: 1_000,
    };
    for _ in 0..steps {
        world.now += 10;
        let act = choices.of(8);
        world
            .step(act, choices)
            .map_err(|why| format!("act {act}: {why}"))?;
        world
            .agrees()
            .map_err(|why| format!("after act {act}: {why}"))?;
    }
    if world.open_since.is_some() {
        world.commit(false)?;
    }
    world.log_durable(world.log_end, usize::MAX)?;
    must!(
        world.held.is_empty(),
        "all is durable, but {:?} did not leave",
        world.held
    );
    must!(
        world.gate.ticket() == Ticket::Free,
        "all is durable, but the gate is not open"
    );
    must!(world.gate.waiting() == 0, "tokens are left in the gate");
    Ok(())
}

impl World {
    fn step(&mut self, act: usize, choices: &mut Choices) -> Verdict {
        match act {
            0 => self.send()?,
            1 => {
                self.gate.write(self.now);
                self.open_since.get_or_insert(self.now);
            }
            2 => self.commit(false)?,
            // The log was quicker than the report of the commit.
            3 => self.commit(true)?,
            4 => self.log_durable(self.log_end, usize::MAX)?,
            5 => {
                let behind = usize::try_from(self.log_end - self.durable).unwrap();
                let by = choices.of(behind + 1);
                // The driver may stop halfway through what may leave.
                let take = if choices.of(2) == 0 { usize::MAX } else { 1 };
                self.log_durable(self.durable + by as u64, take)?;
            }
            6 => {
                // A commit of another object.
                self.log_end += 1;
            }
            7 if self.open_since.take().is_some() => {
                self.gate.rolled_back();
                self.positions_known(self.committed);
            }
            _ => {}
        }
        Ok(())
    }

    fn send(&mut self) -> Verdict {
        self.sent += 1;
        let token = self.sent;
        let waits_for = self.open_since.is_none().then_some(self.committed);
        let free = self.held.is_empty() && waits_for.is_some_and(|at| at <= self.durable);
        match self.gate.send(token) {
            Sent::Leave(given) => {
                must!(given == token, "{given} came back for {token}");
                must!(
                    free,
                    "{token} leaves at once, before {waits_for:?} or after {:?}",
                    self.held
                );
            }
            Sent::Held => {
                must!(!free, "{token} waits for nothing");
                self.held.push_back((token, waits_for));
            }
            Sent::Refused(_) => return Err("refused by an open gate".into()),
        }
        Ok(())
    }

    fn commit(&mut self, late: bool) -> Verdict {
        self.log_end += 1;
        let position = self.log_end;
        if late {
            self.log_durable(position, usize::MAX)?;
        }
        self.gate.lock(Position(position), self.now);
        let since = self.open_since.take().unwrap_or(self.now);
        self.committed = position;
        if position > self.durable {
            self.pending.push_back((position, since));
        }
        self.positions_known(position);
        Ok(())
    }

    fn positions_known(&mut self, position: u64) {
        for (_, waits_for) in &mut self.held {
            waits_for.get_or_insert(position);
        }
    }

    fn log_durable(&mut self, durable: u64, take: usize) -> Verdict {
        self.durable = durable;
        self.pending.retain(|(position, _)| *position > durable);
        let left: Vec<u32> = self.gate.advance(Position(durable)).take(take).collect();
        for token in &left {
            let Some((first, waits_for)) = self.held.pop_front() else {
                return Err(format!("{token} leaves, which was not held"));
            };
            must!(first == *token, "{token} overtakes {first}");
            must!(
                waits_for.is_some_and(|at| at <= durable),
                "{token} waits for {waits_for:?} and leaves at {durable}"
            );
        }
        let may_leave = |held: &(u32, Option<u64>)| held.1.is_some_and(|at| at <= durable);
        must!(
            left.len() == take || !self.held.front().is_some_and(may_leave),
            "{:?} may leave at {durable} and does not",
            self.held.front()
        );
        Ok(())
    }

    fn agrees(&self) -> Verdict {
        let ticket = match self.open_since {
            Some(_) => Ticket::AfterCommit,
            None if self.committed <= self.durable && self.held.is_empty() => Ticket::Free,
            None => Ticket::At(Position(self.committed)),
        };
        must!(
            self.gate.ticket() == ticket,
            "the ticket is {:?}, not {ticket:?}",
            self.gate.ticket()
        );
        let oldest = self
            .pending
            .front()
            .map(|(_, since)| *since)
            .or(self.open_since);
        let deadline = oldest.map(|since| since + LOCK_MS_MAX);
        must!(
            self.gate.deadline_ms() == deadline,
            "the deadline is not {deadline:?}"
        );
        Ok(())
    }
}
