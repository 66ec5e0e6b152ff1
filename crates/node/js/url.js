// node:url (https://nodejs.org/docs/latest/api/url.html).

import { URL } from "holdfast:web/url";
import { URLSearchParams } from "holdfast:web/url_search_params";
import * as domains from "./internal/domains.js";
import { ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS } from "./internal/errors.js";
import { fileURLToPath, isURL, pathToFileURL, toPathIfFileURL } from "./internal/file_urls.js";
import { parse, Url } from "./internal/url_legacy.js";
import { validateObject } from "./internal/validators.js";

function domainToASCII(domain) {
  if (arguments.length === 0) throw new ERR_MISSING_ARGS("domain");
  return domains.domainToASCII(`${domain}`);
}

function domainToUnicode(domain) {
  if (arguments.length === 0) throw new ERR_MISSING_ARGS("domain");
  return domains.domainToUnicode(`${domain}`);
}

function format(urlObject, options) {
  if (typeof urlObject === "string") return parse(urlObject).format();
  if (typeof urlObject !== "object" || urlObject === null) {
    throw new ERR_INVALID_ARG_TYPE("urlObject", ["Object", "string"], urlObject);
  }
  if (isURL(urlObject)) return formatURL(urlObject, options);
  return Reflect.apply(Url.prototype.format, urlObject, []);
}

// A URL of the standard, without what the options leave out.
function formatURL(given, options) {
  if (options !== undefined) validateObject(options, "options");
  const { auth = true, fragment = true, search = true, unicode = false } = options ?? {};
  const url = new URL(given.href);
  if (!fragment) url.hash = "";
  if (!search) url.search = "";
  if (!auth) {
    url.username = "";
    url.password = "";
  }
  if (!unicode || url.hostname === "") return url.href;
  const start = url.href.indexOf(url.hostname, url.protocol.length);
  return `${url.href.slice(0, start)}${domains.domainToUnicode(url.hostname)}${url.href.slice(start + url.hostname.length)}`;
}

function resolve(source, relative) {
  return parse(source, false, true).resolve(relative);
}

function resolveObject(source, relative) {
  if (!source) return relative;
  return parse(source, false, true).resolveObject(relative);
}

/** What http.request() takes. */
function urlToHttpOptions(url) {
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null,
    ...url,
    protocol: url.protocol,
    hostname: hostname?.startsWith("[") ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ""}${search || ""}`,
    href: url.href,
  };
  if (port !== "") options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

export {
  domainToASCII,
  domainToUnicode,
  fileURLToPath,
  format,
  parse,
  pathToFileURL,
  resolve,
  resolveObject,
  toPathIfFileURL,
  Url,
  URL,
  URLSearchParams,
  urlToHttpOptions,
};

export default {
  Url,
  parse,
  resolve,
  resolveObject,
  format,
  domainToASCII,
  domainToUnicode,
  fileURLToPath,
  pathToFileURL,
  toPathIfFileURL,
  urlToHttpOptions,
  URL,
  URLSearchParams,
};
