import { assertEquals, assertThrows, test } from "holdfast:test";
import { parseArgs } from "holdfast:node/util";

const options = {
  all: { type: "boolean", short: "a" },
  brief: { type: "boolean", short: "b" },
  name: { type: "string", short: "n" },
  path: { type: "string", multiple: true },
  color: { type: "boolean" },
  mode: { type: "string", default: "fast" },
};
const parse = (args, more = {}) => parseArgs({ args, options, ...more });
const values = (args, more) => ({ ...parse(args, more).values });

test("options in all their forms", () => {
  const expected = { all: true, name: "x", mode: "fast" };
  for (const args of [["--all", "--name", "x"], ["-a", "-n", "x"], ["-an", "x"], ["-anx"], ["--all", "--name=x"]]) {
    assertEquals(values(args), expected, args.join(" "));
  }
  assertEquals(values(["--path=a", "--path", "b"]), { path: ["a", "b"], mode: "fast" });
});

test("positionals are allowed on request", () => {
  assertEquals(parse(["-a", "x", "--", "-b"], { allowPositionals: true }).positionals, ["x", "-b"]);
  assertThrows(() => parse(["x"]), TypeError, "Unexpected argument 'x'. This command does not take positional arguments");
});

test("negation is allowed on request", () => {
  assertEquals(values(["--no-color"], { allowNegative: true }), { color: false, mode: "fast" });
  assertThrows(() => parse(["--no-color"]), TypeError, "Unknown option '--no-color'");
});

test("mistakes are named", () => {
  assertThrows(() => parse(["--nope"]), TypeError, "Unknown option '--nope'");
  assertThrows(() => parse(["-n"]), TypeError, "Option '-n, --name <value>' argument missing");
  assertThrows(() => parse(["--all=1"]), TypeError, "Option '-a, --all' does not take an argument");
  assertThrows(() => parse(["--name", "-x"]), TypeError, /^Option '--name' argument is ambiguous\./);
  assertThrows(() => parseArgs({ options: { a: { type: "x" } } }), TypeError, /"options.a.type" property must be \('string\|boolean'\)/);
});

test("tokens say where everything was", () => {
  const { tokens } = parse(["-an", "x", "--", "y"], { tokens: true, allowPositionals: true });
  assertEquals(tokens.map(({ kind, index, name, value }) => [kind, index, name ?? null, value ?? null]), [
    ["option", 0, "all", null],
    ["option", 0, "name", "x"],
    ["option-terminator", 2, null, null],
    ["positional", 3, null, "y"],
  ]);
});

test("without strictness everything passes", () => {
  assertEquals(values(["--nope=1", "-z", "--name"], { strict: false }), { nope: "1", z: true, name: true, mode: "fast" });
});
