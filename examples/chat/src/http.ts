/** Largest request body that is read, in bytes. */
const BODY_BYTES_MAX = 16_384;

/** An error that the client caused and may read. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }

  toResponse(): Response {
    return json({ error: this.message }, { status: this.status, headers: this.headers });
  }
}

export function json(value: unknown, init: ResponseInit = {}): Response {
  const response = Response.json(value, init);
  response.headers.set("cache-control", "no-store");
  return response;
}

export async function readJson(request: Request): Promise<unknown> {
  if (!request.headers.get("content-type")?.startsWith("application/json")) {
    throw new HttpError(415, "send JSON with content-type: application/json");
  }
  const body = await request.arrayBuffer();
  if (body.byteLength > BODY_BYTES_MAX) {
    throw new HttpError(413, `the body is larger than ${BODY_BYTES_MAX} bytes`);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body));
  } catch {
    throw new HttpError(400, "the body is not valid JSON");
  }
}
