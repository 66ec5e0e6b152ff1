// What a class with standard decorators calls (TC39 proposal-decorators, stage 3). One state for each class
// that is made: `decorators([of the class], [[of a member], …])`. The index of a member is its place in the
// second list.
module.exports = function decorators(onClass, onMembers) {
  // Functions that turn a field's initial value into another, and functions to run once the field is there.
  const initializers = onMembers.map(() => []);
  const added = onMembers.map(() => []);
  const keys = [];
  const privates = [];
  const startInstance = [];
  const startStatic = [];
  const finishClass = [];

  function callable(value, what) {
    if (typeof value !== "function") throw new TypeError(`${what} must be a function`);
    return value;
  }

  // Calls the decorators of one thing from the last to the first; `use` takes what each returns.
  function run(list, value, context, initializersAdded, use) {
    for (let index = list.length - 1; index >= 0; index--) {
      let open = true;
      const addInitializer = (initializer) => {
        if (!open) throw new TypeError("addInitializer cannot be called after decorators are applied");
        initializersAdded.push(callable(initializer, "An initializer"));
      };
      const result = callable(list[index], "A decorator")(value(), { ...context, addInitializer });
      open = false;
      if (result !== undefined) use(result);
    }
  }

  function accessOf(member, key) {
    const { kind } = member;
    const has = member.private ? member.access.has : (object) => key in object;
    const get = member.private ? member.access.get : (object) => object[key];
    const set = member.private ? member.access.set : (object, value) => { object[key] = value; };
    if (kind === "method" || kind === "getter") return { has, get };
    if (kind === "setter") return { has, set };
    return { has, get, set };
  }

  function decorateMember(Class, member, metadata) {
    const { index, kind } = member;
    const target = member.static ? Class : Class.prototype;
    const key = "name" in member ? member.name : keys[index];
    const context = {
      kind, name: key, static: member.static, private: member.private, access: accessOf(member, key), metadata,
    };
    const list = onMembers[index];
    if (kind === "field") {
      run(list, () => undefined, context, added[index], (result) => {
        initializers[index].unshift(callable(result, "What a field decorator returns"));
      });
      return;
    }
    if (kind === "accessor") {
      const own = member.private
        ? { get() { return member.storage.get(this); }, set(value) { member.storage.set(this, value); } }
        : Object.getOwnPropertyDescriptor(target, key);
      const current = { get: own.get, set: own.set };
      run(list, () => ({ ...current }), context, added[index], (result) => {
        if (typeof result !== "object" || result === null) {
          throw new TypeError("What an accessor decorator returns must be an object");
        }
        if (result.get !== undefined) current.get = callable(result.get, "get");
        if (result.set !== undefined) current.set = callable(result.set, "set");
        if (result.init !== undefined) initializers[index].unshift(callable(result.init, "init"));
      });
      if (member.private) privates[index] = current;
      else Object.defineProperty(target, key, { ...own, ...current });
      return;
    }
    const descriptor = Object.getOwnPropertyDescriptor(target, key);
    const slot = kind === "method" ? "value" : kind === "getter" ? "get" : "set";
    run(list, () => descriptor[slot], context, member.static ? startStatic : startInstance, (result) => {
      descriptor[slot] = callable(result, `What a ${kind} decorator returns`);
    });
    Object.defineProperty(target, key, descriptor);
  }

  return {
    keys,

    // Remembers a computed key as it is evaluated.
    key(index, value) {
      keys[index] = typeof value === "symbol" ? value : String(value);
      return keys[index];
    },

    // In the first static block: all members, then the class. Gives the class that takes its place.
    apply(Class, members) {
      const symbol = Symbol.metadata;
      const parent = Object.getPrototypeOf(Class);
      const metadata = symbol === undefined ? undefined : Object.create(parent?.[symbol] ?? null);
      // Static methods, methods, static fields, fields: the standard's order.
      const rank = (member) => (member.kind === "field" ? 2 : 0) + (member.static ? 0 : 1);
      members.sort((a, b) => rank(a) - rank(b));
      for (const member of members) decorateMember(Class, member, metadata);
      let current = Class;
      run(onClass, () => current, { kind: "class", name: Class.name, metadata }, finishClass, (result) => {
        current = callable(result, "What a class decorator returns");
      });
      if (symbol !== undefined) {
        Object.defineProperty(current, symbol, { value: metadata, writable: true, configurable: true });
      }
      for (const initializer of startStatic) initializer.call(current);
      return current;
    },

    // Before the first field of an instance.
    start(object) {
      for (const initializer of startInstance) initializer.call(object);
    },

    field(index, object, value) {
      for (const initializer of initializers[index]) value = initializer.call(object, value);
      return value;
    },

    after(index, object) {
      for (const initializer of added[index]) initializer.call(object);
    },

    // Private accessors, which no descriptor can hold.
    get(index, object) {
      return privates[index].get.call(object);
    },
    set(index, object, value) {
      privates[index].set.call(object, value);
    },

    // When the class is complete.
    finish(Class) {
      for (const initializer of finishClass) initializer.call(Class);
    },
  };
};
