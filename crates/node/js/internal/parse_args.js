// util.parseArgs() (https://nodejs.org/docs/latest/api/util.html#utilparseargsconfig).

import { define, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, NodeTypeError } from "./errors.js";
import { validateArray, validateBoolean, validateObject, validateString } from "./validators.js";

const ERR_PARSE_ARGS_INVALID_OPTION_VALUE = define(
  NodeTypeError, "ERR_PARSE_ARGS_INVALID_OPTION_VALUE", (message) => message,
);
const ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL = define(
  NodeTypeError, "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL", (text) =>
    `Unexpected argument '${text}'. This command does not take positional arguments`,
);
const ERR_PARSE_ARGS_UNKNOWN_OPTION = define(
  NodeTypeError, "ERR_PARSE_ARGS_UNKNOWN_OPTION", (option, allowsPositionals) => {
    const hint = allowsPositionals
      ? `. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- "${option}"`
      : "";
    return `Unknown option '${option}'${hint}`;
  },
);

// --- what the program declares -------------------------------------------------------------------

function checkConfig({ args, strict, allowPositionals, allowNegative, tokens, options }) {
  validateArray(args, "args");
  validateBoolean(strict, "strict");
  validateBoolean(allowPositionals, "allowPositionals");
  validateBoolean(allowNegative, "allowNegative");
  validateBoolean(tokens, "tokens");
  validateObject(options, "options");
  for (const [name, option] of Object.entries(options)) {
    validateObject(option, `options.${name}`);
    const { type, multiple = false } = option;
    if (type !== "string" && type !== "boolean") {
      throw new ERR_INVALID_ARG_TYPE(`options.${name}.type`, "('string|boolean')", type);
    }
    if (Object.hasOwn(option, "short")) {
      validateString(option.short, `options.${name}.short`);
      if (option.short.length !== 1) {
        throw new ERR_INVALID_ARG_VALUE(`options.${name}.short`, option.short, "must be a single character");
      }
    }
    validateBoolean(multiple, `options.${name}.multiple`);
    checkDefault(name, option, multiple);
  }
}

function checkDefault(name, option, multiple) {
  const { default: value, type } = option;
  if (value === undefined) return;
  const place = `options.${name}.default`;
  if (!multiple) {
    if (typeof value !== type) throw new ERR_INVALID_ARG_TYPE(place, type, value);
    return;
  }
  validateArray(value, place);
  value.forEach((item, i) => {
    if (typeof item !== type) throw new ERR_INVALID_ARG_TYPE(`${place}[${i}]`, type, item);
  });
}

// --- arguments to tokens -------------------------------------------------------------------------

function longName(short, options) {
  for (const [name, option] of Object.entries(options)) if (option.short === short) return name;
  return short;
}

function takesValue(name, options) {
  return Object.hasOwn(options, name) && options[name].type === "string";
}

// `-abc` is `-a -b -c`, where the first that takes a value takes the rest.
function expandShort(arg, options) {
  const parts = [];
  for (let i = 1; i < arg.length; i++) {
    const short = arg[i];
    if (takesValue(longName(short, options), options) && i < arg.length - 1) return [...parts, `-${arg.slice(i)}`];
    parts.push(`-${short}`);
  }
  return parts;
}

