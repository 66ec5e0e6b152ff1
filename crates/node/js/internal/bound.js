// Functions that do not look at their receiver, in the shape that workerd's native ones have: "bound name", without
// declared parameters.

export function bound(method) {
  return Object.defineProperty(method.bind(undefined), "length", { value: 0, configurable: true });
}
