// A program as JavaScript, for people: to read, and to be made into a case of `../../cases`.

/** @returns {string} the body of a case */
export function printProgram({ body }) {
  return printBody(body, 0);
}

function printBody(body, depth) {
  return body.map((statement) => `${"  ".repeat(depth)}${printStatement(statement, depth)}\n`).join("");
}

function printStatement([kind, first, second], depth) {
  switch (kind) {
    case "request":
      return `request(async () => {\n${printBody(first, depth + 1)}${"  ".repeat(depth)}});`;
    case "do":
      return `const ${first} = ${print(second, depth)}; // logged`;
    case "await":
      return `const ${first} = await ${print(second, depth)}; // logged`;
    case "raw":
      return `${print(first, depth)};`;
    case "return":
    case "throw":
    case "return await":
      return `${kind} ${print(first, depth)};`;
    case "ticks":
      return `for (let i = 0; i < ${first}; i++) await undefined;`;
    case "sleep":
      return `await new Promise((resolve) => setTimeout(resolve, ${first}));`;
  }
  throw new Error(`print: ${kind}`);
}

const isName = (key) => typeof key === "string" && /^[A-Za-z_$][\w$]*$/.test(key);
const text = (value) => JSON.stringify(value).replaceAll("\u2028", "\\u2028");

/** An expression. */
export function print(expression, depth = 0) {
  if (!Array.isArray(expression)) return text(expression);
  const [head, ...rest] = expression;
  const go = (part) => print(part, depth);
  const list = (parts) => parts.map(go).join(", ");
  const at = (of, key) => (isName(key) ? `${operand(of)}.${key}` : `${operand(of)}[${go(key)}]`);
  const operand = (of) =>
    Array.isArray(of) && ["v", "g", "get", "call", "apply", "array"].includes(of[0]) ? go(of) : `(${go(of)})`;
  const block = (body) => `{\n${printBody(body, depth + 1)}${"  ".repeat(depth)}}`;
  const members = (pairs) =>
    pairs.map(([key, value]) => `${isName(key) ? key : `[${go(key)}]`}: ${go(value)}`).join(", ");

  switch (head) {
    case "undefined":
      return "undefined";
    case "num":
      return rest[0];
    case "big":
      return `${rest[0]}n`;
    case "sym":
      return `Symbol(${text(rest[0])})`;
    case "symbol":
      return `Symbol.${rest[0]}`;
    case "v":
    case "g":
      return rest[0];
    case "hole":
      return "";
    case "array":
      return `[${list(rest)}]`;
    case "object":
      return `{ ${members(rest)} }`;
    case "bare":
      return `Object.assign(Object.create(null), { ${members(rest)} })`;
    case "bytes":
      return `new ${rest[0]}(${text(rest[1])})`;
    case "get":
      return at(rest[0], rest[1]);
    case "set":
      return `(${at(rest[0], rest[1])} = ${go(rest[2])})`;
    case "call":
      return `${at(rest[0], rest[1])}(${list(rest.slice(2))})`;
    case "apply":
      return `${operand(rest[0])}(${list(rest.slice(1))})`;
    case "new":
      return `new ${operand(rest[0])}(${list(rest.slice(1))})`;
    case "typeof":
      return `typeof ${operand(rest[0])}`;
    case "same":
      return `Object.is(${list(rest)})`;
    case "seq":
      return `(${list(rest)})`;
    case "note":
      return `log(${text(rest[0])}, ${go(rest[1])})`;
    case "list":
      return `[...${go(rest[0])}]`;
    case "quote":
      return `quote(${go(rest[0])})`;
    case "fn":
      return `function (${rest[0].join(", ")}) ${block(rest[1])}`;
    case "async":
      return `async function (${rest[0].join(", ")}) ${block(rest[1])}`;
    case "generator":
      return `function* () { ${rest.map((item) => `yield ${go(item)};`).join(" ")} }`;
    case "asyncGenerator":
      return `async function* () { ${rest.map((item) => `yield ${go(item)};`).join(" ")} }`;
    case "getter":
      return `withGetter(${go(rest[0])}, ${text(rest[1])}, function () ${block(rest[2])})`;
    case "class": {
      const [name, parent, list] = rest;
      const inner = list.map(([kind, key, value]) => {
        const shown = isName(key) ? key : `[${go(key)}]`;
        return `${"  ".repeat(depth + 1)}${kind === "method" ? "" : `${kind} `}${shown} = ${print(value, depth + 1)};\n`;
      });
      return `class ${name}${parent === null ? "" : ` extends ${go(parent)}`} {\n${inner.join("")}${"  ".repeat(depth)}}`;
    }
  }
  throw new Error(`print: ${head}`);
}
