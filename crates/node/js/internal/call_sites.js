// util.getCallSites(): where the caller is, as a list of places.

const FRAMES_MAX = 200;
const FRAMES_DEFAULT = 10;

export function callSites(frameCount) {
  const count = typeof frameCount === "object" || frameCount === undefined ? FRAMES_DEFAULT : Math.trunc(frameCount);
  if (!(count >= 1 && count <= FRAMES_MAX)) {
    throw new Error("Frame count should be between 1 and 200 inclusive.");
  }
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    // The platform's own frames are counted, too, and then left out.
    Error.stackTraceLimit = FRAMES_MAX;
    Error.prepareStackTrace = (_error, sites) => sites;
    return new Error().stack.slice(0, count).map((site) => ({
      functionName: site.getFunctionName() ?? "",
      scriptName: site.getFileName() ?? "",
      lineNumber: site.getLineNumber(),
      columnNumber: site.getColumnNumber(),
      column: site.getColumnNumber(),
    }));
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}
