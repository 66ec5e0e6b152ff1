import { produce, enablePatches, produceWithPatches, applyPatches } from "immer";
import { createActor, createMachine, assign, setup, fromPromise, waitFor } from "xstate";
import { createStore } from "zustand/vanilla";
import { Subject, from, interval, lastValueFrom, map, take, toArray, debounceTime, mergeMap, of, delay } from "rxjs";
import EventEmitter3 from "eventemitter3";
import mitt from "mitt";
import { project } from "../../serve.js";

enablePatches();

const cases = {
  immer: () => {
    const before = { list: [{ done: false }], map: new Map([["a", 1]]) };
    const after = produce(before, (draft) => {
      draft.list[0].done = true;
    });
    return { after, untouched: before.list[0].done, frozen: Object.isFrozen(after.list) };
  },
  "immer-patches": () => {
    const [next, patches, inverse] = produceWithPatches({ a: 1, b: [1, 2] }, (draft) => {
      draft.b.push(3);
      draft.a = 2;
    });
    return { next, patches, back: applyPatches(next, inverse) };
  },
  "xstate-survives-storage": async ({ storage }) => {
    const machine = createMachine({
      id: "door",
      initial: "closed",
      context: { opened: 0 },
      states: {
        closed: { on: { OPEN: { target: "open", actions: assign({ opened: ({ context }) => context.opened + 1 }) } } },
        open: { on: { CLOSE: "closed" } },
      },
    });
    const first = createActor(machine).start();
    first.send({ type: "OPEN" });
    await storage.put("door", JSON.parse(JSON.stringify(first.getPersistedSnapshot())));
    const second = createActor(machine, { snapshot: (await storage.get("door")) as never }).start();
    second.send({ type: "CLOSE" });
    second.send({ type: "OPEN" });
    return { value: second.getSnapshot().value, context: second.getSnapshot().context };
  },
  "xstate-invokes": async () => {
    const machine = setup({ actors: { load: fromPromise(async ({ input }: { input: number }) => input * 2) } }).createMachine({
      initial: "loading",
      context: {} as { result?: number },
      states: {
        loading: {
          invoke: { src: "load", input: 21, onDone: { target: "done", actions: assign({ result: ({ event }) => event.output }) } },
        },
        done: { type: "final" },
      },
    });
    const actor = createActor(machine).start();
    return (await waitFor(actor, (state) => state.status === "done")).context;
  },
  "xstate-delays": async () => {
    const machine = createMachine({ initial: "a", states: { a: { after: { 5: "b" } }, b: { type: "final" } } });
    return (await waitFor(createActor(machine).start(), (state) => state.value === "b")).value;
  },
  zustand: () => {
    const store = createStore<{ n: number; add(): void }>()((set) => ({ n: 0, add: () => set((s) => ({ n: s.n + 1 })) }));
    const seen: number[] = [];
    store.subscribe((state, before) => seen.push(before.n, state.n));
    store.getState().add();
    store.getState().add();
    return seen;
  },
  rxjs: async () => ({
    timed: await lastValueFrom(interval(2).pipe(take(3), map((n) => n * n), toArray())),
    merged: await lastValueFrom(from([1, 2, 3]).pipe(mergeMap((n) => of(n).pipe(delay((4 - n) * 8))), toArray())),
  }),
  "rxjs-debounce": async () => {
    const subject = new Subject<number>();
    const result = lastValueFrom(subject.pipe(debounceTime(3), toArray()));
    for (const n of [1, 2, 3]) subject.next(n);
    setTimeout(() => subject.complete(), 20);
    return result;
  },
  emitters: () => {
    const seen: unknown[] = [];
    const a = new EventEmitter3();
    a.once("x", (...args) => seen.push(["once", ...args]));
    a.on("x", (n) => seen.push(n));
    a.emit("x", 1, 2);
    a.emit("x", 3);
    const b = mitt();
    b.on("*", (type, event) => seen.push([type, event]));
    b.emit("y", { z: 1 });
    return [seen, a.listenerCount("x"), a.emit("nobody")];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
