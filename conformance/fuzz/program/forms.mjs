// Short names for the forms of which programs are made; `worker/src/machine.js` says what each does.

export const undef = ["undefined"];
export const v = (name) => ["v", name];
export const g = (name) => ["g", name];
export const num = (text) => ["num", text];
export const array = (...items) => ["array", ...items];
export const object = (fields) => ["object", ...(Array.isArray(fields) ? fields : Object.entries(fields))];
export const get = (of, key) => ["get", of, key];
export const call = (of, key, ...args) => ["call", of, key, ...args];
export const apply = (of, ...args) => ["apply", of, ...args];
export const make = (name, ...args) => ["new", g(name), ...args];
export const fn = (params, ...body) => ["fn", params, body];
export const async_ = (params, ...body) => ["async", params, body];
export const error = (message, name = "Error") => make(name, message);

/** Labels of one program: s1, s2 … */
export class Labels {
  #count = 0;
  next(prefix = "s") {
    return `${prefix}${++this.#count}`;
  }
}
