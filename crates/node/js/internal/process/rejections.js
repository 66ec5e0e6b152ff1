// The events of process that are events of the global object.

const GLOBAL_EVENTS = {
  unhandledRejection: ["unhandledrejection", (event) => [event.reason, event.promise]],
  rejectionHandled: ["rejectionhandled", (event) => [event.promise]],
};

/** Listens at the global object for what somebody listens for at `process`. */
export function forwardRejections(process) {
  const forwarded = new Set();
  // It has no name, as it shows in `process.listeners("newListener")`.
  process.on("newListener", (0, (name) => {
    const known = typeof name === "string" && Object.hasOwn(GLOBAL_EVENTS, name) && !forwarded.has(name);
    if (!known) return;
    forwarded.add(name);
    const [type, args] = GLOBAL_EVENTS[name];
    globalThis.addEventListener(type, (event) => process.emit(name, ...args(event)));
  }));
}
