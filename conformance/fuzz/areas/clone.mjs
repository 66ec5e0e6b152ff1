// Copies of values, and the Web's classes with odd inputs.

import { array, call, g, get, Labels, make, num, object, undef, v } from "../program/forms.mjs";
import { HEADER_NAMES, HEADER_VALUES, LABELS, LOCALES, METHODS, URLS } from "./clone_inputs.mjs";
import { bytes, scalar, TEXTS, value } from "./values.mjs";

export function clone(random) {
  const labels = new Labels();
  const made = [];
  const text = () => random.pick(TEXTS);
  const maybe = (make_) => (random.chance(0.5) ? [make_()] : []);
  const anything = () => (random.chance(0.7) ? scalar(random) : value(random, 2, 0.2));
  const keep = (expression) => {
    const label = labels.next();
    made.push(label);
    return [["do", label, expression]];
  };
  const show = (expression) => [["do", labels.next(), expression]];
  const wait = (expression) => [["await", labels.next(), expression]];

  const headerInit = () =>
    random.one([
      [3, () => object(random.some(0, 4, () => [headerName(), headerValue()]))],
      [3, () => array(...random.some(0, 4, () => array(headerName(), headerValue())))],
      [
        1,
        () =>
          make(
            "Headers",
            object([
              ["a", "1"],
              ["set-cookie", "x"],
            ]),
          ),
      ],
      [0.1, () => array(array(...random.some(0, 3, text)))],
      [0.5, () => make("Map", array(array("m", "1")))],
      [0.5, anything],
    ]);
  // One mistake at a time most often: which of two is told depends on the order of checks, which nobody promises.
  const right = (list, wrong) => (random.chance(0.93) ? random.pick(list) : random.pick(wrong));
  const headerName = () =>
    right(
      HEADER_NAMES.filter((name) => /^[\w-]+$/.test(name)),
      HEADER_NAMES,
    );
  const headerValue = () =>
    right(["v", "", " padded ", "a, b", "text/html; charset=utf-8", "é", 5, null, undef, "x=1; path=/"], HEADER_VALUES);
  const body = () =>
    random.one([
      [4, () => text()],
      [1, () => bytes(random)],
      [1, () => make("Blob", array("blob"), object({ type: random.pick(["text/plain", "", "A/B", "é", "x"]) }))],
      [1, () => make("URLSearchParams", "a=b&c=d e")],
      [1, () => formData()],
      [1, () => make("ReadableStream")],
      [1, () => call(["new", g("Response"), "of a response"], "clone")],
      [1, () => get(make("Response", "inner"), "body")],
      [2, () => null],
      [1, () => undef],
      [1, anything],
    ]);
  const formData = () => make("FormData");
  const requestInit = () => {
    const fields = [];
    if (random.chance(0.7)) fields.push(["method", right(["GET", "POST", "post", "PUT", "DELETE", undef], METHODS)]);
    if (random.chance(0.5)) fields.push(["headers", headerInit()]);
    if (
      random.chance(0.5) &&
      (random.chance(0.1) || fields.some(([key, method]) => key === "method" && method !== "GET"))
    )
      fields.push(["body", body()]);
    if (random.chance(0.2))
      fields.push([
        "redirect",
        random.chance(0.9) ? random.pick(["follow", "manual", undef]) : random.pick(["error", "nope", null]),
      ]);
    if (random.chance(0.1))
      fields.push([
        "signal",
        random.pick([null, undef, get(make("AbortController"), "signal"), call(g("AbortSignal"), "abort")]),
      ]);
    if (random.chance(0.1))
      fields.push([
        random.pick([
          "cache",
          "mode",
          "credentials",
          "referrer",
          "integrity",
          "keepalive",
          "duplex",
          "priority",
          "window",
          "cf",
        ]),
        random.pick(["no-store", "no-cache", "reload", "cors", "", true, null, "half", object({ a: 1 })]),
      ]);
    return object(fields);
  };
  const responseInit = () => {
    const fields = [];
    if (random.chance(0.6))
      fields.push([
        "status",
        random.pick([
          200,
          404,
          599,
          "201",
          200,
          404,
          undef,
          200.7,
          ...(random.chance(0.2) ? [204, 304, 101, 199, 600, num("NaN"), null, 205, 0, 103, 1e9] : []),
        ]),
      ]);
    if (random.chance(0.4)) fields.push(["statusText", random.pick(["", "Fine", "é", "a\nb", "🐢", null, undef, 5])]);
    if (random.chance(0.5)) fields.push(["headers", headerInit()]);
    if (random.chance(0.1)) fields.push(["encodeBody", right(["automatic", "manual"], ["nope"])]);
    if (random.chance(0.1)) fields.push(["webSocket", right([null, undef], [5])]);
    return object(fields);
  };
  const readBody = (of) =>
    wait(call(v(of), random.pick(["text", "json", "arrayBuffer", "bytes", "blob", "formData", "text"])));

  const step = () =>
    random.one([
      [
        8,
        () =>
          show(
            call(
              g("globalThis"),
              "structuredClone",
              value(random, 4, 0.08),
              ...(random.chance(0.1) ? [anything()] : []),
            ),
          ),
      ],
      [
        1,
        () => {
          const label = labels.next();
          return [
            ["do", label, random.pick([["get", bytes(random), "buffer"], bytes(random), make("MessageChannel")])],
            [
              "do",
              labels.next(),
              call(
                g("globalThis"),
                "structuredClone",
                array(v(label), v(label)),
                object({
                  transfer: array(
                    random.pick([get(v(label), "buffer"), get(v(label), "buffer"), get(v(label), "port1")]),
                  ),
                }),
              ),
            ],
            ["do", labels.next(), v(label)],
          ];
        },
      ],
      [3, () => keep(make("Headers", ...maybe(headerInit)))],
      [3, () => keep(make("URL", random.pick(URLS), ...(random.chance(0.5) ? [random.pick(URLS)] : [])))],
      [
        1,
        () =>
          show(
            call(
              g("URL"),
              random.pick(["canParse", "parse"]),
              random.pick(URLS),
              ...(random.chance(0.5) ? [random.pick(URLS)] : []),
            ),
          ),
      ],
      [
        2,
        () =>
          keep(
            make(
              "URLSearchParams",
              random.one([
                [2, () => random.pick(["a=b&a=c", "?x=%zz&+=+", "=", "&&", "é=🐢", "a", "a=b=c", "%00=%F0%9F%90%A2"])],
                [1, () => object(random.some(0, 3, () => [text(), anything()]))],
                [1, () => array(...random.some(0, 3, () => array(text(), text())))],
                [1, anything],
              ]),
            ),
          ),
      ],
      [
        2,
        () =>
          keep(
            make(
              "Request",
              random.one([
                [4, () => right(["https://example.com/", "http://h/p?q#f"], URLS)],
                [1, () => make("URL", "https://example.com/u")],
                [1, () => make("Request", "https://example.com/r", requestInit())],
                [0.3, anything],
              ]),
              ...(random.chance(0.8) ? [requestInit()] : []),
            ),
          ),
      ],
      [3, () => keep(make("Response", ...maybe(body), ...maybe(responseInit)))],
      [
        0.5,
        () =>
          keep(
            call(
              g("Response"),
              random.pick(["json", "error"]),
              ...random.some(0, 2, () => random.pick([anything(), responseInit()])),
            ),
          ),
      ],
      [
        0.3,
        () =>
          keep(
            call(
              g("Response"),
              "redirect",
              ...random.pick([
                [random.pick(URLS)],
                [random.pick(URLS), 301],
                ["https://example.com/", random.pick([300, 303, "307", undef, null, num("NaN"), anything()])],
              ]),
            ),
          ),
      ],
      [1, () => keep(formData())],
      [
        2,
        () =>
          keep(
            make(
              random.pick(["Blob", "File"]),
              array(
                ...random.some(0, 3, () =>
                  random.pick([text(), bytes(random), make("Blob", array("inner")), anything()]),
                ),
              ),
              ...random.some(0, 2, () =>
                random.pick([
                  object({
                    type: random.pick(["text/plain", "TEXT/X", "é", ""]),
                    lastModified: 5,
                    endings: random.pick(["native", "transparent", "nope"]),
                  }),
                  "name",
                  anything(),
                ]),
              ),
            ),
          ),
      ],
      [2, () => decoding()],
      [
        1,
        () => show(call(make("TextEncoder"), "encode", random.pick([...TEXTS, "\ud800", "a\udc00b", undef, null, 5]))),
      ],
      [0.7, () => show(call(make("TextEncoder"), "encodeInto", text(), ["bytes", "Uint8Array", [0, 0, 0, 0]]))],
      [
        1,
        () =>
          show(
            call(
              g("globalThis"),
              random.pick(["atob", "btoa"]),
              random.pick([
                "",
                "a",
                "YQ==",
                "YQ",
                " Y Q = = ",
                "Y===",
                "é",
                "ÿ",
                "-_",
                "🐢",
                null,
                undef,
                "YWI=",
                "YWJj\n",
              ]),
            ),
          ),
      ],
      [
        1,
        () =>
          show(
            random.pick([
              call(g("Number"), "parseFloat", text()),
              call(g("JSON"), "stringify", value(random, 3, 0), null, random.pick([0, 2, "ab"])),
              call(
                g("JSON"),
                "parse",
                random.pick(['{"a":1,"a":2}', "[1,", '"\\ud800"', "1e400", '{"__proto__":1}', ""]),
              ),
              call(
                make(
                  "Date",
                  random.pick([
                    0,
                    1e12,
                    "2024-02-30",
                    "2024-01-01",
                    "2024-01-01T00:00",
                    "Jan 1 2024",
                    "nope",
                    num("NaN"),
                  ]),
                ),
                random.pick(["toISOString", "toJSON", "toUTCString", "getTime", "toString", "getTimezoneOffset"]),
              ),
              call(
                random.pick(TEXTS),
                random.pick(["normalize", "toUpperCase", "toLocaleUpperCase", "isWellFormed", "trim"]),
              ),
              call("a-b_c", "localeCompare", text()),
              call(random.pick(["aäb", "ß", "x"]), "toLocaleLowerCase", "tr"),
            ]),
          ),
      ],
      [1, () => show(intl())],
      [4, () => use()],
    ]);
  const decoding = () => {
    const label = labels.next();
    const chunk = () => [
      "bytes",
      "Uint8Array",
      random.some(0, 6, () =>
        random.pick([
          0x61, 0xe2, 0x82, 0xac, 0xff, 0xfe, 0xf0, 0x9f, 0x90, 0xa2, 0xef, 0xbb, 0xbf, 0x00, 0x80, 0xc3, 0x28, 0xed,
          0xa0, 0x1b, 0x24, 0x81, 0x40,
        ]),
      ),
    ];
    return [
      [
        "do",
        label,
        make(
          "TextDecoder",
          random.pick(LABELS),
          ...(random.chance(0.5) ? [object({ fatal: random.chance(0.5), ignoreBOM: random.chance(0.5) })] : []),
        ),
      ],
      ["do", labels.next(), array(get(v(label), "encoding"), get(v(label), "fatal"), get(v(label), "ignoreBOM"))],
      ...random.some(1, 4, () => [
        "do",
        labels.next(),
        call(
          v(label),
          "decode",
          ...(random.chance(0.9) ? [chunk()] : [anything()]),
          ...(random.chance(0.6) ? [object({ stream: random.chance(0.7) })] : []),
        ),
      ]),
      ["do", labels.next(), call(v(label), "decode")],
    ];
  };
  const intl = () =>
    random.one([
      [2, () => call(random.pick([1234.5, 0, -1, 1e21]), "toLocaleString", random.pick(LOCALES))],
      [
        1,
        () =>
          call(
            make("Date", random.pick([0, 1e12])),
            random.pick(["toLocaleDateString", "toLocaleTimeString", "toLocaleString"]),
            random.pick(["en-US", "de-DE"]),
            object({ timeZone: "UTC" }),
          ),
      ],
      [
        1,
        () =>
          call(
            array("b", "a", "ä", "B"),
            "toSorted",
            get(["new", get(g("Intl"), "Collator"), random.pick(LOCALES)], "compare"),
          ),
      ],
      [1, () => call(["new", get(g("Intl"), "PluralRules"), random.pick(LOCALES)], "select", random.int(0, 5))],
      [1, () => ["list", call(["new", get(g("Intl"), "Segmenter"), "en"], "segment", "a é🐢 b.")]],
    ]);

  /** Something with what was made before. */
  const use = () => {
    if (made.length === 0) return [];
    const of = random.pick(made);
    const name = () => random.pick([...HEADER_NAMES, "x"]);
    return random.one([
      [2, () => show(v(of))],
      [
        2,
        () =>
          show(
            call(
              v(of),
              random.pick(["get", "has", "getAll", "getSetCookie", "keys", "values", "toString", "size"]),
              ...random.some(0, 2, name),
            ),
          ),
      ],
      [
        3,
        () =>
          show(
            call(
              v(of),
              random.pick(["set", "append", "delete"]),
              ...random.some(0, 3, () =>
                random.pick([name(), text(), random.pick(HEADER_VALUES), make("Blob", array("b"))]),
              ),
            ),
          ),
      ],
      [1, () => show(call(v(of), random.pick(["sort", "toJSON", "forEach", "entries"])))],
      [2, () => show(["list", v(of)])],
      [2, () => keep(call(v(of), random.pick(["clone", "slice"]), ...random.some(0, 2, () => random.int(-3, 5))))],
      [3, () => readBody(of)],
      [
        1,
        () =>
          show(
            get(
              v(of),
              random.pick([
                "size",
                "type",
                "name",
                "body",
                "bodyUsed",
                "status",
                "ok",
                "url",
                "signal",
                "cf",
                "redirected",
                "type",
                "webSocket",
                "encodeBody",
                "redirect",
                "cache",
                "integrity",
                "keepalive",
                "fetcher",
              ]),
            ),
          ),
      ],
      [
        3,
        () => [
          [
            "do",
            labels.next(),
            [
              "seq",
              [
                "set",
                v(of),
                random.pick([
                  "href",
                  "protocol",
                  "host",
                  "hostname",
                  "port",
                  "pathname",
                  "search",
                  "hash",
                  "username",
                  "password",
                  "origin",
                ]),
                random.pick([...URLS, ...TEXTS, "8080", "https", "443", "x y", "?", "#", null, 5]),
              ],
              v(of),
            ],
          ],
        ],
      ],
      [
        1,
        () =>
          show([
            "seq",
            call(get(v(of), "searchParams"), random.pick(["append", "set", "delete", "sort"]), text(), text()),
            v(of),
          ]),
      ],
      [1, () => keep(make("Request", v(of), ...maybe(requestInit)))],
      [1, () => keep(make("Response", get(v(of), "body"), ...random.pick([[v(of)], []])))],
      [1, () => keep(make("Headers", v(of)))],
      [1, () => show(call(g("globalThis"), "structuredClone", v(of)))],
    ]);
  };

  return { place: "worker", ordered: "none", lastTurns: 2, body: random.some(4, 14, step).flat() };
}