function* tokenize(args, options) {
  const rest = args.map((arg, index) => ({ arg, index, isExpanded: false }));
  while (rest.length > 0) {
    const { arg, index, isExpanded } = rest.shift();
    const next = () => (rest.length > 0 && !rest[0].isExpanded ? rest.shift().arg : undefined);
    if (arg === "--") {
      yield { kind: "option-terminator", index };
      for (const later of rest) yield { kind: "positional", index: later.index, value: later.arg };
      return;
    }
    if (/^-[^-]$/.test(arg)) {
      const name = longName(arg[1], options);
      const value = takesValue(name, options) && rest.length > 0 ? next() : undefined;
      yield { kind: "option", name, rawName: arg, index, value, inlineValue: value === undefined ? undefined : false };
    } else if (/^-[^-]./.test(arg)) {
      const name = longName(arg[1], options);
      if (!isExpanded && !takesValue(name, options)) {
        rest.unshift(...expandShort(arg, options).map((part, i) => ({ arg: part, index, isExpanded: i > 0 })));
        continue;
      }
      yield { kind: "option", name, rawName: arg.slice(0, 2), index, value: arg.slice(2), inlineValue: true };
    } else if (/^--[^=]+=/.test(arg)) {
      const equals = arg.indexOf("=");
      const name = arg.slice(2, equals);
      yield { kind: "option", name, rawName: `--${name}`, index, value: arg.slice(equals + 1), inlineValue: true };
    } else if (arg.length > 2 && arg.startsWith("--")) {
      const name = arg.slice(2);
      const value = takesValue(name, options) && rest.length > 0 ? next() : undefined;
      yield { kind: "option", name, rawName: arg, index, value, inlineValue: value === undefined ? undefined : false };
    } else {
      yield { kind: "positional", index, value: arg };
    }
  }
}

// --- tokens to values ----------------------------------------------------------------------------

function negated(token, options, allowNegative) {
  if (!allowNegative || !token.name.startsWith("no-") || token.value !== undefined) return token;
  const name = token.name.slice("no-".length);
  const known = Object.hasOwn(options, name) && options[name].type === "boolean";
  return known ? { ...token, name, isNegated: true } : token;
}

function checkOption(token, { options, allowPositionals }) {
  const { name, rawName, value, inlineValue } = token;
  if (!Object.hasOwn(options, name)) throw new ERR_PARSE_ARGS_UNKNOWN_OPTION(rawName, allowPositionals);
  const { short, type } = options[name];
  const shown = `${short ? `-${short}, ` : ""}--${name}`;
  if (type === "string" && typeof value !== "string") {
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${shown} <value>' argument missing`);
  }
  if (type === "boolean" && value !== undefined) {
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${shown}' does not take an argument`);
  }
  if (type === "string" && inlineValue === false && value.length > 1 && value.startsWith("-")) {
    const example = rawName.startsWith("--") ? `'${rawName}=-XYZ'` : `'--${name}=-XYZ' or '${rawName}-XYZ'`;
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(
      `Option '${rawName}' argument is ambiguous.\nDid you forget to specify the option argument for '${rawName}'?\n` +
        `To specify an option argument starting with a dash use ${example}.`,
    );
  }
}

function store(values, name, value, options) {
  if (name === "__proto__") return;
  if (options[name]?.multiple) (values[name] ??= []).push(value);
  else values[name] = value;
}

export function parseArgs(config = {}) {
  const settings = {
    args: config.args ?? globalThis.process?.argv?.slice(2) ?? [],
    strict: config.strict ?? true,
    allowPositionals: config.allowPositionals ?? !(config.strict ?? true),
    allowNegative: config.allowNegative ?? false,
    tokens: config.tokens ?? false,
    options: config.options ?? { __proto__: null },
  };
  checkConfig(settings);
  const { args, strict, allowPositionals, allowNegative, options } = settings;
  const result = { values: { __proto__: null }, positionals: [] };
  const tokens = [];
  for (const raw of tokenize(args, options)) {
    tokens.push(raw);
    if (raw.kind === "positional") {
      if (!allowPositionals) throw new ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL(raw.value);
      result.positionals.push(raw.value);
    } else if (raw.kind === "option") {
      const token = negated(raw, options, allowNegative);
      if (strict) checkOption(token, settings);
      store(result.values, token.name, token.value ?? !token.isNegated, options);
    }
  }
  for (const [name, { default: value }] of Object.entries(options)) {
    if (value !== undefined && result.values[name] === undefined) result.values[name] = value;
  }
  return settings.tokens ? { ...result, tokens } : result;
}
