// Errors of bodies whose maker is another context: the host keeps what they are packed into. How that is done is the affair
// of whoever runs several contexts; alone, the Web platform tells only the text of an error.

let packError = (_error) => undefined;
let unpackError = (packed) => packed;

/** `pack` gives data for any value, and `unpack` an error like it at the other end. */
export function setErrorCarrier(pack, unpack) {
  packError = pack;
  unpackError = unpack;
}

export function packSentError(error) {
  return packError(error);
}

/** Called by the host. */
export function unpackSentError(packed) {
  return unpackError(packed);
}
