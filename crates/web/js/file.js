// File (https://w3c.github.io/FileAPI/#file-section).

import { Blob, INTERNAL_BLOB } from "./blob.js";
import { constructorArgumentError } from "./type_errors.js";
import { defineInterface, USVString } from "./webidl.js";

let isFile;

export class File extends Blob {
  #name;
  #lastModified;

  constructor(parts, name, options = undefined) {
    if (parts === INTERNAL_BLOB) {
      super(INTERNAL_BLOB, arguments[1], arguments[2]);
      this.#name = arguments[3];
      this.#lastModified = arguments[4];
      return;
    }
    if (parts !== undefined && !Array.isArray(parts)) throw constructorArgumentError("File", 1, "Array");
    if (arguments.length < 2) throw constructorArgumentError("File", 2, "string");
    super(parts, options);
    this.#name = USVString(name);
    const lastModified = options?.lastModified;
    // Not truncated to an integer, as in Workers.
    this.#lastModified = lastModified === undefined ? Date.now() : +lastModified;
  }

  get name() {
    return this.#name;
  }

  get lastModified() {
    return this.#lastModified;
  }

  static {
    isFile = (value) => typeof value === "object" && value !== null && #name in value;
  }
}

defineInterface(File);

/** A File over `bytes`, which nobody may change from now on. */
export function createFile(bytes, type, name, lastModified = Date.now()) {
  return new File(INTERNAL_BLOB, bytes, type, name, lastModified);
}

export { isFile };
