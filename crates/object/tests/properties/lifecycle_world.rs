//! A driver that builds, uses and destroys instances, and is slow, repetitive and late with its reports.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use holdfast_object::lifecycle::{Activity, Decision, Ending, Event, Patience, Phase, Refusal};
use holdfast_object::{Generation, Lifecycle};

use crate::choices::{Choices, Verdict, must};

const PATIENCE: Patience = Patience {
    idle_ms: Some(10_000),
    clientless_ms: Some(70_000),
};
const ACTIVITIES: [Activity; 5] = [
    Activity::Request,
    Activity::Background,
    Activity::Socket,
    Activity::HibernatableSocket,
    Activity::Stub,
];

/// What the driver knows of an instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Instance {
    Building,
    Alive,
    Destroying,
    Gone,
}

struct World {
    life: Lifecycle<u32, u64>,
    instances: BTreeMap<u64, Instance>,
    /// Of the instances that failed.
    broken: BTreeSet<u64>,
    /// What arrived and is not decided: token, and the generation of its stub.
    undecided: VecDeque<(u32, Option<u64>)>,
    /// What lasts: the instance it belongs to, and what it is.
    lasting: Vec<(u64, Activity)>,
    tokens: u32,
    retired: bool,
    now: u64,
    last_active: u64,
    last_client: u64,
}

/// Runs one object for `steps` steps, then lets everything that was begun come to its end.
pub(crate) fn run(
    new: impl FnOnce(Patience, Generation) -> Lifecycle<u32, u64>,
    steps: usize,
    choices: &mut Choices,
) -> Verdict {
    let mut world = World {
        life: new(PATIENCE, Generation(0)),
        instances: BTreeMap::new(),
        broken: BTreeSet::new(),
        undecided: VecDeque::new(),
        lasting: Vec::new(),
        tokens: 0,
        retired: false,
        now: 0,
        last_active: 0,
        last_client: 0,
    };
    for _ in 0..steps {
        world.step(choices)?;
    }
    world.finish()
}

impl World {
    fn step(&mut self, choices: &mut Choices) -> Verdict {
        let generations: Vec<u64> = self.instances.keys().copied().collect();
        let some = |choices: &mut Choices| {
            let generation = generations.get(choices.of(generations.len().max(1)));
            generation.copied()
        };
        match choices.of(8) {
            0 => self.arrive(None),
            1 => self.arrive(some(choices)),
            2 => match some(choices) {
                Some(generation) => self.constructed(generation),
                None => Ok(()),
            },
            3 => match some(choices) {
                Some(generation) => self.fail(generation),
                None => Ok(()),
            },
            4 => match some(choices) {
                Some(generation) => self.released(generation),
                None => Ok(()),
            },
            5 => self.activity(choices),
            6 => self.wait(choices.of(3)),
            _ => {
                self.retired = true;
                self.report(Event::Retire)
            }
        }
    }

    fn arrive(&mut self, bound: Option<u64>) -> Verdict {
        self.tokens += 1;
        self.undecided.push_back((self.tokens, bound));
        self.last_client = self.now;
        let bound = bound.map(Generation);
        self.report(Event::Arrived {
            token: self.tokens,
            bound,
        })
    }

    fn constructed(&mut self, generation: u64) -> Verdict {
        let building = self.instances[&generation] == Instance::Building;
        if building {
            self.instances.insert(generation, Instance::Alive);
            self.last_active = self.now;
            self.last_client = self.now;
        }
        let generation = Generation(generation);
        self.report_stale(Event::Constructed { generation }, !building)
    }

    fn fail(&mut self, generation: u64) -> Verdict {
        let stale = self.instances[&generation] == Instance::Gone;
        if !stale {
            self.broken.insert(generation);
            self.lasting
                .retain(|(of, activity)| *of > generation || *activity == Activity::Stub);
        }
        let failure = generation;
        let generation = Generation(generation);
        self.report_stale(
            Event::Failed {
                generation,
                failure,
            },
            stale,
        )
    }

