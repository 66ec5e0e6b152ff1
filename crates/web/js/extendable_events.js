// The events of workers that register their handlers with addEventListener()
// (https://w3c.github.io/ServiceWorker/#extendableevent-interface). Modules do not get such events, so nobody can make
// one; programs name the classes all the same.

import { Event } from "./event.js";
import { defineInterface, illegalConstructor, illegalInvocation } from "./webidl.js";

export class ExtendableEvent extends Event {
  constructor() {
    throw illegalConstructor();
  }

  waitUntil() {
    throw illegalInvocation();
  }
}

export class FetchEvent extends ExtendableEvent {
  respondWith() {
    throw illegalInvocation();
  }

  passThroughOnException() {
    throw illegalInvocation();
  }
}

export class ScheduledEvent extends ExtendableEvent {
  noRetry() {
    throw illegalInvocation();
  }
}

/** Also known as `TraceEvent`. */
export class TailEvent extends ExtendableEvent {}

for (const Class of [ExtendableEvent, FetchEvent, ScheduledEvent, TailEvent]) defineInterface(Class);
