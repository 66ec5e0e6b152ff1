// The difference between two lists of lines: the lines of both in order, each kept, removed or added.

/** Beyond so many comparisons the lists count as having nothing in common. */
const COMPARISONS_MAX = 4_000_000;

/**
 * @param {string[]} before
 * @param {string[]} after
 * @returns {{kind: "kept" | "removed" | "added", line: string}[]}
 */
export function diffLines(before, after) {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start && end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) end++;
  const removed = before.slice(start, before.length - end);
  const added = after.slice(start, after.length - end);
  const kept = (line) => ({ kind: "kept", line });
  return [
    ...before.slice(0, start).map(kept),
    ...diffMiddle(removed, added),
    ...before.slice(before.length - end).map(kept),
  ];
}

function diffMiddle(removed, added) {
  const common = longestCommon(removed, added);
  const result = [];
  let [i, j] = [0, 0];
  // Of a longer new text what is new stands first.
  const newFirst = added.length > removed.length;
  for (const [nextI, nextJ] of [...common, [removed.length, added.length]]) {
    const gone = removed.slice(i, nextI).map((line) => ({ kind: "removed", line }));
    const come = added.slice(j, nextJ).map((line) => ({ kind: "added", line }));
    result.push(...(newFirst ? [...come, ...gone] : [...gone, ...come]));
    if (nextI < removed.length) result.push({ kind: "kept", line: removed[nextI] });
    [i, j] = [nextI + 1, nextJ + 1];
  }
  return result;
}

/** Pairs of indices of the longest common subsequence. */
function longestCommon(a, b) {
  if (a.length * b.length > COMPARISONS_MAX) return [];
  const width = b.length + 1;
  // How many lines the rests from i and j have in common.
  const counts = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      counts[i * width + j] = a[i] === b[j]
        ? counts[(i + 1) * width + j + 1] + 1
        : Math.max(counts[(i + 1) * width + j], counts[i * width + j + 1]);
    }
  }
  const pairs = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (counts[(i + 1) * width + j] >= counts[i * width + j + 1]) i++;
    else j++;
  }
  return pairs;
}
