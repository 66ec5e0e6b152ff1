// Names of hosts between ASCII and Unicode, by the parser of URLs.

import { URL } from "holdfast:web/url";
import punycode from "../punycode.js";

/**
 * As the host of a URL would be written; empty if there is no such host.
 * @param {boolean} isLenient keep a name that is ASCII already, whatever the standard says of it
 */
export function domainToASCII(domain, isLenient = false) {
  if (isLenient && /^[\0-\x7f]*$/.test(domain)) return domain;
  // A scheme of the kind that has hosts.
  const url = URL.parse(`ws://${domain}`);
  return url === null ? "" : url.hostname;
}

export function domainToUnicode(domain) {
  const ascii = domainToASCII(domain);
  return ascii.split(".").map((label) => {
    if (!label.startsWith("xn--")) return label;
    try {
      const unicode = punycode.decode(label.slice("xn--".length));
      // What needed no encoding must not have any.
      return /[^\0-\x7f]/.test(unicode) ? unicode : label;
    } catch {
      return label;
    }
  }).join(".");
}