    fn released(&mut self, generation: u64) -> Verdict {
        let destroying = self.instances[&generation] == Instance::Destroying;
        if destroying {
            self.instances.insert(generation, Instance::Gone);
        } else if self.instances[&generation] != Instance::Gone {
            return Ok(()); // A driver does not release what it was not told to destroy.
        }
        let generation = Generation(generation);
        self.report_stale(Event::Released { generation }, !destroying)
    }

    /// Something begins in the present instance, or something ends, perhaps of an instance long gone.
    fn activity(&mut self, choices: &mut Choices) -> Verdict {
        let present = self
            .instances
            .last_key_value()
            .map(|(generation, _)| *generation);
        let ending = choices.of(self.lasting.len() + 1);
        if ending < self.lasting.len() {
            let (of, activity) = self.lasting.remove(ending);
            self.touch(activity);
            let generation = Generation(of);
            return self.report(Event::Ended {
                generation,
                activity,
            });
        }
        let activity = ACTIVITIES[choices.of(ACTIVITIES.len())];
        if let Some(of) = present
            && matches!(self.instances[&of], Instance::Building | Instance::Alive)
        {
            self.lasting.push((of, activity));
            self.touch(activity);
            let generation = Generation(of);
            return self.report(Event::Began {
                generation,
                activity,
            });
        }
        // The end of something that was taken away with its instance changes nothing.
        if let Some(of) = present
            && activity != Activity::Stub
            && activity != Activity::HibernatableSocket
        {
            let generation = Generation(of);
            return self.report_stale(
                Event::Ended {
                    generation,
                    activity,
                },
                true,
            );
        }
        Ok(())
    }

    fn touch(&mut self, activity: Activity) {
        if activity.keeps_active() {
            self.last_active = self.now;
        }
        if activity.is_client() {
            self.last_client = self.now;
        }
    }

    fn wait(&mut self, how: usize) -> Verdict {
        let deadline = self.life.deadline_ms();
        self.now = match (how, deadline) {
            (0, Some(deadline)) => deadline.max(self.now),
            (1, Some(deadline)) if deadline > self.now => deadline - 1,
            _ => self.now + 7_000,
        };
        let running = self.life.phase() == Phase::Running;
        let mut out = Vec::new();
        self.life.handle(Event::Tick, self.now, &mut out);
        let due = running && (self.idle() || self.clientless());
        must!(
            due != out.is_empty(),
            "at {} (deadline {deadline:?}): {out:?}",
            self.now
        );
        self.obey(out)
    }

    fn idle(&self) -> bool {
        let active = self
            .lasting
            .iter()
            .any(|(_, activity)| activity.keeps_active());
        !active && self.now >= self.last_active + 10_000
    }

    fn clientless(&self) -> bool {
        let client = self
            .lasting
            .iter()
            .any(|(_, activity)| activity.is_client());
        !client && self.now >= self.last_client + 70_000
    }

    fn report(&mut self, event: Event<u32, u64>) -> Verdict {
        let what = format!("{event:?}");
        let mut out = Vec::new();
        self.life.handle(event, self.now, &mut out);
        self.obey(out).map_err(|why| format!("{what}: {why}"))
    }

    /// A report about an instance that is gone, or one that was made before, changes nothing.
    fn report_stale(&mut self, event: Event<u32, u64>, stale: bool) -> Verdict {
        let before = (self.life.phase(), self.life.generation());
        let what = format!("{event:?}");
        let mut out = Vec::new();
        self.life.handle(event, self.now, &mut out);
        let after = (self.life.phase(), self.life.generation());
        must!(!stale || out.is_empty(), "stale {what} leads to {out:?}");
        must!(
            !stale || before == after,
            "stale {what} turns {before:?} into {after:?}"
        );
        self.obey(out).map_err(|why| format!("{what}: {why}"))
    }

    fn obey(&mut self, decisions: Vec<Decision<u32, u64>>) -> Verdict {
        for decision in decisions {
            match decision {
                Decision::Activate { generation } => self.activate(generation.0)?,
                Decision::Admit { generation, token } => self.admit(generation.0, token)?,
                Decision::Refuse { token, refusal } => self.refuse(token, &refusal)?,
                Decision::Destroy { generation, why } => self.destroy(generation.0, &why)?,
            }
        }
        must!(
            self.life.queued() == self.undecided.len(),
            "{} are queued",
            self.life.queued()
        );
        Ok(())
    }

