// In whose async context the first pull is done. The specification pulls when the start callback is done, wherever that
// was called; in Workers a pull that a reader waits for is that reader's.

import { op_async_context_get, op_async_context_run } from "holdfast:ops";

/** Remembers the async context of the first read, if it comes before the start callback is done. */
export function noteRead(controller) {
  if (controller.hasStart && !controller.started) controller.firstRead ??= { frame: op_async_context_get() };
}

/** Pulls for the first reader, if there is one already. */
export function pullForFirstRead(controller) {
  const { firstRead } = controller;
  controller.firstRead = undefined;
  if (firstRead === undefined) controller.callPullIfNeeded();
  else op_async_context_run(firstRead.frame, () => controller.callPullIfNeeded(), undefined);
}
