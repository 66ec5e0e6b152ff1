//! An object that sets, moves, deletes, runs and fails its alarm, on a machine that may crash.

use holdfast_object::Alarm;
use holdfast_object::alarm::{AfterFailure, Due, Jitter, RUN_MS_MAX, RunFailure};

use crate::choices::{Choices, Verdict, must};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    Waiting,
    Delivering,
    Running,
    Settling,
}

/// What must still happen for the time that the row holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Owed {
    time: u64,
    counted: u8,
    last_counted: bool,
    exponent: u32,
}

impl Owed {
    fn at(time: u64) -> Self {
        Self {
            time,
            counted: 0,
            last_counted: false,
            exponent: 0,
        }
    }
}

struct World {
    alarm: Alarm,
    new: fn(Option<u64>) -> Alarm,
    /// For the row as committed.
    owed: Option<Owed>,
    /// For the row as a crash would leave it. Commits are durable at once here, but for those made
    /// while a run settles.
    durable: Option<Owed>,
    stage: Stage,
    /// The time for which the run under way was started.
    run_time: u64,
    hidden: bool,
    /// Not before this time may a retry come, and not after that one.
    window: Option<(u64, u64)>,
    now: u64,
    since: u64,
}

/// Runs one alarm for `steps` steps, then lets time pass until nothing is due any more.
pub(crate) fn run(new: fn(Option<u64>) -> Alarm, steps: usize, choices: &mut Choices) -> Verdict {
    let mut world = World {
        alarm: new(None),
        new,
        owed: None,
        durable: None,
        stage: Stage::Waiting,
        run_time: 0,
        hidden: false,
        window: None,
        now: 1_000_000,
        since: 0,
    };
    for _ in 0..steps {
        let act = choices.of(8);
        world
            .step(act, choices)
            .and_then(|()| world.agrees())
            .map_err(|why| format!("act {act} in {:?}: {why}", world.stage))?;
    }
    world.finish()
}

impl World {
    fn step(&mut self, act: usize, choices: &mut Choices) -> Verdict {
        match act {
            0 => self.write(Some(self.now + [0, 5_000][choices.of(2)])),
            1 => self.write(None),
            2 => self.write_and_undo(),
            3 | 4 => return self.proceed(act == 3),
            5 if self.stage != Stage::Waiting => {
                let failure = RunFailure {
                    counted: choices.of(2) == 0,
                    retry: choices.of(3) != 2,
                };
                return self.fail(failure, Jitter(choices.of(2) as u64 * 499));
            }
            6 => self.crash(),
            7 => self.now += 3_000,
            _ => {}
        }
        Ok(())
    }

    fn row(&self) -> Option<u64> {
        self.owed.map(|owed| owed.time)
    }

    /// `setAlarm` or `deleteAlarm`, by the handler or by any other event of the object.
    fn write(&mut self, time: Option<u64>) {
        self.alarm.row_written();
        self.alarm.changed(time);
        self.hidden = false;
        self.window = None;
        self.owed = time.map(Owed::at);
        if self.stage != Stage::Settling {
            self.durable = self.owed;
        }
    }

    fn write_and_undo(&mut self) {
        let mark = self.alarm.mark();
        self.alarm.row_written();
        self.alarm.undo_to(mark);
    }

    /// The next thing in the life of a run, at the time it is due or (`early`) now.
    fn proceed(&mut self, early: bool) -> Verdict {
        match self.stage {
            Stage::Waiting => {
                if !early && let Some(deadline) = self.alarm.deadline_ms() {
                    self.now = self.now.max(deadline);
                }
                self.tick()
            }
            Stage::Delivering => self.begin(),
            Stage::Running => self.succeed(),
            Stage::Settling => {
                self.alarm.settled();
                self.stage = Stage::Waiting;
                self.durable = self.owed;
                Ok(())
            }
        }
    }

    fn tick(&mut self) -> Verdict {
        let due = self.alarm.tick(self.now);
        let owed_at = match (self.window, self.owed) {
            (Some((from, _)), _) => Some(from),
            (None, owed) => owed.map(|owed| owed.time),
        };
        match due {
            Some(Due::Deliver) => {
                must!(
                    owed_at.is_some_and(|at| at <= self.now),
                    "{owed_at:?} is delivered at {}",
                    self.now
                );
                self.window = None;
                self.stage = Stage::Delivering;
                self.run_time = self.row().expect("an alarm that is due is owed");
            }
            Some(Due::TimedOut) => return Err("a run timed out, though none is under way".into()),
            None => {
                let latest = self.window.map(|(_, to)| to).or(owed_at);
                must!(
                    latest.is_none_or(|at| at > self.now),
                    "{latest:?} is not delivered at {}",
                    self.now
                );
            }
        }
        Ok(())
    }

