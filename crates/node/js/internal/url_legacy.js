// The URLs of url.parse(), which are older than the standard (https://nodejs.org/docs/latest/api/url.html#legacy-url-api).
// Resolving one against another is in url_resolve.js.

import { domainToASCII } from "./domains.js";
import { ERR_INVALID_URL } from "./errors.js";
import { resolveUrl } from "./url_resolve.js";
import { validateString } from "./validators.js";
import querystring from "../querystring.js";

const PROTOCOL = /^[a-z0-9.+-]+:/i;
/** What stands before these has a host, with slashes or without, and a path that is at least one. */
export const SLASHED = new Set(["http", "https", "ftp", "gopher", "file", "ws", "wss"].flatMap((name) => [name, `${name}:`]));
/** Never followed by a host. */
export const HOSTLESS = new Set(["javascript", "javascript:"]);

const SIMPLE_PATH = /^(\/\/?(?!\/)[^?\s]*)(\?[^\s]*)?$/;
const AUTHORITY = /^\/\/[^@/]+@[^@/]+/;
const PORT = /:[0-9]*$/;
const HOSTNAME_LENGTH_MAX = 255;
const FORBIDDEN_IN_HOST = /[\0\t\n\r #%/:<>?@[\\\]^|]/;
const FORBIDDEN_IN_IPV6 = /[\0\t\n\r #%/<>?@\\^|]/;
const BLANKS = /^[\t\n\r\f\xa0\ufeff ]+|[\t\n\r\f\xa0\ufeff ]+$/g;
// A host ends before one of the first; the others end it unless an @ follows, for then they are part of the user's name.
const HOST_END = /[#/?]/;
const NOT_IN_HOST = /[\t\n\r "%';<>\\^`{|}#/?]/;
const TO_ESCAPE = /[\t\n\r "'<>\\^`{|}]/g;

export function Url() {
  this.protocol = null;
  this.slashes = null;
  this.auth = null;
  this.host = null;
  this.port = null;
  this.hostname = null;
  this.hash = null;
  this.search = null;
  this.query = null;
  this.pathname = null;
  this.path = null;
  this.href = null;
}

function isIpv6(hostname) {
  return hostname.startsWith("[") && hostname.endsWith("]");
}

function percent(character) {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

Object.assign(Url.prototype, {
  parse(url, parseQueryString, slashesDenoteHost) {
    validateString(url, "url");
    const text = url.replace(BLANKS, "");
    const question = text.indexOf("?");
    // Backslashes count as slashes, but not in the query.
    let rest = question < 0
      ? text.replaceAll("\\", "/")
      : text.slice(0, question).replaceAll("\\", "/") + text.slice(question);
    if (!slashesDenoteHost && !/[#@]/.test(rest)) {
      const simple = SIMPLE_PATH.exec(rest);
      if (simple !== null) {
        this.path = this.href = rest;
        this.pathname = simple[1];
        setSearch(this, simple[2], parseQueryString);
        return this;
      }
    }
    const protocol = PROTOCOL.exec(rest)?.[0].toLowerCase();
    if (protocol !== undefined) {
      this.protocol = protocol;
      rest = rest.slice(protocol.length);
    }
    let slashes = false;
    if (slashesDenoteHost || protocol !== undefined || AUTHORITY.test(rest)) {
      slashes = rest.startsWith("//");
      if (slashes && !HOSTLESS.has(protocol)) {
        rest = rest.slice(2);
        this.slashes = true;
      }
    }
    if (!HOSTLESS.has(protocol) && (slashes || (protocol !== undefined && !SLASHED.has(protocol)))) {
      rest = takeHost(this, rest, url);
    }
    if (!HOSTLESS.has(protocol)) rest = rest.replace(TO_ESCAPE, percent);
    takePath(this, rest, parseQueryString);
    if (SLASHED.has(protocol) && this.hostname && !this.pathname) this.pathname = "/";
    if (this.pathname || this.search) this.path = `${this.pathname ?? ""}${this.search ?? ""}`;
    this.href = this.format();
    return this;
  },

  format() {
    const auth = this.auth ? `${encodeURIComponent(this.auth).replace(/%3A/gi, ":")}@` : "";
    let protocol = this.protocol || "";
    if (protocol !== "" && !protocol.endsWith(":")) protocol += ":";
    let host = "";
    if (this.host) host = auth + this.host;
    else if (this.hostname) {
      const needsBrackets = this.hostname.includes(":") && !isIpv6(this.hostname);
      host = `${auth}${needsBrackets ? `[${this.hostname}]` : this.hostname}${this.port ? `:${this.port}` : ""}`;
    }
    const query = this.query !== null && typeof this.query === "object" ? querystring.stringify(this.query) : "";
    let search = this.search || (query && `?${query}`) || "";
    let pathname = (this.pathname || "").replace(/[#?]/g, percent);
    if (this.slashes || SLASHED.has(protocol)) {
      if (this.slashes || host) {
        if (pathname !== "" && !pathname.startsWith("/")) pathname = `/${pathname}`;
        host = `//${host}`;
      } else if (protocol.startsWith("file")) host = "//";
    }
    search = search.replaceAll("#", "%23");
    if (search !== "" && !search.startsWith("?")) search = `?${search}`;
    let hash = this.hash || "";
    if (hash !== "" && !hash.startsWith("#")) hash = `#${hash}`;
    return protocol + host + pathname + search + hash;
  },

  resolveObject(relative) {
    return resolveUrl(this, typeof relative === "string" ? parse(relative, false, true) : relative);
  },

  resolve(relative) {
    return this.resolveObject(parse(relative, false, true)).format();
  },

  parseHost() {
    let { host } = this;
    const port = PORT.exec(host)?.[0];
    if (port !== undefined) {
      if (port !== ":") this.port = port.slice(1);
      host = host.slice(0, -port.length);
    }
    if (host) this.hostname = host;
  },
});

function setSearch(url, search, parseQueryString) {
  if (search !== undefined) {
    url.search = search;
    url.query = parseQueryString ? querystring.parse(search.slice(1)) : search.slice(1);
  } else if (parseQueryString) {
    url.search = null;
    url.query = { __proto__: null };
  }
}

/** Takes user and host from the start of `rest`; answers what follows. */
function takeHost(url, rest, input) {
  const end = rest.search(HOST_END);
  const at = rest.lastIndexOf("@", end < 0 ? rest.length : end);
  if (at >= 0) url.auth = decodeURIComponent(rest.slice(0, at));
  const after = rest.slice(at + 1);
  const stop = after.search(NOT_IN_HOST);
  url.host = stop < 0 ? after : after.slice(0, stop);
  let following = stop < 0 ? "" : after.slice(stop);
  url.parseHost();
  url.hostname ??= "";
  const ipv6 = isIpv6(url.hostname);
  if (!ipv6) {
    // What is no port goes to the path.
    const colon = url.hostname.indexOf(":");
    if (colon >= 0) {
      following = `/${url.hostname.slice(colon)}${following}`;
      url.hostname = url.hostname.slice(0, colon);
    }
  }
  url.hostname = url.hostname.length > HOSTNAME_LENGTH_MAX ? "" : url.hostname.toLowerCase();
  if (url.hostname !== "") {
    if (!ipv6) url.hostname = domainToASCII(url.hostname, true);
    const forbidden = ipv6 ? FORBIDDEN_IN_IPV6 : FORBIDDEN_IN_HOST;
    if (url.hostname === "" || forbidden.test(url.hostname)) throw new ERR_INVALID_URL(input);
  }
  url.host = `${url.hostname}${url.port ? `:${url.port}` : ""}`;
  if (ipv6) {
    url.hostname = url.hostname.slice(1, -1);
    if (!following.startsWith("/")) following = `/${following}`;
  }
  return following;
}

function takePath(url, rest, parseQueryString) {
  const hash = rest.indexOf("#");
  if (hash >= 0) url.hash = rest.slice(hash);
  const before = hash < 0 ? rest : rest.slice(0, hash);
  const question = before.indexOf("?");
  setSearch(url, question < 0 ? undefined : before.slice(question), parseQueryString);
  const pathname = question < 0 ? before : before.slice(0, question);
  if (pathname !== "") url.pathname = pathname;
}

export function parse(url, parseQueryString, slashesDenoteHost) {
  if (url instanceof Url) return url;
  const parsed = new Url();
  parsed.parse(url, parseQueryString, slashesDenoteHost);
  return parsed;
}

export function newUrl() {
  return new Url();
}
