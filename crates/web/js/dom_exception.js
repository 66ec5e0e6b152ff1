// DOMException (https://webidl.spec.whatwg.org/#idl-DOMException).
//
// An instance is a real error object: it has a native stack, and Error.isError() accepts it. Yet the class itself must
// inherit from Function.prototype and only its prototype from Error.prototype, so it cannot be written
// `class extends Error`: the constructor makes an error whose prototype is new.target's and stamps the fields on it.

import { defineInterface } from "./webidl.js";

const { construct, defineProperty } = Reflect;
const NativeError = Error;

// Name, constant and legacy code; an entry without a name is a constant that no exception carries any more.
const CODES = [
  ["IndexSizeError", "INDEX_SIZE_ERR", 1],
  [null, "DOMSTRING_SIZE_ERR", 2],
  ["HierarchyRequestError", "HIERARCHY_REQUEST_ERR", 3],
  ["WrongDocumentError", "WRONG_DOCUMENT_ERR", 4],
  ["InvalidCharacterError", "INVALID_CHARACTER_ERR", 5],
  [null, "NO_DATA_ALLOWED_ERR", 6],
  ["NoModificationAllowedError", "NO_MODIFICATION_ALLOWED_ERR", 7],
  ["NotFoundError", "NOT_FOUND_ERR", 8],
  ["NotSupportedError", "NOT_SUPPORTED_ERR", 9],
  ["InUseAttributeError", "INUSE_ATTRIBUTE_ERR", 10],
  ["InvalidStateError", "INVALID_STATE_ERR", 11],
  ["SyntaxError", "SYNTAX_ERR", 12],
  ["InvalidModificationError", "INVALID_MODIFICATION_ERR", 13],
  ["NamespaceError", "NAMESPACE_ERR", 14],
  ["InvalidAccessError", "INVALID_ACCESS_ERR", 15],
  [null, "VALIDATION_ERR", 16],
  ["TypeMismatchError", "TYPE_MISMATCH_ERR", 17],
  ["SecurityError", "SECURITY_ERR", 18],
  ["NetworkError", "NETWORK_ERR", 19],
  ["AbortError", "ABORT_ERR", 20],
  ["URLMismatchError", "URL_MISMATCH_ERR", 21],
  ["QuotaExceededError", "QUOTA_EXCEEDED_ERR", 22],
  ["TimeoutError", "TIMEOUT_ERR", 23],
  ["InvalidNodeTypeError", "INVALID_NODE_TYPE_ERR", 24],
  ["DataCloneError", "DATA_CLONE_ERR", 25],
];

const codeOfName = { __proto__: null };
for (const [name, , code] of CODES) {
  if (name !== null) codeOfName[name] = code;
}

/** Puts private fields on an object that another constructor made. */
class Stamped {
  constructor(object) {
    return object;
  }
}

class Fields extends Stamped {
  #name;
  #message;
  constructor(object, name, message) {
    super(object);
    this.#name = name;
    this.#message = message;
  }
  static isStamped(object) {
    return #name in object;
  }
  static name(object) {
    return object.#name;
  }
  static message(object) {
    return object.#message;
  }
}

export class DOMException {
  constructor(message = "", options = "Error") {
    const text = `${message}`;
    let name = options;
    let hasCause = false;
    let cause;
    // Like Node and Workers, a dictionary { name, cause } is taken where the standard has the name alone.
    if (typeof options === "object" && options !== null) {
      name = options.name === undefined ? "Error" : options.name;
      hasCause = "cause" in options;
      if (hasCause) cause = options.cause;
    }
    const self = construct(NativeError, [], new.target);
    new Fields(self, `${name}`, text);
    if (hasCause) defineProperty(self, "cause", { value: cause, writable: true, enumerable: false, configurable: true });
    return self;
  }

  get name() {
    return Fields.name(this);
  }

  get message() {
    return Fields.message(this);
  }

  get code() {
    return codeOfName[Fields.name(this)] ?? 0;
  }
}

Object.setPrototypeOf(DOMException.prototype, Error.prototype);
defineInterface(DOMException, {
  constants: Object.fromEntries(CODES.map(([, constant, code]) => [constant, code])),
});

/** Makes a DOMException of the clone that the engine made of one: a plain error without name and message. */
export function makeDOMException(error, name, message) {
  Object.setPrototypeOf(error, DOMException.prototype);
  new Fields(error, name, message);
}

/** Whether `value` is a DOMException of any realm of this module (a brand check, not instanceof). */
export function isDOMException(value) {
  return typeof value === "object" && value !== null && Fields.isStamped(value);
}
