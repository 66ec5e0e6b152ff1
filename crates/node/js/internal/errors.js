// The errors of Node's modules: classes named by their code, with Node's texts and workerd's shapes.
//
// https://nodejs.org/docs/latest/api/errors.html#nodejs-error-codes

import { inspect } from "holdfast:web/inspect";

const { setPrototypeOf } = Object;
const { isArray } = Array;

// --- shapes --------------------------------------------------------------------------------------

/** An error with a code. Its own properties, in this order: stack, message, code, name. */
export class NodeErrorAbstraction extends Error {
  constructor(name, code, message) {
    super(message);
    this.code = code;
    this.name = name;
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

export class NodeError extends NodeErrorAbstraction {
  constructor(code, message) {
    super("Error", code, message);
  }
}

// Errors of the language's other classes have these classes' prototypes themselves, so that their `constructor` is
// TypeError; what would be inherited becomes their own.
function nodeErrorLike(Class) {
  return class extends NodeErrorAbstraction {
    constructor(code, message) {
      super(Class.name, code, message);
      setPrototypeOf(this, Class.prototype);
      this.toString = function () {
        return `${this.name} [${this.code}]: ${this.message}`;
      };
    }
  };
}

export const NodeRangeError = nodeErrorLike(RangeError);
export const NodeTypeError = nodeErrorLike(TypeError);
export const NodeSyntaxError = nodeErrorLike(SyntaxError);

/**
 * A class of errors.
 * @param Base one of the four above
 * @param {string} code also the name of the class
 * @param {(...args) => string} message makes the text from the constructor's arguments
 * @param {(error, ...args) => void} [extend] adds properties
 */
export function define(Base, code, message, extend) {
  const { [code]: Class } = {
    [code]: class extends Base {
      constructor(...args) {
        super(code, message(...args));
        extend?.(this, ...args);
      }
    },
  };
  return Class;
}

// --- parts of texts ------------------------------------------------------------------------------

const PRIMITIVES = new Set([
  "string", "function", "number", "object", "Function", "Object", "boolean", "bigint", "symbol",
]);
const CLASS_NAME = /^([A-Z][a-z0-9]*)+$/;
const INSPECTED_LENGTH_MAX = 25;

// "a", "a or b", "a, b, or c"
function alternatives(list) {
  if (list.length <= 2) return list.join(" or ");
  return `${list.slice(0, -1).join(", ")}, or ${list.at(-1)}`;
}

function argumentOrProperty(name) {
  return name.includes(".") ? "property" : "argument";
}

// "of type string or an instance of Buffer": types of the language first, classes then, other words last.
function expectation(expected) {
  const types = [];
  const classes = [];
  const others = [];
  for (const one of isArray(expected) ? expected : [expected]) {
    if (PRIMITIVES.has(one)) types.push(one.toLowerCase());
    else if (CLASS_NAME.test(one)) classes.push(one);
    else others.push(one);
  }
  // Beside classes, "object" is one of them.
  const object = types.indexOf("object");
  if (classes.length > 0 && object >= 0) {
    types.splice(object, 1);
    classes.push("Object");
  }
  const parts = [];
  if (types.length > 0) parts.push(`${types.length > 1 ? "one of type" : "of type"} ${alternatives(types)}`);
  if (classes.length > 0) parts.push(`an instance of ${alternatives(classes)}`);
  if (others.length > 1) parts.push(`one of ${alternatives(others)}`);
  else if (others.length === 1) parts.push(`${others[0].toLowerCase() === others[0] ? "" : "an "}${others[0]}`);
  return parts.join(" or ");
}

function wrongType(name, expected, actual) {
  const subject = name.endsWith(" argument") ? name : `"${name}" ${argumentOrProperty(name)}`;
  return `The ${subject} must be ${expectation(expected)}. Received ${kindOf(actual, INSPECTED_LENGTH_MAX)}`;
}

/**
 * What a value is, for "Received …".
 * @param {number} room inspected primitives that are longer are cut
 */
function kindOf(value, room) {
  if (value === undefined || value === null) return `${value}`;
  if (typeof value === "function" && value.name) return `function ${value.name}`;
  if (typeof value === "object") {
    const name = value.constructor?.name;
    return name ? `an instance of ${name}` : inspect(value, { depth: -1 });
  }
  let inspected = inspect(value, { colors: false });
  if (inspected.length > room) inspected = `${inspected.slice(0, INSPECTED_LENGTH_MAX)}...`;
  return `type ${typeof value} (${inspected})`;
}

function wrongValue(name, value, reason = "is invalid") {
  return `The ${argumentOrProperty(name)} '${name}' ${reason}. Received ${inspect(value)}`;
}

// 1_234_567
function withSeparators(digits) {
  return digits.replace(/(?<=\d)(?=(?:\d{3})+$)/g, "_");
}

function numberText(value) {
  if (Number.isInteger(value) && Math.abs(value) > 2 ** 32) return withSeparators(String(value));
  if (typeof value !== "bigint") return inspect(value);
  const isLarge = value > 2n ** 32n || value < -(2n ** 32n);
  return `${isLarge ? withSeparators(String(value)) : value}n`;
}

function nameText(name) {
  return typeof name === "symbol" ? name.description : name;
}

// --- arguments -----------------------------------------------------------------------------------

export const ERR_INVALID_ARG_TYPE = define(NodeTypeError, "ERR_INVALID_ARG_TYPE", wrongType);
export const ERR_INVALID_ARG_TYPE_RANGE = define(NodeRangeError, "ERR_INVALID_ARG_TYPE", wrongType);
ERR_INVALID_ARG_TYPE.RangeError = ERR_INVALID_ARG_TYPE_RANGE;

export const ERR_INVALID_ARG_VALUE = define(NodeTypeError, "ERR_INVALID_ARG_VALUE", wrongValue);
export const ERR_INVALID_ARG_VALUE_RANGE = define(NodeRangeError, "ERR_INVALID_ARG_VALUE", wrongValue);
ERR_INVALID_ARG_VALUE.RangeError = ERR_INVALID_ARG_VALUE_RANGE;

/** Unlike the others a true subclass, whose stack begins with the code. */
export class ERR_OUT_OF_RANGE extends RangeError {
  code = "ERR_OUT_OF_RANGE";

  /**
   * @param {string} name of the argument, or with `isSentence` the text's first sentence
   * @param {string} range what it must be, e.g. ">= 0 and <= 255"
   */
  constructor(name, range, input, isSentence = false) {
    const start = isSentence ? name : `The value of "${name}" is out of range.`;
    super(`${start} It must be ${range}. Received ${numberText(input)}`);
    // The header of the stack is made when it is first read.
    this.name = `RangeError [${this.code}]`;
    this.stack;
    this.name = "RangeError";
  }
}

export const ERR_MISSING_ARGS = define(NodeTypeError, "ERR_MISSING_ARGS", (...names) => {
  const quoted = names.map((name) => (isArray(name) ? name.map((one) => `"${one}"`).join(" or ") : `"${name}"`));
  if (quoted.length === 1) return `The ${quoted[0]} argument must be specified`;
  if (quoted.length === 2) return `The ${quoted[0]} and ${quoted[1]} arguments must be specified`;
  return `The ${quoted.slice(0, -1).join(", ")}, and ${quoted.at(-1)} arguments must be specified`;
});
export const ERR_AMBIGUOUS_ARGUMENT = define(
  NodeTypeError, "ERR_AMBIGUOUS_ARGUMENT", (name, reason) => `The "${name}" argument is ambiguous. ${reason}`,
);
export const ERR_INVALID_RETURN_VALUE = define(
  NodeTypeError, "ERR_INVALID_RETURN_VALUE", (input, name, value) =>
    `Expected ${input} to be returned from the "${name}" function but got ${kindOf(value, 28)}.`,
);
export const ERR_INVALID_THIS = define(
  NodeTypeError, "ERR_INVALID_THIS", (type) => `Value of "this" must be of type ${type}`,
);
export const ERR_INCOMPATIBLE_OPTION_PAIR = define(
  NodeError, "ERR_INCOMPATIBLE_OPTION_PAIR", (a, b) => `The options "${a}" and "${b}" are mutually exclusive.`,
);
export const ERR_MISSING_OPTION = define(NodeError, "ERR_MISSING_OPTION", (name) => name);

// --- what is not there ---------------------------------------------------------------------------

export const ERR_METHOD_NOT_IMPLEMENTED = define(
  NodeError, "ERR_METHOD_NOT_IMPLEMENTED", (name) => `The ${nameText(name)} method is not implemented`,
);
export const ERR_OPTION_NOT_IMPLEMENTED = define(
  NodeError, "ERR_OPTION_NOT_IMPLEMENTED", (name) => `The ${nameText(name)} option is not implemented`,
);
export const ERR_UNSUPPORTED_OPERATION = define(
  NodeError, "ERR_UNSUPPORTED_OPERATION", () => "The requested operation is unsupported",
);

// --- events and promises -------------------------------------------------------------------------

export const ERR_UNHANDLED_ERROR = define(
  NodeError, "ERR_UNHANDLED_ERROR", (text) => `Unhandled error. (${text})`,
);
export const ERR_FALSY_VALUE_REJECTION = define(
  NodeError, "ERR_FALSY_VALUE_REJECTION", () => "Promise was rejected with falsy value",
  (error, reason) => {
    error.reason = reason;
  },
);
export const ERR_MULTIPLE_CALLBACK = define(
  NodeError, "ERR_MULTIPLE_CALLBACK", () => "Callback called multiple times",
);

export class AbortError extends Error {
  constructor(message = "The operation was aborted", options = undefined) {
    if (options !== undefined && typeof options !== "object") {
      throw new ERR_INVALID_ARG_TYPE("options", "Object", options);
    }
    super(message, options);
    this.code = "ABORT_ERR";
    this.name = "AbortError";
  }
}

/** Both errors as one: an AggregateError, unless they are the same or one is missing. */
export function aggregateTwoErrors(innerError, outerError) {
  if (!innerError || !outerError || innerError === outerError) return innerError || outerError;
  if (isArray(outerError.errors)) {
    outerError.errors.push(innerError);
    return outerError;
  }
  const error = new AggregateError([outerError, innerError], outerError.message);
  error.code = outerError.code;
  return error;
}

// --- buffers -------------------------------------------------------------------------------------

export const ERR_BUFFER_OUT_OF_BOUNDS = define(NodeRangeError, "ERR_BUFFER_OUT_OF_BOUNDS", (name) =>
  name ? `"${name}" is outside of buffer bounds` : "Attempt to access memory outside buffer bounds",
);
export const ERR_INVALID_BUFFER_SIZE = define(
  NodeRangeError, "ERR_INVALID_BUFFER_SIZE", (bits) => `Buffer size must be a multiple of ${bits}-bits`,
);
export const ERR_BUFFER_TOO_LARGE = define(
  NodeRangeError, "ERR_BUFFER_TOO_LARGE", (bytes) => `Cannot create a Buffer larger than ${bytes} bytes`,
);
export const ERR_UNKNOWN_ENCODING = define(
  NodeTypeError, "ERR_UNKNOWN_ENCODING", (name) => `Unknown encoding: ${name}`,
);

// --- streams -------------------------------------------------------------------------------------

export const ERR_STREAM_PREMATURE_CLOSE = define(
  NodeTypeError, "ERR_STREAM_PREMATURE_CLOSE", () => "Premature close",
);
export const ERR_STREAM_CANNOT_PIPE = define(
  NodeError, "ERR_STREAM_CANNOT_PIPE", () => "Cannot pipe, not readable",
);
export const ERR_STREAM_DESTROYED = define(
  NodeError, "ERR_STREAM_DESTROYED", (name) => `Cannot call ${nameText(name)} after a stream was destroyed`,
);
export const ERR_STREAM_ALREADY_FINISHED = define(
  NodeError, "ERR_STREAM_ALREADY_FINISHED", (name) => `Cannot call ${nameText(name)} after a stream was finished`,
);
export const ERR_STREAM_NULL_VALUES = define(
  NodeTypeError, "ERR_STREAM_NULL_VALUES", () => "May not write null values to stream",
);
export const ERR_STREAM_WRITE_AFTER_END = define(
  NodeError, "ERR_STREAM_WRITE_AFTER_END", () => "write after end",
);
export const ERR_STREAM_PUSH_AFTER_EOF = define(
  NodeError, "ERR_STREAM_PUSH_AFTER_EOF", () => "stream.push() after EOF",
);
export const ERR_STREAM_UNSHIFT_AFTER_END_EVENT = define(
  NodeError, "ERR_STREAM_UNSHIFT_AFTER_END_EVENT", () => "stream.unshift() after end event",
);
export const ERR_STREAM_WRAP = define(
  NodeError, "ERR_STREAM_WRAP", () => "Stream has StringDecoder set or is in objectMode",
);

// --- URLs ----------------------------------------------------------------------------------------

export const ERR_INVALID_URL = define(NodeError, "ERR_INVALID_URL", () => "Invalid URL", (error, input) => {
  error.input = input;
});
export const ERR_INVALID_URL_SCHEME = define(
  NodeError, "ERR_INVALID_URL_SCHEME", (scheme) => `The URL must be of scheme ${scheme}`,
);
export const ERR_INVALID_FILE_URL_HOST = define(
  NodeError, "ERR_INVALID_FILE_URL_HOST", (input) => `File URL host must be "localhost" or empty on ${input}`,
);
export const ERR_INVALID_FILE_URL_PATH = define(
  NodeError, "ERR_INVALID_FILE_URL_PATH", (input) => `File URL path ${input}`,
);
export const ERR_INVALID_URI = define(NodeError, "ERR_INVALID_URI", () => "URI malformed", (error) => {
  error.name = "URIError";
});
