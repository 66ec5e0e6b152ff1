// Forms as bodies: multipart/form-data and application/x-www-form-urlencoded, both ways.

import { op_encode, op_multipart_boundary, op_multipart_parse } from "holdfast:ops";
import { blobBytes, blobType, concatBytes, decodeText } from "./blob.js";
import { createFile } from "./file.js";
import { createFormData, formDataEntries } from "./form_data.js";
import { parseMimeType } from "./mime.js";
import { parseForm } from "./url_search_params.js";

// https://html.spec.whatwg.org/#multipart-form-data: names and file names are escaped so that they fit in quotes.
// As in Workers, a line end in them becomes one %0A, and line ends in values stay as they are.
function escapeName(name) {
  return name.replace(/\r\n|[\r\n"]/g, (match) => (match === '"' ? "%22" : "%0A"));
}

/** @returns {{ bytes: Uint8Array, contentType: string }} */
export function serializeFormData(form) {
  const boundary = op_multipart_boundary();
  const pieces = [];
  let text = "";
  for (const [name, value] of formDataEntries(form)) {
    text += `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"`;
    if (typeof value === "string") {
      text += `\r\n\r\n${value}\r\n`;
      continue;
    }
    const type = blobType(value) === "" ? "application/octet-stream" : blobType(value);
    text += `; filename="${escapeName(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`;
    pieces.push(op_encode(text), blobBytes(value));
    text = "\r\n";
  }
  pieces.push(op_encode(`${text}--${boundary}--`));
  return { bytes: concatBytes(pieces), contentType: `multipart/form-data; boundary=${boundary}` };
}

/**
 * The FormData in a body.
 *
 * @param {string | null} contentType the Content-Type header
 * @param {() => Promise<Uint8Array>} read reads the body; only called if the type is one of a form
 */
export async function parseFormBody(contentType, read) {
  if (contentType === null) throw new TypeError("Parsing a Body as FormData requires a Content-Type header.");
  const type = parseMimeType(contentType);
  switch (type?.essence) {
    case "multipart/form-data": {
      const boundary = type.parameters.get("boundary");
      if (boundary === undefined) {
        throw new TypeError(
          "No boundary string in Content-Type header. The multipart/form-data MIME type requires a boundary " +
            "parameter, e.g. 'Content-Type: multipart/form-data; boundary=\"abcd\"'. See RFC 7578, section 4.",
        );
      }
      return parseMultipart(await read(), boundary);
    }
    case "application/x-www-form-urlencoded":
      return parseUrlEncoded(await read());
    default:
      throw new TypeError(
        "Unrecognized Content-Type header value. FormData can only parse the following MIME types: " +
          "multipart/form-data, application/x-www-form-urlencoded",
      );
  }
}

function parseMultipart(bytes, boundary) {
  // Four values for each part: name, file name or undefined, content type or undefined, string or Uint8Array.
  const parts = op_multipart_parse(bytes, boundary);
  const entries = [];
  for (let i = 0; i < parts.length; i += 4) {
    const filename = parts[i + 1];
    const value = parts[i + 3];
    entries.push([parts[i], filename === undefined ? value : createFile(value, parts[i + 2] ?? "", filename)]);
  }
  return createFormData(entries);
}

function parseUrlEncoded(bytes) {
  const list = parseForm(decodeText(bytes, false));
  const entries = [];
  for (let i = 0; i < list.length; i += 2) entries.push([list[i], list[i + 1]]);
  return createFormData(entries);
}
