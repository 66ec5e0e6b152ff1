// AlarmInvocationInfo: what an alarm handler is called with.

import { refuseToClone } from "../web/clonable.js";
import { defineInterface, illegalConstructor, internalToken } from "../web/webidl.js";

const { defineProperty } = Object;

export class AlarmInvocationInfo {
  constructor(token, scheduledTime, retryCount) {
    if (token !== internalToken) throw illegalConstructor();
    // Own properties that cannot be written, as in Workers.
    const own = (name, value) => defineProperty(this, name, { __proto__: null, value, enumerable: true, configurable: true, writable: false });
    own("scheduledTime", scheduledTime);
    own("retryCount", retryCount);
    own("isRetry", retryCount > 0);
  }
}

defineInterface(AlarmInvocationInfo);
refuseToClone(AlarmInvocationInfo);

export function makeAlarmInvocationInfo(scheduledTime, retryCount) {
  return new AlarmInvocationInfo(internalToken, scheduledTime, retryCount);
}
