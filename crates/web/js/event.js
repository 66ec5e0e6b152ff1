// Event (https://dom.spec.whatwg.org/#interface-event), without the tree: the path of an event is its target alone.

import { constructorArgumentError } from "./type_errors.js";
import { defineInterface } from "./webidl.js";

const NONE = 0;
const AT_TARGET = 2;

// What event_target.js may do to an event that user code may not.
let begin, end, isDispatching, setPassive, isStopped, isStoppedNow, isEventObject, setTrusted;

export class Event {
  #type;
  #bubbles = false;
  #cancelable = false;
  #composed = false;
  #target = null;
  #currentTarget = null;
  #phase = NONE;
  #stopPropagation = false;
  #stopImmediate = false;
  #canceled = false;
  #inPassiveListener = false;
  #dispatching = false;
  #trusted = false;

  constructor(type, init = undefined) {
    if (arguments.length === 0) throw constructorArgumentError(new.target.name, 1, "string");
    this.#type = `${type}`;
    if (init !== undefined && init !== null) {
      if (typeof init !== "object" && typeof init !== "function") {
        throw constructorArgumentError(new.target.name, 2, "EventInit");
      }
      this.#bubbles = !!init.bubbles;
      this.#cancelable = !!init.cancelable;
      this.#composed = !!init.composed;
    }
  }

  get type() {
    return this.#type;
  }

  get target() {
    return this.#target;
  }

  get srcElement() {
    return this.#target;
  }

  get currentTarget() {
    return this.#currentTarget;
  }

  composedPath() {
    return this.#currentTarget === null ? [] : [this.#currentTarget];
  }

  get eventPhase() {
    return this.#phase;
  }

  stopPropagation() {
    this.#stopPropagation = true;
  }

  get cancelBubble() {
    return this.#stopPropagation;
  }

  set cancelBubble(value) {
    if (value) this.#stopPropagation = true;
  }

  stopImmediatePropagation() {
    this.#stopPropagation = true;
    this.#stopImmediate = true;
  }

  get bubbles() {
    return this.#bubbles;
  }

  get cancelable() {
    return this.#cancelable;
  }

  // Without a setter, as in Workers.
  get returnValue() {
    return !this.#canceled;
  }

  preventDefault() {
    this.#cancel();
  }

  get defaultPrevented() {
    return this.#canceled;
  }

  get composed() {
    return this.#composed;
  }

  // On the prototype (not on each instance, as [LegacyUnforgeable] asks): events are made for every message.
  get isTrusted() {
    return this.#trusted;
  }

  // Time does not advance between the events of a turn, so no origin would make this more useful than 0.
  get timeStamp() {
    this.#type;
    return 0;
  }

  #cancel() {
    if (this.#cancelable && !this.#inPassiveListener) this.#canceled = true;
  }

  static {
    isEventObject = (value) => typeof value === "object" && value !== null && #type in value;
    isDispatching = (event) => event.#dispatching;
    begin = (event, target) => {
      event.#dispatching = true;
      event.#target = target;
      event.#currentTarget = target;
      event.#phase = AT_TARGET;
    };
    // Steps 6 to 11 of "dispatch": the target stays, the rest of the dispatch state goes.
    end = (event) => {
      event.#phase = NONE;
      event.#currentTarget = null;
      event.#dispatching = false;
      event.#stopPropagation = false;
      event.#stopImmediate = false;
      return !event.#canceled;
    };
    setPassive = (event, passive) => {
      event.#inPassiveListener = passive;
    };
    isStopped = (event) => event.#stopPropagation;
    isStoppedNow = (event) => event.#stopImmediate;
    setTrusted = (event, trusted) => {
      event.#trusted = trusted;
    };
  }
}

defineInterface(Event, { constants: { NONE, CAPTURING_PHASE: 1, AT_TARGET, BUBBLING_PHASE: 3 } });

/** The dispatch algorithm's access to an event; for event_target.js only. */
export { begin, end, isDispatching, isEventObject, isStopped, isStoppedNow, setPassive, setTrusted };
