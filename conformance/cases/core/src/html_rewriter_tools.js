// What the cases of HTMLRewriter have in common.

import { describeError, outcomes } from "./harness.js";

export const page = (html, headers = { "content-type": "text/html" }) => new Response(html, { headers });

/** The text of `html` as a rewriter with these handlers leaves it. */
export const rewritten = (html, selector, handlers) => new HTMLRewriter().on(selector, handlers).transform(page(html)).text();

/** The text of `html` after `act` on each `p`. */
export const onP = (html, act) => rewritten(html, "p", { element: act });

/** What `act` gives on the first `p` of a page. */
export async function withP(act, html = '<div><p id="a">x</p></div>') {
  let result;
  const text = await onP(html, async (element) => {
    result ??= await outcomes(act(element));
  });
  return { result, text };
}

/** What `act` gives on the first chunk of text of a page. */
export async function onPText(act) {
  let result;
  const text = await rewritten("<p>x</p>", "p", {
    async text(chunk) {
      result ??= await outcomes(act(chunk));
    },
  });
  return { result, text };
}

/** What became of a transformation: its text or how it failed. */
export async function textOrError(response) {
  try {
    return await response.text();
  } catch (error) {
    return describeError(error);
  }
}

/** A stream of these strings, one chunk each, with a turn before each of them. */
export function streamOf(...chunks) {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  (async () => {
    for (const chunk of chunks) {
      await scheduler.wait(1);
      await writer.write(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
    }
    await writer.close();
  })().catch(() => {});
  return readable;
}

export const names = (object) => Object.getOwnPropertyNames(object).sort();
