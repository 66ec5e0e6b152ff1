// What the tests of WebCrypto share.

import { assertRejects } from "holdfast:test";

export const { subtle } = crypto;

export const hex = (buffer) => new Uint8Array(buffer).toHex();
export const unhex = (text) => Uint8Array.fromHex(text.replaceAll(" ", ""));
export const utf8 = (text) => new TextEncoder().encode(text);
export const base64url = (text) => unhex(text).toBase64({ alphabet: "base64url", omitPadding: true });

/** That something is refused by a DOMException of this name. */
export async function assertRefused(run, name, text = undefined) {
  const error = await assertRejects(run, DOMException, text);
  if (error.name !== name) throw new Error(`refused by a ${error.name} and not by a ${name}: ${error.message}`);
}
