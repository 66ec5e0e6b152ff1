//! The lifecycle: when an object's instance is built, used, given up and destroyed.
//!
//! An object has at most one instance at a time. Each gets a *generation*, a number that only grows.
//! Whatever reports about an instance names its generation, and a report about one that is gone
//! changes nothing. The next instance is built only after the driver has said that the last
//! one is released: its JavaScript stopped, its storage closed.
//!
//! Two clocks end an unused instance (semantics §6.7): ten seconds after its last activity, and, whatever
//! it does in the background, seventy seconds after it last had a client.

mod activity;
mod exchange;

use std::fmt;

pub use self::activity::Activity;
use self::activity::Counts;
pub use self::exchange::{Decision, Ending, Event, Refusal};
use crate::fifo::Fifo;
use crate::sabotage::{Planted, Sabotage};

/// The number of an instance among all instances that its object ever had on this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u64);

/// How long an unused instance stays. `None` keeps it for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// After the last activity, in ms.
    pub idle_ms: Option<u64>,
    /// Without any client, in ms, whatever happens in the background.
    pub clientless_ms: Option<u64>,
}

impl Patience {
    /// Instances end only by failure: a namespace's `preventEviction`.
    pub const ENDLESS: Self = Self {
        idle_ms: None,
        clientless_ms: None,
    };
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            idle_ms: Some(10_000),
            clientless_ms: Some(70_000),
        }
    }
}

/// Where an object is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// No instance.
    Cold,
    /// An instance is being built.
    Starting,
    /// The instance takes calls.
    Running,
    /// The instance was given up and is being destroyed; its callers noticed nothing.
    Evicting,
    /// The instance failed and is being destroyed.
    Broken,
    /// The object is not served here any more.
    Retired,
}

/// The life of one object on this node.
pub struct Lifecycle<T, F> {
    patience: Patience,
    phase: Phase,
    retiring: bool,
    /// Of the present instance, or of the last.
    generation: Generation,
    /// The last instance that broke, and how.
    broken: Option<(Generation, F)>,
    counts: Counts,
    /// When the present instance was last active, in ms.
    last_active_ms: u64,
    /// When a client last arrived or left, in ms.
    last_client_ms: u64,
    /// What arrived while there was no instance to admit it.
    queue: Fifo<Queued<T>>,
    planted: Planted,
}

struct Queued<T> {
    token: T,
    bound: Option<Generation>,
}

/// Where decisions go: the driver's buffer, used again for each event.
type Decisions<T, F> = Vec<Decision<T, F>>;

impl<T, F: Clone> Lifecycle<T, F> {
    /// An object without an instance. Its generations come after `last`: when the driver forgets a
    /// lifecycle ([`Lifecycle::may_be_forgotten`]) it keeps the highest [`Lifecycle::generation`] that
    /// it has seen, and passes that.
    pub fn new(patience: Patience, last: Generation) -> Self {
        Self {
            patience,
            phase: Phase::Cold,
            retiring: false,
            generation: last,
            broken: None,
            counts: Counts::default(),
            last_active_ms: 0,
            last_client_ms: 0,
            queue: Fifo::new(),
            planted: Planted::NOTHING,
        }
    }

    /// A lifecycle with a mistake, for tests of the tests.
    #[cfg(feature = "sabotage")]
    pub fn sabotaged(patience: Patience, last: Generation, mistake: Sabotage) -> Self {
        Self {
            planted: Planted::new(mistake),
            ..Self::new(patience, last)
        }
    }

