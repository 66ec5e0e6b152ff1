// How much a stream holds before it asks its writer to wait, or stops reading ahead.

import { ERR_INVALID_ARG_VALUE } from "../errors.js";
import { validateInteger } from "../validators.js";

let bytesDefault = 64 * 1024;
let objectsDefault = 16;

export function getDefaultHighWaterMark(objectMode) {
  return objectMode ? objectsDefault : bytesDefault;
}

export function setDefaultHighWaterMark(objectMode, value) {
  validateInteger(value, "value", 0);
  if (objectMode) objectsDefault = value;
  else bytesDefault = value;
}

/**
 * The mark of one side of a stream.
 * @param {string} sideOption its option in a Duplex ("readableHighWaterMark"), after which "highWaterMark" counts
 */
export function chooseHighWaterMark(objectMode, options, sideOption, isDuplex) {
  const own = isDuplex ? options?.[sideOption] : undefined;
  const mark = options?.highWaterMark ?? own;
  if (mark === undefined || mark === null) return getDefaultHighWaterMark(objectMode);
  if (!Number.isInteger(mark) || mark < 0) {
    throw new ERR_INVALID_ARG_VALUE(isDuplex ? `options.${sideOption}` : "options.highWaterMark", mark);
  }
  return mark;
}
