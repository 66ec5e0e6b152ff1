// Properties of streams that show what their states hold.

/** `accessors`: name → a getter as a function of the stream, or `{get, set}`. None of them is enumerable. */
export function defineAccessors(prototype, accessors) {
  for (const [name, accessor] of Object.entries(accessors)) {
    const pair = typeof accessor === "function" ? getter(accessor) : accessor;
    Object.defineProperty(prototype, name, { ...pair, enumerable: false, configurable: true });
  }
}

function getter(read) {
  return {
    get() {
      return read(this);
    },
  };
}
