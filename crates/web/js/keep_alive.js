// What keeps a context alive for work that the platform does in the background. Only the host knows how.

let keep = () => {};

/** Told once, before the program is evaluated: what `ctx.waitUntil()` does. */
export function setKeepAlive(waitUntil) {
  keep = waitUntil;
}

export function keepAlive(promise) {
  keep(promise);
}
