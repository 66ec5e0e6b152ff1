// Exceptions on their way through stubs.

import { describeError, outcome, outcomes, show } from "./harness.js";

async function caught(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

export default {
  "built-in-types": ({ env, name }) =>
    outcomes(
      Object.fromEntries(
        ["Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError", "URIError"].map((kind) => [
          kind,
          () => env.TARGET.getByName(name).throwError(kind, `a ${kind}`),
        ]),
      ),
    ),
  "empty-message": ({ env, name }) => outcome(() => env.TARGET.getByName(name).throwError("Error", "")),
  "message-like-a-type": ({ env, name }) =>
    outcome(() => env.TARGET.getByName(name).throwError("Error", "TypeError: not really")),
  "message-of-many-lines": ({ env, name }) =>
    outcome(() => env.TARGET.getByName(name).throwError("Error", "one\ntwo 🐢\n")),
  "dom-exceptions": ({ env, name }) =>
    outcomes(
      Object.fromEntries(
        ["AbortError", "DataCloneError", "NotFoundError", "Error", "Invented"].map((kind) => [
          kind,
          () => env.TARGET.getByName(name).throwDom(kind, "dom"),
        ]),
      ),
    ),
  "custom-class": async ({ env, name }) => {
    const error = await caught(env.TARGET.getByName(name).throwCustom("mine"));
    return {
      error: describeError(error),
      keys: Object.keys(error).sort(),
      code: error.code,
      detail: show(error.detail),
      text: String(error),
    };
  },
  "own-properties": async ({ env, name }) => {
    const error = await caught(env.TARGET.getByName(name).throwError("TypeError", "plain"));
    const id = error.durableObjectId;
    return { keys: Object.keys(error).sort(), remote: error.remote, id: id === env.TARGET.idFromName(name).toString() };
  },
  "id-of-the-object": async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    const ids = { [stub.id]: "this one", [env.OTHER.idFromName(name)]: "the other" };
    const idIn = async (promise) => {
      const { durableObjectId } = await caught(promise);
      return ids[durableObjectId] ?? show(durableObjectId);
    };
    return {
      thrown: await idIn(stub.throwError("Error", "x")),
      rejected: await idIn(stub.rejectLater("x")),
      passedOn: await idIn(stub.relay(name, "rejectLater", "x")),
      thrownThere: await idIn(stub.relay(name, "throwError", "Error", "x")),
      pipelined: await idIn(stub.throwingFunction()()),
      exported: await idIn((await stub.throwingFunction())()),
      fetched: await idIn(stub.fetch("http://x/throw")),
      missing: await idIn(stub.nope()),
    };
  },
  "platform-objects": async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    const kinds = ["response", "responseWithBody", "request", "headers", "blob", "url", "stream", "signal", "target"];
    const others = ["withFunction", "arrayWithFunction", "mapWithFunction", "promise", "withToString"];
    const results = {};
    for (const kind of [...kinds, ...others]) {
      const thrown = await caught(stub.throwMade(kind));
      const { status, url, method, size, type } = thrown;
      const headers = thrown instanceof Headers ? thrown : thrown.headers;
      results[kind] = { thrown: describeError(thrown), parts: show({ status, url, method, size, type }) };
      if (headers !== undefined) results[kind].headers = [...headers];
    }
    return results;
  },
  "platform-objects-in-errors": async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    const [withHeaders, withResponse, withBody, becauseOfDom] = [
      await caught(stub.throwMade("errorWithHeaders")),
      await caught(stub.throwMade("errorWithResponse")),
      await caught(stub.throwMade("errorWithResponseBody")),
      await caught(stub.throwMade("errorBecauseOfDom")),
    ];
    return {
      headers: withHeaders.headers instanceof Headers && [...withHeaders.headers],
      response: [withResponse.response instanceof Response && withResponse.response.status, withResponse.code],
      withBody: [withBody.message, show(withBody.response), show(withBody.code)],
      cause: [becauseOfDom.cause instanceof DOMException, describeError(becauseOfDom.cause)],
    };
  },
  "bodies-that-fail": async ({ env, name }) => {
    const read = (kind) => async () => {
      const response = await env.TARGET.getByName(name).fetch(`http://x/failing-body?kind=${kind}`);
      return response.text();
    };
    const kinds = ["error", "custom", "dom", "string", "headers", "errorWithHeaders"];
    const results = await outcomes(Object.fromEntries(kinds.map((kind) => [kind, read(kind)])));
    const custom = await caught(read("custom")());
    return { ...results, code: [custom.code, show(custom.detail)] };
  },
  cause: ({ env, name }) => outcome(() => env.TARGET.getByName(name).throwWithCause()),
  aggregate: async ({ env, name }) => {
    const error = await caught(env.TARGET.getByName(name).throwAggregate());
    return { error: describeError(error), errors: show(error.errors) };
  },
  "with-a-function-inside": ({ env, name }) => outcome(() => env.TARGET.getByName(name).throwUnserializable()),
  rejection: ({ env, name }) => outcome(() => env.TARGET.getByName(name).rejectLater("late")),
  "values-that-are-no-errors": ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return outcomes(
      Object.fromEntries(
        Object.entries({
          string: "text",
          number: 5,
          null: null,
          undefined: undefined,
          object: { a: 1 },
          array: [1, 2],
          boolean: false,
        }).map(([key, value]) => [key, () => stub.throwValue(value)]),
      ),
    );
  },
  "flags-set-by-the-thrower": ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return outcomes(
      Object.fromEntries(
        ["retryable", "overloaded", "remote", "durableObjectReset"].map((flag) => [
          flag,
          () => stub.throwValue(Object.assign(new Error(flag), { [flag]: true })),
        ]),
      ),
    );
  },
  "returned-error": async ({ env, name }) => show(await env.TARGET.getByName(name).returnError("a value")),
  "through-two-objects": ({ env, name }) =>
    outcome(() => env.TARGET.getByName(name).relay("x", "fail", "from the far end")),
  "caught-in-between": ({ env, name }) => env.TARGET.getByName(name).tryRelay("x", "fail", "from the far end"),
  "missing-in-between": ({ env, name }) => env.TARGET.getByName(name).tryRelay("x", "nope"),
  "object-lives-on": async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    await stub.nextCount();
    await outcome(() => stub.throwError("Error", "x"));
    return stub.nextCount();
  },
  "from-fetch": ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return outcomes({
      throws: () => stub.fetch("http://x/throw"),
      notAResponse: () => stub.fetch("http://x/not-a-response"),
      undefined: () => stub.fetch("http://x/undefined"),
    });
  },
  "constructor-throws": async ({ env }) => {
    const stub = env.FAILS.getByName("throws:1");
    return [
      await outcome(() => stub.hello()),
      await outcome(() => stub.hello()),
      await outcome(() => env.FAILS.getByName("throws:1").hello()),
    ];
  },
  "constructor-blocks-and-rejects": ({ env }) => outcome(() => env.FAILS.getByName("rejects:1").hello()),
  "constructor-rejects-for-fetch": ({ env }) => outcome(() => env.FAILS.getByName("rejects:2").fetch("http://x/")),
};
