import { Context, Data, DateTime, Deferred, Duration, Effect, Exit, Fiber, Layer, Option, PubSub, Queue, Ref, Schedule, Schema, Stream, SynchronizedRef } from "effect";
import { project } from "../../serve.js";

class NotFound extends Data.TaggedError("NotFound")<{ key: string }> {}

/** A service over the object's storage, which programs ask for by its type. */
class Store extends Context.Service<Store, { get(key: string): Effect.Effect<string, NotFound>; set(key: string, value: string): Effect.Effect<void> }>()("Store") {}

const storeOf = (storage: DurableObjectStorage) =>
  Layer.succeed(Store, {
    get: (key) => {
      const value = storage.kv.get<string>(key);
      return value === undefined ? Effect.fail(new NotFound({ key })) : Effect.succeed(value);
    },
    set: (key, value) => Effect.sync(() => storage.kv.put(key, value)),
  });

const Person = Schema.Struct({ name: Schema.NonEmptyString, age: Schema.Int, born: Schema.DateFromString, tags: Schema.Array(Schema.Literals(["a", "b"])) });

const cases = {
  services: ({ storage }) =>
    Effect.gen(function* () {
      const store = yield* Store;
      yield* store.set("a", "1");
      const missing = yield* store.get("b").pipe(Effect.catchTag("NotFound", ({ key }) => Effect.succeed(`no ${key}`)));
      return [yield* store.get("a"), missing];
    }).pipe(Effect.provide(storeOf(storage)), Effect.runPromise),
  "failure-as-a-value": async ({ storage }) => {
    const exit = await Effect.runPromiseExit(Effect.flatMap(Store, (store) => store.get("gone")).pipe(Effect.provide(storeOf(storage))));
    return [Exit.isFailure(exit), Exit.match(exit, { onSuccess: () => [], onFailure: ({ reasons }) => reasons.map((reason) => [reason._tag, String((reason as { error?: unknown }).error)]) })];
  },
  schema: async () => {
    const input = { name: "Ada", age: 36, born: "1815-12-10T00:00:00.000Z", tags: ["a"] };
    const person = await Schema.decodeUnknownPromise(Person)(input);
    const refused = Schema.decodeUnknownExit(Person)({ name: "", age: 1.5, born: "x", tags: ["c"] });
    return [person, Schema.encodeSync(Person)(person), Exit.isFailure(refused), Schema.is(Person)(person)];
  },
  streams: () =>
    Stream.range(1, 10).pipe(
      Stream.filter((n) => n % 2 === 1),
      Stream.mapEffect((n) => Effect.succeed(n * n), { concurrency: 3 }),
      Stream.scan(() => 0, (sum, n) => sum + n),
      Stream.runCollect,
      Effect.runPromise,
    ),
  "streams-of-the-web": async () => {
    const readable = Stream.toReadableStream(Stream.make("one ", "two ").pipe(Stream.concat(Stream.make("three")), Stream.encodeText));
    const text = await new Response(readable).text();
    const back = await Effect.runPromise(Stream.runCollect(Stream.fromReadableStream({ evaluate: () => new Response(text).body!, onError: String }).pipe(Stream.decodeText(), Stream.splitLines)));
    return [text, back];
  },
  fibers: () =>
    Effect.gen(function* () {
      const log = yield* Ref.make<string[]>([]);
      const note = (line: string) => Ref.update(log, (lines) => [...lines, line]);
      const gate = yield* Deferred.make<number>();
      const waiting = yield* Effect.forkChild(Effect.flatMap(Deferred.await(gate), (n) => note(`got ${n}`)));
      const endless = yield* Effect.forkChild(Effect.never.pipe(Effect.onInterrupt(() => note("interrupted"))), { startImmediately: true });
      yield* Deferred.succeed(gate, 7);
      yield* Fiber.join(waiting);
      yield* Fiber.interrupt(endless);
      return yield* Ref.get(log);
    }).pipe(Effect.runPromise),
  "queues-and-hubs": () =>
    Effect.gen(function* () {
      const queue = yield* Queue.bounded<number>(2);
      const sum = yield* SynchronizedRef.make(0);
      const taker = yield* Effect.forkChild(Effect.forEach([1, 2, 3], () => Effect.flatMap(Queue.take(queue), (n) => SynchronizedRef.updateEffect(sum, (total) => Effect.succeed(total + n)))));
      yield* Queue.offerAll(queue, [1, 2, 3]);
      yield* Fiber.join(taker);
      const hub = yield* PubSub.unbounded<string>();
      const heard = yield* Effect.scoped(
        Effect.gen(function* () {
          const subscription = yield* PubSub.subscribe(hub);
          yield* PubSub.publishAll(hub, ["a", "b"]);
          return [yield* PubSub.take(subscription), yield* PubSub.take(subscription)];
        }),
      );
      return [yield* SynchronizedRef.get(sum), heard];
    }).pipe(Effect.runPromise),
  "retries-and-timeouts": () =>
    Effect.gen(function* () {
      const tries = yield* Ref.make(0);
      const third = Effect.flatMap(Ref.updateAndGet(tries, (n) => n + 1), (n) => (n < 3 ? Effect.fail(`no ${n}`) : Effect.succeed(n)));
      const result = yield* third.pipe(Effect.retry({ schedule: Schedule.exponential(Duration.millis(1)), times: 5 }));
      const late = yield* Effect.never.pipe(Effect.timeoutOption(Duration.millis(5)));
      const raced = yield* Effect.race(Effect.never, Effect.succeed("first"));
      return [result, Option.isNone(late), raced];
    }).pipe(Effect.runPromise),
  finalizers: async () => {
    const log: string[] = [];
    const resource = (name: string) => Effect.acquireRelease(Effect.sync(() => log.push(`open ${name}`)), () => Effect.sync(() => log.push(`close ${name}`)));
    await Effect.runPromiseExit(Effect.scoped(Effect.andThen(Effect.andThen(resource("a"), resource("b")), Effect.die("broken"))));
    return log;
  },
  dates: () => [
    DateTime.formatIso(DateTime.add(DateTime.makeUnsafe("2024-01-31T00:00:00Z"), { months: 1 })),
    Duration.format(Duration.sum(Duration.hours(25), Duration.millis(1_500))),
  ],
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
