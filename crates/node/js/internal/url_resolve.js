// A legacy URL relative to another, as a browser resolves the target of a link.

import { HOSTLESS, newUrl, SLASHED } from "./url_legacy.js";

function finish(result) {
  if (result.pathname || result.search) result.path = `${result.pathname || ""}${result.search || ""}`;
  result.href = result.format();
  return result;
}

function splitPath(url) {
  return url.pathname ? url.pathname.split("/") : [];
}

function splitAuth(result) {
  const at = result.host ? result.host.indexOf("@") : -1;
  if (at <= 0) return;
  result.auth = result.host.slice(0, at);
  result.host = result.hostname = result.host.slice(at + 1);
}

/** Both are Urls; neither is changed. */
export function resolveUrl(base, given) {
  const result = Object.assign(newUrl(), base);
  const relative = Object.assign(newUrl(), given);
  // The fragment never comes from the base.
  result.hash = relative.hash;
  if (relative.href === "") {
    result.href = result.format();
    return result;
  }
  if (relative.slashes && !relative.protocol) {
    const { protocol } = result;
    Object.assign(result, relative, { protocol });
    if (SLASHED.has(protocol) && result.hostname && !result.pathname) result.path = result.pathname = "/";
    result.href = result.format();
    return result;
  }
  if (relative.protocol && relative.protocol !== result.protocol) return withOtherProtocol(result, relative);
  return withinProtocol(result, relative);
}

function withOtherProtocol(result, relative) {
  if (!SLASHED.has(relative.protocol)) {
    Object.assign(result, relative);
    result.href = result.format();
    return result;
  }
  result.protocol = relative.protocol;
  if (relative.host || /^file:?$/.test(relative.protocol) || HOSTLESS.has(relative.protocol)) {
    result.pathname = relative.pathname;
  } else {
    // "https:host/path": the first part that is not empty is the host.
    const parts = (relative.pathname || "").split("/");
    while (parts.length > 0 && !relative.host) relative.host = parts.shift();
    relative.host ||= "";
    relative.hostname ||= "";
    if (parts[0] !== "") parts.unshift("");
    if (parts.length < 2) parts.unshift("");
    result.pathname = parts.join("/");
  }
  result.search = relative.search;
  result.query = relative.query;
  result.host = relative.host || "";
  result.auth = relative.auth;
  result.hostname = relative.hostname || relative.host;
  result.port = relative.port;
  result.slashes = result.slashes || relative.slashes;
  return finish(result);
}

function withinProtocol(result, relative) {
  const isBaseAbsolute = !!result.pathname?.startsWith("/");
  const isAbsolute = !!relative.host || !!relative.pathname?.startsWith("/");
  const dropsDots = isAbsolute || isBaseAbsolute || !!(result.host && relative.pathname);
  let mustBeAbsolute = dropsDots;
  let path = splitPath(result);
  let steps = splitPath(relative);
  // "mailto:a@b": the host is for this purpose the first part of the path.
  const isOpaque = !!result.protocol && !SLASHED.has(result.protocol);
  if (isOpaque) {
    path = withHost(path, result);
    result.hostname = "";
    result.port = null;
    result.host = "";
    if (relative.protocol) {
      steps = withHost(steps, relative);
      Object.assign(relative, { hostname: null, port: null, host: null });
      result.auth = null;
    }
    mustBeAbsolute &&= steps[0] === "" || path[0] === "";
  }
  if (isAbsolute) {
    takeHostOf(result, relative);
    path = steps;
  } else if (steps.length > 0) {
    path = [...path.slice(0, -1), ...steps];
  } else if (relative.search !== null && relative.search !== undefined) {
    if (isOpaque) {
      result.hostname = result.host = path.shift();
      splitAuth(result);
    }
    result.search = relative.search;
    result.query = relative.query;
    return finish(result);
  }
  if (isAbsolute || steps.length > 0) {
    result.search = relative.search;
    result.query = relative.query;
  }
  if (path.length === 0) {
    result.pathname = null;
    result.path = result.search ? `/${result.search}` : null;
    result.href = result.format();
    return result;
  }
  path = collapse(path, { mustBeAbsolute, dropsDots, hasHost: !!(result.host || relative.host) });
  const startsAtRoot = path[0] === "" || !!path[0]?.startsWith("/");
  if (isOpaque) {
    result.hostname = result.host = startsAtRoot || path.length === 0 ? "" : path.shift();
    splitAuth(result);
  }
  if ((mustBeAbsolute || (result.host && path.length > 0)) && !startsAtRoot) path.unshift("");
  result.pathname = path.length === 0 ? null : path.join("/");
  if (result.pathname === null) result.path = null;
  result.auth = relative.auth || result.auth;
  result.slashes = result.slashes || relative.slashes;
  return finish(result);
}

function withHost(parts, { host }) {
  if (!host) return parts;
  return parts[0] === "" ? [host, ...parts.slice(1)] : [host, ...parts];
}

function takeHostOf(result, relative) {
  if (typeof relative.host === "string") {
    if (result.host !== relative.host) result.auth = null;
    result.host = relative.host;
    result.port = relative.port;
  }
  if (typeof relative.hostname === "string") {
    if (result.hostname !== relative.hostname) result.auth = null;
    result.hostname = relative.hostname;
  }
}

// Takes `.` and `..` out.
function collapse(parts, { mustBeAbsolute, dropsDots, hasHost }) {
  const last = parts.at(-1);
  const endsInSlash = last === "" || ((hasHost || parts.length > 1) && (last === "." || last === ".."));
  const kept = [];
  let up = 0;
  for (const part of parts.toReversed()) {
    if (part === ".") continue;
    if (part === "..") up++;
    else if (up > 0) up--;
    else kept.unshift(part);
  }
  if (!mustBeAbsolute && !dropsDots) for (; up > 0; up--) kept.unshift("..");
  if (mustBeAbsolute && kept[0] !== "" && !kept[0]?.startsWith("/")) kept.unshift("");
  if (endsInSlash && !kept.join("/").endsWith("/")) kept.push("");
  return kept;
}