    /// Takes in what happened at `now_ms` and appends what is to be done about it.
    ///
    /// # Panics
    /// When an activity ends that never began.
    pub fn handle(&mut self, event: Event<T, F>, now_ms: u64, out: &mut Vec<Decision<T, F>>) {
        match event {
            Event::Arrived { token, bound } => self.arrived(Queued { token, bound }, now_ms, out),
            Event::Constructed { generation } => self.constructed(generation, now_ms, out),
            Event::Failed {
                generation,
                failure,
            } => self.failed(generation, failure, out),
            Event::Released { generation } => self.released(generation, out),
            Event::Began {
                generation,
                activity,
            } => {
                if self.concerns(generation, activity) {
                    self.counts.begin(activity);
                    self.touch(activity, now_ms);
                }
            }
            Event::Ended {
                generation,
                activity,
            } => {
                if self.concerns(generation, activity) {
                    self.counts.end(activity);
                    self.touch(activity, now_ms);
                }
            }
            Event::Tick => self.tick(now_ms, out),
            Event::Retire => self.retire(out),
        }
    }

    /// When [`Event::Tick`] is wanted next, in ms.
    pub fn deadline_ms(&self) -> Option<u64> {
        if self.phase != Phase::Running {
            return None;
        }
        let idle = self.patience.idle_ms.filter(|_| !self.counts.active());
        let idle_at = idle.map(|ms| self.last_active_ms.saturating_add(ms));
        let clientless = self
            .patience
            .clientless_ms
            .filter(|_| !self.counts.has_client());
        let clientless_at = clientless.map(|ms| self.last_client_ms.saturating_add(ms));
        idle_at.into_iter().chain(clientless_at).min()
    }

    /// Where the object is in its life.
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// The generation of the present instance, or of the last one.
    pub const fn generation(&self) -> Generation {
        self.generation
    }

    /// How much waits for an instance.
    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Whether nothing would be lost with this value: no instance, nothing that waits, nobody connected
    /// who would have to learn of a failure.
    pub fn may_be_forgotten(&self) -> bool {
        matches!(self.phase, Phase::Cold | Phase::Retired)
            && self.queue.is_empty()
            && self.counts.none()
    }

    fn arrived(&mut self, arrival: Queued<T>, now_ms: u64, out: &mut Decisions<T, F>) {
        self.last_client_ms = now_ms;
        if let Some(failure) = self.fate_of(arrival.bound) {
            let refusal = Refusal::Broken(failure.clone());
            let token = arrival.token;
            out.push(Decision::Refuse { token, refusal });
            return;
        }
        if self.retiring {
            out.push(Decision::Refuse {
                token: arrival.token,
                refusal: Refusal::Retired,
            });
            return;
        }
        match self.phase {
            Phase::Running => self.admit(arrival.token, now_ms, out),
            Phase::Cold => {
                self.queue.push(arrival);
                self.activate(out);
            }
            Phase::Evicting | Phase::Broken if self.planted.is(Sabotage::TwoInstances) => {
                self.queue.push(arrival);
                self.activate(out);
            }
            Phase::Starting | Phase::Evicting | Phase::Broken => self.queue.push(arrival),
            Phase::Retired => unreachable!("a retired lifecycle is retiring"),
        }
    }

    fn constructed(&mut self, generation: Generation, now_ms: u64, out: &mut Decisions<T, F>) {
        if self.phase != Phase::Starting || !self.is_present(generation) {
            return;
        }
        self.phase = Phase::Running;
        self.last_active_ms = now_ms;
        // Work begun by the constructor alone gets the full time.
        self.last_client_ms = self.last_client_ms.max(now_ms);
        while let Some(arrival) = self.queue.pop() {
            self.admit(arrival.token, now_ms, out);
        }
    }

    fn failed(&mut self, generation: Generation, failure: F, out: &mut Decisions<T, F>) {
        if !self.is_present(generation) {
            return;
        }
        match self.phase {
            Phase::Cold | Phase::Broken | Phase::Retired => return,
            Phase::Starting | Phase::Running => out.push(Decision::Destroy {
                generation: self.generation,
                why: Ending::Broken(failure.clone()),
            }),
            // It failed while it was being destroyed: nothing more to destroy.
            Phase::Evicting => {}
        }
        // All that waited for the constructor gets what it threw (semantics §6.1). What waits for
        // the instance after this one goes on waiting, unless its stub has known this one.
        let all = self.phase == Phase::Starting;
        self.phase = Phase::Broken;
        self.counts.broke();
        self.broken = Some((self.generation, failure.clone()));
        for arrival in self.queue.drain().collect::<Vec<_>>() {
            if all || self.fate_of(arrival.bound).is_some() {
                out.push(Decision::Refuse {
                    token: arrival.token,
                    refusal: Refusal::Broken(failure.clone()),
                });
            } else {
                self.queue.push(arrival);
            }
        }
    }

