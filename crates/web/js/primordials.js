// Built-ins captured before any user code runs.
//
// User code shares the realm with these modules and may replace `Promise.prototype.then`,
// `Uint8Array` or an accessor of `ArrayBuffer.prototype`. Platform code whose steps must not be
// observable that way takes the original from here. This file stays small on purpose: only what
// several modules need, and nothing that a literal or an operator expresses as well.

const { apply, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
const { bind, call } = Function.prototype;

/** Turns a method into a function that takes its receiver first: `uncurryThis(f)(self, ...args)`. */
export const uncurryThis = bind.bind(call);

const getter = (object, name) => uncurryThis(getOwnPropertyDescriptor(object, name).get);

export const ReflectApply = apply;
export const ReflectDefineProperty = Reflect.defineProperty;
export const ReflectGetOwnPropertyDescriptor = getOwnPropertyDescriptor;
export const ReflectOwnKeys = Reflect.ownKeys;
export const ObjectCreate = Object.create;
export const ObjectFreeze = Object.freeze;

export const NumberIsFinite = Number.isFinite;
export const NumberIsNaN = Number.isNaN;
export const MathTrunc = Math.trunc;
export const MathMin = Math.min;
export const StringPrototypeToWellFormed = uncurryThis(String.prototype.toWellFormed);
export const StringPrototypeCharCodeAt = uncurryThis(String.prototype.charCodeAt);
export const StringPrototypeSlice = uncurryThis(String.prototype.slice);

// Called by Reflect.apply, which is faster here than a bound `call`; for accessors it is the other way round.
const { reject, resolve } = Promise;
const { then } = Promise.prototype;

export const PromiseConstructor = Promise;

export function PromisePrototypeThen(promise, onFulfilled, onRejected) {
  return apply(then, promise, [onFulfilled, onRejected]);
}

/** The promise itself if it is one of this realm, else a promise resolved with the value. */
export function PromiseResolve(value) {
  return apply(resolve, PromiseConstructor, [value]);
}

export function PromiseReject(reason) {
  return apply(reject, PromiseConstructor, [reason]);
}

export const ArrayBufferConstructor = ArrayBuffer;
export const ArrayBufferIsView = ArrayBuffer.isView;
/** Moves the bytes to a new ArrayBuffer and detaches the old one; TypeError if it cannot be detached. */
export const ArrayBufferPrototypeTransfer = uncurryThis(ArrayBuffer.prototype.transfer);
/** These two throw a TypeError for anything but an ArrayBuffer: usable as its brand check. */
export const ArrayBufferPrototypeGetByteLength = getter(ArrayBuffer.prototype, "byteLength");
export const ArrayBufferPrototypeGetDetached = getter(ArrayBuffer.prototype, "detached");
export const ArrayBufferPrototypeGetResizable = getter(ArrayBuffer.prototype, "resizable");

export const Uint8ArrayConstructor = Uint8Array;
const TypedArrayPrototype = getPrototypeOf(Uint8Array.prototype);
export const TypedArrayPrototypeGetBuffer = getter(TypedArrayPrototype, "buffer");
export const TypedArrayPrototypeGetByteLength = getter(TypedArrayPrototype, "byteLength");
export const TypedArrayPrototypeGetByteOffset = getter(TypedArrayPrototype, "byteOffset");
export const TypedArrayPrototypeGetLength = getter(TypedArrayPrototype, "length");
/** The constructor's name, or undefined for anything but a typed array. */
export const TypedArrayPrototypeGetToStringTag = getter(TypedArrayPrototype, Symbol.toStringTag);
/** These two look at `constructor` and species of the receiver: only for arrays that user code has not touched. */
export const TypedArrayPrototypeSlice = uncurryThis(TypedArrayPrototype.slice);
export const TypedArrayPrototypeSubarray = uncurryThis(TypedArrayPrototype.subarray);
export const TypedArrayPrototypeSet = uncurryThis(TypedArrayPrototype.set);

export const DataViewConstructor = DataView;
export const DataViewPrototypeGetBuffer = getter(DataView.prototype, "buffer");
export const DataViewPrototypeGetByteLength = getter(DataView.prototype, "byteLength");
export const DataViewPrototypeGetByteOffset = getter(DataView.prototype, "byteOffset");

export const SymbolAsyncIterator = Symbol.asyncIterator;
export const SymbolIterator = Symbol.iterator;
export const SymbolToStringTag = Symbol.toStringTag;

/** `%AsyncIteratorPrototype%` */
export const AsyncIteratorPrototype = getPrototypeOf(getPrototypeOf(async function* () {}.prototype));

export function noop() {}