    fn activate(&mut self, generation: u64) -> Verdict {
        let live = self.instances.iter().find(|(_, i)| **i != Instance::Gone);
        must!(live.is_none(), "{generation} is built beside {live:?}");
        let last = self.instances.last_key_value().map_or(0, |(last, _)| *last);
        must!(generation > last, "generation {generation} after {last}");
        must!(!self.retired, "{generation} is built for a retired object");
        self.instances.insert(generation, Instance::Building);
        Ok(())
    }

    fn admit(&mut self, generation: u64, token: u32) -> Verdict {
        let instance = self.instances[&generation];
        must!(
            instance == Instance::Alive,
            "{token} is admitted to one that is {instance:?}"
        );
        let first = self.undecided.pop_front();
        let Some((_, bound)) = first.filter(|(first, _)| *first == token) else {
            return Err(format!("{token} is admitted, though {first:?} came first"));
        };
        must!(
            !self.shares_fate(bound),
            "{token} of a broken stub reaches {generation}"
        );
        self.lasting.push((generation, Activity::Request));
        self.touch(Activity::Request);
        Ok(())
    }

    fn shares_fate(&self, bound: Option<u64>) -> bool {
        bound.is_some_and(|bound| self.broken.range(bound..).next().is_some())
    }

    fn refuse(&mut self, token: u32, refusal: &Refusal<u64>) -> Verdict {
        let at = self
            .undecided
            .iter()
            .position(|(waiting, _)| *waiting == token);
        let Some((_, bound)) = at.and_then(|at| self.undecided.remove(at)) else {
            return Err(format!("{token} is refused without having waited"));
        };
        match refusal {
            Refusal::Retired => must!(self.retired, "{token} is told that the object retired"),
            // Its stub has known the broken instance, or it waited for that one to be built.
            Refusal::Broken(failure) => must!(
                self.broken.contains(failure)
                    && (self.shares_fate(bound) || self.instances[failure] == Instance::Destroying),
                "{token} gets the failure of {failure}"
            ),
        }
        Ok(())
    }

    fn destroy(&mut self, generation: u64, why: &Ending<u64>) -> Verdict {
        let instance = self.instances[&generation];
        let exists = matches!(instance, Instance::Building | Instance::Alive);
        must!(exists, "{generation} is {instance:?} and to be destroyed");
        let just = match why {
            Ending::Idle => self.idle() || self.clientless(),
            Ending::Clientless => self.clientless(),
            Ending::Broken(failure) => *failure == generation && self.broken.contains(failure),
            Ending::Retired => self.retired,
        };
        must!(just, "{generation} is destroyed for {why:?}");
        self.instances.insert(generation, Instance::Destroying);
        let outlives = [Activity::HibernatableSocket, Activity::Stub];
        self.lasting
            .retain(|(_, activity)| outlives.contains(activity));
        Ok(())
    }

    /// All that was begun ends: then nothing waits, and an unused object has no instance.
    fn finish(mut self) -> Verdict {
        while let Some((&present, &instance)) = self.instances.last_key_value() {
            match instance {
                Instance::Building => self.constructed(present)?,
                Instance::Destroying => self.released(present)?,
                Instance::Alive if self.lasting.is_empty() => self.wait(0)?,
                Instance::Alive | Instance::Gone => {
                    let Some((of, activity)) = self.lasting.pop() else {
                        break;
                    };
                    self.touch(activity);
                    let generation = Generation(of);
                    self.report(Event::Ended {
                        generation,
                        activity,
                    })?;
                }
            }
        }
        must!(
            self.undecided.is_empty(),
            "nobody answers {:?}",
            self.undecided
        );
        must!(
            self.life.may_be_forgotten(),
            "something is left: {:?}",
            self.life
        );
        Ok(())
    }
}
