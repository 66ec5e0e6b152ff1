// FormData (https://xhr.spec.whatwg.org/#interface-formdata).

import { blobBytes, blobType, isBlob } from "./blob.js";
import { createFile, isFile } from "./file.js";
import { SymbolIterator } from "./primordials.js";
import { argumentError } from "./type_errors.js";
import { defineInterface, USVString } from "./webidl.js";

let entriesOf, isFormData;

// "Create an entry". A Blob without a file name takes the field's name, as in Workers (the standard says "blob").
function createEntry(name, value, hasFilename, filename) {
  const key = USVString(name);
  if (!isBlob(value)) return [key, USVString(value)];
  if (isFile(value) && !hasFilename) return [key, value];
  const lastModified = isFile(value) ? value.lastModified : undefined;
  return [key, createFile(blobBytes(value), blobType(value), hasFilename ? USVString(filename) : key, lastModified)];
}

export class FormData {
  #entries = [];

  append(name, value, filename = undefined) {
    if (arguments.length < 2) throw missing("append", arguments.length);
    this.#entries.push(createEntry(name, value, filename !== undefined, filename));
  }

  delete(name) {
    if (arguments.length < 1) throw missing("delete", 0);
    const key = USVString(name);
    const entries = this.#entries;
    for (let i = entries.length - 1; i >= 0; i--) {
      if (entries[i][0] === key) entries.splice(i, 1);
    }
  }

  get(name) {
    if (arguments.length < 1) throw missing("get", 0);
    const key = USVString(name);
    for (const entry of this.#entries) {
      if (entry[0] === key) return entry[1];
    }
    return null;
  }

  getAll(name) {
    if (arguments.length < 1) throw missing("getAll", 0);
    const key = USVString(name);
    const values = [];
    for (const entry of this.#entries) {
      if (entry[0] === key) values.push(entry[1]);
    }
    return values;
  }

  has(name) {
    if (arguments.length < 1) throw missing("has", 0);
    const key = USVString(name);
    return this.#entries.some((entry) => entry[0] === key);
  }

  set(name, value, filename = undefined) {
    if (arguments.length < 2) throw missing("set", arguments.length);
    const entry = createEntry(name, value, filename !== undefined, filename);
    const entries = this.#entries;
    const at = entries.findIndex((each) => each[0] === entry[0]);
    if (at < 0) {
      entries.push(entry);
      return;
    }
    entries[at] = entry;
    for (let i = entries.length - 1; i > at; i--) {
      if (entries[i][0] === entry[0]) entries.splice(i, 1);
    }
  }

  entries() {
    return new FormDataIterator(this.#entries, undefined);
  }

  keys() {
    return new FormDataIterator(this.#entries, 0);
  }

  values() {
    return new FormDataIterator(this.#entries, 1);
  }

  forEach(callback, thisArg = undefined) {
    const entries = this.#entries;
    if (typeof callback !== "function") throw argumentError("forEach", "FormData", 1, "function");
    for (let i = 0; i < entries.length; i++) callback.call(thisArg, entries[i][1], entries[i][0], this);
  }

  static {
    entriesOf = (form) => form.#entries;
    isFormData = (value) => typeof value === "object" && value !== null && #entries in value;
  }
}

function missing(method, given) {
  return argumentError(method, "FormData", given + 1, given === 0 ? "string" : "File or Blob or string");
}

Object.defineProperty(FormData.prototype, SymbolIterator, {
  value: FormData.prototype.entries,
  writable: true,
  configurable: true,
});
defineInterface(FormData);

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][SymbolIterator]()));

// Live: it sees entries that are added while it runs.
class FormDataIterator {
  #entries;
  #index = 0;
  #part;

  constructor(entries, part) {
    this.#entries = entries;
    this.#part = part;
  }

  next() {
    const entries = this.#entries;
    if (this.#index >= entries.length) return { value: undefined, done: true };
    const entry = entries[this.#index++];
    return { value: this.#part === undefined ? [entry[0], entry[1]] : entry[this.#part], done: false };
  }
}

Object.setPrototypeOf(FormDataIterator.prototype, IteratorPrototype);
delete FormDataIterator.prototype.constructor;
defineInterface(FormDataIterator, { enumerable: ["next"], toStringTag: "FormData Iterator" });

/** A FormData of these [name, value] entries; values are strings or Files. */
export function createFormData(entries) {
  const form = new FormData();
  const list = entriesOf(form);
  for (let i = 0; i < entries.length; i++) list.push(entries[i]);
  return form;
}

export { entriesOf as formDataEntries, isFormData };