    fn released(&mut self, generation: Generation, out: &mut Decisions<T, F>) {
        let ending = matches!(self.phase, Phase::Evicting | Phase::Broken);
        if !ending || !self.is_present(generation) {
            return;
        }
        if self.retiring {
            self.phase = Phase::Retired;
            return;
        }
        self.phase = Phase::Cold;
        if !self.queue.is_empty() {
            self.activate(out);
        }
    }

    fn tick(&mut self, now_ms: u64, out: &mut Decisions<T, F>) {
        if self.deadline_ms().is_none_or(|deadline| now_ms < deadline) {
            return;
        }
        let why = if self.counts.active() {
            Ending::Clientless
        } else {
            Ending::Idle
        };
        self.evict(why, out);
    }

    fn retire(&mut self, out: &mut Decisions<T, F>) {
        self.retiring = true;
        for arrival in self.queue.drain() {
            out.push(Decision::Refuse {
                token: arrival.token,
                refusal: Refusal::Retired,
            });
        }
        match self.phase {
            Phase::Cold => self.phase = Phase::Retired,
            Phase::Starting | Phase::Running => self.evict(Ending::Retired, out),
            Phase::Evicting | Phase::Broken | Phase::Retired => {}
        }
    }

    fn activate(&mut self, out: &mut Decisions<T, F>) {
        self.phase = Phase::Starting;
        self.generation.0 += 1;
        let generation = self.generation;
        out.push(Decision::Activate { generation });
    }

    fn admit(&mut self, token: T, now_ms: u64, out: &mut Decisions<T, F>) {
        self.counts.begin(Activity::Request);
        self.touch(Activity::Request, now_ms);
        let generation = self.generation;
        out.push(Decision::Admit { generation, token });
    }

    fn evict(&mut self, why: Ending<F>, out: &mut Decisions<T, F>) {
        self.phase = Phase::Evicting;
        self.counts.evicted();
        let generation = self.generation;
        out.push(Decision::Destroy { generation, why });
    }

    /// An activity began or ended: the clocks that it stops start again from here.
    fn touch(&mut self, activity: Activity, now_ms: u64) {
        if activity.keeps_active() {
            self.last_active_ms = now_ms;
        }
        if activity.is_client() {
            self.last_client_ms = now_ms;
        }
    }

    /// The failure that a stub shares, if the instance that it has reached broke. Instances before
    /// that one were evicted, which a stub survives, so that it came to share the later one's fate.
    fn fate_of(&self, bound: Option<Generation>) -> Option<&F> {
        let (broken, failure) = self.broken.as_ref()?;
        (bound? <= *broken).then_some(failure)
    }

    fn is_present(&self, generation: Generation) -> bool {
        generation == self.generation || self.planted.is(Sabotage::BelieveStale)
    }

    /// Whether an activity of this instance is still counted.
    fn concerns(&self, generation: Generation, activity: Activity) -> bool {
        match activity {
            Activity::Stub => true,
            Activity::HibernatableSocket => self
                .broken
                .as_ref()
                .is_none_or(|(broken, _)| generation > *broken),
            Activity::Request | Activity::Background | Activity::Socket => {
                self.is_present(generation)
                    && matches!(self.phase, Phase::Starting | Phase::Running)
            }
        }
    }
}

impl<T, F> fmt::Debug for Lifecycle<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lifecycle")
            .field("phase", &self.phase)
            .field("generation", &self.generation)
            .field("counts", &self.counts)
            .field("queued", &self.queue.len())
            .field("retiring", &self.retiring)
            .finish_non_exhaustive()
    }
}
