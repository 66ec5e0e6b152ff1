// Syntax: TypeScript's own, and JavaScript's newest.

import type { Case } from "./index";
import { type Shape, Color, Direction, area } from "./lib/typed";
import { render } from "./lib/view";

class Point {
  constructor(
    public x: number,
    private readonly y = 2,
  ) {}
  get sum(): number {
    return this.x + this.y;
  }
}

class Fields {
  a = 1;
  b = this.a + 1;
  ["computed" + 1] = 3;
  static count = 0;
  static {
    Fields.count = 7;
  }
  #secret = "s";
  has(other: object) {
    return #secret in other;
  }
  accessor auto = "accessor";
}

function logged<T extends (...args: any[]) => any>(method: T, context: ClassMethodDecoratorContext): T {
  return function (this: unknown, ...args: unknown[]) {
    return `${String(context.name)}(${args}) = ${method.apply(this, args)}`;
  } as T;
}

class Decorated {
  @logged
  add(a: number, b: number): number {
    return a + b;
  }
}

namespace Outer {
  export const value = 5;
  export namespace Inner {
    export const twice = value * 2;
  }
}

function overloaded(x: string): string;
function overloaded(x: number): number;
function overloaded(x: unknown): unknown {
  return x;
}

const identity = <T>(x: T): T => x;

export default {
  enums: () => [Color.Red, Color[1], Direction.Up, Object.keys(Color)],
  "types-only": () => area({ width: 2, height: 3 } satisfies Shape as Shape),
  "parameter-properties": () => ({ ...new Point(1), sum: new Point(1).sum }),
  namespaces: () => [Outer.value, Outer.Inner.twice],
  overloads: () => [overloaded("x"), overloaded(1), identity<string>("y"), <number>3 + 1, "x"!.length],
  fields: () => {
    const fields = new Fields();
    return [{ ...fields }, Fields.count, fields.has(fields), fields.has({}), fields.auto];
  },
  decorators: () => new Decorated().add(1, 2) as unknown,
  jsx: () => render("<world> & co"),
  "names-are-kept": () => [
    Point.name,
    new Decorated().constructor.name,
    identity.name,
    class {}.name,
    { method() {} }.method.name,
  ],
  using: async () => {
    const log: string[] = [];
    {
      using first = { [Symbol.dispose]: () => void log.push("first") };
      await using second = { [Symbol.asyncDispose]: async () => void log.push("second") };
      log.push(`in use: ${first && second ? 2 : 0}`);
    }
    return log;
  },
  newest: () => [
    Object.groupBy([1, 2, 3], (x) => (x % 2 ? "odd" : "even")),
    [3, 1, 2].toSorted(),
    "a-b".replaceAll("-", "+"),
    [..."añ".matchAll(/./gu)].length,
    /(?<y>\d{4})/v.exec("in 2026")?.groups?.y,
    new Set([1, 2]).union(new Set([3])).size,
    [1, 2, 3]
      .values()
      .map((x) => x * 2)
      .toArray(),
    Array.fromAsync !== undefined,
    1_000n ** 2n === 1_000_000n,
    null ?? "default",
  ],
  intl: () => [
    new Intl.NumberFormat("de").format(1234.5),
    new Date(0).toLocaleDateString("en-US", { timeZone: "UTC" }),
    ["ä", "z", "a"].toSorted(new Intl.Collator("de").compare),
    "İ".toLowerCase().length,
    "é".normalize("NFD").length,
  ],
} satisfies Record<string, Case>;
