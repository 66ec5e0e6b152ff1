// Pipes of native bodies into sinks of the platform, which the host runs without JavaScript seeing the bytes.

import { PromisePrototypeThen } from "../primordials.js";
import { READABLE } from "./readable_core.js";
import { isClosing, WRITABLE } from "./writable_core.js";

/**
 * Lets the host move the bytes of a pipe whose two sides are locked already. It can if the source is a native body that
 * nobody has touched, the destination is idle and takes one, and no end is to be kept from the other side. The source
 * closes or fails when the body has gone through, which tells the pipe. Returns whether the host does it.
 */
export function pumpNatively(source, destination, options) {
  const { nativeSource } = source;
  const { controller, writeRequests } = destination;
  if (nativeSource === undefined || source.state !== READABLE) return false;
  if (controller.takeBody === undefined || destination.state !== WRITABLE || isClosing(destination)) return false;
  if (destination.inFlightWriteRequest !== undefined || writeRequests.length > 0) return false;
  const { preventAbort, preventCancel, preventClose } = options;
  if (preventAbort || preventCancel || preventClose) return false;
  const taken = controller.takeBody(nativeSource);
  if (taken === undefined) return false;
  PromisePrototypeThen(taken, () => source.controller.finish(), (error) => source.controller.error(error));
  return true;
}
