// Loopback bindings of object classes: what `ctx.exports` has for them.
//
// A binding stands for its class, and is a function that gives the class with properties. That of a class with a
// namespace can also do what the namespace can.

import { checkClonable, refuseToClone } from "../web/clonable.js";
import { structuredClone } from "../web/structured_clone.js";
import { defineInterface, illegalConstructor, illegalInvocation } from "../web/webidl.js";
import { propsIn } from "./loopback_options.js";
import { DurableObjectNamespace, makeNamespace } from "./namespace.js";
import { addLoopback, loopbackOf, makeObjectClass } from "./object_class.js";

const { setPrototypeOf } = Object;

class LoopbackDurableObjectClass {
  constructor() {
    throw illegalConstructor();
  }
}

defineInterface(LoopbackDurableObjectClass);
refuseToClone(LoopbackDurableObjectClass);

function namespaceOf(binding) {
  const namespace = loopbackOf(binding)?.namespace;
  if (namespace === undefined) throw illegalInvocation();
  return namespace;
}

class LoopbackDurableObjectNamespace extends DurableObjectNamespace {
  newUniqueId(...args) {
    return namespaceOf(this).newUniqueId(...args);
  }

  idFromName(...args) {
    return namespaceOf(this).idFromName(...args);
  }

  idFromString(...args) {
    return namespaceOf(this).idFromString(...args);
  }

  get(...args) {
    return namespaceOf(this).get(...args);
  }

  getByName(...args) {
    return namespaceOf(this).getByName(...args);
  }

  jurisdiction(...args) {
    return namespaceOf(this).jurisdiction(...args);
  }
}

defineInterface(LoopbackDurableObjectNamespace);
refuseToClone(LoopbackDurableObjectNamespace);

function copyOf(props) {
  if (props === undefined) return undefined;
  checkClonable(props);
  return structuredClone(props);
}

function makeLoopback(Interface, name, namespace) {
  function binding() {
    return makeObjectClass({ worker: undefined, name, props: copyOf(propsIn(arguments, Interface.name)) });
  }
  delete binding.name;
  delete binding.length;
  addLoopback(binding, { Interface, parts: { worker: undefined, name, props: undefined }, namespace });
  return setPrototypeOf(binding, Interface.prototype);
}

/** The binding of an exported class that has no namespace. */
export function makeLoopbackClass(name) {
  return makeLoopback(LoopbackDurableObjectClass, name, undefined);
}

/** The binding of an exported class whose namespace has this index. */
export function makeLoopbackNamespace(name, classIndex) {
  return makeLoopback(LoopbackDurableObjectNamespace, name, makeNamespace(classIndex));
}
