// What awaiting costs, in the shapes that programs write. Plain JavaScript: `awaits.rs` runs it in the engine,
// `bench/awaits/run.mjs` in Node, and as a Worker on workerd and Holdfast. Each function does `n` steps and
// returns a number that the caller checks.

const identity = async (value) => value;

class Failure extends Error {}

const later = async (value) => {
  await null;
  return value;
};

async function* counting(n) {
  for (let i = 1; i <= n; i += 1) yield i;
}

/** Awaits a call of an async function, which is settled already. */
async function call(n) {
  let sum = 0;
  for (let i = 1; i <= n; i += 1) sum += await identity(i);
  return sum;
}

/** Awaits a value that is no promise. */
async function value(n) {
  let sum = 0;
  for (let i = 1; i <= n; i += 1) sum += await i;
  return sum;
}

/** Awaits one promise that was settled long ago. */
async function settled(n) {
  const one = Promise.resolve(1);
  let sum = 0;
  for (let i = 1; i <= n; i += 1) sum += await one;
  return sum;
}

/** Awaits a call that awaits itself: a promise that is pending when it is awaited. */
async function pending(n) {
  let sum = 0;
  for (let i = 1; i <= n; i += 1) sum += await later(i);
  return sum;
}

/** Awaits a call that throws. */
async function failing(n) {
  let sum = 0;
  const failure = new Failure("expected");
  const fail = async () => {
    throw failure;
  };
  for (let i = 1; i <= n; i += 1) {
    try {
      await fail();
    } catch (error) {
      if (error === failure) sum += 1;
    }
  }
  return sum;
}

/** Two functions that await in turns, so that neither is ever alone in the queue. */
async function interleaved(n) {
  const [one, two] = await Promise.all([call(n / 2), call(n / 2)]);
  return one + two;
}

/** `Promise.all` over tens of calls. */
async function all(n) {
  let sum = 0;
  for (let i = 0; i < n; i += 10) {
    const values = [];
    for (let j = 0; j < 10; j += 1) values.push(identity(1));
    for (const one of await Promise.all(values)) sum += one;
  }
  return sum;
}

/** Reads an async generator. */
async function generator(n) {
  let sum = 0;
  for await (const i of counting(n)) sum += i;
  return sum;
}

/** A chain of `then`. */
async function chain(n) {
  let promise = Promise.resolve(0);
  for (let i = 0; i < n; i += 1) promise = promise.then((sum) => sum + 1);
  return promise;
}

const triangular = (n) => (n * (n + 1)) / 2;

/** Name, function and the right result of each. */
export const shapes = [
  ["call", call, triangular],
  ["value", value, triangular],
  ["settled", settled, (n) => n],
  ["pending", pending, triangular],
  ["failing", failing, (n) => n],
  ["interleaved", interleaved, (n) => 2 * triangular(n / 2)],
  ["all", all, (n) => n],
  ["generator", generator, triangular],
  ["chain", chain, (n) => n],
];

/** Runs one shape by name and checks what it returns. */
export async function run(name, n) {
  const [, shape, expected] = shapes.find(([known]) => known === name);
  const result = await shape(n);
  if (result !== expected(n)) throw new Error(`${name} returned ${result} instead of ${expected(n)}`);
  return result;
}