    fn begin(&mut self) -> Verdict {
        let due = self.owed.filter(|owed| owed.time <= self.now);
        match (self.alarm.begin(self.now), due) {
            (None, None) => self.stage = Stage::Waiting,
            (Some(run), Some(owed)) => {
                must!(
                    run.scheduled_ms == owed.time,
                    "{} runs, not {}",
                    run.scheduled_ms,
                    owed.time
                );
                must!(
                    run.retry_count == owed.counted,
                    "retry {} of {owed:?}",
                    run.retry_count
                );
                self.stage = Stage::Running;
                self.run_time = owed.time;
                self.hidden = true;
                self.since = self.now;
            }
            (run, due) => return Err(format!("begins {run:?}, though {due:?} is due")),
        }
        Ok(())
    }

    fn succeed(&mut self) -> Verdict {
        let clear = self.alarm.succeeded();
        must!(clear == self.hidden, "the row is cleared: {clear}");
        self.stage = Stage::Settling;
        if clear {
            self.owed = None;
        }
        self.hidden = false;
        Ok(())
    }

    fn fail(&mut self, failure: RunFailure, jitter: Jitter) -> Verdict {
        if self.stage == Stage::Settling {
            // What the run left behind never became durable.
            self.owed = self.durable;
        }
        let after = self.alarm.failed(failure, self.row(), self.now, jitter);
        self.stage = Stage::Waiting;
        self.hidden = false;
        let Some(owed) = self.owed.as_mut().filter(|owed| owed.time == self.run_time) else {
            must!(
                after == AfterFailure::Replaced,
                "{after:?}, though {:?} is owed",
                self.owed
            );
            return Ok(());
        };
        if owed.counted == 6 || !failure.retry {
            let abandoned = AfterFailure::Abandoned {
                scheduled_ms: owed.time,
            };
            must!(after == abandoned, "{owed:?} after {failure:?}: {after:?}");
            (self.owed, self.durable) = (None, None);
            return Ok(());
        }
        must!(
            after == AfterFailure::Retry,
            "{owed:?} after {failure:?}: {after:?}"
        );
        if failure.counted && !owed.last_counted {
            owed.exponent = 0;
        }
        let delay = 2_000 * 2_u64.pow(owed.exponent.min(9));
        self.window = Some((self.now + delay, self.now + delay + delay / 4));
        owed.exponent += 1;
        owed.counted += u8::from(failure.counted);
        owed.last_counted = failure.counted;
        self.durable = self.owed;
        Ok(())
    }

    /// The process dies; the next one reads the row.
    fn crash(&mut self) {
        self.owed = self.durable.map(|owed| Owed::at(owed.time));
        self.durable = self.owed;
        self.alarm = (self.new)(self.row());
        self.stage = Stage::Waiting;
        self.hidden = false;
        self.window = None;
    }

    fn agrees(&mut self) -> Verdict {
        must!(
            self.alarm.hides_row() == self.hidden,
            "the row is hidden: {}",
            !self.hidden
        );
        must!(
            self.alarm.stored_ms() == self.row(),
            "the row is {:?}",
            self.row()
        );
        let under_way = self.stage != Stage::Waiting;
        must!(
            self.alarm.is_under_way() == under_way,
            "a run is under way: {}",
            !under_way
        );
        // Whatever the time: while a run is under way no other starts.
        if under_way {
            let ahead = if self.stage == Stage::Running {
                self.since + RUN_MS_MAX - 1
            } else {
                u64::MAX
            };
            let due = self.alarm.tick(ahead);
            must!(due.is_none(), "{due:?} while a run is {:?}", self.stage);
        }
        Ok(())
    }

    /// The program stops interfering and its handler succeeds: what is owed is run, then all is quiet.
    fn finish(mut self) -> Verdict {
        let mut never_run = self.row();
        for _ in 0..12 {
            if self.stage == Stage::Running && self.hidden {
                never_run = None;
            }
            if self.stage == Stage::Waiting && self.alarm.deadline_ms().is_none() {
                break;
            }
            self.proceed(false).and_then(|()| self.agrees())?;
        }
        must!(never_run.is_none(), "{never_run:?} was never run");
        must!(self.owed.is_none(), "the row still holds {:?}", self.row());
        must!(self.alarm.deadline_ms().is_none(), "the alarm is not quiet");
        Ok(())
    }
}
