// Runs a program that is given as JSON, and writes down what came of each step.
//
// An expression is a scalar, which stands for itself, or a list whose head says what it is (`FORMS`). A body is a list of
// statements:
//   ["do", label, expression]     evaluates; what comes of it is logged under the label, and is the variable of that
//                                 name. If it is a promise, what becomes of that is logged when it is settled
//   ["await", label, expression]  the same, and waits for the promise
//   ["raw", expression]           evaluates; neither logs nor catches
//   ["return", expression], ["return await", expression], ["throw", expression]
//   ["ticks", n]                  lets n microtasks pass
//   ["sleep", ms]                 waits by a timer
// Only bodies of asynchronous functions, and the program itself, may wait. The machine adds no microtasks of its own to
// what a body in JavaScript would take, so that orders of events are the program's.

import { describeError, observe } from "./observe.js";

/** How long an awaited promise may take before the log says that it does not settle. */
const AWAIT_MS_MAX = 1_500;
/** How many turns of the event loop a program gets at its end for what it did not wait for. */
const LAST_TURNS = 8;
/** How many entries a log may have; a program that loops is cut off. */
const LOG_ENTRIES_MAX = 2_000;

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** @returns {Promise<[string, unknown][]>} the log: labels with outcomes, in the order of events */
export async function runProgram({ body, lastTurns = LAST_TURNS, lastMs = 0 }, names, machine = new Machine()) {
  const scope = Object.assign(Object.create(null), { turn, shared: {}, ...names });
  await machine.runAsync(body, scope);
  for (let i = 0; i < lastTurns; i++) await turn();
  if (lastMs > 0) await new Promise((resolve) => setTimeout(resolve, lastMs));
  return machine.log;
}

/** For a body's end by `return`. */
class Returned {
  constructor(value) {
    this.value = value;
  }
}

export class Machine {
  log = [];

  note(label, outcome) {
    if (this.log.length < LOG_ENTRIES_MAX) this.log.push([label, outcome]);
  }

  evaluate(expression, scope) {
    if (!Array.isArray(expression)) return expression;
    const form = FORMS[expression[0]];
    if (form === undefined) throw new Error(`no such form: ${JSON.stringify(expression[0])}`);
    return form(this, scope, ...expression.slice(1));
  }

  all(expressions, scope) {
    return expressions.map((expression) => this.evaluate(expression, scope));
  }

  /** Evaluates for the log. Gives the promise, if the value is one, or something that can be waited for and `waits` is set. */
  attempt(label, expression, scope, waits = false) {
    let value;
    try {
      value = this.evaluate(expression, scope);
    } catch (error) {
      this.note(label, { threw: describeError(error) });
      return undefined;
    }
    scope[label] = value;
    const awaited = waits && typeof value?.then === "function";
    if (!awaited && !(value instanceof Promise)) {
      this.note(label, { gave: observe(value) });
      return undefined;
    }
    return value.then(
      (result) => {
        scope[label] = result;
        this.note(label, { fulfilled: observe(result) });
      },
      (error) => this.note(label, { rejected: describeError(error) }),
    );
  }

  /** Statements that do not wait. Gives a `Returned` if one of them returned. */
  step(statement, scope) {
    const [kind, first, second] = statement;
    switch (kind) {
      case "do":
        this.attempt(first, second, scope);
        return undefined;
      case "raw":
        this.evaluate(first, scope);
        return undefined;
      case "return":
        return new Returned(this.evaluate(first, scope));
      case "throw":
        throw this.evaluate(first, scope);
      default:
        throw new Error(`no such statement here: ${kind}`);
    }
  }

  runSync(body, scope) {
    for (const statement of body) {
      const end = this.step(statement, scope);
      if (end !== undefined) return end.value;
    }
    return undefined;
  }

  async runAsync(body, scope) {
    for (const statement of body) {
      const [kind, first, second] = statement;
      if (kind === "await") {
        const settled = this.attempt(first, second, scope, true);
        if (settled !== undefined) await this.within(settled, first);
      } else if (kind === "ticks") {
        for (let i = 0; i < first; i++) await undefined;
      } else if (kind === "sleep") {
        await new Promise((resolve) => setTimeout(resolve, first));
      } else if (kind === "return await") {
        return await this.evaluate(first, scope);
      } else {
        const end = this.step(statement, scope);
        if (end !== undefined) return end.value;
      }
    }
    return undefined;
  }

  async within(settled, label) {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => {
        this.note(label, "does not settle");
        resolve();
      }, AWAIT_MS_MAX);
    });
    await Promise.race([settled, late]);
    clearTimeout(timer);
  }
}

const inner = (scope, self, params, args) => {
  const own = Object.create(scope);
  own.this = self;
  for (const [i, name] of params.entries()) own[name] = args[i];
  return own;
};

