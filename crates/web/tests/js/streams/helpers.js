// What the tests of streams share.

/** Lets microtasks run: more than anything needs that does not wait for the outside. */
export async function settle() {
  for (let i = 0; i < 40; i++) await undefined;
}

/** "pending", "fulfilled" or "rejected", once everything has settled. */
export async function stateOf(promise) {
  let state = "pending";
  promise.then(() => { state = "fulfilled"; }, () => { state = "rejected"; });
  await settle();
  return state;
}

/** A promise and the functions that settle it. */
export function gate() {
  return Promise.withResolvers();
}

/** All chunks of a stream, or of another iterable. */
export async function collect(iterable) {
  const chunks = [];
  for await (const chunk of iterable) chunks.push(chunk);
  return chunks;
}

export const bytes = (...values) => new Uint8Array(values);
