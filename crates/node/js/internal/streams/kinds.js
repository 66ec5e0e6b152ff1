// What something is, and how far it has come: questions that are asked of Node's streams, of objects that resemble
// them, and of the Web's streams. An answer of null means that the question makes no sense for the value.

export const kIsDestroyed = Symbol.for("nodejs.stream.destroyed");
export const kIsErrored = Symbol.for("nodejs.stream.errored");
export const kIsReadable = Symbol.for("nodejs.stream.readable");
export const kIsWritable = Symbol.for("nodejs.stream.writable");
export const kIsDisturbed = Symbol.for("nodejs.stream.disturbed");

const has = (object, name) => typeof object[name] === "function";

// --- kinds ---------------------------------------------------------------------------------------

/** @param strict whether it must be possible to pause it */
export function isReadableNodeStream(value, strict = false) {
  if (!value || !has(value, "pipe") || !has(value, "on")) return false;
  if (strict && !(has(value, "pause") && has(value, "resume"))) return false;
  // A Writable has a `pipe`, too, which fails.
  return !value._writableState || (Boolean(value._readableState) && value._readableState.readable !== false);
}

export function isWritableNodeStream(value) {
  if (!value || !has(value, "write") || !has(value, "on")) return false;
  return !value._readableState || (Boolean(value._writableState) && value._writableState.writable !== false);
}

export function isDuplexNodeStream(value) {
  return Boolean(value && value._readableState && has(value, "pipe") && has(value, "on") && has(value, "write"));
}

export function isNodeStream(value) {
  if (!value) return false;
  if (value._readableState || value._writableState) return true;
  return has(value, "on") && (has(value, "write") || has(value, "pipe"));
}

export function isReadableStream(value) {
  return Boolean(
    value && !isNodeStream(value) && has(value, "pipeThrough") && has(value, "getReader") && has(value, "cancel"),
  );
}

export function isWritableStream(value) {
  return Boolean(value && !isNodeStream(value) && has(value, "getWriter") && has(value, "abort"));
}

export function isTransformStream(value) {
  return Boolean(
    value && !isNodeStream(value) && typeof value.readable === "object" && typeof value.writable === "object",
  );
}

export function isWebStream(value) {
  return isReadableStream(value) || isWritableStream(value) || isTransformStream(value);
}

/** @param {boolean} [isAsync] asks for one of the two protocols only */
export function isIterable(value, isAsync) {
  if (value === null || value === undefined) return false;
  if (isAsync !== false && has(value, Symbol.asyncIterator)) return true;
  return isAsync !== true && has(value, Symbol.iterator);
}

/** A client request of old HTTP libraries: it is aborted, not destroyed. */
export function isRequest(stream) {
  return Boolean(stream.setHeader) && has(stream, "abort");
}

function isOutgoingMessage(stream) {
  return (
    typeof stream._closed === "boolean" && typeof stream._defaultKeepAlive === "boolean" &&
    typeof stream._removedConnection === "boolean" && typeof stream._removedContLen === "boolean"
  );
}

function isServerResponse(stream) {
  return typeof stream._sent100 === "boolean" && isOutgoingMessage(stream);
}

export function isServerRequest(stream) {
  return typeof stream._consuming === "boolean" && typeof stream._dumped === "boolean" &&
    stream.req?.upgradeOrConnect === undefined;
}

// --- progress ------------------------------------------------------------------------------------

export function isDestroyed(stream) {
  if (!isNodeStream(stream)) return null;
  const state = stream._writableState || stream._readableState;
  return Boolean(stream.destroyed || stream[kIsDestroyed] || state?.destroyed);
}

/** Whether end() was called. */
function isWritableEnded(stream) {
  if (!isWritableNodeStream(stream)) return null;
  if (stream.writableEnded === true) return true;
  const state = stream._writableState;
  if (state?.errored) return false;
  return typeof state?.ended === "boolean" ? state.ended : null;
}

/** Whether all was written. Without `strict` also if only the event is missing. */
export function isWritableFinished(stream, strict = true) {
  if (!isWritableNodeStream(stream)) return null;
  if (stream.writableFinished === true) return true;
  const state = stream._writableState;
  if (state?.errored) return false;
  if (typeof state?.finished !== "boolean") return null;
  return state.finished || (!strict && state.ended === true && state.length === 0);
}

/** Whether all was read. Without `strict` also if only the event is missing. */
export function isReadableFinished(stream, strict = true) {
  if (!isReadableNodeStream(stream)) return null;
  const state = stream._readableState;
  if (state?.errored) return false;
  if (typeof state?.endEmitted !== "boolean") return null;
  return state.endEmitted || (!strict && state.ended === true && state.length === 0);
}

export function isReadable(stream) {
  if (stream && stream[kIsReadable] != null) return stream[kIsReadable];
  if (typeof stream?.readable !== "boolean") return null;
  if (isDestroyed(stream)) return false;
  return isReadableNodeStream(stream) && stream.readable && !isReadableFinished(stream);
}

export function isWritable(stream) {
  if (stream && stream[kIsWritable] != null) return stream[kIsWritable];
  if (typeof stream?.writable !== "boolean") return null;
  if (isDestroyed(stream)) return false;
  return isWritableNodeStream(stream) && stream.writable && !isWritableEnded(stream);
}

/** Whether nothing more comes from the sides that are asked for. */
export function isFinished(stream, { readable, writable } = {}) {
  if (!isNodeStream(stream)) return null;
  if (isDestroyed(stream)) return true;
  if (readable !== false && isReadable(stream)) return false;
  return !(writable !== false && isWritable(stream));
}

// The error of one side: the error itself, or whether there was one.
function sideError(stream, property, state) {
  if (!isNodeStream(stream)) return null;
  return stream[property] ?? state?.errored ?? null;
}

export function readableError(stream) {
  return sideError(stream, "readableErrored", stream._readableState);
}

export function writableError(stream) {
  return sideError(stream, "writableErrored", stream._writableState);
}

export function isErrored(stream) {
  if (!stream) return false;
  const { _readableState: reading, _writableState: writing } = stream;
  return Boolean(
    stream[kIsErrored] ?? stream.readableErrored ?? stream.writableErrored ??
      (reading?.errorEmitted || writing?.errorEmitted || reading?.errored || writing?.errored),
  );
}

export function isDisturbed(stream) {
  if (!stream) return false;
  return Boolean(stream[kIsDisturbed] ?? (stream.readableDidRead || stream.readableAborted));
}

/** Whether `close` was, or was due to be, emitted. */
export function isClosed(stream) {
  if (!isNodeStream(stream)) return null;
  if (typeof stream.closed === "boolean") return stream.closed;
  const reading = stream._readableState;
  const writing = stream._writableState;
  if (typeof reading?.closed === "boolean" || typeof writing?.closed === "boolean") {
    return Boolean(reading?.closed || writing?.closed);
  }
  return typeof stream._closed === "boolean" && isOutgoingMessage(stream) ? stream._closed : null;
}

/** Whether a `close` can be waited for. */
export function willEmitClose(stream) {
  if (!isNodeStream(stream)) return null;
  const state = stream._writableState || stream._readableState;
  if (!state) return isServerResponse(stream);
  return Boolean(state.autoDestroy && state.emitClose && state.closed === false);
}