/** The heads of expressions. Each gets the machine, the scope and the rest of the list. */
const FORMS = {
  undefined: () => undefined,
  /** Numbers that JSON has no words for. */
  num: (_machine, _scope, text) => Number(text),
  big: (_machine, _scope, text) => BigInt(text),
  sym: (_machine, _scope, text) => Symbol(text),
  /** A symbol of `Symbol`'s own. */
  symbol: (_machine, _scope, name) => Symbol[name],
  v: (_machine, scope, name) => scope[name],
  g: (_machine, _scope, name) => globalThis[name],
  array: (machine, scope, ...items) => {
    const list = [];
    for (const item of items) {
      if (Array.isArray(item) && item[0] === "hole") list.length++;
      else list.push(machine.evaluate(item, scope));
    }
    return list;
  },
  /** Pairs of key and value; both are expressions. */
  object: (machine, scope, ...pairs) => define({}, machine, scope, pairs),
  bare: (machine, scope, ...pairs) => define(Object.create(null), machine, scope, pairs),
  bytes: (_machine, _scope, className, list) => new globalThis[className](list),
  get: (machine, scope, of, key) => machine.evaluate(of, scope)[machine.evaluate(key, scope)],
  set: (machine, scope, of, key, value) => {
    machine.evaluate(of, scope)[machine.evaluate(key, scope)] = machine.evaluate(value, scope);
  },
  call: (machine, scope, of, key, ...args) => {
    const self = machine.evaluate(of, scope);
    return self[machine.evaluate(key, scope)](...machine.all(args, scope));
  },
  apply: (machine, scope, of, ...args) => machine.evaluate(of, scope)(...machine.all(args, scope)),
  new: (machine, scope, of, ...args) => new (machine.evaluate(of, scope))(...machine.all(args, scope)),
  typeof: (machine, scope, of) => typeof machine.evaluate(of, scope),
  same: (machine, scope, a, b) => Object.is(machine.evaluate(a, scope), machine.evaluate(b, scope)),
  /** Several in order; the last is the value. */
  seq: (machine, scope, ...parts) => machine.all(parts, scope).at(-1),
  note: (machine, scope, label, of) => machine.note(label, observe(machine.evaluate(of, scope))),
  list: (machine, scope, of) => [...machine.evaluate(of, scope)],
  /** The expression itself, for a machine in another place. */
  quote: (_machine, _scope, expression) => JSON.stringify(expression),
  fn: (machine, scope, params, body) =>
    function (...args) {
      return machine.runSync(body, inner(scope, this, params, args));
    },
  async: (machine, scope, params, body) =>
    async function (...args) {
      return machine.runAsync(body, inner(scope, this, params, args));
    },
  /** A generator that yields the values of a list. */
  generator: (machine, scope, ...items) =>
    function* () {
      for (const item of items) yield machine.evaluate(item, scope);
    },
  asyncGenerator: (machine, scope, ...items) =>
    async function* () {
      for (const item of items) yield machine.evaluate(item, scope);
    },
  getter: (machine, scope, of, key, body) => {
    const target = machine.evaluate(of, scope);
    Object.defineProperty(target, key, {
      get() {
        return machine.runSync(body, inner(scope, this, [], []));
      },
      enumerable: true,
      configurable: true,
    });
    return target;
  },
  /** Members: ["method" | "getter" | "field" | "static", key, expression]; what a getter's expression gives is called. */
  class: (machine, scope, name, parent, members) => defineClass(machine, scope, name, parent, members),
};

function define(target, machine, scope, pairs) {
  for (const [key, value] of pairs) {
    Object.defineProperty(target, machine.evaluate(key, scope), {
      value: machine.evaluate(value, scope),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return target;
}

function defineClass(machine, scope, name, parent, members) {
  const fields = members.filter(([kind]) => kind === "field");
  const setFields = (self) => {
    for (const [, key, value] of fields) self[key] = machine.evaluate(value, scope);
  };
  const Parent = parent === null ? undefined : machine.evaluate(parent, scope);
  const made =
    Parent === undefined
      ? class {
          constructor() {
            setFields(this);
          }
        }
      : class extends Parent {
          constructor(...args) {
            super(...args);
            setFields(this);
          }
        };
  Object.defineProperty(made, "name", { value: name, configurable: true });
  for (const [kind, key, value] of members) {
    if (kind === "field") continue;
    const target = kind === "static" ? made : made.prototype;
    const at = machine.evaluate(key, scope);
    const what = machine.evaluate(value, scope);
    const descriptor = kind === "getter" ? { get: what } : { value: what, writable: true };
    Object.defineProperty(target, at, { ...descriptor, configurable: true, enumerable: false });
  }
  return made;
}
