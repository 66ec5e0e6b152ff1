// URLPattern (https://urlpattern.spec.whatwg.org/#urlpattern-class). Rust parses patterns and inputs (`urlpattern`);
// the regular expressions that come out are JavaScript's own.

import { op_url_pattern_input, op_url_pattern_parse } from "holdfast:ops";
import { refuseToClone } from "./clonable.js";
import { ReflectApply, ReflectDefineProperty } from "./primordials.js";
import { constructorArgumentError } from "./type_errors.js";
import { defineInterface, isObject, USVString } from "./webidl.js";

const COMPONENTS = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"];
const INIT_MEMBERS = [...COMPONENTS, "baseURL"];

const RegExpConstructor = RegExp;
const { exec } = RegExp.prototype;

export class URLPattern {
  /** @type {Array<{ pattern: string, regexp: RegExp, names: string[] }>} in the order of COMPONENTS */
  #components;
  #hasRegExpGroups;

  constructor(input = undefined, baseURLOrOptions = undefined, maybeOptions = undefined) {
    const { base, options } = overload(baseURLOrOptions, maybeOptions);
    const ignoreCase = options === undefined ? false : !!options.ignoreCase;
    const source = inputOf(input);
    if (typeof source !== "string" && base !== undefined) throw notAPattern();
    const parsed = op_url_pattern_parse(source, base, ignoreCase);
    if (typeof parsed === "string") throw notAPattern();
    const [hasRegExpGroups, ...components] = parsed;
    this.#hasRegExpGroups = hasRegExpGroups;
    this.#components = components.map(([pattern, expression, names]) => ({
      pattern,
      regexp: compile(expression, ignoreCase ? "vi" : "v"),
      names,
    }));
  }

  get protocol() {
    return this.#components[0].pattern;
  }

  get username() {
    return this.#components[1].pattern;
  }

  get password() {
    return this.#components[2].pattern;
  }

  get hostname() {
    return this.#components[3].pattern;
  }

  get port() {
    return this.#components[4].pattern;
  }

  get pathname() {
    return this.#components[5].pattern;
  }

  get search() {
    return this.#components[6].pattern;
  }

  get hash() {
    return this.#components[7].pattern;
  }

  get hasRegExpGroups() {
    return this.#hasRegExpGroups;
  }

  test(input = undefined, baseURL = undefined) {
    return this.#match("test", inputOf(input), baseURL) !== null;
  }

  exec(input = undefined, baseURL = undefined) {
    const source = inputOf(input);
    const matched = this.#match("exec", source, baseURL);
    if (matched === null) return null;
    const { texts, matches } = matched;
    const given = input === undefined ? {} : typeof source === "string" ? source : initOf(source);
    const result = { inputs: baseURL === undefined ? [given] : [given, `${baseURL}`] };
    for (let i = 0; i < COMPONENTS.length; i++) {
      const groups = {};
      const { names } = this.#components[i];
      for (let group = 0; group < names.length; group++) {
        // Not an assignment: a group may be called `__proto__`.
        const value = matches[i][group + 1];
        ReflectDefineProperty(groups, names[group], { value, writable: true, enumerable: true, configurable: true });
      }
      result[COMPONENTS[i]] = { input: texts[i], groups };
    }
    return result;
  }

  // "Match": the components of the input and what each expression made of it.
  #match(method, source, baseURL) {
    const components = this.#components;
    const base = baseURL === undefined ? undefined : USVString(baseURL);
    if (typeof source !== "string" && base !== undefined) throw new TypeError(`Failed to ${method} URLPattern`);
    const texts = op_url_pattern_input(source, base);
    if (texts === null) return null;
    const matches = [];
    for (let i = 0; i < COMPONENTS.length; i++) {
      const match = ReflectApply(exec, components[i].regexp, [texts[i]]);
      if (match === null) return null;
      matches[i] = match;
    }
    return { texts, matches };
  }
}

function notAPattern() {
  return new TypeError("Failed to construct URLPattern");
}

// `(input, baseURL, options)` or `(input, options)`.
function overload(second, third) {
  if (typeof second === "string") return { base: USVString(second), options: optionsOf(third, 3) };
  return { base: undefined, options: optionsOf(second, 2) };
}

function optionsOf(options, parameter) {
  if (options === undefined || options === null) return undefined;
  if (!isObject(options)) throw constructorArgumentError("URLPattern", parameter, "URLPatternOptions");
  return options;
}

/** A string, or the members of a URLPatternInit in order. */
function inputOf(input) {
  if (input === undefined || input === null) return new Array(INIT_MEMBERS.length);
  if (!isObject(input)) return USVString(input);
  return INIT_MEMBERS.map((name) => {
    const member = input[name];
    return member === undefined ? undefined : USVString(member);
  });
}

/** The dictionary that came in. As in Workers it has all members. */
function initOf(members) {
  const init = {};
  for (let i = 0; i < INIT_MEMBERS.length; i++) init[INIT_MEMBERS[i]] = members[i];
  return init;
}

function compile(expression, flags) {
  try {
    return new RegExpConstructor(expression, flags);
  } catch {
    throw notAPattern();
  }
}

defineInterface(URLPattern);
refuseToClone(URLPattern);
