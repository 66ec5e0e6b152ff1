// Pipes of native bodies into transforms of the platform, which the host runs without JavaScript seeing the bytes.

import { READABLE } from "./readable_core.js";
import { acquireDefaultReader } from "./readable_default_reader.js";
import { isClosing, WRITABLE } from "./writable_core.js";
import { acquireWriter } from "./writable_writer.js";

/**
 * Pipes between two records that are not locked, if the host can: the source is a native body that nobody has touched,
 * the destination the fresh writable side of a transform that takes one, and no option asks for anything. Both stay
 * locked then. Returns whether it did.
 */
export function pipeNatively(source, destination, options) {
  const { nativeSource } = source;
  const { controller, writeRequests } = destination;
  if (nativeSource === undefined || source.disturbed || source.state !== READABLE) return false;
  if (controller.takeBody === undefined || destination.state !== WRITABLE || isClosing(destination)) return false;
  if (destination.inFlightWriteRequest !== undefined || writeRequests.length > 0) return false;
  const { preventAbort, preventCancel, preventClose, signal } = options;
  if (preventAbort || preventCancel || preventClose || signal !== undefined) return false;
  if (!controller.takeBody(nativeSource)) return false;
  acquireDefaultReader(source);
  acquireWriter(destination);
  source.disturbed = true;
  return true;
}
