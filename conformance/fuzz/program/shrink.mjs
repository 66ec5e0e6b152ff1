// Makes a program smaller while it still shows a difference.

/** How many programs may be tried for one difference. */
const TRIES_MAX = 250;

/**
 * @param {object} program
 * @param {(program: object) => Promise<boolean>} differs
 */
export async function shrink(program, differs) {
  let tries = 0;
  let smallest = program;
  const works = async (candidate) => {
    if (tries >= TRIES_MAX) return false;
    tries++;
    return differs(candidate);
  };
  for (let changed = true; changed && tries < TRIES_MAX;) {
    changed = false;
    // Whole stretches of statements first, then one at a time; then parts of expressions.
    for (let size = Math.ceil(smallest.body.length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let at = smallest.body.length - size; at >= 0; at -= size) {
        const body = smallest.body.toSpliced(at, size);
        if (body.length > 0 && (await works({ ...smallest, body }))) {
          smallest = { ...smallest, body };
          changed = true;
        }
      }
    }
    for (let i = 0; ; i++) {
      const candidate = nthCut(smallest, i);
      if (candidate === undefined || tries >= TRIES_MAX) break;
      if (await works(candidate)) {
        smallest = candidate;
        changed = true;
        i--;
      }
    }
  }
  return smallest;
}

/** Heads whose parts after the given place may be left out one by one. */
const OPTIONAL_FROM = {
  array: 1,
  object: 1,
  bare: 1,
  call: 3,
  apply: 2,
  new: 2,
  seq: 2,
  generator: 1,
  asyncGenerator: 1,
};

/** The program with its n-th part that can be left out left out, or undefined if there are not so many. */
function nthCut(program, n) {
  let left = n;
  let done = false;
  const visit = (node) => {
    if (done || !Array.isArray(node)) return node;
    const [head] = node;
    if (head === "fn" || head === "async") return [head, node[1], body(node[2])];
    if (head === "request") return [head, body(node[1])];
    // A date without arguments is the time of day.
    const from = head === "new" && node[1][1] === "Date" ? 3 : OPTIONAL_FROM[head];
    if (from !== undefined) {
      for (let i = node.length - 1; i >= from && !done; i--) {
        if (left-- === 0) {
          done = true;
          return node.toSpliced(i, 1);
        }
      }
    }
    return node.map((part, i) => (i === 0 && typeof part === "string" ? part : visit(part)));
  };
  const body = (statements) => {
    for (let i = statements.length - 1; i >= 0; i--) {
      if (left-- === 0) {
        done = true;
        return statements.toSpliced(i, 1);
      }
    }
    return statements.map(visit);
  };
  const cut = { ...program, body: program.body.map(visit) };
  return done ? cut : undefined;
}
