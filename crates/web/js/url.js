// URL (https://url.spec.whatwg.org/#url-class).
//
// A URL is its serialisation (always ASCII) and the offsets of its components, both of which one native call answers;
// getters are then slices. A setter asks the native side for a new serialisation.

import { op_url_can_parse, op_url_parse, op_url_set } from "holdfast:ops";
import { Blob } from "./blob.js";
import { constructorArgumentError, argumentError, propertyError } from "./type_errors.js";
import { attachSearchParams, resetSearchParams } from "./url_search_params.js";
import { defineInterface } from "./webidl.js";

// Where the native side writes the offsets of the URL it answers, in the order of `takeComponents`.
const offsets = new Uint32Array(12);

function takeComponents() {
  return {
    schemeEnd: offsets[0],
    usernameStart: offsets[1],
    usernameEnd: offsets[2],
    passwordStart: offsets[3],
    passwordEnd: offsets[4],
    hostStart: offsets[5],
    hostEnd: offsets[6],
    portStart: offsets[7],
    portEnd: offsets[8],
    pathStart: offsets[9],
    pathEnd: offsets[10],
    queryEnd: offsets[11],
  };
}

// The components that `op_url_set` can change, by its numbering.
const PROTOCOL = 0;
const USERNAME = 1;
const PASSWORD = 2;
const HOST = 3;
const HOSTNAME = 4;
const PORT = 5;
const PATHNAME = 6;
const SEARCH = 7;
const HASH = 8;

const TUPLE_ORIGIN_SCHEMES = new Set(["http", "https", "ws", "wss", "ftp"]);

let replaceQuery;

export class URL {
  #href;
  #at;
  /** @type {import("./url_search_params.js").URLSearchParams | null} made when first asked for */
  #searchParams = null;

  constructor(url, base = undefined) {
    if (arguments.length === 0) throw constructorArgumentError("URL", 1, "USVString");
    const href = op_url_parse(`${url}`, base === undefined ? undefined : `${base}`, offsets);
    if (href === undefined) throw new TypeError("Invalid URL string.");
    this.#href = href;
    this.#at = takeComponents();
  }

  static parse(url, base = undefined) {
    if (arguments.length === 0) throw argumentError("parse", "URL", 1, "USVString");
    url = `${url}`;
    base = base === undefined ? undefined : `${base}`;
    return op_url_can_parse(url, base) ? new URL(url, base) : null;
  }

  static createObjectURL(object) {
    if (!(object instanceof Blob)) throw argumentError("createObjectURL", "URL", 1, "File or Blob");
    throw new Error("URL.createObjectURL() is not implemented");
  }

  static revokeObjectURL(_url) {
    if (arguments.length === 0) throw argumentError("revokeObjectURL", "URL", 1, "USVString");
    throw new Error("URL.revokeObjectURL() is not implemented");
  }

  static canParse(url, base = undefined) {
    if (arguments.length === 0) throw argumentError("canParse", "URL", 1, "USVString");
    return op_url_can_parse(`${url}`, base === undefined ? undefined : `${base}`);
  }

  #set(component, value) {
    this.#href = op_url_set(this.#href, component, value, offsets);
    this.#at = takeComponents();
  }

  get origin() {
    const at = this.#at;
    const scheme = this.#href.slice(0, at.schemeEnd);
    if (TUPLE_ORIGIN_SCHEMES.has(scheme)) return `${scheme}://${this.#href.slice(at.hostStart, at.portEnd)}`;
    if (scheme === "blob") {
      // The origin of the URL that the path is, if that is a Web URL.
      const inner = URL.parse(this.pathname);
      if (inner !== null && (inner.protocol === "http:" || inner.protocol === "https:")) return inner.origin;
    }
    return "null";
  }

  get href() {
    return this.#href;
  }

  set href(value) {
    this.#href; // The brand comes before the conversion of the value.
    const href = op_url_parse(`${value}`, undefined, offsets);
    if (href === undefined) throw propertyError("href", "URL", "valid URL string");
    this.#href = href;
    this.#at = takeComponents();
    if (this.#searchParams !== null) resetSearchParams(this.#searchParams, this.search);
  }

  get protocol() {
    return this.#href.slice(0, this.#at.schemeEnd + 1);
  }

  set protocol(value) {
    this.#set(PROTOCOL, `${value}`);
  }

  get username() {
    return this.#href.slice(this.#at.usernameStart, this.#at.usernameEnd);
  }

  set username(value) {
    this.#set(USERNAME, `${value}`);
  }

  get password() {
    return this.#href.slice(this.#at.passwordStart, this.#at.passwordEnd);
  }

  set password(value) {
    this.#set(PASSWORD, `${value}`);
  }

  get host() {
    return this.#href.slice(this.#at.hostStart, this.#at.portEnd);
  }

  set host(value) {
    this.#set(HOST, `${value}`);
  }

  get hostname() {
    return this.#href.slice(this.#at.hostStart, this.#at.hostEnd);
  }

  set hostname(value) {
    this.#set(HOSTNAME, `${value}`);
  }

  get port() {
    return this.#href.slice(this.#at.portStart, this.#at.portEnd);
  }

  set port(value) {
    this.#set(PORT, `${value}`);
  }

  get pathname() {
    return this.#href.slice(this.#at.pathStart, this.#at.pathEnd);
  }

  set pathname(value) {
    this.#set(PATHNAME, `${value}`);
  }

  // An empty query ("?") and an empty fragment ("#") read as none.
  get search() {
    const { pathEnd, queryEnd } = this.#at;
    return queryEnd - pathEnd <= 1 ? "" : this.#href.slice(pathEnd, queryEnd);
  }

  set search(value) {
    this.#set(SEARCH, `${value}`);
    if (this.#searchParams !== null) resetSearchParams(this.#searchParams, this.search);
  }

  get hash() {
    const { queryEnd } = this.#at;
    return this.#href.length - queryEnd <= 1 ? "" : this.#href.slice(queryEnd);
  }

  set hash(value) {
    this.#set(HASH, `${value}`);
  }

  get searchParams() {
    return (this.#searchParams ??= attachSearchParams(this, this.search, replaceQuery));
  }

  toString() {
    return this.#href;
  }

  toJSON() {
    return this.#href;
  }

  static {
    // The update steps of URLSearchParams. What it serialises needs no further encoding, so the query is spliced in
    // place, except where removing one may change an opaque path (its trailing spaces).
    replaceQuery = (url, query) => {
      const at = url.#at;
      if (url.#href[at.pathStart] !== "/") {
        url.#set(SEARCH, query);
        return;
      }
      const search = query === "" ? "" : `?${query}`;
      url.#href = url.#href.slice(0, at.pathEnd) + search + url.#href.slice(at.queryEnd);
      at.queryEnd = at.pathEnd + search.length;
    };
  }
}

defineInterface(URL);
