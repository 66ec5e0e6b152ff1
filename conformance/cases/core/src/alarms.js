// Alarms that ring: what their handler gets, what becomes of them, and when they ring again.

import { outcome } from "./harness.js";

/** A fresh object of the case. */
const bellOf = ({ env, name }) => env.BELL.getByName(name);

/** What the handler wrote down once it has run so often. Asked from outside: nothing else goes on in the object. */
async function ran(bell, count) {
  for (;;) {
    const log = await bell.log();
    if (log.length >= count) return log;
    await scheduler.wait(5);
  }
}

/** As `ran`, when no alarm is left either. */
async function finished(bell, count) {
  await ran(bell, count);
  while (await bell.isSet()) await scheduler.wait(5);
  return bell.log();
}

/** Resolves when the alarm of another object has rung that was due so much later than now. For alarms that must not ring. */
async function after({ env, name }, ms) {
  const other = env.BELL.getByName(`${name} later`);
  await other.plan("nothing", ms);
  await finished(other, 1);
}

/** Rings once and does `act`: what the handler wrote down when no alarm is left. */
const ringing = (act, runs = 1) => async (lab) => {
  const bell = bellOf(lab);
  await bell.plan(act);
  return finished(bell, runs);
};

export default {
  "rings-once": async (lab) => {
    const bell = bellOf(lab);
    const asSet = await bell.plan("nothing", 30);
    return { asSet, log: await finished(bell, 1), isSet: await bell.isSet() };
  },
  info: ringing("anatomy"),
  "info-is-read-only": ringing("assign"),
  "info-cannot-be-made": ringing("construct"),
  arguments: ringing("arguments"),
  "knows-its-name": ringing("name"),
  "get-alarm-within": ringing("getAlarm"),
  "in-the-past": async (lab) => {
    const bell = bellOf(lab);
    return { asSet: await bell.plan("nothing", 0, 1), log: await finished(bell, 1) };
  },
  "set-another-within": async (lab) => {
    const bell = bellOf(lab);
    await bell.plan("setAnother");
    return { log: await ran(bell, 1), isSet: await bell.isSet() };
  },
  "set-again-and-again": ringing("again", 3),
  "delete-within": ringing("deleteIt"),
  "delete-all-within": ringing("deleteAll"),
  "set-and-roll-back-within": async (lab) => {
    const bell = bellOf(lab);
    await bell.plan("setAndRollBack");
    return ran(bell, 1);
  },
  "set-in-a-transaction-within": async (lab) => {
    const bell = bellOf(lab);
    await bell.plan("setInTransaction");
    return { log: await ran(bell, 1), isSet: await bell.isSet() };
  },
  "throws-once": ringing("throwOnce", 2),
  "rejects-once": ringing("rejectOnce", 2),
  "throwing-keeps-the-writes": async (lab) => {
    const bell = bellOf(lab);
    await bell.plan("throwAfterWrite");
    await ran(bell, 1);
    const first = [await bell.stored("a"), await bell.isSet()];
    return { first, log: await finished(bell, 2), last: await bell.stored("a") };
  },
  "sets-another-and-throws": ringing("setAndThrow", 2),
  "deletes-and-throws": async (lab) => {
    const bell = bellOf(lab);
    await bell.plan("deleteAndThrow");
    await ran(bell, 1);
    await after(lab, 2_700);
    return { log: await ran(bell, 1), isSet: await bell.isSet() };
  },
  "a-retry-can-be-replaced": async (lab) => {
    const bell = bellOf(lab);
    await bell.plan("throwOnce");
    await ran(bell, 1);
    await scheduler.wait(100);
    await bell.set(1);
    return finished(bell, 2);
  },
  "a-retry-can-be-deleted": async (lab) => {
    const bell = bellOf(lab);
    await bell.plan("throwOnce");
    await ran(bell, 1);
    await bell.remove();
    await after(lab, 2_700);
    return finished(bell, 1);
  },
  "aborts-once": async (lab) => {
    await bellOf(lab).plan("abortOnce");
    // Calls on this object fail while it is reset.
    await scheduler.wait(1_000);
    const between = await bellOf(lab).isSet();
    return { between, log: await finished(bellOf(lab), 1), a: await bellOf(lab).stored("a") };
  },
  "aborts-for-good": async (lab) => {
    await bellOf(lab).plan("abortForGood");
    await after(lab, 3_000);
    return { isSet: await bellOf(lab).isSet(), runs: await bellOf(lab).stored("runs") };
  },
  "breaks-its-gate-once": async (lab) => {
    await bellOf(lab).plan("breakGateOnce");
    for (;;) {
      try {
        return await finished(bellOf(lab), 1);
      } catch (error) {
        // The reset itself, whenever it comes; the stub shares its fate.
        if (!error.durableObjectReset) throw error;
      }
    }
  },
  "others-come-in-between": async (lab) => {
    const bell = bellOf(lab);
    await bell.plan("slow");
    while ((await bell.stored("runs")) === null) await scheduler.wait(5);
    const during = { isSet: await bell.isSet(), busy: await bell.release() };
    return { during, log: await finished(bell, 1) };
  },
  "never-two-at-once": async (lab) => {
    const bell = bellOf(lab);
    await bell.plan("slow");
    while ((await bell.stored("runs")) === null) await scheduler.wait(5);
    await bell.set(0);
    await after(lab, 50);
    const runs = await bell.stored("runs");
    await bell.release();
    return { runs, log: await finished(bell, 2) };
  },
  "a-running-one-cannot-be-deleted": async (lab) => {
    const bell = bellOf(lab);
    await bell.plan("slow");
    while ((await bell.stored("runs")) === null) await scheduler.wait(5);
    await bell.remove();
    await bell.release();
    return finished(bell, 1);
  },
  "background-work-does-not-delay": async (lab) => {
    const bell = bellOf(lab);
    await bell.plan("background");
    await ran(bell, 1);
    await bell.set(1);
    const log = await finished(bell, 2);
    return log.length;
  },
  deleted: async (lab) => {
    const bell = bellOf(lab);
    await bell.plan("nothing", 300);
    await bell.remove();
    await after(lab, 450);
    return { log: await ran(bell, 0), isSet: await bell.isSet() };
  },
  replaced: async (lab) => {
    const bell = bellOf(lab);
    await bell.plan("nothing", 300);
    await bell.plan("nothing", 30);
    await finished(bell, 1);
    await after(lab, 400);
    return ran(bell, 1);
  },
  "set-in-a-transaction-that-is-rolled-back": async (lab) => {
    const bell = bellOf(lab);
    const seen = await bell.rollBack();
    await after(lab, 100);
    return { seen, log: await ran(bell, 0) };
  },
  "no-handler": async ({ env, name }) => ({
    set: await env.MUTE.getByName(name).isSet(),
    later: await env.MUTE.getByName(name).gone(),
  }),
  "cannot-be-called": ({ env, name }) => outcome(() => env.BELL.getByName(name).alarm()),
};
