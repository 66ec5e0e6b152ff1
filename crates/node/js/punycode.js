// node:punycode (https://nodejs.org/docs/latest/api/punycode.html), by the algorithm of RFC 3492.

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 0x80;
const INTEGER_MAX = 0x7fffffff;

const INVALID_INPUT = "Invalid input";
const NOT_BASIC = "Illegal input >= 0x80 (not a basic code point)";
const OVERFLOW = "Overflow: input needs wider integers to process";

const DOTS = /[\x2e\u3002\uff0e\uff61]/g;

// --- code points ---------------------------------------------------------------------------------

function ucs2decode(string) {
  return Array.from(string, (character) => character.codePointAt(0));
}

function ucs2encode(codePoints) {
  return String.fromCodePoint(...codePoints);
}

// --- RFC 3492 ------------------------------------------------------------------------------------

/** Section 6.1. */
function adapt(delta, count, isFirst) {
  let rest = isFirst ? Math.floor(delta / DAMP) : delta >> 1;
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) >> 1; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return Math.floor(k + ((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}

function threshold(k, bias) {
  return Math.min(Math.max(k - bias, T_MIN), T_MAX);
}

// a to z are 0 to 25, 0 to 9 are 26 to 35.
function digitOf(code) {
  if (code >= 0x30 && code < 0x3a) return code - 0x30 + 26;
  if (code >= 0x41 && code < 0x5b) return code - 0x41;
  if (code >= 0x61 && code < 0x7b) return code - 0x61;
  return BASE;
}

function characterOf(digit) {
  return String.fromCharCode(digit < 26 ? digit + 0x61 : digit - 26 + 0x30);
}

/** Section 6.2. */
function decode(input) {
  const hyphen = Math.max(input.lastIndexOf("-"), 0);
  const output = [];
  for (let j = 0; j < hyphen; j++) {
    if (input.charCodeAt(j) >= 0x80) throw new RangeError(NOT_BASIC);
    output.push(input.charCodeAt(j));
  }
  let n = INITIAL_N;
  let i = 0;
  let bias = INITIAL_BIAS;
  for (let index = hyphen > 0 ? hyphen + 1 : 0; index < input.length;) {
    const before = i;
    let weight = 1;
    for (let k = BASE; ; k += BASE) {
      if (index >= input.length) throw new RangeError(INVALID_INPUT);
      const digit = digitOf(input.charCodeAt(index++));
      if (digit >= BASE) throw new RangeError(INVALID_INPUT);
      if (digit > Math.floor((INTEGER_MAX - i) / weight)) throw new RangeError(OVERFLOW);
      i += digit * weight;
      const t = threshold(k, bias);
      if (digit < t) break;
      if (weight > Math.floor(INTEGER_MAX / (BASE - t))) throw new RangeError(OVERFLOW);
      weight *= BASE - t;
    }
    const count = output.length + 1;
    bias = adapt(i - before, count, before === 0);
    if (Math.floor(i / count) > INTEGER_MAX - n) throw new RangeError(OVERFLOW);
    n += Math.floor(i / count);
    i %= count;
    output.splice(i++, 0, n);
  }
  return ucs2encode(output);
}

/** Section 6.3. */
function encode(input) {
  const codePoints = ucs2decode(input);
  const basic = codePoints.filter((code) => code < 0x80);
  let output = String.fromCharCode(...basic);
  if (basic.length > 0) output += "-";
  let n = INITIAL_N;
  let delta = 0;
  let bias = INITIAL_BIAS;
  for (let handled = basic.length; handled < codePoints.length;) {
    const next = Math.min(...codePoints.filter((code) => code >= n));
    if (next - n > Math.floor((INTEGER_MAX - delta) / (handled + 1))) throw new RangeError(OVERFLOW);
    delta += (next - n) * (handled + 1);
    n = next;
    for (const code of codePoints) {
      if (code < n && ++delta > INTEGER_MAX) throw new RangeError(OVERFLOW);
      if (code !== n) continue;
      let q = delta;
      for (let k = BASE; ; k += BASE) {
        const t = threshold(k, bias);
        if (q < t) break;
        output += characterOf(t + ((q - t) % (BASE - t)));
        q = Math.floor((q - t) / (BASE - t));
      }
      output += characterOf(q);
      bias = adapt(delta, handled + 1, handled === basic.length);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return output;
}

// --- domain names and addresses ------------------------------------------------------------------

// Each label of the part after an @.
function mapLabels(domain, map) {
  const at = domain.indexOf("@");
  const [local, labels] = at < 0 ? ["", domain] : [domain.slice(0, at + 1), domain.slice(at + 1)];
  return local + labels.replace(DOTS, ".").split(".").map(map).join(".");
}

function toUnicode(input) {
  return mapLabels(input, (label) => (label.startsWith("xn--") ? decode(label.slice(4).toLowerCase()) : label));
}

function toASCII(input) {
  return mapLabels(input, (label) => (/[^\0-\x7f]/.test(label) ? `xn--${encode(label)}` : label));
}

const version = "2.1.0";
const ucs2 = { decode: ucs2decode, encode: ucs2encode };

export { decode, encode, toASCII, toUnicode, ucs2, version };

export default { version, ucs2, decode, encode, toASCII, toUnicode };
